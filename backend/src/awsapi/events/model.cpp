#include "awsapi/events/model.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace ingestor::awsapi::events {

json::ServiceError error_of(const Error& error) {
    if (auto common = json::common_error(error)) return std::move(*common);
    std::string code = "ValidationException";
    if (error.code == Errc::not_found) code = "ResourceNotFoundException";
    if (error.code == Errc::conflict) code = "ResourceAlreadyExistsException";
    if (error.field == "managed") code = "ManagedRuleException";
    if (error.code == Errc::too_large) code = "LimitExceededException";
    if (error.code == Errc::too_large && error.field == "policy") {
        code = "PolicyLengthExceededException";
    }
    if (error.code == Errc::invalid_argument && error.field == "EventPattern") {
        code = "InvalidEventPatternException";
    }
    return {.code = std::move(code), .message = error.message};
}

std::optional<json::ServiceError> refuse_members(const json::Input& input,
                                                 std::initializer_list<std::string_view> names) {
    for (const auto name : names) {
        if (!input.has(name)) continue;
        return json::ServiceError{
            .code = "ValidationException",
            .message = fmt::format(
                "Parameter {} is not valid. Reason: this server does nothing with it.", name)};
    }
    return std::nullopt;
}

std::optional<json::ServiceError> refuse_filters(std::string_view operation,
                                                 std::initializer_list<std::string_view> filters) {
    const auto absent = std::ranges::count(filters, std::string_view());
    if (static_cast<std::size_t>(absent) + 1 >= filters.size()) return std::nullopt;
    return json::ServiceError{
        .code = "ValidationException",
        .message = fmt::format("At most one filter is allowed for {}. Use either : State, "
                               "EventSourceArn, or NamePrefix.",
                               operation)};
}

}  // namespace ingestor::awsapi::events
