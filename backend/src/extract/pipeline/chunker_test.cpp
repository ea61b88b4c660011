#include "extract/pipeline/chunker.hpp"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "extract/model/cells.hpp"
#include "extract/model/inline_builder.hpp"
#include "extract/pipeline/tokens.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::pipeline {
namespace {

using model::Block;
using model::Document;

std::vector<Chunk> chunks_of(const Document& document, std::uint32_t tokens_max) {
    return chunk(render::markdown(document), {.tokens_max = tokens_max});
}

Block heading(std::string_view text, int level) {
    return {.content = model::Heading{.level = level, .text = model::plain(text)}};
}

Block paragraph(std::string_view text) {
    return {.content = model::Paragraph{.text = model::plain(text)}};
}

Block code(std::string text) {
    return {.content = model::Code{.text = std::move(text)}};
}

Block item(std::string_view text, int number = 0) {
    model::ListItem entry{.number = number};
    entry.blocks.push_back(paragraph(text));
    model::List list{.ordered = number > 0};
    list.items.push_back(std::move(entry));
    return {.content = std::move(list)};
}

model::Cell cell(std::string_view text) {
    model::Cell out;
    model::set_text(out, model::plain(text));
    return out;
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
                next = heading(random_prose(random, 3), static_cast<int>(random() % 6) + 1);
                break;
            case 1:
                next = item(random_prose(random, size), static_cast<int>(random() % 3));
                break;
            case 2: {
                model::Table table;
                const bool spans = random() % 3 == 0;
                const auto rows = random() % 60 + 1;
                for (unsigned row = 0; row < rows; ++row) {
                    table.rows.emplace_back();
                    const auto columns = random() % 5 + 1;
                    for (unsigned column = 0; column < columns; ++column) {
                        table.rows.back().push_back(
                            cell(random_prose(random, static_cast<int>(random() % 6))));
                        if (spans && random() % 9 == 0) table.rows.back().back().columns = 2;
                    }
                }
                next.content = std::move(table);
                break;
            }
            case 3:
                next = code(random_prose(random, size));
                break;
            case 4: {
                model::Quote quote;
                quote.blocks.push_back(paragraph(random_prose(random, size)));
                next.content = std::move(quote);
                break;
            }
            case 5:
                next.content = model::Rule{};
                break;
            default:
                next = paragraph(random_prose(random, size));
                break;
        }
        next.place = {.page = page,
                      .last_page = page,
                      .box = model::Box{.left = 1, .top = 2, .right = 3, .bottom = 4}};
        document.blocks.push_back(std::move(next));
    }
    return document;
}

TEST(Chunker, ChunksPutTogetherAreTheMarkdownForAnyDocument) {
    for (unsigned seed = 1; seed <= 120; ++seed) {
        SCOPED_TRACE(seed);
        const Document document = random_document(seed);
        const render::Markdown rendered = render::markdown(document);
        const std::uint32_t tokens_max = seed % 3 == 0 ? 512 : 16 + seed % 80;
        const std::vector<Chunk> chunks = chunk(rendered, {.tokens_max = tokens_max});
        std::size_t end = 0, char_end = 0;
        for (const Chunk& piece : chunks) {
            ASSERT_EQ(piece.begin, end) << "a chunk begins where the one before ends";
            ASSERT_LT(piece.begin, piece.end);
            ASSERT_EQ(piece.char_begin, char_end);
            const std::string_view slice =
                std::string_view(rendered.text).substr(piece.begin, piece.end - piece.begin);
            ASSERT_EQ(piece.text, piece.repeated_header + std::string(slice));
            ASSERT_EQ(piece.char_end - piece.char_begin, text::count_code_points(slice));
            ASSERT_LE(piece.tokens, tokens_max);
            ASSERT_GE(piece.tokens, 1U);
            ASSERT_TRUE(is_utf8(piece.text));
            end = piece.end;
            char_end = piece.char_end;
        }
        ASSERT_EQ(end, rendered.text.size());
    }
}

TEST(Chunker, AHeadingBeginsAChunkAndNamesIt) {
    const Document document{.blocks = {heading("A", 1), paragraph("a"), heading("B b", 2),
                                       paragraph("b"), heading("C", 2), heading("D", 3),
                                       paragraph("d")}};
    const auto chunks = chunks_of(document, 512);
    ASSERT_EQ(chunks.size(), 3U);
    EXPECT_EQ(chunks[0].headings, (std::vector<std::string>{"A"}));
    EXPECT_EQ(chunks[1].headings, (std::vector<std::string>{"A", "B b"}));
    EXPECT_EQ(chunks[2].headings, (std::vector<std::string>{"A", "C", "D"}));
    EXPECT_EQ(chunks[2].text, "## C\n\n### D\n\nd\n");
}

