#pragma once

#include <cstddef>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ingestor::eventbridge::patterns {

/// A text with stars for any run of characters, also none. `\*` is a star and `\\` a backslash.
class Wildcard {
public:
    /// Errors: EventBridge's reason.
    [[nodiscard]] static std::expected<Wildcard, std::string> parse(std::string_view text);

    [[nodiscard]] bool matches(std::string_view value) const;

    /// What stands between the stars, of which there is one less; the first and the last are empty
    /// where a star begins or ends the text.
    [[nodiscard]] const std::vector<std::string>& pieces() const { return pieces_; }

private:
    std::vector<std::string> pieces_;
};

/// Whether `wildcards`, tried side by side on one value, never keep more states active than
/// `states_max` (the measure by which Event Ruler refuses patterns that take long).
[[nodiscard]] bool is_simple(std::span<const Wildcard> wildcards, std::size_t states_max);

}  // namespace ingestor::eventbridge::patterns
