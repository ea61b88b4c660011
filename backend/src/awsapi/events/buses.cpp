// Event buses.
#include <utility>

#include "awsapi/events/events_api.hpp"
#include "awsapi/events/model.hpp"
#include "awsapi/events/tags.hpp"
#include "awsapi/events/times.hpp"
#include "awsapi/json/page.hpp"

namespace ingestor::awsapi::events {

boost::json::object EventsApi::to_json(const ports::EventBusRecord& bus) const {
    boost::json::object out{{"Name", bus.name}, {"Arn", bus_arn(bus.name)}};
    if (!bus.description.empty()) out["Description"] = bus.description;
    if (!bus.policy.empty()) out["Policy"] = bus.policy;
    out["CreationTime"] = epoch_seconds(bus.created_at);
    out["LastModifiedTime"] = epoch_seconds(bus.created_at);
    return out;
}

EventsApi::Answer EventsApi::create_event_bus(ports::Principal who, json::Input input) const {
    auto name = input.text("Name", kBusName);
    auto description = input.text("Description", kDescription);
    auto tags = read_tags(input);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    const auto refused = refuse_members(
        input, {"EventSourceName", "KmsKeyIdentifier", "DeadLetterConfig", "LogConfig"});
    if (refused) co_return std::unexpected(*refused);
    if (name.find('/') != std::string::npos) {
        co_return json::refuse("ValidationException", "Event bus name must not contain '/'.");
    }
    const auto made = co_await rules_.create_bus(std::move(who), std::move(name),
                                                 std::move(description), std::move(tags));
    if (!made) co_return std::unexpected(error_of(made.error()));
    boost::json::object out{{"EventBusArn", bus_arn(made->name)}};
    if (!made->description.empty()) out["Description"] = made->description;
    co_return out;
}

EventsApi::Answer EventsApi::update_event_bus(ports::Principal who, json::Input input) const {
    auto name = bus_name(input, "Name");
    auto description = input.text("Description", kDescription);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    const auto refused =
        refuse_members(input, {"KmsKeyIdentifier", "DeadLetterConfig", "LogConfig"});
    if (refused) co_return std::unexpected(*refused);
    const auto changed =
        co_await rules_.describe_again(std::move(who), std::move(name), std::move(description));
    if (!changed) co_return std::unexpected(error_of(changed.error()));
    boost::json::object out{{"Arn", bus_arn(changed->name)}, {"Name", changed->name}};
    if (!changed->description.empty()) out["Description"] = changed->description;
    co_return out;
}

EventsApi::Answer EventsApi::describe_event_bus(ports::Principal who, json::Input input) const {
    const auto name = bus_name(input, "Name");
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    const auto bus = rules_.bus(who, name);
    if (!bus) co_return std::unexpected(error_of(bus.error()));
    co_return to_json(*bus);
}

EventsApi::Answer EventsApi::list_event_buses(ports::Principal who, json::Input input) const {
    const auto prefix = input.text("NamePrefix", {.min = 1, .max = 256});
    const auto page = json::read_page_request(input);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    auto buses = rules_.buses(who);
    if (!buses) co_return std::unexpected(error_of(buses.error()));
    std::erase_if(*buses, [&prefix](const auto& bus) { return !bus.name.starts_with(prefix); });
    const auto write = [this](const auto& bus) { return to_json(bus); };
    co_return json::page_answer("EventBuses", std::move(*buses), page, &ports::EventBusRecord::name,
                                write);
}

EventsApi::Answer EventsApi::delete_event_bus(ports::Principal who, json::Input input) const {
    auto name = input.text("Name", kBusName);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    const auto deleted = co_await rules_.delete_bus(std::move(who), std::move(name));
    if (!deleted) co_return std::unexpected(error_of(deleted.error()));
    co_return std::nullopt;
}

}  // namespace ingestor::awsapi::events
