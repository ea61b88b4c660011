#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "eventbridge/patterns/matcher.hpp"
#include "eventbridge/patterns/testing/reference_matcher.hpp"

namespace ingestor::eventbridge::patterns {
namespace {

/// Patterns and events over so few names and values that they often meet.
class Generator {
public:
    explicit Generator(std::uint64_t seed) : random_(seed) {}

    std::string pattern() { return pattern_object(0); }

    std::string event() { return "{" + members(0) + "}"; }

    std::size_t below(std::size_t bound) { return random_() % bound; }

private:
    static constexpr std::array<std::string_view, 7> kNames = {"a",   "b",   "c",      "a-b",
                                                               "a.b", "b.c", "\\u0061"};
    static constexpr std::array<std::string_view, 12> kStrings = {
        "x",         "xy",          "X",       "xyx",     "",    "10.0.0.1",
        "010.0.0.1", "2001:db8::1", "\u00C9x", "\u00E9X", "a*b", "\\n\\u00e9"};
    static constexpr std::array<std::string_view, 12> kNumbers = {"0",
                                                                  "-0",
                                                                  "1",
                                                                  "1.0",
                                                                  "2",
                                                                  "10e-1",
                                                                  "0.12345678901234567",
                                                                  "1e400",
                                                                  "9007199254740993",
                                                                  "-3.5",
                                                                  "1E0",
                                                                  "300"};

    template <class Row>
    std::string pick(const Row& row) {
        return std::string(row[below(row.size())]);
    }
    /// Of any length, and one of few of its length.
    std::string word() {
        static constexpr std::array<std::size_t, 4> kLengths = {0, 1, 6, 14};
        std::string word(kLengths[below(kLengths.size())], 'x');
        for (auto left = below(4); left > 0; --left) word += below(2) == 0 ? 'x' : 'y';
        return word;
    }
    std::string text() { return '"' + (below(2) == 0 ? pick(kStrings) : word()) + '"'; }
    std::string name() {
        return below(4) > 0 ? pick(kNames) : std::string(below(20), 'n') + pick(kNames);
    }
    std::string small_number() { return fmt::format("{}", below(5)); }
    std::string scalar() {
        switch (below(8)) {
            case 0:
                return "null";
            case 1:
                return "true";
            case 2:
                return "false";
            case 3:
            case 4:
                return pick(kNumbers);
            default:
                return text();
        }
    }
    std::string wildcard() {
        static constexpr std::array<std::string_view, 9> kWildcards = {
            "*", "x*", "*x", "*y*", "x*x", "*\\\\**", "", "*x*y*", "xy"};
        return '"' + pick(kWildcards) + '"';
    }
    std::string affix() {
        static constexpr std::array<std::string_view, 5> kAffixes = {"x", "xy", "\u00E9", "1", "X"};
        // An anything-but takes no empty one.
        return '"' + pick(kAffixes) + (below(2) == 0 ? "" : word()) + '"';
    }

    std::string alternative() {
        switch (below(16)) {
            case 0:
                return fmt::format(R"({{"prefix":{}}})", affix());
            case 1:
                return fmt::format(R"({{"suffix":{}}})", affix());
            case 2:
                return fmt::format(R"({{"prefix":{{"equals-ignore-case":{}}}}})", affix());
            case 3:
                return fmt::format(R"({{"suffix":{{"equals-ignore-case":{}}}}})", affix());
            case 4:
                return fmt::format(R"({{"equals-ignore-case":{}}})", text());
            case 5:
                return fmt::format(R"({{"wildcard":{}}})", wildcard());
            case 6:
                return fmt::format(R"({{"exists":{}}})", below(2) == 0);
            case 7:
                return fmt::format(R"({{"numeric":["{}",{}]}})",
                                   pick(std::array<std::string_view, 5>{"=", "<", "<=", ">", ">="}),
                                   small_number());
            case 8:
                return fmt::format(R"({{"numeric":["{}",{},"{}",{}]}})",
                                   below(2) ? ">" : ">=", below(2),
                                   below(2) ? "<" : "<=", 2 + below(3));
            case 9:
                return fmt::format(R"({{"cidr":"{}"}})",
                                   pick(std::array<std::string_view, 3>{
                                       "10.0.0.77/24", "2001:db8::/32", "0.0.0.0/0"}));
            case 10:
                return fmt::format(R"({{"anything-but":{}}})", text());
            case 11:
                return fmt::format(R"({{"anything-but":[{},{}]}})", pick(kNumbers), pick(kNumbers));
            case 12:
                return fmt::format(
                    R"({{"anything-but":{{"{}":[{},{}]}}}})",
                    pick(std::array<std::string_view, 3>{"prefix", "suffix", "equals-ignore-case"}),
                    affix(), affix());
            case 13:
                return fmt::format(R"({{"anything-but":{{"wildcard":{}}}}})", wildcard());
            default:
                return scalar();
        }
    }

