// Events: put on a bus, or only tried on a pattern.
#include <cmath>
#include <utility>

#include "awsapi/events/events_api.hpp"
#include "awsapi/events/model.hpp"
#include "awsapi/events/times.hpp"
#include "bus/event_ingestion.hpp"
#include "bus/rules/pattern_tests.hpp"

namespace ingestor::awsapi::events {

namespace {

bus::EventEntry read_entry(json::Input& input) {
    bus::EventEntry entry;
    entry.source = input.text("Source", {});
    entry.detail_type = input.text("DetailType", {});
    entry.detail = input.text("Detail", {});
    entry.resources = input.texts("Resources", {.max = 2'048}, false, 0, bus::kEntriesBytesMax);
    static_cast<void>(
        input.text("TraceHeader", {.min = input.has("TraceHeader") ? 1U : 0U, .max = 500}));
    entry.time = read_time(input, "Time");
    return entry;
}

}  // namespace

EventsApi::Answer EventsApi::put_events(ports::Principal who, json::Input input) const {
    std::vector<bus::EventEntry> entries;
    for (auto& each : input.objects("Entries", true, 1, bus::kEntriesMax)) {
        entries.push_back(read_entry(each));
        entries.back().bus = bus_name(each, "EventBusName");
    }
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    if (const auto refused = refuse_members(input, {"EndpointId"})) {
        co_return std::unexpected(*refused);
    }
    const auto outcomes =
        co_await bus::put_events(bus_, std::move(who), std::move(entries), clock_, names_);
    if (!outcomes) co_return std::unexpected(error_of(outcomes.error()));
    boost::json::array results;
    std::size_t failed = 0;
    for (const auto& outcome : *outcomes) {
        if (outcome.error_code.empty()) {
            results.push_back(boost::json::object{{"EventId", outcome.event_id}});
            continue;
        }
        ++failed;
        results.push_back(boost::json::object{{"ErrorCode", outcome.error_code},
                                              {"ErrorMessage", outcome.error_message}});
    }
    co_return boost::json::object{{"FailedEntryCount", failed}, {"Entries", std::move(results)}};
}

EventsApi::Answer EventsApi::test_event_pattern(ports::Principal who, json::Input input) const {
    auto pattern_rule = kEventPattern;
    pattern_rule.required = true;
    const auto text = input.text("EventPattern", pattern_rule);
    const auto event = input.text("Event", {.required = true});
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    const auto matches = bus::rules::PatternTests::test(who, text, event);
    if (!matches) co_return std::unexpected(error_of(matches.error()));
    co_return boost::json::object{{"Result", *matches}};
}

}  // namespace ingestor::awsapi::events
