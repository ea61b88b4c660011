#pragma once

#include <expected>
#include <optional>
#include <string>
#include <unordered_map>

#include "async/monotonic_clock.hpp"
#include "bus/destinations/api_destinations.hpp"
#include "bus/destinations/oauth_tokens.hpp"
#include "bus/targets/target.hpp"
#include "bus/targets/target_places.hpp"
#include "ports/clock.hpp"
#include "ports/http_caller.hpp"

namespace ingestor::bus::targets {

/// API destinations: each event is a request to an HTTP endpoint. How answers count ("API
/// destinations" in the EventBridge user guide): 2xx is a delivery; 429, 5xx, 408, 409 and no
/// answer are tried again, as `Retry-After` asks where that is later; 401 and 407 with OAuth too,
/// with another token; all others are final.
class HttpTarget final : public TargetWithPlaces {
public:
    /// All outlive it.
    struct Dependencies {
        destinations::ApiDestinations& destinations;
        destinations::OAuthTokens& tokens;
        ports::HttpCaller& caller;
        const ports::Clock& clock;
        const async::MonotonicClock& monotonic;
    };
    explicit HttpTarget(Dependencies dependencies)
        : TargetWithPlaces(kInFlightMax), deps_(dependencies) {}

    /// None while the destination's rate is used up.
    [[nodiscard]] bool has_room(const std::string& arn) const override;
    [[nodiscard]] std::optional<Deadline> room_at(const std::string& arn) const override;
    [[nodiscard]] std::expected<Permit, DeliveryFailure> begin(const std::string& arn) override;

    /// Failures: NO_RESOURCE (no such destination, or its connection is gone), NO_PERMISSIONS (the
    /// connection has no secrets any more; an address that requests are kept from), THROTTLING
    /// (retryable: 429), TIMEOUT, CONNECTION_FAILURE and SDK_CLIENT_ERROR (retryable),
    /// INVALID_PARAMETER (there is no request to be made of it), ERROR_FROM_TARGET.
    boost::asio::awaitable<Outcome> invoke(Invocation invocation) override;

private:
    static constexpr std::size_t kInFlightMax = 64;

    boost::asio::awaitable<Outcome> send(Invocation invocation, ports::ApiDestination destination,
                                         ports::Connection connection);

    Dependencies deps_;
    /// When the next request may begin, by ARN; of those that were called lately.
    std::unordered_map<std::string, Deadline> next_;
};

}  // namespace ingestor::bus::targets
