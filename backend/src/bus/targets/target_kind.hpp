#pragma once

#include <optional>
#include <string_view>

namespace ingestor::bus::targets {

/// What a rule's target may be ("Event bus targets" in the EventBridge user guide).
enum class TargetKind { function, bus, log_group, archive, queue, api_destination };
inline constexpr std::size_t kTargetKinds = 6;

/// The parts of `arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE`.
struct Arn {
    std::string_view service;
    std::string_view region;
    std::string_view account;
    std::string_view resource;
};
/// Views into the text. nullopt: it is no ARN.
[[nodiscard]] std::optional<Arn> split_arn(std::string_view text);

/// nullopt: of no kind that is delivered to here.
[[nodiscard]] std::optional<TargetKind> kind_of(std::string_view arn);

/// What stands behind `event-bus/`, `api-destination/` or `log-group:` (without the `:*` that its
/// ARN may end with) or `function:`, or is all of a queue's; nullopt: it is no ARN of that kind.
[[nodiscard]] std::optional<std::string_view> name_of(TargetKind kind, std::string_view arn);

}  // namespace ingestor::bus::targets
