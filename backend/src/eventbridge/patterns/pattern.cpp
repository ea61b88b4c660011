#include "eventbridge/patterns/pattern.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "eventbridge/patterns/alternative_reader.hpp"
#include "eventbridge/patterns/json_scanner.hpp"
#include "eventbridge/patterns/wildcard.hpp"

namespace ingestor::eventbridge::patterns {

namespace {

using Token = JsonScanner::Token;

/// What a path must satisfy, in one combination of `$or` branches.
using Combination = std::map<std::string, std::vector<Alternative>>;

constexpr std::string_view kTooComplex =
    "Rule is too complex - try using fewer wildcard characters or fewer repeating character "
    "sequences after a wildcard character";
// "Reserved words" of Event Ruler: none may be the name of a field right below `$or`.
constexpr std::array<std::string_view, 25> kReserved = {"exactly",
                                                        "prefix",
                                                        "suffix",
                                                        "equals-ignore-case",
                                                        "anything-but",
                                                        "numeric",
                                                        "exists",
                                                        "cidr",
                                                        "wildcard",
                                                        "=",
                                                        "<",
                                                        "<=",
                                                        ">",
                                                        ">=",
                                                        "regex",
                                                        "not-wildcard",
                                                        "not-equals-ignore-case",
                                                        "date-after",
                                                        "date-on-or-after",
                                                        "date-before",
                                                        "date-on-or-before",
                                                        "in-date-range",
                                                        "ip-address-in-range",
                                                        "ip-address-not-in-range",
                                                        "$or"};

std::unexpected<PatternFault> fault_without_place(std::string reason) {
    return std::unexpected(PatternFault{.reason = std::move(reason)});
}

/// Reads a pattern's text. Where a path stands twice, the later one counts; two objects of one name
/// are one.
class PatternReader {
public:
    explicit PatternReader(std::string_view text) : scanner_(text) {}

    PatternResult<Pattern> read() {
        auto token = scanner_.next();
        if (!token) return std::unexpected(std::move(token.error()));
        if (*token == Token::other) return scanner_.no_value();
        if (*token != Token::begin_object) return scanner_.fault("Filter is not an object");
        if (auto done = read_object({}, false); !done) {
            return std::unexpected(std::move(done.error()));
        }
        token = scanner_.next();
        if (!token) return std::unexpected(std::move(token.error()));
        if (*token != Token::end) return scanner_.unexpected("the end of the pattern");
        return finish();
    }

private:
    PatternResult<Pattern> finish() {
        Pattern pattern;
        for (auto& combination : combinations_) {
            auto& conjunction = pattern.conjunctions.emplace_back();
            for (auto& [path, alternatives] : combination) {
                if (!is_simple_field(alternatives)) {
                    return fault_without_place(std::string(kTooComplex));
                }
                conjunction.push_back({.path = path, .alternatives = std::move(alternatives)});
            }
        }
        return pattern;
    }

    static bool is_simple_field(const std::vector<Alternative>& alternatives) {
        std::vector<Wildcard> wildcards;
        const auto collect = [&wildcards](const Text& text) {
            if (text.test == Text::Test::wildcard) {
                wildcards.push_back(Wildcard::parse(text.operand).value());
            }
        };
        for (const auto& alternative : alternatives) {
            if (const auto* text = std::get_if<Text>(&alternative)) collect(*text);
            const auto* but = std::get_if<AnythingBut>(&alternative);
            if (but == nullptr) continue;
            for (const auto& excluded : but->excluded) {
                if (const auto* text = std::get_if<Text>(&excluded)) collect(*text);
            }
        }
        return wildcards.empty() || is_simple(wildcards, kWildcardComplexityMax);
    }

