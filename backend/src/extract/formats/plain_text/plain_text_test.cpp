#include "extract/formats/plain_text/plain_text.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "extract/render/markdown.hpp"
#include "extract/testing/flat_blocks.hpp"

namespace ingestor::extract::plain_text {
namespace {

std::string markdown_of(std::string_view text) {
    const auto document = parse_text(text, ParseLimits{});
    if (!document) return "error: " + std::string(to_string(document.error().code));
    return render::markdown(*document).text;
}

const std::string kWide = "This line is as long as the text is wide, with words until the end";

TEST(Text, BlankLinesPartParagraphs) {
    EXPECT_EQ(markdown_of("a\n\n \nb\r\n\r\nc"), "a\n\nb\n\nc\n");
}

TEST(Text, WrappedLinesAreJoined) {
    EXPECT_EQ(markdown_of(kWide + "\n" + kWide + "\nend.\n"), kWide + " " + kWide + " end.\n");
}

TEST(Text, ShortLinesStayLines) {
    EXPECT_EQ(markdown_of("Roses are red,\nviolets\n"), "Roses are red,  \nviolets\n");
}

TEST(Text, IdeographicLinesAreJoinedWithoutBlanks) {
    std::string line;
    for (int i = 0; i < 30; ++i) line += "\u7DAD";
    EXPECT_EQ(markdown_of(line + "\n" + line + "\n\u57FA"), line + line + "\u57FA\n");
}

TEST(Text, UnderlinedLinesAreHeadings) {
    EXPECT_EQ(markdown_of("A\n===\nb\n\nC\n---\n"), "# A\n\nb\n\n## C\n");
}

TEST(Text, ListsAreLists) {
    EXPECT_EQ(markdown_of("- a\n- b\n"), "- a\n- b\n");
    EXPECT_EQ(markdown_of("1. a\n2. b\n\n3. c\n"), "1. a\n2. b\n3. c\n");
    EXPECT_EQ(markdown_of("15. January was cold"), "15\\. January was cold\n")
        << "a number alone is no list";
}

TEST(Text, EntriesOfLogsStayLines) {
    for (const char* log :
         {"2026-01-02 10:00:01 INFO server started on port 80\n"
          "2026-01-02 10:00:05 WARN slow reply from the store\n"
          "2026-01-02 10:00:09 ERROR the store gave no answer\n",
          "Jan 12 10:00:00 host0 sshd: Accepted publickey for user0 from 10.0.0.0\n"
          "Jan 12 10:00:01 host1 sshd: Accepted publickey for user1 from 10.0.0.1\n",
          "[12.345678] usb 1-1: new high-speed USB device number 2 using xhci_hcd\n"
          "[12.567890] usb 1-1: New USB device found, idVendor=0781, idProduct=5567\n"}) {
        const std::string markdown = markdown_of(log);
        EXPECT_EQ(std::ranges::count(markdown, '\n'), std::ranges::count(std::string(log), '\n'))
            << markdown;
    }
}

TEST(Text, VersesStayLines) {
    EXPECT_EQ(markdown_of("Shall I compare thee to a summer's day?\n"
                          "Thou art more lovely and more temperate:\n"
                          "Rough winds do shake the darling buds of May,\n"
                          "And summer's lease hath all too short a date;\n"),
              "Shall I compare thee to a summer's day?  \n"
              "Thou art more lovely and more temperate:  \n"
              "Rough winds do shake the darling buds of May,  \n"
              "And summer's lease hath all too short a date;\n");
}

TEST(Text, ProgramsAndTracesAreCode) {
    EXPECT_EQ(markdown_of("int main() {\n    return 0;\n}\n"),
              "```\nint main() {\n    return 0;\n}\n```\n");
    EXPECT_EQ(markdown_of("Traceback (most recent call last):\n  File \"a.py\", line 3\n"
                          "    main()\nValueError: x\n"),
              "```\nTraceback (most recent call last):\n  File \"a.py\", line 3\n    main()\n"
              "ValueError: x\n```\n");
    EXPECT_EQ(markdown_of("Dear Sir,\n  we write to you.\n"), "Dear Sir,  \nwe write to you.\n");
}

TEST(Text, AListMayFollowTheLineThatLeadsToIt) {
    EXPECT_EQ(markdown_of("Shopping:\n- milk\n- bread\n  of rye\n"),
              "Shopping:\n\n- milk\n- bread  \n  of rye\n");
}

TEST(Text, ColumnsStayAsTheyAre) {
    EXPECT_EQ(markdown_of("a      b\nc      d\n"), "```\na      b\nc      d\n```\n");
}

TEST(Text, MarkupIsLiteral) {
    EXPECT_EQ(markdown_of("# a *b* <i>"), "\\# a \\*b\\* \\<i>\n");
}

TEST(Text, RulesAreRules) {
    EXPECT_EQ(markdown_of("a\n\n-----\n\nb"), "a\n\n---\n\nb\n");
}

TEST(Text, BlanksAloneAreEmpty) {
    EXPECT_EQ(markdown_of(" \n\t\r\n\u00A0"), "error: empty");
}

TEST(Text, LimitsHold) {
    EXPECT_EQ(parse_text("abcdef", {.text_bytes_max = 5}).error().code, Errc::too_large);
    EXPECT_EQ(parse_text("a\n\nb", {.blocks_max = 1}).error().code, Errc::too_large);
}

TEST(Text, HeadingsMayFollowEachOtherWithoutEnd) {
    std::string text;
    for (int i = 0; i < 200'000; ++i) text += "ab\n---\n";
    const auto document = parse_text(text + "end", ParseLimits{});
    ASSERT_TRUE(document);
    ASSERT_EQ(document->blocks.size(), 200'001U);
    EXPECT_EQ(flat(document->blocks).back().text, "end");
}

}  // namespace
}  // namespace ingestor::extract::plain_text
