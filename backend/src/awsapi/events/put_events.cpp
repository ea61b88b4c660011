// Events: put on a bus, or only tried on a pattern.
#include <cmath>
#include <memory>
#include <utility>

#include <boost/json/parse.hpp>

#include "awsapi/events/events_api.hpp"
#include "awsapi/events/model.hpp"
#include "awsapi/events/times.hpp"
#include "bus/event_ingestion.hpp"
#include "bus/operators.hpp"
#include "eventbridge/detail.hpp"
#include "eventbridge/patterns/matcher.hpp"
#include "eventbridge/patterns/pattern.hpp"

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

/// Whether an event is one to try a pattern on: an object with the members that all events have.
bool is_event(std::string_view text) {
    boost::system::error_code error;
    boost::json::parse_options options;
    options.max_depth = eventbridge::kEventDepthMax;
    const auto event = boost::json::parse(text, error, boost::json::storage_ptr(), options);
    if (error || !event.is_object()) return false;
    for (const auto* name : {"id", "account", "source", "time", "region", "detail-type"}) {
        if (!event.get_object().contains(name)) return false;
    }
    return true;
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
    if (const auto allowed = bus::check_operator(who); !allowed) {
        co_return std::unexpected(error_of(allowed.error()));
    }
    const auto pattern = eventbridge::patterns::read_pattern(text);
    if (!pattern) co_return std::unexpected(error_of(pattern.error()));
    if (!is_event(event)) {
        co_return json::refuse("ValidationException", "Parameter Event is not valid.");
    }
    eventbridge::patterns::RuleSet::Builder builder;
    builder.add(*pattern);
    eventbridge::patterns::Matcher matcher(
        std::make_shared<const eventbridge::patterns::RuleSet>(builder.build()));
    const auto matches = matcher.match(event);
    co_return boost::json::object{{"Result", matches && !matches->empty()}};
}

}  // namespace ingestor::awsapi::events
