#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace ingestor::eventbridge::transform {

/// The value of a variable, as JSON; nullopt: the event has none.
using VariableLookup = std::function<std::optional<std::string_view>(std::string_view name)>;

/// An `InputTemplate`: one JSON value, or strings on lines of their own, with variables `<name>` in
/// the place of values and inside strings. Names are letters, digits, `_`, `-` and `.`; a `<` that
/// begins no such name stands for itself.
class InputTemplate {
public:
    /// `target_id` is for the message. Errors: invalid_argument (with EventBridge's text: no JSON,
    /// a variable that is not `known`, or one in the place of a member's name).
    [[nodiscard]] static Result<InputTemplate> parse(
        std::string_view text, std::string_view target_id,
        const std::function<bool(std::string_view name)>& known);

    /// Puts the values in. In the place of a value, that is JSON, and `""` where there is none.
    /// Inside a string it is text: a string without its quotes and escapes; an array or an object
    /// as JSON, and in a template of strings without any quote. Nothing is escaped again
    /// ("EventBridge does not escape values"). Errors: invalid_argument (the result was to be JSON,
    /// and is none).
    [[nodiscard]] Result<std::string> fill(const VariableLookup& lookup) const;

private:
    struct Piece {
        std::string text = {};  ///< Literal, or the name of the variable.
        enum class Kind { literal, value, in_string } kind = Kind::literal;
    };

    std::vector<Piece> pieces_;
    bool strings_ = false;  ///< Of strings on lines, which is no JSON as a whole.
};

}  // namespace ingestor::eventbridge::transform
