#pragma once

#include <string>
#include <string_view>

namespace ingestor::ports {

// Functions run for minutes, and have a place each for as long; other targets answer in a moment,
// or do not answer at all. So that neither waits for the other, the groups that deliveries take
// turns by tell them apart: that of a function is the event's own, that of another target begins
// with a mark and names the target.

/// The groups of targets sort between these two, and no others do.
inline constexpr std::string_view kTargetGroupsBegin = "\x01";
inline constexpr std::string_view kTargetGroupsEnd = "\x02";

[[nodiscard]] inline bool is_target_group(std::string_view group) {
    return group.starts_with(kTargetGroupsBegin);
}

/// The group of an event's delivery to a target that is no function.
[[nodiscard]] inline std::string target_group(std::string_view target_arn,
                                              std::string_view event_group) {
    std::string group(kTargetGroupsBegin);
    return group.append(target_arn).append(kTargetGroupsBegin).append(event_group);
}

/// The group of the event whose delivery has this one.
[[nodiscard]] inline std::string_view event_group(std::string_view group) {
    if (!is_target_group(group)) return group;
    return group.substr(group.find(kTargetGroupsBegin, 1) + 1);
}

}  // namespace ingestor::ports
