#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"
#include "base/time.hpp"
#include "eventbridge/event.hpp"
#include "eventbridge/transform/input_template.hpp"
#include "eventbridge/transform/json_path.hpp"
#include "eventbridge/transform/target_input.hpp"

namespace ingestor::eventbridge::transform {

/// What a template may name beside the event's own parts ("Predefined variables" in the EventBridge
/// user guide).
struct Circumstances {
    std::string rule_arn;
    std::string rule_name;
    TimePoint ingested_at;  ///< When the bus took the event.
};

/// What a target is given, ready to be made from events.
class InputTransform {
public:
    /// `target_id` is for messages. Errors: invalid_argument, in EventBridge's words where they are
    /// known: JSON that is none, a path, a variable, a limit.
    [[nodiscard]] static Result<InputTransform> compile(const TargetInput& input,
                                                        std::string_view target_id);

    /// Whether the target is given the event itself.
    [[nodiscard]] bool is_identity() const { return std::holds_alternative<std::monostate>(plan_); }
    /// Errors: invalid_argument (EventBridge's INVALID_JSON): the path leads to nothing, or the
    /// template and the event make no JSON.
    [[nodiscard]] Result<std::string> apply(const Event& event,
                                            const Circumstances& circumstances) const;

private:
    struct Template {
        std::map<std::string, JsonPath, std::less<>> paths;
        InputTemplate text;
    };
    static Result<InputTransform> compile_template(const InputTransformer& transformer,
                                                   std::string_view target_id);

    std::variant<std::monostate, ConstantInput, JsonPath, Template> plan_;
};

}  // namespace ingestor::eventbridge::transform
