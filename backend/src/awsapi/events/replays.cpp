// Replays of archives.
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "awsapi/events/events_api.hpp"
#include "awsapi/events/model.hpp"
#include "awsapi/events/times.hpp"
#include "awsapi/json/page.hpp"

namespace ingestor::awsapi::events {

namespace {

/// By the state's number.
constexpr std::array<std::string_view, 6> kStates = {"STARTING",  "RUNNING",   "CANCELLING",
                                                     "COMPLETED", "CANCELLED", "FAILED"};

std::string_view name_of(ports::ReplayState state) {
    return kStates[static_cast<std::size_t>(state)];
}

TimePoint required_time(json::Input& input, std::string_view member, std::string_view path) {
    if (!input.has(member)) input.violations().add_missing(path);
    return read_time(input, member).value_or(TimePoint());
}

}  // namespace

boost::json::object EventsApi::to_json(const ports::Replay& replay) const {
    boost::json::object out{{"ReplayName", replay.name},
                            {"EventSourceArn", names_.archive_arn(replay.archive)},
                            {"State", name_of(replay.state)},
                            {"EventStartTime", epoch_seconds(replay.from)},
                            {"EventEndTime", epoch_seconds(replay.to)},
                            {"ReplayStartTime", epoch_seconds(replay.started_at)}};
    if (!replay.state_reason.empty()) out["StateReason"] = replay.state_reason;
    if (replay.replayed) out["EventLastReplayedTime"] = epoch_seconds(replay.replayed->time);
    if (replay.ended_at) out["ReplayEndTime"] = epoch_seconds(*replay.ended_at);
    return out;
}

EventsApi::Answer EventsApi::start_replay(ports::Principal who, json::Input input) const {
    ports::Replay replay;
    replay.name = input.text("ReplayName", kName);
    replay.description = input.text("Description", kDescription);
    const auto archive = input.text("EventSourceArn", kArn);
    replay.from = required_time(input, "EventStartTime", "eventStartTime");
    replay.to = required_time(input, "EventEndTime", "eventEndTime");
    auto destination = input.object("Destination");
    if (!destination) input.violations().add_missing("destination");
    std::string bus;
    std::vector<std::string> filters;
    if (destination) {
        bus = destination->text("Arn", kArn);
        filters = destination->texts("FilterArns", kArn, false, 0, 100);
    }
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);

    const auto invalid = [](std::string_view parameter, std::string_view reason) {
        return json::refuse(
            "ValidationException",
            fmt::format("Parameter {} is not valid. Reason: {}", parameter, reason));
    };
    const auto archive_prefix = names_.archive_arn("");
    if (!archive.starts_with(archive_prefix)) {
        co_return invalid("EventSourceArn", "Must contain an archive ARN.");
    }
    replay.archive = archive.substr(archive_prefix.size());
    const auto bus_name = bus_of_arn(bus);
    if (!bus_name) co_return invalid("Destination.Arn", "Must contain an event bus ARN.");
    replay.bus = *bus_name;
    const auto rule_prefix = names_.rule_arn(replay.bus, "");
    for (const auto& filter : filters) {
        if (!filter.starts_with(rule_prefix) || filter.size() == rule_prefix.size()) {
            co_return invalid("Destination.FilterArns",
                              fmt::format("{} is no rule of the event bus.", filter));
        }
        replay.rules.push_back(filter.substr(rule_prefix.size()));
    }
    const auto started = co_await replays_.start(std::move(who), std::move(replay));
    if (!started) co_return std::unexpected(error_of(started.error()));
    co_return boost::json::object{{"ReplayArn", names_.replay_arn(started->name)},
                                  {"State", name_of(started->state)},
                                  {"ReplayStartTime", epoch_seconds(started->started_at)}};
}

EventsApi::Answer EventsApi::describe_replay(ports::Principal who, json::Input input) const {
    const auto name = input.text("ReplayName", kName);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    const auto replay = replays_.find(who, name);
    if (!replay) co_return std::unexpected(error_of(replay.error()));
    auto out = to_json(*replay);
    out["ReplayArn"] = names_.replay_arn(replay->name);
    if (!replay->description.empty()) out["Description"] = replay->description;
    boost::json::object destination{{"Arn", bus_arn(replay->bus)}};
    if (!replay->rules.empty()) {
        boost::json::array filters;
        for (const auto& rule : replay->rules) {
            filters.emplace_back(names_.rule_arn(replay->bus, rule));
        }
        destination["FilterArns"] = std::move(filters);
    }
    out["Destination"] = std::move(destination);
    co_return out;
}

EventsApi::Answer EventsApi::list_replays(ports::Principal who, json::Input input) const {
    const auto prefix = input.text("NamePrefix", kNamePrefix);
    const auto source = input.text("EventSourceArn", kOptionalArn);
    const auto state = input.one_of("State", {kStates.begin(), kStates.end()}, false);
    const auto page = json::read_page_request(input);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    if (const auto refused = refuse_filters("ListReplays", {prefix, source, state})) {
        co_return std::unexpected(*refused);
    }
    auto replays = replays_.list(who);
    if (!replays) co_return std::unexpected(error_of(replays.error()));
    std::erase_if(*replays, [&](const ports::Replay& replay) {
        return !replay.name.starts_with(prefix) ||
               (!source.empty() && names_.archive_arn(replay.archive) != source) ||
               (!state.empty() && name_of(replay.state) != state);
    });
    const auto write = [this](const auto& replay) { return to_json(replay); };
    co_return json::page_answer("Replays", std::move(*replays), page, &ports::Replay::name, write);
}

EventsApi::Answer EventsApi::cancel_replay(ports::Principal who, json::Input input) const {
    auto name = input.text("ReplayName", kName);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    const auto cancelled = co_await replays_.cancel(std::move(who), std::move(name));
    if (!cancelled && cancelled.error().field == "state") {
        co_return json::refuse("IllegalStatusException", cancelled.error().message);
    }
    if (!cancelled) co_return std::unexpected(error_of(cancelled.error()));
    boost::json::object out{{"ReplayArn", names_.replay_arn(cancelled->name)},
                            {"State", name_of(cancelled->state)}};
    if (!cancelled->state_reason.empty()) out["StateReason"] = cancelled->state_reason;
    co_return out;
}

}  // namespace ingestor::awsapi::events