    std::string leaf() {
        std::string list = "[" + alternative();
        while (below(3) == 0) list += "," + alternative();
        return list + "]";
    }

    std::string pattern_object(int depth) {
        std::string object = "{";
        do {
            if (object.size() > 1) object += ',';
            if (depth < 2 && below(8) == 0) {
                object += fmt::format(R"("$or":[{},{}])", pattern_object(depth + 1),
                                      pattern_object(depth + 1));
            } else {
                object +=
                    fmt::format(R"("{}":{})", name(),
                                depth < 3 && below(2) == 0 ? pattern_object(depth + 1) : leaf());
            }
        } while (below(5) < 2);
        return object + "}";
    }

    std::string value(int depth) {
        const auto kind = depth < 4 ? below(5) : 4;
        if (kind < 2) return "{" + members(depth) + "}";
        if (kind > 2) return scalar();
        std::string array = "[";
        for (auto left = below(4); left > 0; --left) {
            if (array.size() > 1) array += below(4) == 0 ? " , " : ",";
            array += value(depth + 1);
        }
        return array + "]";
    }

    std::string members(int depth) {
        std::string list;
        for (auto left = below(4) + (depth == 0 ? 2 : 0); left > 0; --left) {
            if (!list.empty()) list += below(4) == 0 ? "\t, " : ",";
            list +=
                fmt::format("\"{}\"{}{}", name(), below(4) == 0 ? " : " : ":", value(depth + 1));
        }
        return list;
    }

    std::mt19937_64 random_;
};

class MatcherProperty : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(MatcherProperty, FindsWhatThePlainMatcherFinds) {
    constexpr int kRounds = 150;
    Generator generator(GetParam());
    int found = 0;
    for (int round = 0; round < kRounds; ++round) {
        std::vector<std::string> texts;
        std::vector<Pattern> patterns;
        RuleSet::Builder builder;
        const auto rules = generator.below(8) > 0 ? generator.below(12) : generator.below(100);
        for (auto left = 1 + rules; left > 0; --left) {
            texts.push_back(generator.pattern());
            auto pattern = read_pattern(texts.back());
            if (!pattern) {
                ASSERT_TRUE(pattern.error().message.find("too complex") != std::string::npos)
                    << texts.back() << '\n'
                    << pattern.error().message;
                texts.pop_back();
                continue;
            }
            builder.add(*pattern);
            patterns.push_back(std::move(*pattern));
        }
        Matcher matcher(std::make_shared<const RuleSet>(builder.build()));
        for (int i = 0; i < 12; ++i) {
            const auto event = generator.event();
            const auto matches = matcher.match(event);
            ASSERT_TRUE(matches) << event;
            std::vector<bool> matched(patterns.size());
            for (const auto rule : *matches) {
                EXPECT_FALSE(matched[rule]) << "twice: " << texts[rule] << '\n' << event;
                matched[rule] = true;
            }
            for (std::size_t rule = 0; rule < patterns.size(); ++rule) {
                ASSERT_EQ(matched[rule], testing::matches(patterns[rule], event))
                    << texts[rule] << '\n'
                    << event;
                found += matched[rule] ? 1 : 0;
            }
        }
    }
    EXPECT_GT(found, kRounds);
}

INSTANTIATE_TEST_SUITE_P(Seeds, MatcherProperty, ::testing::Range<std::uint64_t>(1, 9));

}  // namespace
}  // namespace ingestor::eventbridge::patterns
