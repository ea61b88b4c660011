#include "extract/formats/pdf/content_interpreter.hpp"

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "extract/formats/pdf/pdf_file.hpp"
#include "extract/testing/pdf_builder.hpp"

namespace ingestor::extract::pdf {
namespace {

void append(std::string& out, const Box& box) {
    fmt::format_to(std::back_inserter(out), " [{} {} {} {}]", box.left, box.top, box.right,
                   box.bottom);
}

std::string written(const Page& page) {
    std::string out;
    for (const char32_t c : page.text) out += static_cast<char>(c);
    fmt::format_to(std::back_inserter(out), "\n{} chars, {} unreliable", page.chars,
                   page.unreliable_chars);
    for (const Word& word : page.words) {
        fmt::format_to(std::back_inserter(out), "\nword {}-{} shown {}-{} size {} style {} {}{}{}",
                       word.begin, word.end, word.shown_begin, word.shown_end, word.size,
                       static_cast<int>(word.style), word.invisible, word.artifact,
                       word.space_after);
        append(out, word.box);
    }
    for (const Line& line : page.lines)
        fmt::format_to(std::back_inserter(out), "\nline {} {} {}", line.first, line.last,
                       line.block);
    for (const auto* rules : {&page.horizontal, &page.vertical}) {
        out += "\nrules";
        for (const Rule& rule : *rules)
            fmt::format_to(std::back_inserter(out), " {}:{}-{}", rule.at, rule.from, rule.to);
    }
    for (const Box& picture : page.pictures) append(out += "\npicture", picture);
    return out;
}

// A form's words, a pattern, a mask of text, colours and marks, for content to name.
PdfBuilder builder(std::string_view content) {
    PdfBuilder pdf;
    pdf.page().picture().raw(content);
    pdf.form("BT /F1 9 Tf 2 Tr 30 40 Td (in the form) Tj ET 5 5 40 40 re S");
    pdf.form("BT /F0 9 Tf 60 400 Td (masked) Tj ET");
    pdf.form("Q BT /F3 9 Tf 90 90 Td (never) Tj ET");
    pdf.form("q q 2 0 0 2 0 0 cm BT /F3 9 Tf 60 200 Td (left) Tj");
    pdf.form("/Artifact BMC /Span << /ActualText (open) >> BDC BT /F3 9 Tf 6 300 Td (x) Tj ET");
    pdf.resources(
        "/ColorSpace << /C0 [/Indexed /DeviceRGB 1 <000000ff0000>] /C1 [/Pattern /DeviceRGB] >> "
        "/Pattern << /P0 << /PatternType 2 /Shading << /ShadingType 2 /ColorSpace /DeviceGray "
        "/Coords [0 0 1 1] /Function << /FunctionType 2 /Domain [0 1] /N 1 >> >> >> >> "
        "/Properties << /M0 << /A 1 >> >> /ExtGState << /G0 << /LW 3 /ca .5 >> >>");
    return pdf;
}

// Content that is not packed is Poppler's to interpret.
std::string as_poppler_reads(std::string_view content) {
    const std::string bytes = builder(content).build();
    auto file = PdfFile::open(bytes, ParseLimits{});
    Page page;
    return file && file->read(1, page) ? written(page) : "error";
}

std::string as_read_here(std::string_view content) {
    const std::string bytes = builder(content).packed().build();
    auto file = PdfFile::open(bytes, ParseLimits{});
    Page page;
    return file && file->read(1, page) ? written(page) : "error";
}

TEST(ContentInterpreter, ReadsWhatPopplerReads) {
    for (
        const std::string_view content : {
            "BT /F0 12 Tf 100 700 Td 14 TL (first) Tj T* (second) ' 3 1 (third line) \" ET",
            "BT /F1 10 Tf 1 0 .2 1 50 500 Tm [(k) -20 (er) 15.5 (n)-300(ed)] TJ 4 Ts (up) Tj ET",
            "BT /F0 10 Tf 80 Tz 2 Tc 5 Tw 72 600 Td (wide and spaced) Tj 0 -20 TD (b) Tj T* (c) Tj "
            "ET",
            "q 2 0 0 2 10 10 cm BT /F2 8 Tf 20 300 Td (scaled) Tj ET Q BT /F2 8 Tf 20 300 Td "
            "(not) Tj ET",
            "72 72 m 300 72 l S 72 90 100 20 re f 10 10 m 20 30 40 50 60 10 c 5 5 9 9 v 1 2 3 4 y "
            "h B* 0 0 m 9 0 l 9 200 l s",
            "0 0 50 50 re W n 100 100 40 .5 re f* 60 60 m 70 60 l W* S",
            "1 0 0 rg 1 0 0 RG BT /F0 10 Tf 2 Tr 50 50 Td (outlined) Tj ET",
            "1 0 0 rg 0 g q /C0 cs 1 sc 1 0 0 RG 2 Tr BT /F0 10 Tf 50 50 Td (red) Tj ET Q BT "
            "/F0 10 Tf 2 Tr 90 90 Td (black) Tj ET",
            "/Pattern cs /P0 scn 50 50 200 1 re f 1 0 0 rg 50 70 200 1 re f",
            "/C1 cs 1 0 0 /P0 scn 50 50 200 1 re B BT /F0 10 Tf 9 99 Td (patterned) Tj ET",
            "1 0 0 rg 1 0 0 RG q .5 0 0 .5 0 0 cm /Fm0 Do Q /Im0 Do /None Do",
            "BT /F0 10 Tf /Fm0 Do 50 50 Td (text about a form) Tj ET",
            "/Artifact BMC BT /F0 10 Tf 50 50 Td (head) Tj ET EMC BT /F0 9 Tf 50 99 Td (x) Tj ET",
            "/Span << /ActualText (whole) >> BDC BT /F0 10 Tf 50 50 Td (w) Tj (e) Tj ET EMC EMC",
            "/Artifact /M0 BDC /Artifact << /Type /Pagination /A [1 (>>) 2] >> BDC BT /F0 10 Tf "
            "50 50 Td (a) Tj ET EMC EMC BT /F0 10 Tf 90 90 Td (b) Tj ET",
            "/G0 gs 3 w 1 J 1 j 4 M [3 1] 0 d 1 i /Perceptual ri BT /F0 10 Tf 9 9 Td (styled) Tj "
            "ET",
            "BT /F0 10 Tf 50 50 Td (before) Tj ET Q BT /F0 10 Tf 50 90 Td (never) Tj ET",
            "BT /F0 10 Tf 50 50 Td (before) Tj ET w BT /F0 10 Tf 50 90 Td (never) Tj ET",
            "BT 50 50 Td (no font) Tj /None 10 Tf (nor here) Tj /F0 10 Tf (here) Tj ET",
            "BT /F0 10 Tf 9 50 50 Td (one too many) Tj (a) 5 Tj /F0 (b) Tf ET unknown 1 2 3",
            "BT /F0 10 Tf 50 50 Td 3 Tr (unseen) Tj 1.0 Tr (real) Tj 0 Tr [[(x)] (y) null] TJ ET",
            "BT /F0 10 Tf 50 50 Td (picture) Tj ET BI /W 1 /H 1 /BPC 8 /CS /G ID x EI BT /F0 10 Tf "
            "50 90 Td (behind) Tj ET",
            "q q q BT /F0 10 Tf 50 50 Td (left open) Tj ET",
            "BT /F0 10 Tf 50 50 Td (never ends",
        }) {
        const std::string expected = as_poppler_reads(content);
        EXPECT_NE(expected, "error") << content;
        EXPECT_EQ(as_read_here(content), expected) << content;
    }
}

// Operators in any order, most with the operands that they want.
class Generator {
public:
    explicit Generator(unsigned seed) : random_(seed) {}

