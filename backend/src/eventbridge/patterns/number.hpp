#pragma once

#include <optional>
#include <string_view>

namespace ingestor::eventbridge::patterns {

/// The double nearest to a JSON number, zero without a sign; nullopt where the text is none, or
/// lies outside the range of doubles.
[[nodiscard]] std::optional<double> parse_number(std::string_view text);

/// Whether `value`, the double nearest to `text`, stands for it: the shortest decimal that leads
/// back to the double is the number that was written. Others compare by their text alone.
[[nodiscard]] bool is_comparable(std::string_view text, double value);

}  // namespace ingestor::eventbridge::patterns
