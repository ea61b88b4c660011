#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ingestor::logs {

/// Which messages of a log are wanted. Source: CloudWatch Logs user guide, "Filter pattern syntax":
/// terms (`ERROR jammed`, all of them), phrases (`"scale jammed"`), `?either ?or`, `-not`, and
/// properties of JSON (`{ $.level = "ERR*" && ($.code >= 400 || $.a.b[0] IS NULL) }`).
class FilterPattern {
public:
    /// Characters ("filterPattern" of FilterLogEvents).
    static constexpr std::size_t kLengthMax = 1'024;

    /// Errors: what is wrong with it. Columns (`[a, b]`) and regular expressions (`%re%`) are not
    /// taken.
    [[nodiscard]] static std::expected<FilterPattern, std::string> parse(std::string_view text);

    FilterPattern(FilterPattern&&) noexcept;
    FilterPattern& operator=(FilterPattern&&) noexcept;
    ~FilterPattern();

    [[nodiscard]] bool matches(std::string_view message) const;

    /// A test of a JSON message.
    struct Expression;

private:
    FilterPattern();

    std::vector<std::string> all_;
    std::vector<std::string> any_;
    std::vector<std::string> none_;
    std::unique_ptr<Expression> expression_;
};

}  // namespace ingestor::logs