    std::string content() {
        std::string out;
        for (int i = 0; i < 60; ++i) {
            const auto& [operands, keyword] = kOperators[pick(kOperators.size())];
            for (const char kind : std::string_view(operands)) {
                if (pick(60) != 0)
                    out += operand(pick(60) == 0 ? kKinds[pick(kKinds.size())] : kind);
            }
            out += keyword;
            out += pick(8) == 0 ? "\r\n" : " ";
        }
        return out;
    }

private:
    struct Operator {
        const char* operands;
        const char* keyword;
    };
    static constexpr std::string_view kKinds = "nfsgcxt[d";
    static inline const std::vector<Operator> kOperators = {
        {"", "q"},      {"", "q"},      {"", "Q"},     {"nnnnnn", "cm"}, {"", "BT"},
        {"", "BT"},     {"", "ET"},     {"fn", "Tf"},  {"fn", "Tf"},     {"fn", "Tf"},
        {"nn", "Td"},   {"nn", "Td"},   {"nn", "TD"},  {"", "T*"},       {"n", "Tc"},
        {"n", "Tw"},    {"n", "TL"},    {"i", "Tr"},   {"s", "Tj"},      {"s", "Tj"},
        {"s", "Tj"},    {"[", "TJ"},    {"[", "TJ"},   {"s", "'"},       {"nns", "\""},
        {"nn", "m"},    {"nn", "l"},    {"nn", "l"},   {"nnnnnn", "c"},  {"nnnn", "v"},
        {"nnnn", "re"}, {"nnnn", "re"}, {"", "h"},     {"", "n"},        {"", "W"},
        {"", "f"},      {"", "S"},      {"", "B*"},    {"", "b"},        {"n", "g"},
        {"n", "G"},     {"nnn", "rg"},  {"nnn", "RG"}, {"nnnn", "k"},    {"c", "cs"},
        {"c", "CS"},    {"n", "sc"},    {"p", "scn"},  {"p", "SCN"},     {"g", "gs"},
        {"x", "Do"},    {"t", "BMC"},   {"td", "BDC"}, {"", "EMC"},      {"", "EMC"},
        {"n", "w"},     {"[n", "d"},    {"", "what"}};

