// Rules and the events that they are for.
#include <utility>

#include <boost/json.hpp>

#include "api/answers.hpp"
#include "api/body_limits.hpp"
#include "api/bus/bus_api.hpp"
#include "api/bus/messages.hpp"
#include "api/bus/parameters.hpp"

namespace ingestor::api::bus {

namespace json = boost::json;
namespace rules = ingestor::bus::rules;

Answering BusApi::list_buses(Call call) const {
    const auto buses = use_.rules.buses(call.who);
    if (!buses) co_return problem_of(buses.error());
    co_return json_answer(200, {{"buses", bus_message().write_all(*buses)}});
}

Answering BusApi::list_rules(Call call) const {
    const auto found = use_.operations.rules(call.who);
    if (!found) co_return problem_of(found.error());
    co_return json_answer(200, {{"rules", rule_message().write_all(*found)}});
}

Answering BusApi::get_rule(Call call) const {
    auto key = rule_key_of(call);
    if (!key) co_return std::move(key.error());
    auto rule = use_.rules.rule(call.who, *key);
    if (!rule) co_return problem_of(rule.error());
    co_return json_answer(200, rule_message().write(use_.operations.activity_of(std::move(*rule))));
}

Answering BusApi::put_rule(Call call) const {
    auto key = rule_key_of(call);
    if (!key) co_return std::move(key.error());
    const auto text = co_await read_json_text(call.request, kBusJsonBytesMax);
    if (!text) co_return problem(text.error());
    auto whole = whole_rule_message().read(*text);
    if (!whole) co_return std::move(whole.error());
    rules::RuleSettings settings;
    settings.description = std::move(whole->description);
    settings.event_pattern = std::move(whole->event_pattern);
    settings.schedule = std::move(whole->schedule);
    settings.role_arn = std::move(whole->role_arn);
    settings.enabled = whole->enabled;
    auto rule = co_await use_.rules.put_whole_rule(call.who, std::move(*key), std::move(settings),
                                                   std::move(whole->targets));
    if (!rule) co_return problem_of(rule.error());
    co_return json_answer(200, rule_message().write(use_.operations.activity_of(std::move(*rule))));
}

Answering BusApi::enable_rule(Call call) const {
    return set_enabled(std::move(call), true);
}

Answering BusApi::disable_rule(Call call) const {
    return set_enabled(std::move(call), false);
}

Answering BusApi::set_enabled(Call call, bool enabled) const {
    auto key = rule_key_of(call);
    if (!key) co_return std::move(key.error());
    const auto set = co_await use_.rules.enable_rule(call.who, *key, enabled);
    if (!set) co_return problem_of(set.error());
    co_return co_await get_rule(std::move(call));
}

Answering BusApi::delete_rule(Call call) const {
    auto key = rule_key_of(call);
    if (!key) co_return std::move(key.error());
    const auto deleted = co_await use_.rules.delete_rule(
        call.who, std::move(*key), rules::RuleOperations::RuleTargets::go_too);
    if (!deleted) co_return problem_of(deleted.error());
    http::Response response;
    response.status = 204;
    co_return response;
}

Answering BusApi::recent_events(Call call) const {
    auto bus = bus_of(call);
    if (!bus) co_return std::move(bus.error());
    const auto recent = use_.patterns.test_recent(call.who, "", *bus);
    if (!recent) co_return problem_of(recent.error(), Place::query);
    co_return json_answer(200, {{"events", recent_event_message().write_all(recent->events)},
                                {"too_large", recent->too_large}});
}

Answering BusApi::test_pattern(Call call) const {
    const auto text = co_await read_json_text(call.request, kBusJsonBytesMax);
    if (!text) co_return problem(text.error());
    auto request = pattern_test_message().read(*text);
    if (!request) co_return std::move(request.error());
    PatternTestResult result;
    // A pattern that is not one is what this is asked about, and no fault of the request.
    const auto note_reason = [&result](const Error& error) {
        if (error.field != "EventPattern") return false;
        result.reason = error.message;
        return true;
    };
    if (request->event) {
        const auto matches =
            rules::PatternTests::test(call.who, request->event_pattern, *request->event);
        if (matches) {
            result.matches = *matches;
        } else if (!note_reason(matches.error())) {
            co_return problem_of(matches.error());
        }
    }
    auto recent = use_.patterns.test_recent(call.who, request->event_pattern, request->bus);
    if (recent) {
        result.recent = std::move(*recent);
    } else if (!note_reason(recent.error())) {
        co_return problem_of(recent.error());
    }
    co_return json_answer(200, pattern_test_result_message().write(result));
}

}  // namespace ingestor::api::bus
