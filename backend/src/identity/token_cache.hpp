#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.hpp"
#include "ports/token_verifier.hpp"

namespace ingestor::identity {

/// Remembers who the bearers of the latest verified tokens are, so that a signature is computed
/// once and not at every request. Bounded: the token unused longest goes first. Tokens that were
/// refused are never kept, so nobody can fill it without the issuer's help. Not for sharing between
/// threads.
class TokenCache {
public:
    explicit TokenCache(std::size_t entries_max);

    /// The bearer, where `token` was put under this `generation` of keys and holds at `now`.
    [[nodiscard]] std::optional<ports::Principal> find(std::string_view token,
                                                       std::uint64_t generation, TimePoint now);
    void put(std::string_view token, ports::Principal principal, std::uint64_t generation,
             TimePoint valid_until);
    [[nodiscard]] std::size_t size() const { return entries_.size(); }

private:
    struct Entry {
        std::string token;
        ports::Principal principal;
        std::uint64_t generation = 0;
        TimePoint valid_until;
    };
    using Place = std::list<Entry>::iterator;

    void erase(Place place);

    std::size_t entries_max_;
    std::list<Entry> entries_;                            ///< The one used last stands first.
    std::unordered_map<std::string_view, Place> places_;  ///< Keys point into entries_.
};

}  // namespace ingestor::identity