TEST(Chunker, SmallBlocksShareAChunk) {
    const Document document{.blocks = {paragraph("a"), item("b"), code("c")}};
    EXPECT_EQ(chunks_of(document, 512).size(), 1U);
}

TEST(Chunker, ProseIsSplitBetweenSentences) {
    std::string text;
    for (int i = 0; i < 40; ++i) text += "This is a sentence of some words. ";
    const Document document{.blocks = {paragraph(text)}};
    const auto chunks = chunks_of(document, 64);
    ASSERT_GT(chunks.size(), 2U);
    for (const Chunk& piece : chunks) {
        EXPECT_TRUE(piece.text.starts_with("This")) << piece.text;
        EXPECT_TRUE(text::trim(piece.text).ends_with("words.")) << piece.text;
    }
}

TEST(Chunker, TablesAreSplitBetweenRowsWithTheirHeader) {
    model::Table table;
    table.rows.push_back({cell("Name"), cell("Value")});
    for (int i = 0; i < 50; ++i)
        table.rows.push_back({cell("row " + std::to_string(i)), cell("cell")});
    Document document;
    document.blocks.push_back({.content = std::move(table)});
    const auto chunks = chunks_of(document, 64);
    ASSERT_GT(chunks.size(), 2U);
    for (const Chunk& piece : chunks) {
        EXPECT_TRUE(piece.text.starts_with("| Name | Value |\n| --- | --- |\n")) << piece.text;
        EXPECT_TRUE(text::trim(piece.text).ends_with("cell |"));
    }
    EXPECT_TRUE(chunks[0].repeated_header.empty());
    EXPECT_EQ(chunks[1].repeated_header, "| Name | Value |\n| --- | --- |\n");
}

TEST(Chunker, AnHtmlTableIsSplitBetweenRowsWithAllOfItsHeader) {
    model::Table table{.header_rows = 2};
    table.rows.push_back({cell("Both")});
    table.rows[0][0].columns = 2;
    table.rows.push_back({cell("Name"), cell("Value")});
    for (int i = 0; i < 90; ++i)
        table.rows.push_back({cell("row " + std::to_string(i)), cell("cell")});
    Document document;
    document.blocks.push_back({.content = std::move(table)});
    const auto chunks = chunks_of(document, 256);
    ASSERT_GT(chunks.size(), 2U);
    for (const Chunk& piece : chunks) {
        EXPECT_TRUE(piece.text.starts_with("<table>\n<thead>\n<tr><th colspan=\"2\">Both"))
            << piece.text;
        EXPECT_NE(piece.text.find("Value</th></tr>\n</thead>\n<tr>"), std::string::npos);
    }
}

TEST(Chunker, CodeIsSplitBetweenLines) {
    std::string lines;
    for (int i = 0; i < 60; ++i) lines += "call(argument);\n";
    const Document document{.blocks = {code(lines)}};
    for (const Chunk& piece : chunks_of(document, 64)) EXPECT_TRUE(piece.text.ends_with('\n'));
}