    std::size_t pick(std::size_t count) {
        return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_);
    }
    template <class... Texts>
    std::string one_of(Texts... texts) {
        const std::vector<const char*> all = {texts...};
        return std::string(all[pick(all.size())]) + ' ';
    }
    std::string string() {
        return one_of("(word)", "(two words)", "(e\\163c\\)ape)", "<68 65 78>", "()", "(a(b)c)");
    }
    std::string operand(char kind) {
        switch (kind) {
            case 'f':
                return one_of("/F0", "/F1", "/F2", "/F3", "/F0", "/None");
            case 's':
                return string();
            case 'g':
                return one_of("/G0", "/None");
            case 'c':
                return one_of("/DeviceRGB", "/DeviceGray", "/C0", "/C1", "/Pattern", "/None");
            case 'p':
                return one_of("/P0", "1", "0 0 1", "1 0 0 /P0", "/None");
            case 'x':
                return one_of("/Im0", "/Fm0", "/Fm1", "/Fm2", "/Fm3", "/None");
            case 't':
                return one_of("/Artifact", "/Span", "/P", "/A#72tifact");
            case 'd':
                return one_of("<< /MCID 1 >>", "<< /ActualText (actual) >>", "/M0");
            case 'i':
                return one_of("0", "0", "1", "2", "2", "3", "7");
            case '[':
                return '[' + string() + operand('n') + string() + "] ";
            default:
                return one_of("0", "1", "2", "10", "-3", "0.5", "72", "300.25", "12.", "-.75",
                              "99");
        }
    }

    std::mt19937 random_;
};

TEST(ContentInterpreter, ReadsAnyContentAsPopplerDoes) {
    for (unsigned seed = 1; seed <= 400; ++seed) {
        const std::string content = Generator(seed).content();
        ASSERT_EQ(as_read_here(content), as_poppler_reads(content)) << "seed " << seed << '\n'
                                                                    << content;
    }
}

// More than are kept, with and without an object of their own.
TEST(ContentInterpreter, FindsFontsHoweverManyThereAre) {
    constexpr int kFonts = 1'500;
    std::string content = "BT 1 TL 9 780 Td";
    for (int i = 0; i < kFonts + 10; ++i)
        fmt::format_to(std::back_inserter(content), " /G{} 9 Tf (word{}) '", i % kFonts, i);
    PdfBuilder pdf;
    for (int i = 0; i < 2; ++i) pdf.page().raw(content + " ET");
    pdf.further_fonts(kFonts);
    const std::string bytes = pdf.build();
    const std::string packed_bytes = pdf.packed().build();
    auto by_poppler = PdfFile::open(bytes, ParseLimits{});
    auto here = PdfFile::open(packed_bytes, ParseLimits{});
    for (std::uint32_t number = 1; number <= 2; ++number) {
        Page expected, page;
        ASSERT_TRUE(by_poppler->read(number, expected));
        ASSERT_TRUE(here->read(number, page));
        EXPECT_GT(page.words.size(), 700U);
        EXPECT_EQ(written(page), written(expected));
    }
}

TEST(ContentInterpreter, SeesThatAnImageMayBeInTheContent) {
    EXPECT_TRUE(ContentInterpreter::may_have_inline_image("q BI /W 1 ID x EI Q"));
    EXPECT_TRUE(ContentInterpreter::may_have_inline_image("1BI"));
    EXPECT_TRUE(ContentInterpreter::may_have_inline_image("BI/W 1"));
    EXPECT_FALSE(ContentInterpreter::may_have_inline_image("(BIB) Tj /BIx gs"));
    EXPECT_FALSE(ContentInterpreter::may_have_inline_image(""));
}

}  // namespace
}  // namespace ingestor::extract::pdf
