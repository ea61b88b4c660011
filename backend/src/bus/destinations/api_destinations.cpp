#include "bus/destinations/api_destinations.hpp"

#include <string_view>
#include <utility>

namespace ingestor::bus::destinations {

namespace {

/// What `…:KIND/NAME/UUID` leads to; nullptr: there is none.
template <class Value>
const Value* find_by_arn(const std::map<std::string, Value>& values, std::string_view arn,
                         std::string_view kind) {
    const auto begin = arn.rfind(kind);
    const auto id = arn.rfind('/');
    if (begin == std::string_view::npos || id < begin + kind.size()) return nullptr;
    const auto name = begin + kind.size();
    const auto found = values.find(std::string(arn.substr(name, id - name)));
    if (found == values.end() || found->second.id != arn.substr(id + 1)) return nullptr;
    return &found->second;
}

template <class Value>
const Value* find(const std::map<std::string, Value>& values, const std::string& name) {
    const auto found = values.find(name);
    return found == values.end() ? nullptr : &found->second;
}

}  // namespace

auto ApiDestinations::open() -> Answer<std::monostate> {
    auto connections = co_await store_.connections();
    if (!connections) co_return std::unexpected(std::move(connections.error()));
    for (auto& each : *connections) connections_.emplace(each.name, std::move(each));
    auto destinations = co_await store_.destinations();
    if (!destinations) co_return std::unexpected(std::move(destinations.error()));
    for (auto& each : *destinations) destinations_.emplace(each.name, std::move(each));
    co_return std::monostate{};
}

const ports::Connection* ApiDestinations::find_connection(const std::string& name) const {
    return find(connections_, name);
}

const ports::ApiDestination* ApiDestinations::find_destination(const std::string& name) const {
    return find(destinations_, name);
}

const ports::Connection* ApiDestinations::connection_at(const std::string& arn) const {
    return find_by_arn(connections_, arn, ":connection/");
}

const ports::ApiDestination* ApiDestinations::destination_at(const std::string& arn) const {
    return find_by_arn(destinations_, arn, ":api-destination/");
}

auto ApiDestinations::put(ports::Connection connection) -> Answer<std::monostate> {
    auto put = co_await store_.put_connection(connection);
    if (!put) co_return put;
    auto name = connection.name;
    connections_.insert_or_assign(std::move(name), std::move(connection));
    co_return put;
}

auto ApiDestinations::put(ports::ApiDestination destination) -> Answer<std::monostate> {
    auto put = co_await store_.put_destination(destination);
    if (!put) co_return put;
    auto name = destination.name;
    destinations_.insert_or_assign(std::move(name), std::move(destination));
    co_return put;
}

auto ApiDestinations::remove_connection(std::string name) -> Answer<std::monostate> {
    auto deleted = co_await store_.delete_connection(name);
    if (deleted) connections_.erase(name);
    co_return deleted;
}

auto ApiDestinations::remove_destination(std::string name) -> Answer<std::monostate> {
    auto deleted = co_await store_.delete_destination(name);
    if (deleted) destinations_.erase(name);
    co_return deleted;
}

boost::asio::awaitable<void> ApiDestinations::note_authorization(ports::Connection asked,
                                                                 ports::ConnectionState state,
                                                                 std::string reason) {
    const auto held = co_await lock();
    const auto* known = find_connection(asked.name);
    if (known == nullptr || known->id != asked.id || !known->has_secrets ||
        known->authorization != asked.authorization) {
        co_return;
    }
    auto changed = *known;
    changed.state = state;
    changed.state_reason = std::move(reason);
    if (state == ports::ConnectionState::authorized) changed.authorized_at = clock_.now();
    if (changed.state == known->state && changed.state_reason == known->state_reason) co_return;
    // What it says is for people: a store that does not answer takes nothing from the delivery.
    static_cast<void>(co_await put(std::move(changed)));
}

}  // namespace ingestor::bus::destinations
