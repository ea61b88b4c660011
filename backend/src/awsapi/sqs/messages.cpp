// Messages: sending, receiving, deleting, and how long they stay hidden.
#include <algorithm>
#include <functional>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "awsapi/sqs/attributes.hpp"
#include "awsapi/sqs/sqs_api.hpp"
#include "base/uuid.hpp"

namespace ingestor::awsapi::sqs {

namespace {

constexpr std::size_t kBatchMax = 10;
constexpr std::size_t kBatchBytesMax = std::size_t{1} << 20;
constexpr std::size_t kEntryIdMax = 80;
constexpr std::int64_t kDelayMax = 900;
constexpr std::int64_t kVisibilityMax = 43'200;
constexpr json::TextRule kAnyText{};

/// "SendMessage": #x9 | #xA | #xD | #x20 to #xD7FF | …, of which UTF-8 leaves the control
/// characters, U+FFFE and U+FFFF to look for.
bool has_forbidden_character(std::string_view text) {
    return text.contains("\xEF\xBF\xBE") || text.contains("\xEF\xBF\xBF") ||
           std::ranges::any_of(text, [](char c) {
               return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
           });
}

Read<ports::OutgoingMessage> read_message(json::Input& input, const ports::QueueRecord& queue) {
    auto body = required_text(input, "MessageBody");
    if (!body) return std::unexpected(body.error());
    const auto delay = number(input, "DelaySeconds", 0, kDelayMax);
    if (!delay) return std::unexpected(delay.error());
    if (input.has("MessageDeduplicationId")) {
        return std::unexpected(invalid_parameter(
            "The request include parameter that is not valid for this queue type"));
    }
    auto attributes = read_message_attributes(input.members());
    if (!attributes) return std::unexpected(attributes.error());
    if (has_forbidden_character(*body)) {
        return std::unexpected(error("InvalidMessageContents",
                                     "Invalid characters found. Valid unicode characters are "
                                     "#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | "
                                     "#x10000 to #x10FFFF"));
    }
    if (size_of(*body, *attributes) > queue.settings.message_bytes_max) {
        return std::unexpected(invalid_parameter(
            fmt::format("One or more parameters are invalid. Reason: Message must be shorter than "
                        "{} bytes.",
                        queue.settings.message_bytes_max)));
    }
    ports::OutgoingMessage message{.id = uuid_v4(),
                                   .body = std::move(*body),
                                   .attributes = std::move(*attributes),
                                   .delay = queue.settings.delay};
    if (*delay) message.delay = std::chrono::seconds(**delay);
    if (auto system = input.object("MessageSystemAttributes")) {
        if (auto trace = system->object("AWSTraceHeader")) {
            message.trace_header = trace->text("StringValue", kAnyText);
        }
    }
    if (const auto wrong = input.violations().error()) return std::unexpected(*wrong);
    return message;
}

boost::json::object sent(const ports::OutgoingMessage& message) {
    boost::json::object out{{"MessageId", message.id}, {"MD5OfMessageBody", md5_of(message.body)}};
    if (!message.attributes.empty()) out["MD5OfMessageAttributes"] = md5_of(message.attributes);
    if (!message.trace_header.empty()) {
        out["MD5OfMessageSystemAttributes"] =
            md5_of(ports::MessageAttributes{{"AWSTraceHeader", {"String", message.trace_header}}});
    }
    return out;
}

/// The entries of a batch, each with its id. Errors: those of the batch as a whole.
Read<std::vector<std::pair<std::string, json::Input>>> read_entries(json::Input& input) {
    auto entries = input.objects("Entries", false, 0, 1'000);
    if (const auto wrong = input.violations().error()) return std::unexpected(*wrong);
    if (entries.empty()) {
        return std::unexpected(
            error("EmptyBatchRequest", "There should be at least one batch entry in the request."));
    }
    if (entries.size() > kBatchMax) {
        return std::unexpected(
            error("TooManyEntriesInBatchRequest",
                  fmt::format("Maximum number of entries per request are {}. You have sent {}.",
                              kBatchMax, entries.size())));
    }
    std::vector<std::pair<std::string, json::Input>> read;
    std::set<std::string> ids;
    for (auto& entry : entries) {
        auto id = required_text(entry, "Id");
        if (!id) return std::unexpected(id.error());
        const bool plain = std::ranges::all_of(*id, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   c == '-' || c == '_';
        });
        if (!plain || id->size() > kEntryIdMax) {
            return std::unexpected(
                error("InvalidBatchEntryId",
                      "A batch entry id can only contain alphanumeric characters, hyphens and "
                      "underscores. It can be at most 80 letters long."));
        }
        if (!ids.insert(*id).second) {
            return std::unexpected(
                error("BatchEntryIdsNotDistinct", fmt::format("Id {} repeated.", *id)));
        }
        read.emplace_back(std::move(*id), std::move(entry));
    }
    return read;
}

boost::json::object failed(const std::string& id, const json::ServiceError& error) {
    return {{"Id", id},
            {"SenderFault", error.status < 500},
            {"Code", error.query_code.empty() ? error.code : error.query_code},
            {"Message", error.message}};
}

/// What a batch answers: the entries that went well, and the others.
struct BatchAnswer {
    boost::json::array successful = {};
    boost::json::array failed = {};

