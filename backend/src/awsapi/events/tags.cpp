// Tags of buses and rules.
#include "awsapi/events/tags.hpp"

#include <utility>

#include "awsapi/events/events_api.hpp"
#include "awsapi/events/model.hpp"
#include "bus/rules/rule_operations.hpp"

namespace ingestor::awsapi::events {

ports::Tags read_tags(json::Input& input, bool required) {
    ports::Tags tags;
    for (auto& tag : input.objects("Tags", required, 0, bus::rules::kTagsMax)) {
        auto key = tag.text("Key", {.required = true, .min = 1, .max = 128});
        const auto [place, fresh] =
            tags.emplace(std::move(key), tag.text("Value", {.required = true, .max = 256}));
        if (!fresh)
            input.violations().refuse("Invalid parameter: Duplicated keys are not allowed.");
    }
    return tags;
}

ports::RuleKey EventsApi::resource_of(json::Input& input) const {
    const auto arn = input.text("ResourceARN", kArn);
    const auto buses = bus_arn("");
    if (arn.starts_with(buses)) return {arn.substr(buses.size()), ""};
    const auto rules = rule_arn({std::string(bus::kDefaultBus), ""});
    if (arn.starts_with(rules)) {
        const auto rest = arn.substr(rules.size());
        const auto slash = rest.rfind('/');
        if (slash == std::string::npos) return {std::string(bus::kDefaultBus), rest};
        return {rest.substr(0, slash), rest.substr(slash + 1)};
    }
    if (!arn.empty()) {
        input.violations().add("resourceARN", arn,
                               "Member must be the ARN of an event bus or a rule of this server");
    }
    return {};
}

EventsApi::Answer EventsApi::tag_resource(ports::Principal who, json::Input input) const {
    const auto resource = resource_of(input);
    auto tags = read_tags(input, true);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    std::vector<std::string> none;
    const auto changed = co_await rules_.change_tags(std::move(who), resource.bus, resource.name,
                                                     std::move(tags), std::move(none));
    if (!changed) co_return std::unexpected(error_of(changed.error()));
    co_return boost::json::object();
}

EventsApi::Answer EventsApi::untag_resource(ports::Principal who, json::Input input) const {
    const auto resource = resource_of(input);
    auto keys = input.texts("TagKeys", {.min = 1, .max = 128}, true, 0, bus::rules::kTagsMax);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    ports::Tags none;
    const auto changed = co_await rules_.change_tags(std::move(who), resource.bus, resource.name,
                                                     std::move(none), std::move(keys));
    if (!changed) co_return std::unexpected(error_of(changed.error()));
    co_return boost::json::object();
}

EventsApi::Answer EventsApi::list_tags_for_resource(ports::Principal who, json::Input input) const {
    const auto resource = resource_of(input);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    const auto tags = rules_.tags(who, resource.bus, resource.name);
    if (!tags) co_return std::unexpected(error_of(tags.error()));
    boost::json::array list;
    for (const auto& [key, value] : *tags) {
        list.push_back(boost::json::object{{"Key", key}, {"Value", value}});
    }
    co_return boost::json::object{{"Tags", std::move(list)}};
}

}  // namespace ingestor::awsapi::events