    /// `prefix` is what the paths of its members begin with.
    PatternStep read_object(const std::string& prefix, bool is_branch) {
        if (++depth_ > kPatternDepthMax) {
            return scanner_.fault("The pattern is nested too deeply");
        }
        auto token = scanner_.next();
        if (token && *token == Token::end_object) {
            return scanner_.fault("Empty objects are not allowed");
        }
        while (true) {
            if (!token) return std::unexpected(std::move(token.error()));
            if (*token != Token::string) {
                return scanner_.unexpected("double-quote to start field name");
            }
            const auto member = scanner_.read_member();
            if (!member) return std::unexpected(member.error());
            if (is_branch && member->name != "$or" &&
                std::ranges::find(kReserved, member->name) != kReserved.end()) {
                return scanner_.fault(
                    fmt::format("{} is Ruler reserved fieldName which cannot be used inside $or.",
                                member->name));
            }
            if (auto done = read_value(prefix, *member); !done) return done;
            token = scanner_.next();
            if (!token) return std::unexpected(std::move(token.error()));
            if (*token == Token::end_object) break;
            if (*token != Token::comma) {
                return scanner_.unexpected("comma to separate Object entries");
            }
            token = scanner_.next();
        }
        --depth_;
        return {};
    }

    PatternStep read_value(const std::string& prefix, const JsonScanner::Member& member) {
        if (member.name == "$or") return read_or(prefix, member.value);
        const auto path = prefix + member.name;
        if (member.value == Token::begin_object) return read_object(path + '.', false);
        if (member.value != Token::begin_array) {
            return scanner_.fault(fmt::format("\"{}\" must be an object or an array", member.name));
        }
        const auto alternatives = read_alternatives();
        if (!alternatives) return std::unexpected(alternatives.error());
        for (auto& combination : combinations_) combination.insert_or_assign(path, *alternatives);
        return {};
    }

    /// Every combination so far goes on with every branch.
    PatternStep read_or(const std::string& prefix, Token first) {
        if (first != Token::begin_array) {
            return scanner_.fault("It must be an Array followed with $or.");
        }
        const auto before = std::move(combinations_);
        std::vector<Combination> after;
        for (std::size_t branches = 1;; ++branches) {
            auto token = scanner_.next();
            if (!token) return std::unexpected(std::move(token.error()));
            if (*token != Token::begin_object) {
                return scanner_.fault(
                    *token == Token::end_array
                        ? "There must have at least 2 Objects in $or relationship."
                        : "Only JSON object is allowed in array of $or relationship.");
            }
            combinations_ = before;
            if (auto done = read_object(prefix, true); !done) return done;
            std::ranges::move(combinations_, std::back_inserter(after));
            if (after.size() > kCombinationsMax) {
                return fault_without_place(fmt::format(
                    "Rule is too complex - $or makes more than {} combinations", kCombinationsMax));
            }
            token = scanner_.next();
            if (!token) return std::unexpected(std::move(token.error()));
            if (*token == Token::comma) continue;
            if (*token != Token::end_array) {
                return scanner_.unexpected("comma to separate Array entries");
            }
            if (branches < 2) {
                return scanner_.fault("There must have at least 2 Objects in $or relationship.");
            }
            combinations_ = std::move(after);
            return {};
        }
    }

    PatternResult<std::vector<Alternative>> read_alternatives() {
        std::vector<Alternative> alternatives;
        auto token = scanner_.next();
        if (token && *token == Token::end_array) {
            return scanner_.fault("Empty arrays are not allowed");
        }
        while (true) {
            if (!token) return std::unexpected(std::move(token.error()));
            if (!JsonScanner::begins_value(*token)) return scanner_.no_value();
            auto alternative = AlternativeReader(scanner_).read(*token);
            if (!alternative) return std::unexpected(std::move(alternative.error()));
            alternatives.push_back(std::move(*alternative));
            token = scanner_.next();
            if (!token) return std::unexpected(std::move(token.error()));
            if (*token == Token::end_array) return alternatives;
            if (*token != Token::comma) {
                return scanner_.unexpected("comma to separate Array entries");
            }
            token = scanner_.next();
        }
    }

    JsonScanner scanner_;
    int depth_ = 0;
    std::vector<Combination> combinations_{1};
};

}  // namespace

Result<Pattern> read_pattern(std::string_view text) {
    auto pattern = PatternReader(text).read();
    if (pattern) return std::move(*pattern);
    const auto& fault = pattern.error();
    auto message = fmt::format("Event pattern is not valid. Reason: {}", fault.reason);
    for (int i = 0; i < fault.times && !fault.place.empty(); ++i) {
        message += fmt::format("\n at [Source: (String)\"{}\"; {}]", text, fault.place);
    }
    return fail(Errc::invalid_argument, std::move(message), "EventPattern");
}

}  // namespace ingestor::eventbridge::patterns
