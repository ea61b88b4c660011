#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <variant>

namespace ingestor::eventbridge::transform {

// What a rule's target is given in place of the event ("Input transformation" in the EventBridge
// user guide), as it was put.

/// The API's limits, in characters.
inline constexpr std::size_t kInputMax = 8'192;
inline constexpr std::size_t kPathMax = 256;
inline constexpr std::size_t kTemplateMax = 8'192;
inline constexpr std::size_t kVariablesMax = 100;
inline constexpr std::size_t kVariableNameMax = 256;

/// `Input`: this JSON text, whatever the event.
struct ConstantInput {
    std::string json;
    friend bool operator==(const ConstantInput&, const ConstantInput&) = default;
};
/// `InputPath`: the part of the event that the path leads to.
struct InputPath {
    std::string path;
    friend bool operator==(const InputPath&, const InputPath&) = default;
};
/// `InputTransformer`: the template with parts of the event in the places of its variables.
struct InputTransformer {
    std::map<std::string, std::string> paths = {};  ///< By the variable's name.
    std::string input_template = {};
    friend bool operator==(const InputTransformer&, const InputTransformer&) = default;
};

/// monostate: the event itself.
using TargetInput = std::variant<std::monostate, ConstantInput, InputPath, InputTransformer>;

}  // namespace ingestor::eventbridge::transform
