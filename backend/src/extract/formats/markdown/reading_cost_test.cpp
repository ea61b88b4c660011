#include "extract/formats/markdown/reading_cost.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "extract/formats/markdown/commonmark.hpp"
#include "extract/formats/markdown/markdown_source.hpp"
#include "extract/formats/markdown/sanitize.hpp"

namespace ingestor::extract::markdown {
namespace {

std::string times(std::size_t count, std::string_view text) {
    std::string out;
    out.reserve(count * text.size());
    for (std::size_t i = 0; i < count; ++i) out += text;
    return out;
}

std::size_t costly_lines_of(const std::string& text) {
    const CommonMarkParser parser(text);
    const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
    const auto costly = costly_lines(parser.blocks(), lines, text.size());
    return static_cast<std::size_t>(std::ranges::count(costly, true));
}

struct Text {
    const char* name;
    std::string text;
};
void PrintTo(const Text& text, std::ostream* out) {
    *out << text.name;
}

class CostlyBlocks : public testing::TestWithParam<Text> {};

TEST_P(CostlyBlocks, AreFoundBeforeTheyAreRead) {
    const std::string& text = GetParam().text;
    EXPECT_GT(block_steps(text), reading_steps_max(text.size()));
    const auto source = parse_markdown(text, ParseLimits{});
    ASSERT_TRUE(source) << source.error().message;
    EXPECT_GE(source->markdown.text.size(), text.size()) << "no word is lost";
    EXPECT_EQ(source->document.warnings.size(), 1U);
}

const Text kCostlyBlocks[] = {
    {"ListsOpenedOnOneLine", times(25'000, "- ") + "x\n" + times(50'000, "\n") + "y\n"},
    {"MarksOfListsOnOneLine", times(50'000, "* ") + "a\n"},
    {"ListsEverDeeper",
     [] {
         std::string text;
         for (std::size_t i = 0; i < 500; ++i) text += std::string(2 * i, ' ') + "- a\n";
         return text + times(200'000, "\n") + "b\n";
     }()},
    {"RowsOfMissingCells",
     "|" + times(10'000, "a|") + "\n|" + times(10'000, "-|") + "\n" + times(10'000, "a\n")},
    {"RowsOfManyCells", "a\n-|\n" + times(50'000, "|") + "\n"},
    {"RulesThatAreNoTables", "a\n" + times(40'000, "|-|-|\n")},
    {"OneLongLinkOftenReferredTo",
     "[a]: /" + times(50'000, "u") + "\n\n" + times(20'000, "[A] ") + "\n"},
    {"TitlesOverManyLines",
     "[a]: /u\n\"" + times(50'000, "u\n") + "\"\n\n" + times(20'000, "[a] ") + "\n"},
};
INSTANTIATE_TEST_SUITE_P(ReadingCost, CostlyBlocks, testing::ValuesIn(kCostlyBlocks),
                         [](const auto& row) { return std::string(row.param.name); });

class SoundMarkdown : public testing::TestWithParam<Text> {};

TEST_P(SoundMarkdown, IsReadAsItIs) {
    const std::string& text = GetParam().text;
    EXPECT_LT(block_steps(text) * 4, reading_steps_max(text.size()));
    EXPECT_EQ(costly_lines_of(text), 0U);
    const auto source = parse_markdown(text, ParseLimits{});
    ASSERT_TRUE(source) << source.error().message;
    EXPECT_EQ(source->markdown.text, text);
    EXPECT_TRUE(source->document.warnings.empty());
}

const Text kSoundMarkdown[] = {
    {"AListOfLinks", times(20'000, "- [a name](https://example.org/path) and *more*\n")},
    {"ATableOfManyRows", "|a|b|c|\n|-|-|-|\n" + times(20'000, "| [x](y) | `code` | **z** |\n")},
    {"AWideTable", "|" + times(400, "a|") + "\n|" + times(400, "-|") + "\n" +
                       times(500, times(400, "|1") + "\n")},
    {"CodeOfManyBrackets", "```json\n" + times(40'000, "{\"a\": [1, [2], *p, `q`]},\n") + "```\n"},
    {"NestedLists", times(5'000, "- a\n  - b\n    - c\n\n      text\n")},
    {"QuotesOfQuotes", times(5'000, "> a\n> > b\n>\n")},
    {"PicturesInDefinitions",
     [] {
         std::string text;
         std::string definitions;
         for (int i = 0; i < 20; ++i) {
             const std::string label = "[image" + std::to_string(i) + "]";
             text += "word ![a]" + label + " word " + label + "\n\n";
             definitions += label + ": <data:image/png;base64," + times(10'000, "AAAA") + ">\n";
         }
         return text + definitions;
     }()},
    {"ManyDefinitions",
     [] {
         std::string text;
         for (int i = 0; i < 5'000; ++i) text += "[" + std::to_string(i) + "]: /u \"title\"\n";
         return text;
     }()},
    {"LongParagraphs", times(500, times(200, "some *words* and [links](u) ") + "\n\n") + "end\n"},
};
INSTANTIATE_TEST_SUITE_P(ReadingCost, SoundMarkdown, testing::ValuesIn(kSoundMarkdown),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ReadingCost, StepsGrowWithTheText) {
    const auto steps = [](std::size_t lines) {
        return block_steps(times(lines, "- a [b] | c\n\n> d\n"));
    };
    EXPECT_LE(steps(8'000), 9 * steps(1'000));
}

TEST(ReadingCost, MarksThatAreNeverClosedAreNotRead) {
    for (const char* const marks : {"![[]()", "[", "*a_ ", "<!A ", "`a ``b ", "a]", "_"}) {
        const std::string text = "sound *words*\n\n> x" + times(60'000, marks) + "\n\nend\n";
        EXPECT_EQ(costly_lines_of(text), 1U) << marks;
    }
}

TEST(ReadingCost, WhatIsNotReadCannotAct) {
    const std::string marks = times(60'000, "[a] ");
    EXPECT_EQ(sanitize_markdown(marks + "\n").text, marks + "\n") << "nothing here can";
    EXPECT_EQ(sanitize_markdown("x " + marks + "[b](javascript:c)\n\n[d](e)\n").text,
              "x " + marks + "[b]\\(javascript:c)\n\n[d](e)\n");
    EXPECT_EQ(sanitize_markdown(marks + "`<script>`\n").text, marks + "`&lt;script>`\n");
    EXPECT_EQ(sanitize_markdown("[a]: javascript:b\n\n" + marks + "<i>\n").text,
              "[a]\\: javascript:b\n\n" + marks + "&lt;i>\n");
}

TEST(ReadingCost, WhatIsNotReadIsAWarning) {
    const auto source = parse_markdown(times(60'000, "[a](b ") + "\n", ParseLimits{});
    ASSERT_TRUE(source);
    ASSERT_EQ(source->document.warnings.size(), 1U);
    EXPECT_NE(source->document.warnings[0].find("not read"), std::string::npos);
}

TEST(CommonMark, WhatIsOpenAtTheEndEndsThere) {
    for (const std::string text : {"- a\n- b", "```\nc\nd", "> a\n> b", "<!-- a\nb", "a\nb"}) {
        const CommonMarkParser parser(text);
        cmark_node* const last = cmark_node_last_child(parser.blocks());
        ASSERT_NE(last, nullptr) << text;
        EXPECT_GE(cmark_node_get_end_line(last), 2) << text;
    }
}

}  // namespace
}  // namespace ingestor::extract::markdown
