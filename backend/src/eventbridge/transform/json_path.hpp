#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace ingestor::eventbridge::transform {

/// The JSONPath that EventBridge takes: `$`, then names behind dots and indexes in brackets, as in
/// `$.detail.items[2].sku` ("Input transformation" in the EventBridge user guide: dot notation, not
/// bracket notation). It leads to one value at most.
class JsonPath {
public:
    /// Errors: invalid_argument (what is wrong with it, for people).
    [[nodiscard]] static Result<JsonPath> parse(std::string_view text);

private:
    friend class JsonText;
    using Step = std::variant<std::string, std::size_t>;  ///< A member's name, an item's index.

    std::vector<Step> steps_;
};

/// A JSON text to look into.
class JsonText {
public:
    explicit JsonText(std::string_view json);

    [[nodiscard]] std::string_view whole() const {
        return std::string_view(padded_).substr(0, size_);
    }
    /// The text of the value that the path leads to, as it was written, and valid for as long as
    /// this is. nullopt: there is none, or the text is no JSON on the way there.
    [[nodiscard]] std::optional<std::string_view> find(const JsonPath& path) const;

private:
    std::string padded_;  ///< simdjson reads a little past the end.
    std::size_t size_;
};

}  // namespace ingestor::eventbridge::transform
