#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ingestor::eventbridge {

/// "JSON limits" of the EventBridge user guide: levels of nesting of an event.
inline constexpr std::size_t kEventDepthMax = 1'000;

/// The text of a JSON object without the white space between its tokens; names, numbers and
/// strings stay as they were written. nullopt: the text is no JSON object, is nested deeper than
/// kEventDepthMax less the envelope, or has an integer that 64 bits do not hold.
[[nodiscard]] std::optional<std::string> compact_detail(std::string_view text);

}  // namespace ingestor::eventbridge
