#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "eventbridge/patterns/address.hpp"

namespace ingestor::eventbridge::patterns {

// An event pattern as it was written ("Event patterns" in the EventBridge user guide), read and
// checked, with `$or` multiplied out. A rule set is compiled from it.

enum class Literal : unsigned char { null, no, yes };

/// What a string value is compared with.
struct Text {
    enum class Test : unsigned char { equals, prefix, suffix, wildcard };
    Test test = Test::equals;
    bool ignore_case = false;  ///< Then `operand` is folded. Not with `wildcard`.
    std::string operand;       ///< A wildcard as written, with its escapes.
    friend bool operator==(const Text&, const Text&) = default;
};

/// A number that doubles can tell from its neighbours. Zero has no sign.
struct Number {
    double value = 0;
    friend bool operator==(const Number&, const Number&) = default;
};

/// A number that no double stands for: it equals what is written alike and nothing else.
struct NumberText {
    std::string text;
    friend bool operator==(const NumberText&, const NumberText&) = default;
};

/// All numbers between two bounds, which may be infinite.
struct NumberRange {
    double low = 0;
    double high = 0;
    bool low_included = false;
    bool high_included = false;
    friend bool operator==(const NumberRange&, const NumberRange&) = default;
};

struct Exists {
    bool wanted = true;
    friend bool operator==(const Exists&, const Exists&) = default;
};

/// Any scalar but these: all of them Text, or all of them numbers.
struct AnythingBut {
    std::vector<std::variant<Text, Number, NumberText>> excluded;
    friend bool operator==(const AnythingBut&, const AnythingBut&) = default;
};

using Alternative =
    std::variant<Literal, Text, Number, NumberText, NumberRange, AddressRange, Exists, AnythingBut>;

/// What one field must satisfy: one of `alternatives`.
struct Condition {
    std::string path;  ///< Names joined by dots, from the root of the event.
    std::vector<Alternative> alternatives;
};

/// All of them must hold. By path.
using Conjunction = std::vector<Condition>;

struct Pattern {
    std::vector<Conjunction> conjunctions;  ///< One of them must hold.
};

/// Limits: a pattern has at most this many combinations of `$or` branches ("Using $or" in the user
/// guide), objects in objects, and active states of its wildcards on one field.
inline constexpr std::size_t kCombinationsMax = 1'000;
inline constexpr int kPatternDepthMax = 100;
inline constexpr std::size_t kWildcardComplexityMax = 10;

/// Errors: invalid_argument, with EventBridge's own reason and the place in the text ("Event
/// pattern is not valid. Reason: …\n at [Source: (String)"…"; line: 1, column: 12]").
[[nodiscard]] Result<Pattern> read_pattern(std::string_view text);

}  // namespace ingestor::eventbridge::patterns
