#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace ingestor::bus::rules {

// The resource policy of an event bus: a JSON document of statements, empty where there are none
// ("Permissions for event buses" in the EventBridge user guide).

/// "EventBridge quotas": characters.
inline constexpr std::size_t kPolicyMax = 10'240;

/// `Condition` of a permission: only principals of an organization.
struct PermissionCondition {
    std::string type;
    std::string key;
    std::string value;
};
struct Permission {
    std::string statement_id;
    std::string action;
    std::string principal;  ///< An account, or `*`.
    std::optional<PermissionCondition> condition = {};
};

/// In place of a statement of that id. Errors: too_large, field `policy`.
[[nodiscard]] Result<std::string> with_statement(std::string_view policy, Permission permission,
                                                 std::string_view bus_arn);
/// Errors: not_found.
[[nodiscard]] Result<std::string> without_statement(std::string_view policy, std::string_view id);
/// A whole policy, as it is kept. Errors: invalid_argument (no JSON object with statements),
/// too_large, field `policy`.
[[nodiscard]] Result<std::string> read_policy(std::string_view text);

}  // namespace ingestor::bus::rules
