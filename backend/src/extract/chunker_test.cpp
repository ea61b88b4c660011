#include "extract/chunker.hpp"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "extract/tokens.hpp"
#include "extract/utf8.hpp"

namespace ingestor::extract {
namespace {

std::vector<Chunk> chunks_of(const Document& document, std::uint32_t tokens_max) {
    return chunk(document, render(document), {.tokens_max = tokens_max});
}

Block block(BlockKind kind, std::string text, int level = 0) {
    return {.kind = kind, .level = level, .text = std::move(text)};
}

/// Words, numbers, markup, ideographs, long words: what the splitter has to get through.
std::string random_prose(std::mt19937& random, int words) {
    static const std::vector<std::string> kWords = {"duck",
                                                    "a",
                                                    "\u6C34",
                                                    "\u9CE5\u98DB\u3073\u3002",
                                                    "\U0001F986",
                                                    "end.",
                                                    "why?",
                                                    "12345678",
                                                    "\\*star\\*",
                                                    "**bold**",
                                                    "na\u00EFve",
                                                    "\u0443\u0442\u043A\u0430",
                                                    "[link](http://a.org/b_c)",
                                                    "`code`"};
    std::string out;
    for (int i = 0; i < words; ++i) {
        if (!out.empty()) out += random() % 20 == 0 ? "  \n" : " ";
        if (random() % 60 == 0) {
            out += std::string(random() % 700, 'x');
        } else {
            out += kWords[random() % kWords.size()];
        }
    }
    return out;
}

Document random_document(unsigned seed) {
    std::mt19937 random(seed);
    Document document;
    std::uint32_t page = 1;
    const auto blocks = random() % 40 + 1;
    for (unsigned i = 0; i < blocks; ++i) {
        if (random() % 7 == 0) ++page;
        Block next;
        const int size = static_cast<int>(random() % 12 == 0 ? random() % 900 : random() % 40) + 1;
        switch (random() % 7) {
            case 0:
                next = block(BlockKind::heading, random_prose(random, 3),
                             static_cast<int>(random() % 6) + 1);
                break;
            case 1:
                next = block(BlockKind::list_item, random_prose(random, size),
                             static_cast<int>(random() % 4));
                next.number = static_cast<int>(random() % 3);
                break;
            case 2:
                next.kind = BlockKind::table;
                for (unsigned row = 0; row < random() % 60 + 1; ++row) {
                    next.rows.emplace_back();
                    for (unsigned column = 0; column < random() % 5 + 1; ++column) {
                        next.rows.back().push_back(
                            random_prose(random, static_cast<int>(random() % 6)));
                    }
                }
                break;
            case 3:
                next = block(BlockKind::code, random_prose(random, size));
                break;
            case 4:
                next = block(BlockKind::quote, random_prose(random, size));
                break;
            case 5:
                next = block(BlockKind::rule, "");
                break;
            default:
                next = block(BlockKind::paragraph, random_prose(random, size));
                break;
        }
        next.page = next.last_page = page;
        next.box = Box{.left = 1, .top = 2, .right = 3, .bottom = 4};
        document.blocks.push_back(std::move(next));
    }
    return document;
}

TEST(Chunker, ChunksPutTogetherAreTheMarkdownForAnyDocument) {
    for (unsigned seed = 1; seed <= 120; ++seed) {
        SCOPED_TRACE(seed);
        const Document document = random_document(seed);
        const Rendered rendered = render(document);
        const std::uint32_t tokens_max = seed % 3 == 0 ? 512 : 16 + seed % 80;
        const std::vector<Chunk> chunks = chunk(document, rendered, {.tokens_max = tokens_max});
        std::size_t end = 0, char_end = 0;
        for (const Chunk& piece : chunks) {
            ASSERT_EQ(piece.begin, end) << "a chunk begins where the one before ends";
            ASSERT_LT(piece.begin, piece.end);
            ASSERT_EQ(piece.char_begin, char_end);
            const std::string_view slice =
                std::string_view(rendered.text).substr(piece.begin, piece.end - piece.begin);
            ASSERT_EQ(piece.text, piece.repeated_header + std::string(slice));
            ASSERT_EQ(piece.char_end - piece.char_begin, count_code_points(slice));
            ASSERT_LE(piece.tokens, tokens_max);
            ASSERT_EQ(piece.tokens, estimate_tokens(piece.text));
            ASSERT_TRUE(is_utf8(piece.text));
            end = piece.end;
            char_end = piece.char_end;
        }
        ASSERT_EQ(end, rendered.text.size());
    }
}

TEST(Chunker, AHeadingBeginsAChunkAndNamesIt) {
    const Document document{
        .blocks = {block(BlockKind::heading, "A", 1), block(BlockKind::paragraph, "a"),
                   block(BlockKind::heading, "B *b*", 2), block(BlockKind::paragraph, "b"),
                   block(BlockKind::heading, "C", 2), block(BlockKind::heading, "D", 3),
                   block(BlockKind::paragraph, "d")}};
    const auto chunks = chunks_of(document, 512);
    ASSERT_EQ(chunks.size(), 3U);
    EXPECT_EQ(chunks[0].headings, (std::vector<std::string>{"A"}));
    EXPECT_EQ(chunks[1].headings, (std::vector<std::string>{"A", "B b"}));
    EXPECT_EQ(chunks[2].headings, (std::vector<std::string>{"A", "C", "D"}));
    EXPECT_EQ(chunks[2].text, "## C\n\n### D\n\nd\n");
}

TEST(Chunker, SmallBlocksShareAChunk) {
    const Document document{.blocks = {block(BlockKind::paragraph, "a"),
                                       block(BlockKind::list_item, "b"),
                                       block(BlockKind::code, "c")}};
    EXPECT_EQ(chunks_of(document, 512).size(), 1U);
}

TEST(Chunker, ProseIsSplitBetweenSentences) {
    std::string text;
    for (int i = 0; i < 40; ++i) text += "This is a sentence of some words. ";
    const Document document{.blocks = {block(BlockKind::paragraph, text)}};
    const auto chunks = chunks_of(document, 64);
    ASSERT_GT(chunks.size(), 2U);
    for (const Chunk& piece : chunks) {
        EXPECT_TRUE(piece.text.starts_with("This")) << piece.text;
        EXPECT_TRUE(trim(piece.text).ends_with("words.")) << piece.text;
    }
}

TEST(Chunker, TablesAreSplitBetweenRowsWithTheirHeader) {
    Block table{.kind = BlockKind::table, .rows = {{"Name", "Value"}}};
    for (int i = 0; i < 50; ++i) table.rows.push_back({"row " + std::to_string(i), "cell"});
    const Document document{.blocks = {std::move(table)}};
    const auto chunks = chunks_of(document, 64);
    ASSERT_GT(chunks.size(), 2U);
    for (const Chunk& piece : chunks) {
        EXPECT_TRUE(piece.text.starts_with("| Name | Value |\n| --- | --- |\n")) << piece.text;
        EXPECT_TRUE(trim(piece.text).ends_with("cell |"));
    }
    EXPECT_TRUE(chunks[0].repeated_header.empty());
    EXPECT_EQ(chunks[1].repeated_header, "| Name | Value |\n| --- | --- |\n");
}

TEST(Chunker, CodeIsSplitBetweenLines) {
    std::string code;
    for (int i = 0; i < 60; ++i) code += "call(argument);\n";
    const Document document{.blocks = {block(BlockKind::code, code)}};
    for (const Chunk& piece : chunks_of(document, 64)) EXPECT_TRUE(piece.text.ends_with('\n'));
}

TEST(Chunker, PlacesComeFromTheBlocks) {
    Block first = block(BlockKind::paragraph, "a"), second = block(BlockKind::paragraph, "b");
    first.page = first.last_page = 2;
    first.box = Box{.left = 10, .top = 20, .right = 30, .bottom = 40};
    second.page = 2;
    second.last_page = 3;
    second.box = Box{.left = 5, .top = 50, .right = 20, .bottom = 60};
    const auto chunks = chunks_of({.blocks = {first, second}}, 512);
    ASSERT_EQ(chunks.size(), 1U);
    EXPECT_EQ(chunks[0].pages, (std::vector<std::uint32_t>{2, 3}));
    ASSERT_TRUE(chunks[0].box);
    EXPECT_EQ(chunks[0].box->left, 5);
    EXPECT_EQ(chunks[0].box->top, 20);
    EXPECT_EQ(chunks[0].box->right, 30);
    EXPECT_EQ(chunks[0].box->bottom, 60);
}

TEST(Chunker, ARunOfBackslashesIsSplitBetweenEscapes) {
    const Document document{.blocks = {block(BlockKind::paragraph, std::string(1'000, '\\'))}};
    const auto chunks = chunks_of(document, 16);
    ASSERT_GT(chunks.size(), 10U);
    for (const Chunk& piece : chunks) {
        EXPECT_LE(piece.tokens, 16U);
        EXPECT_EQ(std::ranges::count(piece.text, '\\') % 2, 0);
    }
}

TEST(Chunker, AWordOfMegabytesIsSplitInLinearTime) {
    const Document document{.blocks = {block(BlockKind::paragraph, std::string(400'000, 'x'))}};
    const auto chunks = chunks_of(document, 512);
    EXPECT_GT(chunks.size(), 100U);
}

TEST(Tokens, AreCountedByRuns) {
    EXPECT_EQ(estimate_tokens(""), 0U);
    EXPECT_EQ(estimate_tokens("word"), 1U);
    EXPECT_EQ(estimate_tokens("a b c d e f"), 6U);
    EXPECT_EQ(estimate_tokens("\u6C34\u9CE5"), 2U);
    EXPECT_EQ(estimate_tokens(std::string(400, 'x')), 100U);
    EXPECT_EQ(estimate_tokens("123456"), 2U);
}

TEST(Chunker, AHeadingOfAnyLengthIsNamedByItsBeginning) {
    Document document;
    document.blocks.push_back(
        {.kind = BlockKind::heading, .level = 1, .text = "x" + std::string(100'000, '\xC3')});
    for (std::size_t i = 2; i < document.blocks[0].text.size(); i += 2)
        document.blocks[0].text[i] = '\xA9';
    document.blocks.push_back(block(BlockKind::paragraph, std::string(100'000, 'y')));
    std::size_t heading_bytes = 0;
    const auto chunks = chunks_of(document, 512);
    for (const Chunk& piece : chunks) {
        for (const std::string& heading : piece.headings) {
            heading_bytes += heading.size();
            EXPECT_EQ(heading.size(), 999U) << "between characters";
        }
    }
    EXPECT_LE(heading_bytes, chunks.size() * 1'000);
}

TEST(Chunker, BlankLinesBehindATableStayWithItsLastRow) {
    const std::string text = "|a|\n|-|\n|b|\n|c|\n" + std::string(1'000, '\n') + "end\n";
    const Document document{
        .blocks = {block(BlockKind::table, ""), block(BlockKind::paragraph, "")}};
    const Rendered rendered{.text = text,
                            .blocks = {{.begin = 0, .end = 15}, {.begin = 1'016, .end = 1'019}}};
    std::string joined;
    for (const Chunk& piece : chunk(document, rendered, {.tokens_max = 16})) {
        joined += text.substr(piece.begin, piece.end - piece.begin);
    }
    EXPECT_EQ(joined, text);
}

}  // namespace
}  // namespace ingestor::extract
