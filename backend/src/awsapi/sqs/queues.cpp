// Queues: their life, attributes and tags.
#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "awsapi/sqs/attributes.hpp"
#include "awsapi/sqs/sqs_api.hpp"

namespace ingestor::awsapi::sqs {

namespace {

constexpr std::size_t kNameMax = 80;
constexpr std::string_view kNameCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
constexpr json::TextRule kAnyText{};

std::optional<json::ServiceError> refuse_name(const std::string& name) {
    if (name.ends_with(".fifo")) {
        return invalid_parameter("This server has standard queues: no name ends with .fifo.");
    }
    if (name.empty() || name.size() > kNameMax ||
        name.find_first_not_of(kNameCharacters) != std::string::npos) {
        return invalid_parameter(
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length");
    }
    return std::nullopt;
}

/// The field of an error of an attribute is its code.
json::ServiceError attribute_error_of(const Error& failure) {
    if (failure.code == Errc::invalid_argument && !failure.field.empty()) {
        return error(failure.field, failure.message);
    }
    return error_of(failure);
}

std::int64_t seconds_of(TimePoint time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

SqsApi::Answer SqsApi::create_queue(ports::Principal who, json::Input input) const {
    const auto name = required_text(input, "QueueName");
    if (!name) co_return std::unexpected(name.error());
    const auto given = input.text_map("Attributes", kAnyText, kAnyText, 100);
    // Its members are named in small letters in some versions of the model.
    auto tags = input.text_map(input.has("tags") ? "tags" : "Tags", kAnyText, kAnyText, 1'000);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    if (auto refused = refuse_name(*name)) co_return std::unexpected(std::move(*refused));
    auto set = [this, given](ports::QueueSettings& settings) {
        return set_attributes(settings, given);
    };
    const auto made =
        co_await deps_.registry.create(std::move(who), *name, std::move(set), std::move(tags));
    if (!made) co_return std::unexpected(attribute_error_of(made.error()));
    co_return boost::json::object{{"QueueUrl", url_of(*name)}};
}

SqsApi::Answer SqsApi::delete_queue(ports::Principal who, json::Input input) const {
    const auto queue = queue_of(who, input);
    if (!queue) co_return std::unexpected(queue.error());
    const auto removed = co_await deps_.registry.remove(std::move(who), queue->name);
    if (!removed) co_return std::unexpected(error_of(removed.error()));
    co_return boost::json::object();
}

SqsApi::Answer SqsApi::list_queues(ports::Principal who, json::Input input) const {
    const auto prefix = input.text("QueueNamePrefix", {});
    const auto after = input.text("NextToken", {});
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    const auto limit = number(input, "MaxResults", 1, 1'000);
    if (!limit) co_return std::unexpected(limit.error());
    auto queues = deps_.registry.queues(who);
    if (!queues) co_return std::unexpected(error_of(queues.error()));
    std::erase_if(*queues, [&](const ports::QueueRecord& queue) {
        return queue.name <= after || !queue.name.starts_with(prefix);
    });
    const auto most = static_cast<std::size_t>(limit->value_or(1'000));
    const bool more = queues->size() > most;
    if (more) queues->resize(most);
    boost::json::object out;
    boost::json::array urls;
    for (const auto& queue : *queues) urls.emplace_back(url_of(queue.name));
    if (!urls.empty()) out["QueueUrls"] = std::move(urls);
    if (more) out["NextToken"] = queues->back().name;
    co_return out;
}

SqsApi::Answer SqsApi::get_queue_url(ports::Principal who, json::Input input) const {
    const auto name = required_text(input, "QueueName");
    if (!name) co_return std::unexpected(name.error());
    const auto queue = deps_.registry.queue(who, *name);
    if (!queue) co_return std::unexpected(error_of(queue.error()));
    co_return boost::json::object{{"QueueUrl", url_of(*name)}};
}

SqsApi::Answer SqsApi::get_queue_attributes(ports::Principal who, json::Input input) const {
    const auto queue = queue_of(who, input);
    if (!queue) co_return std::unexpected(queue.error());
    const auto names = input.texts("AttributeNames", kAnyText, false, 0, 100);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    auto attributes = attributes_of(queue->settings);
    attributes.emplace("QueueArn", deps_.registry.arn_of(queue->name));
    attributes.emplace("CreatedTimestamp", std::to_string(seconds_of(queue->created_at)));
    attributes.emplace("LastModifiedTimestamp", std::to_string(seconds_of(queue->modified_at)));
    const auto depth = co_await deps_.messages.depth(std::move(who), queue->name);
    if (!depth) co_return std::unexpected(error_of(depth.error()));
    attributes.emplace("ApproximateNumberOfMessages", std::to_string(depth->visible));
    attributes.emplace("ApproximateNumberOfMessagesNotVisible", std::to_string(depth->in_flight));
    attributes.emplace("ApproximateNumberOfMessagesDelayed", std::to_string(depth->delayed));
    const bool all = std::ranges::find(names, "All") != names.end();
    boost::json::object told;
    for (const auto& [name, value] : attributes) {
        if (all || std::ranges::find(names, name) != names.end()) told[name] = value;
    }
    for (const auto& name : names) {
        constexpr std::string_view kAbsent[] = {"All",
                                                "Policy",
                                                "RedriveAllowPolicy",
                                                "RedrivePolicy",
                                                "KmsMasterKeyId",
                                                "KmsDataKeyReusePeriodSeconds",
                                                "FifoQueue",
                                                "ContentBasedDeduplication"};
        if (!attributes.contains(name) &&
            std::ranges::find(kAbsent, std::string_view(name)) == std::end(kAbsent)) {
            co_return std::unexpected(
                error("InvalidAttributeName", fmt::format("Unknown Attribute {}.", name)));
        }
    }
    boost::json::object out;
    if (!told.empty()) out["Attributes"] = std::move(told);
    co_return out;
}

SqsApi::Answer SqsApi::set_queue_attributes(ports::Principal who, json::Input input) const {
    const auto queue = queue_of(who, input);
    if (!queue) co_return std::unexpected(queue.error());
    const auto given = input.text_map("Attributes", kAnyText, kAnyText, 100);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    if (given.empty()) co_return std::unexpected(missing("Attribute.Name"));
    auto set = [this, given](ports::QueueSettings& settings) {
        return set_attributes(settings, given);
    };
    const auto changed =
        co_await deps_.registry.change(std::move(who), queue->name, std::move(set));
    if (!changed) co_return std::unexpected(attribute_error_of(changed.error()));
    co_return boost::json::object();
}

Result<std::monostate> SqsApi::set_attributes(
    ports::QueueSettings& settings, const std::map<std::string, std::string>& given) const {
    for (const auto& [name, value] : given) {
        if (const auto set = set_attribute(settings, name, value); !set) return set;
    }
    if (given.contains("RedrivePolicy") && settings.redrive &&
        deps_.registry.find(deps_.registry.name_of(settings.redrive->dead_letter_arn)) == nullptr) {
        return fail(Errc::invalid_argument,
                    fmt::format("Value {} for parameter RedrivePolicy is invalid. Reason: Dead "
                                "letter target does not exist.",
                                given.at("RedrivePolicy")));
    }
    return std::monostate{};
}

SqsApi::Answer SqsApi::list_queue_tags(ports::Principal who, json::Input input) const {
    const auto queue = queue_of(who, input);
    if (!queue) co_return std::unexpected(queue.error());
    boost::json::object tags;
    for (const auto& [key, value] : queue->tags) tags[key] = value;
    boost::json::object out;
    if (!tags.empty()) out["Tags"] = std::move(tags);
    co_return out;
}

SqsApi::Answer SqsApi::tag_queue(ports::Principal who, json::Input input) const {
    const auto queue = queue_of(who, input);
    if (!queue) co_return std::unexpected(queue.error());
    auto tags = input.text_map("Tags", {.min = 1, .max = 128}, {.max = 256}, 1'000);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    if (tags.empty()) co_return std::unexpected(missing("Tags"));
    const auto changed =
        co_await deps_.registry.change_tags(std::move(who), queue->name, std::move(tags), {});
    if (!changed) co_return std::unexpected(error_of(changed.error()));
    co_return boost::json::object();
}

SqsApi::Answer SqsApi::untag_queue(ports::Principal who, json::Input input) const {
    const auto queue = queue_of(who, input);
    if (!queue) co_return std::unexpected(queue.error());
    auto keys = input.texts("TagKeys", kAnyText, true, 1, 1'000);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    const auto changed =
        co_await deps_.registry.change_tags(std::move(who), queue->name, {}, std::move(keys));
    if (!changed) co_return std::unexpected(error_of(changed.error()));
    co_return boost::json::object();
}

}  // namespace ingestor::awsapi::sqs
