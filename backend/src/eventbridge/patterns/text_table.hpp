#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace ingestor::eventbridge::patterns {

/// Texts by value, in spaces of their own: a hash table with open addressing, whose hash begins
/// with a random seed, so that nobody can choose texts that collide.
class TextTable {
public:
    static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

    TextTable();

    /// The number of the text in its space, from 0 over all spaces in the order of the first calls.
    std::uint32_t insert(std::uint64_t space, std::string_view text);
    /// kNone where it was never inserted.
    [[nodiscard]] std::uint32_t find(std::uint64_t space, std::string_view text) const;

    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(keys_.size()); }

private:
    struct Key {
        std::uint64_t space;
        std::uint32_t begin;  ///< In texts_.
        std::uint32_t length;
    };
    struct Slot {
        std::uint32_t hash = 0;
        std::uint32_t number = kNone;
    };

    [[nodiscard]] std::uint64_t hash(std::uint64_t space, std::string_view text) const;
    [[nodiscard]] bool is(std::uint32_t number, std::uint64_t space, std::string_view text) const;
    void grow();

    std::uint64_t seed_;
    std::string texts_;
    std::vector<Key> keys_;
    std::vector<Slot> slots_;  ///< A power of two, at most half of them taken.
};

}  // namespace ingestor::eventbridge::patterns
