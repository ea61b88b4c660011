#pragma once

#include <string_view>

#include "eventbridge/patterns/pattern.hpp"

namespace ingestor::eventbridge::patterns::testing {

/// Whether the event matches, found in the plainest way: each leaf of the event is compared with
/// each alternative, and all choices of leaves are tried. Takes exponential time.
[[nodiscard]] bool matches(const Pattern& pattern, std::string_view event);

}  // namespace ingestor::eventbridge::patterns::testing
