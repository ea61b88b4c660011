#include "awsapi/sqs/model.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/encoding.hpp"

namespace ingestor::awsapi::sqs {

namespace {

/// Codes whose name in the older protocol is another.
struct OldName {
    std::string_view code;
    std::string_view old;
};
constexpr OldName kOldNames[] = {
    {"BatchEntryIdsNotDistinct", "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"},
    {"BatchRequestTooLong", "AWS.SimpleQueueService.BatchRequestTooLong"},
    {"EmptyBatchRequest", "AWS.SimpleQueueService.EmptyBatchRequest"},
    {"InvalidBatchEntryId", "AWS.SimpleQueueService.InvalidBatchEntryId"},
    {"InvalidParameterValueException", "InvalidParameterValue"},
    {"MissingRequiredParameterException", "MissingParameter"},
    {"QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"},
    {"QueueNameExists", "QueueAlreadyExists"},
    {"TooManyEntriesInBatchRequest", "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"},
    {"UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation"},
};

json::ServiceError invalid_receipt(std::string_view handle) {
    return error("ReceiptHandleIsInvalid",
                 fmt::format("The input receipt handle \"{}\" is not a valid receipt handle.",
                             handle.substr(0, 200)));
}

template <class Number>
bool read_number(std::string_view text, Number& to) {
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), to);
    return fault == std::errc{} && end == text.data() + text.size();
}

}  // namespace

json::ServiceError error(std::string_view code, std::string message) {
    const auto* const known = std::ranges::find(kOldNames, code, &OldName::code);
    const auto old = known == std::end(kOldNames) ? code : known->old;
    return {.code = fmt::format("com.amazonaws.sqs#{}", code),
            .message = std::move(message),
            .query_code = std::string(old)};
}

json::ServiceError invalid_parameter(std::string message) {
    return error("InvalidParameterValueException", std::move(message));
}

json::ServiceError invalid_value(std::string_view value, std::string_view parameter,
                                 std::string_view reason) {
    return invalid_parameter(
        fmt::format("Value {} for parameter {} is invalid. Reason: {}", value, parameter, reason));
}

json::ServiceError missing(std::string_view parameter) {
    return error("MissingRequiredParameterException",
                 fmt::format("The request must contain the parameter {}.", parameter));
}

json::ServiceError error_of(const Error& failure) {
    if (auto common = json::common_error(failure)) return std::move(*common);
    if (failure.code == Errc::not_found) {
        return error(failure.field.empty() ? "QueueDoesNotExist" : "ResourceNotFoundException",
                     failure.message);
    }
    if (failure.code == Errc::conflict) return error("QueueNameExists", failure.message);
    if (failure.code == Errc::too_large) return error("OverLimit", failure.message);
    return invalid_parameter(failure.message);
}

Read<std::string> required_text(json::Input& input, std::string_view parameter) {
    auto text = input.text(parameter, {});
    if (const auto wrong = input.violations().error()) return std::unexpected(*wrong);
    if (text.empty()) return std::unexpected(missing(parameter));
    return text;
}

Read<std::optional<std::int64_t>> number(json::Input& input, std::string_view parameter,
                                         std::int64_t min, std::int64_t max) {
    const auto value = input.integer(parameter, std::numeric_limits<std::int64_t>::min(),
                                     std::numeric_limits<std::int64_t>::max());
    if (const auto wrong = input.violations().error()) return std::unexpected(*wrong);
    if (value && (*value < min || *value > max)) {
        return std::unexpected(
            invalid_value(std::to_string(*value), parameter,
                          fmt::format("Must be between {} and {}, if provided.", min, max)));
    }
    return value;
}

std::string write_receipt(const ports::MessageReceipt& receipt, std::string_view queue) {
    return to_base64(fmt::format("{} {} {} {}", queue, receipt.place, receipt.receive_count,
                                 receipt.message_id));
}

Read<ports::MessageReceipt> read_receipt(std::string_view handle, std::string_view queue) {
    const auto plain = from_base64(handle);
    if (!plain) return std::unexpected(invalid_receipt(handle));
    std::string_view rest = *plain;
    const auto next = [&rest] {
        const auto word = rest.substr(0, rest.find(' '));
        rest.remove_prefix(std::min(word.size() + 1, rest.size()));
        return word;
    };
    ports::MessageReceipt receipt;
    const bool sound = next() == queue && read_number(next(), receipt.place) &&
                       read_number(next(), receipt.receive_count) && !rest.empty();
    if (!sound) return std::unexpected(invalid_receipt(handle));
    receipt.message_id = rest;
    return receipt;
}

}  // namespace ingestor::awsapi::sqs
