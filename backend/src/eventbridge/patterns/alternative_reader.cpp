#include "eventbridge/patterns/alternative_reader.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "eventbridge/patterns/address.hpp"
#include "eventbridge/patterns/case_folding.hpp"
#include "eventbridge/patterns/number.hpp"
#include "eventbridge/patterns/wildcard.hpp"

namespace ingestor::eventbridge::patterns {

namespace {

constexpr std::string_view kAnythingButValue =
    "Value of anything-but must be an array or single string/number value.";
constexpr std::string_view kMixedList =
    "Inside anything but list, either all values are number or string, mixed type is not "
    "supported";

std::unexpected<PatternFault> fault_without_place(std::string reason) {
    return std::unexpected(PatternFault{.reason = std::move(reason)});
}

std::string folded(std::string_view text) {
    std::string result;
    fold_case(text, result);
    return result;
}

Alternative literal(const JsonScanner& scanner) {
    const auto word = scanner.word();
    if (word == "null") return Literal::null;
    if (!scanner.is_number()) return word == "true" ? Literal::yes : Literal::no;
    const auto value = parse_number(word);
    if (!value || !is_comparable(word, *value)) return NumberText{std::string(word)};
    return Number{*value};
}

}  // namespace

PatternResult<Alternative> AlternativeReader::read(Token token) {
    if (token == Token::literal) return literal(scanner_);
    if (token == Token::begin_object) return read_operator();
    if (token != Token::string) {
        return scanner_.fault("Match value must be String, number, true, false, or null");
    }
    auto text = scanner_.string();
    if (!text) return std::unexpected(std::move(text.error()));
    if (const auto address = parse_address(*text)) return AddressRange{*address, *address};
    return Text{.operand = std::move(*text)};
}

PatternResult<Alternative> AlternativeReader::read_operator() {
    const auto token = scanner_.next();
    if (!token) return std::unexpected(token.error());
    if (*token != Token::string) return scanner_.fault("Match expression name not found");
    const auto member = scanner_.read_member();
    if (!member) return std::unexpected(member.error());
    auto alternative = read_operand(*member);
    if (!alternative) return alternative;
    // An anything-but object says otherwise where it holds more.
    if (auto done = end_of_operator("Only one key allowed in match expression"); !done) {
        return std::unexpected(std::move(done.error()));
    }
    return alternative;
}

PatternStep AlternativeReader::end_of_operator(std::string_view reason) {
    const auto token = scanner_.next();
    if (!token) return std::unexpected(token.error());
    if (*token == Token::end_object) return {};
    if (*token != Token::comma) return scanner_.unexpected("comma to separate Object entries");
    return scanner_.fault(std::string(reason));
}

PatternResult<Alternative> AlternativeReader::read_operand(const Member& member) {
    const auto& [name, token] = member;
    if (name == "prefix") return read_affix(Text::Test::prefix, name, "Prefix", token);
    if (name == "suffix") return read_affix(Text::Test::suffix, name, "Suffix", token);
    if (name == "equals-ignore-case") {
        return alternative(read_text(Text::Test::equals, true, name, token));
    }
    if (name == "wildcard") return alternative(read_text(Text::Test::wildcard, false, name, token));
    if (name == "cidr") return read_cidr(token);
    if (name == "exists") return read_exists(token);
    if (name == "numeric") return read_numeric(token);
    if (name == "anything-but") return read_anything_but(token);
    return scanner_.fault(fmt::format("Unrecognized match type {}", name));
}

PatternResult<Alternative> AlternativeReader::alternative(PatternResult<Text> text) {
    if (!text) return std::unexpected(std::move(text.error()));
    return Alternative(std::move(*text));
}

PatternResult<Text> AlternativeReader::read_text(Text::Test test, bool ignore_case,
                                                 std::string_view name, Token token) {
    if (token != Token::string) {
        return scanner_.fault(fmt::format("{} match pattern must be a string", name));
    }
    auto operand = scanner_.string();
    if (!operand) return std::unexpected(std::move(operand.error()));
    if (test == Text::Test::wildcard) {
        if (const auto wildcard = Wildcard::parse(*operand); !wildcard) {
            return scanner_.fault(wildcard.error());
        }
    }
    return Text{.test = test,
                .ignore_case = ignore_case,
                .operand = ignore_case ? folded(*operand) : std::move(*operand)};
}

PatternResult<Alternative> AlternativeReader::read_affix(Text::Test test, std::string_view name,
                                                         std::string_view title, Token token) {
    if (token != Token::begin_object) return alternative(read_text(test, false, name, token));
    const auto first = scanner_.next();
    if (!first) return std::unexpected(first.error());
    if (*first != Token::string) {
        return scanner_.fault(fmt::format("{} expression name not found", title));
    }
    const auto member = scanner_.read_member();
    if (!member) return std::unexpected(member.error());
    if (member->name != "equals-ignore-case") {
        return scanner_.fault(fmt::format("Unsupported {} pattern: {}", name, member->name));
    }
    auto text = read_text(test, true, member->name, member->value);
    if (!text) return std::unexpected(std::move(text.error()));
    if (auto done = end_of_operator("Only one key allowed in match expression"); !done) {
        return std::unexpected(std::move(done.error()));
    }
    return Alternative(std::move(*text));
}

PatternResult<Alternative> AlternativeReader::read_cidr(Token token) {
    if (token != Token::string) return scanner_.fault("prefix match pattern must be a string");
    const auto text = scanner_.string();
    if (!text) return std::unexpected(text.error());
    const auto range = parse_cidr(*text);
    if (!range) return fault_without_place(range.error());
    return *range;
}

PatternResult<Alternative> AlternativeReader::read_exists(Token token) {
    const auto word = token == Token::literal ? scanner_.word() : std::string_view();
    if (word != "true" && word != "false") {
        return scanner_.fault("exists match pattern must be either true or false.");
    }
    return Exists{.wanted = word == "true"};
}

/// The number that stands behind the comparison `name`.
PatternResult<double> AlternativeReader::read_bound(std::string_view name) {
    const auto token = scanner_.next();
    if (!token) return std::unexpected(token.error());
    if (*token == Token::comma) {
        const auto value = scanner_.next_value();
        if (!value) return std::unexpected(value.error());
        if (*value == Token::literal && scanner_.is_number()) {
            const auto word = scanner_.word();
            const auto number = parse_number(word);
            if (!number || !is_comparable(word, *number)) {
                return scanner_.fault(fmt::format("Cannot compare number : {}", word));
            }
            return *number;
        }
    }
    return scanner_.fault(
        fmt::format("Value of {} must be numeric", name == "=" ? "equals" : name));
}

PatternResult<Alternative> AlternativeReader::read_numeric(Token token) {
    if (token != Token::begin_array) {
        return scanner_.fault("Value of numeric must be an array.");
    }
    const auto first = scanner_.next();
    if (!first) return std::unexpected(first.error());
    if (*first != Token::string) {
        return scanner_.fault(fmt::format("Invalid member in numeric match: {}", scanner_.found()));
    }
    const auto comparison = scanner_.string();
    if (!comparison) return std::unexpected(comparison.error());
    constexpr std::array<std::string_view, 5> kComparisons = {"=", "<", "<=", ">", ">="};
    if (std::ranges::find(kComparisons, *comparison) == kComparisons.end()) {
        return scanner_.fault(fmt::format("Unrecognized numeric range operator: {}", *comparison));
    }
    const auto bound = read_bound(*comparison);
    if (!bound) return std::unexpected(bound.error());
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    NumberRange range{.low = -kInfinity, .high = kInfinity};
    const bool from_below = comparison->starts_with('>');
    (from_below ? range.low : range.high) = *bound;
    (from_below ? range.low_included : range.high_included) = comparison->ends_with('=');
    const auto next = scanner_.next();
    if (!next) return std::unexpected(next.error());
    if (*next == Token::end_array) {
        if (*comparison == "=") return Number{*bound};
        return range;
    }
    if (*next != Token::comma) return scanner_.unexpected("comma to separate Array entries");
    if (!from_below) return scanner_.fault("Too many elements in numeric expression");
    return read_upper_bound(range);
}

PatternResult<Alternative> AlternativeReader::read_upper_bound(NumberRange range) {
    const auto token = scanner_.next_value();
    if (!token) return std::unexpected(token.error());
    if (*token != Token::string) {
        return scanner_.fault(fmt::format("Bad value in numeric range: {}", scanner_.found()));
    }
    const auto comparison = scanner_.string();
    if (!comparison) return std::unexpected(comparison.error());
    if (*comparison != "<" && *comparison != "<=") {
        return scanner_.fault(fmt::format("Bad numeric range operator: {}", *comparison));
    }
    const auto bound = read_bound(*comparison);
    if (!bound) return std::unexpected(bound.error());
    range.high = *bound;
    range.high_included = *comparison == "<=";
    const auto end = scanner_.next();
    if (!end) return std::unexpected(end.error());
    if (*end != Token::end_array) {
        return scanner_.fault("Too many terms in numeric range expression");
    }
    if (range.low >= range.high) return scanner_.fault("Bottom must be less than top");
    return range;
}

PatternResult<Alternative> AlternativeReader::read_anything_but(Token token) {
    AnythingBut but;
    if (token == Token::begin_object) return read_nested_but();
    if (token == Token::begin_array) {
        auto list = read_excluded_list();
        if (!list) return std::unexpected(std::move(list.error()));
        but.excluded = std::move(*list);
        return but;
    }
    if (token == Token::literal && !scanner_.is_number()) {
        return scanner_.fault(std::string(kAnythingButValue));
    }
    auto operand = read_excluded(token);
    if (!operand) return std::unexpected(std::move(operand.error()));
    but.excluded.push_back(std::move(*operand));
    return but;
}

PatternResult<AlternativeReader::Operand> AlternativeReader::read_excluded(Token token) {
    if (token == Token::literal) {
        auto value = literal(scanner_);
        if (auto* number = std::get_if<Number>(&value)) return *number;
        return std::get<NumberText>(std::move(value));
    }
    auto text = scanner_.string();
    if (!text) return std::unexpected(std::move(text.error()));
    return Text{.operand = std::move(*text)};
}

/// Such an error tells its place twice.
std::unexpected<PatternFault> AlternativeReader::list_fault(std::string_view list,
                                                            std::string_view types) const {
    auto fault = scanner_.fault(fmt::format("Inside {} list, {} is not supported.", list, types));
    fault.error().times = 2;
    return fault;
}

PatternResult<std::vector<AlternativeReader::Operand>> AlternativeReader::read_excluded_list() {
    std::vector<Operand> operands;
    auto token = scanner_.next();
    if (token && *token == Token::end_array) return scanner_.fault(std::string(kMixedList));
    bool mixed = false;
    while (true) {
        if (!token) return std::unexpected(std::move(token.error()));
        if (!JsonScanner::begins_value(*token)) return scanner_.no_value();
        if (*token != Token::string && (*token != Token::literal || !scanner_.is_number())) {
            return list_fault("anything but", "start|null|boolean");
        }
        auto operand = read_excluded(*token);
        if (!operand) return std::unexpected(std::move(operand.error()));
        operands.push_back(std::move(*operand));
        mixed |= std::holds_alternative<Text>(operands.front()) !=
                 std::holds_alternative<Text>(operands.back());
        token = scanner_.next();
        if (!token) return std::unexpected(std::move(token.error()));
        if (*token == Token::end_array) break;
        if (*token != Token::comma) {
            return scanner_.unexpected("comma to separate Array entries");
        }
        token = scanner_.next();
    }
    if (mixed) return scanner_.fault(std::string(kMixedList));
    return operands;
}

PatternResult<Alternative> AlternativeReader::read_nested_but() {
    const auto token = scanner_.next();
    if (!token) return std::unexpected(token.error());
    if (*token != Token::string) {
        return scanner_.fault("Anything-But expression name not found");
    }
    const auto member = scanner_.read_member();
    if (!member) return std::unexpected(member.error());
    auto excluded = read_nested_texts(*member);
    if (!excluded) return std::unexpected(std::move(excluded.error()));
    if (auto done = end_of_operator("Too many elements in numeric expression"); !done) {
        return std::unexpected(std::move(done.error()));
    }
    AnythingBut but;
    for (auto& text : *excluded) but.excluded.emplace_back(std::move(text));
    return but;
}

PatternResult<std::vector<Text>> AlternativeReader::read_nested_texts(const Member& member) {
    const auto& [name, token] = member;
    if (name == "prefix") return read_texts(Text::Test::prefix, false, name, token);
    if (name == "suffix") return read_texts(Text::Test::suffix, false, name, token);
    if (name == "wildcard") return read_texts(Text::Test::wildcard, false, name, token);
    if (name == "equals-ignore-case") return read_texts(Text::Test::equals, true, name, token);
    return scanner_.fault(fmt::format("Unsupported anything-but pattern: {}", name));
}

/// A string, or a list of strings.
PatternResult<std::vector<Text>> AlternativeReader::read_texts(Text::Test test, bool ignore_case,
                                                               std::string_view name, Token token) {
    const auto read_one = [&](Token value) -> PatternResult<Text> {
        if (value == Token::begin_object) return scanner_.fault(std::string(kAnythingButValue));
        const bool affix = test == Text::Test::prefix || test == Text::Test::suffix;
        auto text = read_text(test, ignore_case, affix ? "prefix/suffix" : name, value);
        if (text && affix && text->operand.empty()) {
            return scanner_.fault("Null prefix/suffix not allowed");
        }
        return text;
    };
    std::vector<Text> texts;
    if (token != Token::begin_array) {
        if (ignore_case && token == Token::literal) {
            return list_fault("anything-but/equals-ignore-case", "number|start|null|boolean");
        }
        auto text = read_one(token);
        if (!text) return std::unexpected(std::move(text.error()));
        texts.push_back(std::move(*text));
        return texts;
    }
    while (true) {
        const auto value = scanner_.next();
        if (!value) return std::unexpected(value.error());
        if (*value == Token::end_array) return scanner_.fault(std::string(kMixedList));
        if (!JsonScanner::begins_value(*value)) return scanner_.no_value();
        if (*value != Token::string) {
            return list_fault(fmt::format("anything-but/{}", name), "number|start|null|boolean");
        }
        auto text = read_one(*value);
        if (!text) return std::unexpected(std::move(text.error()));
        texts.push_back(std::move(*text));
        const auto next = scanner_.next();
        if (!next) return std::unexpected(next.error());
        if (*next == Token::end_array) return texts;
        if (*next != Token::comma) {
            return scanner_.unexpected("comma to separate Array entries");
        }
    }
}

}  // namespace ingestor::eventbridge::patterns
