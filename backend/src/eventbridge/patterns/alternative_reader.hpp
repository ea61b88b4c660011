#pragma once

#include <string_view>
#include <variant>
#include <vector>

#include "eventbridge/patterns/json_scanner.hpp"
#include "eventbridge/patterns/pattern.hpp"

namespace ingestor::eventbridge::patterns {

/// Reads one of the values that a pattern lists for a field: a scalar, or an operator with its
/// operand.
class AlternativeReader {
public:
    using Token = JsonScanner::Token;

    /// `scanner` outlives it.
    explicit AlternativeReader(JsonScanner& scanner) : scanner_(scanner) {}

    /// `token` begins the value. Leaves the scanner behind it.
    [[nodiscard]] PatternResult<Alternative> read(Token token);

private:
    using Operand = std::variant<Text, Number, NumberText>;
    using Member = JsonScanner::Member;

    PatternResult<Alternative> read_operator();
    PatternStep end_of_operator(std::string_view reason);
    PatternResult<Alternative> read_operand(const Member& member);
    static PatternResult<Alternative> alternative(PatternResult<Text> text);
    PatternResult<Text> read_text(Text::Test test, bool ignore_case, std::string_view name,
                                  Token token);
    PatternResult<Alternative> read_affix(Text::Test test, std::string_view name,
                                          std::string_view title, Token token);
    PatternResult<Alternative> read_cidr(Token token);
    PatternResult<Alternative> read_exists(Token token);
    PatternResult<double> read_bound(std::string_view name);
    PatternResult<Alternative> read_numeric(Token token);
    PatternResult<Alternative> read_upper_bound(NumberRange range);
    PatternResult<Alternative> read_anything_but(Token token);
    PatternResult<Operand> read_excluded(Token token);
    std::unexpected<PatternFault> list_fault(std::string_view list, std::string_view types) const;
    PatternResult<std::vector<Operand>> read_excluded_list();
    PatternResult<Alternative> read_nested_but();
    PatternResult<std::vector<Text>> read_nested_texts(const Member& member);
    PatternResult<std::vector<Text>> read_texts(Text::Test test, bool ignore_case,
                                                std::string_view name, Token token);

    JsonScanner& scanner_;
};

}  // namespace ingestor::eventbridge::patterns