TEST(Chunker, PlacesComeFromTheBlocks) {
    Block first = paragraph("a"), second = paragraph("b");
    first.place = {.page = 2,
                   .last_page = 2,
                   .box = model::Box{.left = 10, .top = 20, .right = 30, .bottom = 40}};
    second.place = {.page = 2,
                    .last_page = 3,
                    .box = model::Box{.left = 5, .top = 50, .right = 20, .bottom = 60}};
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
    const Document document{.blocks = {paragraph(std::string(1'000, '\\'))}};
    const auto chunks = chunks_of(document, 16);
    ASSERT_GT(chunks.size(), 10U);
    for (const Chunk& piece : chunks) {
        EXPECT_LE(piece.tokens, 16U);
        EXPECT_EQ(std::ranges::count(piece.text, '\\') % 2, 0);
    }
}

TEST(Chunker, AWordOfMegabytesIsSplitInLinearTime) {
    const Document document{.blocks = {paragraph(std::string(400'000, 'x'))}};
    const auto chunks = chunks_of(document, 512);
    EXPECT_GT(chunks.size(), 100U);
}

/// A table of two header rows and many others.
Block wide_table(int rows) {
    model::Table table{.header_rows = 2};
    table.rows.push_back({cell("2023"), cell("2024")});
    table.rows.push_back({cell("Name"), cell("Value")});
    for (int i = 0; i < rows; ++i)
        table.rows.push_back({cell("row " + std::to_string(i)), cell("cell")});
    return {.content = std::move(table)};
}

TEST(Chunker, AllHeaderRowsAreRepeated) {
    const auto chunks = chunks_of({.blocks = {wide_table(50)}}, 96);
    ASSERT_GT(chunks.size(), 2U);
    for (const Chunk& piece : chunks) {
        EXPECT_TRUE(
            piece.text.starts_with("| 2023 | 2024 |\n| --- | --- |\n| Name | Value |\n| row"))
            << piece.text;
        EXPECT_LE(piece.tokens, 96U);
    }
}

TEST(Chunker, NoHeadingStandsAlone) {
    std::string lines, prose;
    for (int i = 0; i < 18; ++i) lines += "call(argument, " + std::to_string(i) + ");\n";
    for (int i = 0; i < 12; ++i) prose += "This is a sentence of some words. ";
    for (const Block& body : {code(lines), wide_table(8), paragraph(prose), wide_table(80)}) {
        for (std::uint32_t tokens_max = 48; tokens_max < 200; tokens_max += 7) {
            const Document document{.blocks = {heading("A heading of several words", 1), body,
                                               heading("Another heading", 2), body}};
            for (const Chunk& piece : chunks_of(document, tokens_max)) {
                const std::string_view last =
                    text::trim(piece.text).substr(text::trim(piece.text).rfind('\n') + 1);
                EXPECT_FALSE(last.starts_with('#')) << tokens_max << "\n" << piece.text;
                EXPECT_LE(piece.tokens, tokens_max);
            }
        }
    }
}

TEST(Chunker, AHeadingThatEndsADocumentGoesToTheChunkBefore) {
    const auto chunks = chunks_of(
        {.blocks = {heading("A", 1), paragraph("a"), heading("B", 1), heading("C", 2)}}, 512);
    ASSERT_EQ(chunks.size(), 1U);
    EXPECT_EQ(chunks[0].text, "# A\n\na\n\n# B\n\n## C\n");
    EXPECT_EQ(chunks[0].headings, (std::vector<std::string>{"A"}));
    const auto alone = chunks_of({.blocks = {heading("A", 1)}}, 512);
    ASSERT_EQ(alone.size(), 1U);
    EXPECT_EQ(alone[0].headings, (std::vector<std::string>{"A"}));
}

TEST(Chunker, EnglishProseFillsItsChunks) {
    std::string prose;
    for (int i = 0; i < 400; ++i) {
        prose +=
            "The committee met on the second day and agreed that the report would be "
            "published before the end of the month, with the figures that members had asked "
            "for. ";
    }
    std::uint64_t characters = 0;
    const auto chunks = chunks_of({.blocks = {paragraph(prose)}}, 512);
    for (const Chunk& piece : chunks) characters += piece.char_end - piece.char_begin;
    // Tokenisers make one token of about five letters of such prose.
    EXPECT_GT(characters / chunks.size(), 1'900U);
}

TEST(Chunker, WordsOfAnotherLanguageCostMore) {
    std::string swahili;
    for (int i = 0; i < 60; ++i)
        swahili += "Watu wote wamezaliwa huru, hadhi na haki zao ni sawa. ";
    const std::string english =
        "The committee met on the second day and agreed that the report would be published.";
    Document document;
    for (int i = 0; i < 200; ++i) document.blocks.push_back(paragraph(english));
    document.blocks.push_back(paragraph(swahili));
    const auto chunks = chunks_of(document, 512);
    // Three sentences are 37 tokens by cl100k for 85 letters of them.
    for (const Chunk& piece : chunks) {
        if (piece.text.find("Watu") == std::string::npos) continue;
        EXPECT_LT(piece.text.size() * 37 / 85, 512U);
    }
}

TEST(Chunker, AHeadingOfAnyLengthIsNamedByItsBeginning) {
    std::string title = "x";
    for (int i = 0; i < 50'000; ++i) title += "\u00E9";
    const Document document{.blocks = {heading(title, 1), paragraph(std::string(100'000, 'y'))}};
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
    const render::Markdown markdown{
        .text = text,
        .pieces = {{.begin = 0, .end = 15, .kind = render::PieceKind::table},
                   {.begin = 1'016, .end = 1'019}}};
    std::string joined;
    for (const Chunk& piece : chunk(markdown, {.tokens_max = 16})) {
        joined += text.substr(piece.begin, piece.end - piece.begin);
    }
    EXPECT_EQ(joined, text);
}

}  // namespace
}  // namespace ingestor::extract::pipeline
