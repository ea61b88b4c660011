#include "awsapi/sqs/attributes.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/encoding.hpp"

namespace ingestor::awsapi::sqs {

namespace {

constexpr std::size_t kAttributesMax = 10;

/// An attribute that is a number of seconds or bytes.
struct NumberRow {
    std::string_view name;
    std::int64_t min;
    std::int64_t max;
    void (*set)(ports::QueueSettings&, std::int64_t);
    std::int64_t (*get)(const ports::QueueSettings&);
};

template <auto Member>
constexpr NumberRow seconds_row(std::string_view name, std::int64_t min, std::int64_t max) {
    return {name, min, max,
            [](ports::QueueSettings& settings, std::int64_t value) {
                settings.*Member = std::chrono::seconds(value);
            },
            [](const ports::QueueSettings& settings) -> std::int64_t {
                return (settings.*Member).count();
            }};
}

// "SetQueueAttributes" of the API reference.
constexpr NumberRow kNumbers[] = {
    seconds_row<&ports::QueueSettings::delay>("DelaySeconds", 0, 900),
    seconds_row<&ports::QueueSettings::retention>("MessageRetentionPeriod", 60, 1'209'600),
    seconds_row<&ports::QueueSettings::receive_wait>("ReceiveMessageWaitTimeSeconds", 0, 20),
    seconds_row<&ports::QueueSettings::visibility_timeout>("VisibilityTimeout", 0, 43'200),
    {"MaximumMessageSize", 1'024, 1'048'576,
     [](ports::QueueSettings& settings, std::int64_t value) {
         settings.message_bytes_max = static_cast<std::uint32_t>(value);
     },
     [](const ports::QueueSettings& settings) -> std::int64_t {
         return settings.message_bytes_max;
     }},
};

std::optional<std::int64_t> number_of(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::unexpected<Error> invalid_attribute(const std::string& name) {
    return fail(Errc::invalid_argument, fmt::format("Invalid value for the parameter {}.", name),
                "InvalidAttributeValue");
}

Result<std::monostate> set_redrive(ports::QueueSettings& settings, const std::string& text) {
    if (text.empty()) {
        settings.redrive.reset();
        return std::monostate{};
    }
    const auto refuse = [&text](std::string_view reason) {
        return fail(Errc::invalid_argument,
                    fmt::format("Value {} for parameter RedrivePolicy is invalid. Reason: {}", text,
                                reason));
    };
    boost::system::error_code error;
    const auto policy = boost::json::parse(text, error);
    if (error || !policy.is_object()) return refuse("Redrive policy is not a valid JSON map.");
    const auto* arn = policy.get_object().if_contains("deadLetterTargetArn");
    const auto* count = policy.get_object().if_contains("maxReceiveCount");
    if (arn == nullptr || !arn->is_string() || count == nullptr) {
        return refuse(
            "Redrive policy does not contain mandatory attributes: deadLetterTargetArn and "
            "maxReceiveCount.");
    }
    // Clients write the number either way.
    std::optional<std::int64_t> receives;
    if (count->is_int64()) receives = count->get_int64();
    if (count->is_string()) receives = number_of(std::string_view(count->get_string()));
    if (!receives || *receives < 1 || *receives > 1'000) {
        return refuse("Invalid value for maxReceiveCount: must be between 1 and 1000.");
    }
    settings.redrive = ports::RedrivePolicy{.dead_letter_arn = std::string(arn->get_string()),
                                            .receives_max = static_cast<std::uint32_t>(*receives)};
    return std::monostate{};
}

void append_sized(std::string& to, std::string_view part) {
    const auto size = static_cast<std::uint32_t>(part.size());
    for (const int shift : {24, 16, 8, 0}) to += static_cast<char>((size >> shift) & 0xFF);
    to += part;
}

bool is_binary(std::string_view type) {
    return type == "Binary" || type.starts_with("Binary.");
}

bool is_known_type(std::string_view type) {
    const auto kind = type.substr(0, type.find('.'));
    return kind == "String" || kind == "Number" || kind == "Binary";
}

}  // namespace

Result<std::monostate> set_attribute(ports::QueueSettings& settings, const std::string& name,
                                     const std::string& value) {
    const auto* const row = std::ranges::find(kNumbers, name, &NumberRow::name);
    if (row != std::end(kNumbers)) {
        const auto wanted = number_of(value);
        if (!wanted || *wanted < row->min || *wanted > row->max) return invalid_attribute(name);
        row->set(settings, *wanted);
        return std::monostate{};
    }
    if (name == "RedrivePolicy") return set_redrive(settings, value);
    if (name == "Policy") {
        settings.policy = value;
    } else if (name == "RedriveAllowPolicy") {
        settings.redrive_allow_policy = value;
    } else if (name == "SqsManagedSseEnabled" || name == "KmsMasterKeyId") {
        if (value != "false" && !value.empty()) {
            return fail(Errc::invalid_argument,
                        fmt::format("Invalid value for the parameter {}: this server does not "
                                    "encrypt queues.",
                                    name),
                        "InvalidAttributeValue");
        }
    } else {
        return fail(Errc::invalid_argument, fmt::format("Unknown Attribute {}.", name),
                    "InvalidAttributeName");
    }
    return std::monostate{};
}

std::map<std::string, std::string> attributes_of(const ports::QueueSettings& settings) {
    std::map<std::string, std::string> attributes;
    for (const auto& row : kNumbers) {
        attributes.emplace(row.name, std::to_string(row.get(settings)));
    }
    attributes.emplace("SqsManagedSseEnabled", "false");
    if (!settings.policy.empty()) attributes.emplace("Policy", settings.policy);
    if (!settings.redrive_allow_policy.empty()) {
        attributes.emplace("RedriveAllowPolicy", settings.redrive_allow_policy);
    }
    if (settings.redrive) {
        attributes.emplace("RedrivePolicy",
                           boost::json::serialize(boost::json::object{
                               {"deadLetterTargetArn", settings.redrive->dead_letter_arn},
                               {"maxReceiveCount", settings.redrive->receives_max}}));
    }
    return attributes;
}

Read<ports::MessageAttributes> read_message_attributes(const boost::json::object& message) {
    ports::MessageAttributes attributes;
    const auto* given = message.if_contains("MessageAttributes");
    if (given == nullptr || given->is_null()) return attributes;
    if (!given->is_object()) {
        return std::unexpected(json::ServiceError{
            .code = "SerializationException", .message = "MessageAttributes must be an object"});
    }
    const auto& members = given->get_object();
    if (members.size() > kAttributesMax) {
        return std::unexpected(invalid_parameter(
            fmt::format("Number of message attributes [{}] exceeds the allowed maximum [{}].",
                        members.size(), kAttributesMax)));
    }
    for (const auto& [key, value] : members) {
        const std::string name(key);
        const auto* object = value.if_object();
        const auto text = [object](std::string_view member) -> std::optional<std::string> {
            const auto* found = object == nullptr ? nullptr : object->if_contains(member);
            if (found == nullptr || !found->is_string()) return std::nullopt;
            return std::string(found->get_string());
        };
        const auto type = text("DataType");
        if (!type || !is_known_type(*type)) {
            return std::unexpected(invalid_parameter(
                fmt::format("The message attribute '{}' has an invalid message attribute type, the "
                            "set of supported type prefixes is Binary, Number, and String.",
                            name)));
        }
        auto plain = is_binary(*type) ? text("BinaryValue") : text("StringValue");
        if (plain && is_binary(*type)) {
            auto bytes = from_base64(*plain);
            plain = bytes ? std::optional(std::move(*bytes)) : std::nullopt;
        }
        if (!plain || plain->empty()) {
            return std::unexpected(invalid_parameter(
                fmt::format("The message attribute '{}' must contain a non-empty message attribute "
                            "value for message attribute type '{}'.",
                            name, *type)));
        }
        attributes.emplace(name,
                           ports::MessageAttribute{.type = *type, .value = std::move(*plain)});
    }
    return attributes;
}

boost::json::object to_json(const ports::MessageAttributes& attributes) {
    boost::json::object out;
    for (const auto& [name, attribute] : attributes) {
        boost::json::object each{{"DataType", attribute.type}};
        if (is_binary(attribute.type)) {
            each["BinaryValue"] = to_base64(attribute.value);
        } else {
            each["StringValue"] = attribute.value;
        }
        out[name] = std::move(each);
    }
    return out;
}

std::string md5_of(std::string_view body) {
    Digest digest(DigestKind::md5);
    digest.update(body);
    return to_hex(digest.finish());
}

std::string md5_of(const ports::MessageAttributes& attributes) {
    std::string bytes;
    for (const auto& [name, attribute] : attributes) {
        append_sized(bytes, name);
        append_sized(bytes, attribute.type);
        bytes += is_binary(attribute.type) ? '\2' : '\1';
        append_sized(bytes, attribute.value);
    }
    return md5_of(std::string_view(bytes));
}

std::size_t size_of(std::string_view body, const ports::MessageAttributes& attributes) {
    auto size = body.size();
    for (const auto& [name, attribute] : attributes) {
        size += name.size() + attribute.type.size() + attribute.value.size();
    }
    return size;
}

}  // namespace ingestor::awsapi::sqs