    [[nodiscard]] boost::json::object to_json() && {
        boost::json::object out;
        if (!successful.empty()) out["Successful"] = std::move(successful);
        if (!failed.empty()) out["Failed"] = std::move(failed);
        return out;
    }
};

json::ServiceError not_in_flight(const std::string& handle) {
    return invalid_value(handle, "ReceiptHandle",
                         "Message does not exist or is not available for visibility timeout "
                         "change.");
}

bool wants(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::any_of(names, [name](const std::string& wanted) {
        return wanted == "All" || wanted == name || wanted == ".*" ||
               (wanted.ends_with(".*") &&
                name.starts_with(std::string_view(wanted).substr(0, wanted.size() - 1)));
    });
}

}  // namespace

SqsApi::Answer SqsApi::send_message(ports::Principal who, json::Input input) const {
    const auto queue = queue_of(who, input);
    if (!queue) co_return std::unexpected(queue.error());
    auto message = read_message(input, *queue);
    if (!message) co_return std::unexpected(message.error());
    auto out = sent(*message);
    std::vector<ports::OutgoingMessage> messages;
    messages.push_back(std::move(*message));
    const auto stored =
        co_await deps_.messages.send_all(std::move(who), queue->name, std::move(messages));
    if (!stored) co_return std::unexpected(error_of(stored.error()));
    co_return out;
}

SqsApi::Answer SqsApi::send_message_batch(ports::Principal who, json::Input input) const {
    const auto queue = queue_of(who, input);
    if (!queue) co_return std::unexpected(queue.error());
    auto entries = read_entries(input);
    if (!entries) co_return std::unexpected(entries.error());
    BatchAnswer answer;
    std::vector<ports::OutgoingMessage> messages;
    std::size_t bytes = 0;
    for (auto& [id, entry] : *entries) {
        auto message = read_message(entry, *queue);
        if (!message) {
            answer.failed.push_back(failed(id, message.error()));
            continue;
        }
        bytes += size_of(message->body, message->attributes);
        auto out = sent(*message);
        out["Id"] = id;
        answer.successful.push_back(std::move(out));
        messages.push_back(std::move(*message));
    }
    if (bytes > kBatchBytesMax) {
        co_return std::unexpected(error(
            "BatchRequestTooLong",
            fmt::format("Batch requests cannot be longer than {} bytes. You have sent {} bytes.",
                        kBatchBytesMax, bytes)));
    }
    if (!messages.empty()) {
        const auto stored =
            co_await deps_.messages.send_all(std::move(who), queue->name, std::move(messages));
        if (!stored) co_return std::unexpected(error_of(stored.error()));
    }
    co_return std::move(answer).to_json();
}

boost::json::object SqsApi::to_json(const ports::ReceivedMessage& message, std::string_view queue,
                                    const std::vector<std::string>& system_names,
                                    const std::vector<std::string>& names) const {
    boost::json::object out{{"MessageId", message.receipt.message_id},
                            {"ReceiptHandle", write_receipt(message.receipt, queue)},
                            {"MD5OfBody", md5_of(message.body)},
                            {"Body", message.body}};
    const auto milliseconds = [](TimePoint time) {
        return std::to_string(time.time_since_epoch().count());
    };
    std::map<std::string, std::string> system{
        {"SenderId", names_.account},
        {"SentTimestamp", milliseconds(message.sent_at)},
        {"ApproximateReceiveCount", std::to_string(message.receipt.receive_count)},
        {"ApproximateFirstReceiveTimestamp", milliseconds(message.first_received_at)}};
    if (!message.trace_header.empty()) system.emplace("AWSTraceHeader", message.trace_header);
    if (!message.source.empty()) {
        system.emplace("DeadLetterQueueSourceArn", deps_.registry.arn_of(message.source));
    }
    boost::json::object attributes;
    for (const auto& [name, value] : system) {
        if (wants(system_names, name)) attributes[name] = value;
    }
    if (!attributes.empty()) out["Attributes"] = std::move(attributes);
    auto told = message.attributes;
    std::erase_if(told, [&names](const auto& each) { return !wants(names, each.first); });
    if (!told.empty()) {
        out["MD5OfMessageAttributes"] = md5_of(told);
        out["MessageAttributes"] = sqs::to_json(told);
    }
    return out;
}

SqsApi::Answer SqsApi::receive_message(ports::Principal who, json::Input input) const {
    const auto queue = queue_of(who, input);
    if (!queue) co_return std::unexpected(queue.error());
    const auto most = number(input, "MaxNumberOfMessages", 1, kBatchMax);
    if (!most) co_return std::unexpected(most.error());
    const auto visibility = number(input, "VisibilityTimeout", 0, kVisibilityMax);
    if (!visibility) co_return std::unexpected(visibility.error());
    const auto wait = number(input, "WaitTimeSeconds", 0, 20);
    if (!wait) co_return std::unexpected(wait.error());
    auto system_names = input.texts("AttributeNames", kAnyText, false, 0, 100);
    std::ranges::move(input.texts("MessageSystemAttributeNames", kAnyText, false, 0, 100),
                      std::back_inserter(system_names));
    const auto names = input.texts("MessageAttributeNames", kAnyText, false, 0, 100);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    queues::ReceiveOptions options{.messages_max = static_cast<std::uint32_t>(most->value_or(1))};
    if (*visibility) options.visibility_timeout = std::chrono::seconds(**visibility);
    if (*wait) options.wait = std::chrono::seconds(**wait);
    const auto received =
        co_await deps_.messages.receive(std::move(who), queue->name, std::move(options));
    if (!received) co_return std::unexpected(error_of(received.error()));
    boost::json::object out;
    boost::json::array messages;
    for (const auto& message : *received) {
        messages.push_back(to_json(message, queue->name, system_names, names));
    }
    if (!messages.empty()) out["Messages"] = std::move(messages);
    co_return out;
}

SqsApi::Answer SqsApi::delete_message(ports::Principal who, json::Input input) const {
    const auto queue = queue_of(who, input);
    if (!queue) co_return std::unexpected(queue.error());
    const auto handle = required_text(input, "ReceiptHandle");
    if (!handle) co_return std::unexpected(handle.error());
    auto receipt = read_receipt(*handle, queue->name);
    if (!receipt) co_return std::unexpected(receipt.error());
    std::vector<ports::MessageReceipt> receipts;
    receipts.push_back(std::move(*receipt));
    const auto removed =
        co_await deps_.messages.remove(std::move(who), queue->name, std::move(receipts));
    if (!removed) co_return std::unexpected(error_of(removed.error()));
    co_return boost::json::object();
}

SqsApi::Answer SqsApi::delete_message_batch(ports::Principal who, json::Input input) const {
    const auto queue = queue_of(who, input);
    if (!queue) co_return std::unexpected(queue.error());
    auto entries = read_entries(input);
    if (!entries) co_return std::unexpected(entries.error());
    BatchAnswer answer;
    std::vector<ports::MessageReceipt> receipts;
    for (auto& [id, entry] : *entries) {
        const auto handle = required_text(entry, "ReceiptHandle");
        auto receipt =
            handle ? read_receipt(*handle, queue->name) : std::unexpected(handle.error());
        if (!receipt) {
            answer.failed.push_back(failed(id, receipt.error()));
            continue;
        }
        receipts.push_back(std::move(*receipt));
        answer.successful.push_back(boost::json::object{{"Id", id}});
    }
    const auto removed =
        co_await deps_.messages.remove(std::move(who), queue->name, std::move(receipts));
    if (!removed) co_return std::unexpected(error_of(removed.error()));
    co_return std::move(answer).to_json();
}

SqsApi::Answer SqsApi::change_message_visibility(ports::Principal who, json::Input input) const {
    const auto queue = queue_of(who, input);
    if (!queue) co_return std::unexpected(queue.error());
    const auto handle = required_text(input, "ReceiptHandle");
    if (!handle) co_return std::unexpected(handle.error());
    const auto timeout = number(input, "VisibilityTimeout", 0, kVisibilityMax);
    if (!timeout) co_return std::unexpected(timeout.error());
    if (!*timeout) co_return std::unexpected(missing("VisibilityTimeout"));
    auto receipt = read_receipt(*handle, queue->name);
    if (!receipt) co_return std::unexpected(receipt.error());
    const auto changed = co_await deps_.messages.change_visibility(
        std::move(who), queue->name, std::move(*receipt), std::chrono::seconds(**timeout));
    if (!changed) co_return std::unexpected(error_of(changed.error()));
    if (!*changed) co_return std::unexpected(not_in_flight(*handle));
    co_return boost::json::object();
}

SqsApi::Answer SqsApi::change_message_visibility_batch(ports::Principal who,
                                                       json::Input input) const {
    const auto queue = queue_of(who, input);
    if (!queue) co_return std::unexpected(queue.error());
    auto entries = read_entries(input);
    if (!entries) co_return std::unexpected(entries.error());
    BatchAnswer answer;
    for (auto& [id, entry] : *entries) {
        const auto handle = required_text(entry, "ReceiptHandle");
        auto receipt =
            handle ? read_receipt(*handle, queue->name) : std::unexpected(handle.error());
        const auto timeout = number(entry, "VisibilityTimeout", 0, kVisibilityMax);
        if (!receipt || !timeout || !*timeout) {
            const auto wrong = !receipt   ? receipt.error()
                               : !timeout ? timeout.error()
                                          : missing("VisibilityTimeout");
            answer.failed.push_back(failed(id, wrong));
            continue;
        }
        const auto changed = co_await deps_.messages.change_visibility(
            who, queue->name, std::move(*receipt), std::chrono::seconds(**timeout));
        if (!changed) {
            answer.failed.push_back(failed(id, error_of(changed.error())));
        } else if (!*changed) {
            answer.failed.push_back(failed(id, not_in_flight(*handle)));
        } else {
            answer.successful.push_back(boost::json::object{{"Id", id}});
        }
    }
    co_return std::move(answer).to_json();
}

SqsApi::Answer SqsApi::purge_queue(ports::Principal who, json::Input input) const {
    const auto queue = queue_of(who, input);
    if (!queue) co_return std::unexpected(queue.error());
    const auto purged = co_await deps_.messages.purge(std::move(who), queue->name);
    if (!purged) co_return std::unexpected(error_of(purged.error()));
    co_return boost::json::object();
}

}  // namespace ingestor::awsapi::sqs
