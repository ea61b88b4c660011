#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "bus/destinations/api_destinations.hpp"
#include "ports/api_destination_store.hpp"
#include "ports/clock.hpp"
#include "ports/token_verifier.hpp"

namespace ingestor::bus::destinations {

/// "API destination quotas".
inline constexpr std::size_t kDestinationsMax = 3'000;

/// What of a destination is changed; nullopt: it stays.
struct DestinationSettings {
    std::optional<std::string> description = {};
    std::optional<std::string> connection_arn = {};
    std::optional<std::string> endpoint = {};
    std::optional<std::string> method = {};
    std::optional<std::uint32_t> rate_max = {};
};

/// The use cases of API destinations, with the words of EventBridge where it refuses. All are for
/// operators. Errors of all: permission_denied, not_found (the destination, its connection),
/// unavailable; of what sets them: invalid_argument (the endpoint).
class DestinationOperations {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;

    /// Both outlive this.
    DestinationOperations(ApiDestinations& destinations, const ports::Clock& clock)
        : destinations_(destinations), clock_(clock) {}

    /// Errors: conflict (the name is taken), too_large (kDestinationsMax).
    Answer<ports::ApiDestination> create(ports::Principal who, std::string name,
                                         DestinationSettings settings);
    Answer<ports::ApiDestination> update(ports::Principal who, std::string name,
                                         DestinationSettings settings);
    Answer<std::monostate> remove(ports::Principal who, std::string name);
    [[nodiscard]] Result<ports::ApiDestination> find(const ports::Principal& who,
                                                     const std::string& name) const;
    /// By name.
    [[nodiscard]] Result<std::vector<ports::ApiDestination>> list(
        const ports::Principal& who) const;

    /// Whether it has a connection that is authorised.
    [[nodiscard]] bool is_active(const ports::ApiDestination& destination) const;

private:
    ApiDestinations& destinations_;
    const ports::Clock& clock_;
};

}  // namespace ingestor::bus::destinations
