#include "bus/destinations/destination_operations.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/uuid.hpp"
#include "bus/destinations/checks.hpp"
#include "bus/operators.hpp"

namespace ingestor::bus::destinations {

namespace {

std::unexpected<Error> no_destination(const std::string& name) {
    return fail(Errc::not_found, fmt::format("Failed to describe the api-destination(s). An "
                                             "api-destination '{}' does not exist.",
                                             name));
}

Result<std::monostate> apply(DestinationSettings settings, const ApiDestinations& destinations,
                             ports::ApiDestination& destination) {
    if (settings.connection_arn) {
        if (destinations.connection_at(*settings.connection_arn) == nullptr) {
            return fail(Errc::not_found,
                        fmt::format("Connection '{}' does not exist.", *settings.connection_arn));
        }
        destination.connection_arn = std::move(*settings.connection_arn);
    }
    if (settings.endpoint) {
        if (auto good = check_endpoint(*settings.endpoint, "InvocationEndpoint"); !good)
            return good;
        destination.endpoint = std::move(*settings.endpoint);
    }
    if (settings.description) destination.description = std::move(*settings.description);
    if (settings.method) destination.method = std::move(*settings.method);
    if (settings.rate_max) destination.rate_max = *settings.rate_max;
    return std::monostate{};
}

}  // namespace

auto DestinationOperations::create(ports::Principal who, std::string name,
                                   DestinationSettings settings) -> Answer<ports::ApiDestination> {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    const auto lock = co_await destinations_.lock();
    if (destinations_.find_destination(name) != nullptr) {
        co_return fail(Errc::conflict,
                       fmt::format("An api-destination '{}' already exists.", name));
    }
    if (destinations_.destinations().size() >= kDestinationsMax) {
        co_return fail(Errc::too_large,
                       "The requested resource exceeds the maximum number allowed.");
    }
    ports::ApiDestination destination{.name = std::move(name), .id = uuid_v4()};
    destination.created_at = destination.modified_at = clock_.now();
    if (auto applied = apply(std::move(settings), destinations_, destination); !applied) {
        co_return std::unexpected(std::move(applied.error()));
    }
    const auto put = co_await destinations_.put(destination);
    if (!put) co_return std::unexpected(put.error());
    co_return destination;
}

auto DestinationOperations::update(ports::Principal who, std::string name,
                                   DestinationSettings settings) -> Answer<ports::ApiDestination> {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    const auto lock = co_await destinations_.lock();
    const auto* known = destinations_.find_destination(name);
    if (known == nullptr) co_return no_destination(name);
    auto destination = *known;
    destination.modified_at = clock_.now();
    if (auto applied = apply(std::move(settings), destinations_, destination); !applied) {
        co_return std::unexpected(std::move(applied.error()));
    }
    const auto put = co_await destinations_.put(destination);
    if (!put) co_return std::unexpected(put.error());
    co_return destination;
}

auto DestinationOperations::remove(ports::Principal who, std::string name)
    -> Answer<std::monostate> {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    const auto lock = co_await destinations_.lock();
    if (destinations_.find_destination(name) == nullptr) co_return no_destination(name);
    co_return co_await destinations_.remove_destination(std::move(name));
}

Result<ports::ApiDestination> DestinationOperations::find(const ports::Principal& who,
                                                          const std::string& name) const {
    if (const auto allowed = check_operator(who); !allowed) {
        return std::unexpected(allowed.error());
    }
    const auto* known = destinations_.find_destination(name);
    if (known == nullptr) return no_destination(name);
    return *known;
}

Result<std::vector<ports::ApiDestination>> DestinationOperations::list(
    const ports::Principal& who) const {
    if (const auto allowed = check_operator(who); !allowed) {
        return std::unexpected(allowed.error());
    }
    std::vector<ports::ApiDestination> destinations;
    for (const auto& [name, each] : destinations_.destinations()) destinations.push_back(each);
    return destinations;
}

bool DestinationOperations::is_active(const ports::ApiDestination& destination) const {
    const auto* connection = destinations_.connection_at(destination.connection_arn);
    return connection != nullptr && connection->state == ports::ConnectionState::authorized;
}

}  // namespace ingestor::bus::destinations
