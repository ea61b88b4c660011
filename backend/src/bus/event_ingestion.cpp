#include "bus/event_ingestion.hpp"

#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "base/uuid.hpp"
#include "bus/operators.hpp"
#include "eventbridge/detail.hpp"

namespace ingestor::bus {

namespace {

std::optional<EntryOutcome> refusal_of(const EventEntry& entry) {
    const auto required = [](std::string_view name) {
        return EntryOutcome{
            .error_code = "InvalidArgument",
            .error_message = fmt::format(
                "Parameter {0} is not valid. Reason: {0} is a required argument.", name)};
    };
    if (entry.source.empty()) return required("Source");
    if (entry.detail_type.empty()) return required("DetailType");
    if (entry.detail.empty()) return required("Detail");
    if (entry.source.starts_with("aws.")) {
        return EntryOutcome{.error_code = "NotAuthorizedForSourceException",
                            .error_message = "Not authorized for the source."};
    }
    return std::nullopt;
}

}  // namespace

std::size_t size_of(const EventEntry& entry) {
    constexpr std::size_t kTimeBytes = 14;
    return std::accumulate(
        entry.resources.begin(), entry.resources.end(),
        (entry.time ? kTimeBytes : 0) + entry.source.size() + entry.detail_type.size() +
            entry.detail.size(),
        [](std::size_t sum, const std::string& resource) { return sum + resource.size(); });
}

boost::asio::awaitable<Result<std::vector<EntryOutcome>>> put_events(
    EventBus& bus, ports::Principal who, std::vector<EventEntry> entries, const ports::Clock& clock,
    const domain::Names& names) {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    std::size_t bytes = 0;
    for (const auto& entry : entries) bytes += size_of(entry);
    if (bytes > kEntriesBytesMax) {
        co_return fail(Errc::invalid_argument,
                       "Total size of the entries in the request is over the limit.");
    }
    std::vector<EntryOutcome> outcomes;
    std::vector<eventbridge::Event> events;
    for (auto& entry : entries) {
        if (auto refusal = refusal_of(entry)) {
            outcomes.push_back(std::move(*refusal));
            continue;
        }
        auto detail = eventbridge::compact_detail(entry.detail);
        if (!detail) {
            outcomes.push_back(
                {.error_code = "MalformedDetail", .error_message = "Detail is malformed."});
            continue;
        }
        outcomes.push_back({.event_id = uuid_v4()});
        if (bus.find_bus(entry.bus) == nullptr) continue;
        events.push_back({.bus = std::move(entry.bus),
                          .id = outcomes.back().event_id,
                          .detail_type = std::move(entry.detail_type),
                          .source = std::move(entry.source),
                          .account = names.account,
                          .time = entry.time.value_or(clock.now()),
                          .region = names.region,
                          .resources = std::move(entry.resources),
                          .detail = std::move(*detail)});
    }
    if (!events.empty()) {
        if (bus.is_full()) {
            co_return fail(Errc::rate_limited,
                           fmt::format("Rate exceeded: {} deliveries are under way. Put events "
                                       "again once targets have taken some.",
                                       kUnderWayMax));
        }
        const auto published = co_await bus.publish(std::move(events));
        if (!published) co_return std::unexpected(published.error());
    }
    co_return outcomes;
}

}  // namespace ingestor::bus
