#include "extract/formats/docx/docx.hpp"

#include <gtest/gtest.h>

#include "extract/render/markdown.hpp"
#include "extract/testing/docx_builder.hpp"
#include "extract/testing/flat_blocks.hpp"

namespace ingestor::extract::docx {
namespace {

std::string markdown_of(const DocxBuilder& builder) {
    const std::string bytes = builder.build();
    const auto document = parse_docx(bytes, ParseLimits{});
    if (!document) return "error: " + document.error().message;
    return render::markdown(*document).text;
}

Errc error_of(const std::string& bytes, const ParseLimits& limits = {}) {
    const auto document = parse_docx(bytes, limits);
    return document ? Errc::internal : document.error().code;
}

const std::string kStyles =
    "<w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name "
    "w:val=\"Normal\"/></w:style>"
    "<w:style w:type=\"paragraph\" w:styleId=\"berschrift1\"><w:name w:val=\"heading "
    "1\"/></w:style>"
    "<w:style w:type=\"paragraph\" w:styleId=\"Mine\"><w:name w:val=\"My Own\"/><w:basedOn "
    "w:val=\"berschrift1\"/></w:style>"
    "<w:style w:type=\"paragraph\" w:styleId=\"Deep\"><w:name w:val=\"Tief\"/><w:pPr><w:outlineLvl "
    "w:val=\"2\"/></w:pPr></w:style>"
    "<w:style w:type=\"paragraph\" w:styleId=\"Flat\"><w:name w:val=\"Flat\"/><w:basedOn "
    "w:val=\"berschrift1\"/><w:pPr><w:outlineLvl w:val=\"9\"/></w:pPr></w:style>"
    "<w:style w:type=\"paragraph\" w:styleId=\"Title\"><w:name w:val=\"Title\"/></w:style>"
    "<w:style w:type=\"paragraph\" w:styleId=\"Quote\"><w:name w:val=\"Quote\"/></w:style>"
    "<w:style w:type=\"paragraph\" w:styleId=\"Code\"><w:name w:val=\"Source Code\"/></w:style>"
    "<w:style w:type=\"paragraph\" w:styleId=\"Secret\"><w:name "
    "w:val=\"Secret\"/><w:rPr><w:vanish/></w:rPr></w:style>"
    "<w:style w:type=\"character\" w:styleId=\"Strong\"><w:name "
    "w:val=\"Strong\"/><w:rPr><w:b/></w:rPr></w:style>"
    "<w:style w:type=\"character\" w:styleId=\"Unseen\"><w:name "
    "w:val=\"Unseen\"/><w:rPr><w:vanish/></w:rPr></w:style>";

const std::string kFixed =
    "<w:rPr><w:rFonts w:ascii=\"Courier New\" w:hAnsi=\"Courier New\"/></w:rPr>";

std::string fixed(const std::string& text) {
    return "<w:p><w:r>" + kFixed + "<w:t xml:space=\"preserve\">" + text + "</w:t></w:r></w:p>";
}

std::string styled(const std::string& style, const std::string& text) {
    return paragraph(text, "<w:pStyle w:val=\"" + style + "\"/>");
}

std::string level(int index, const std::string& format, const std::string& text) {
    return "<w:lvl w:ilvl=\"" + std::to_string(index) +
           "\"><w:start w:val=\"1\"/><w:numFmt w:val=\"" + format + "\"/><w:lvlText w:val=\"" +
           text + "\"/></w:lvl>";
}

const std::string kNumbering =
    "<w:abstractNum w:abstractNumId=\"1\">" + level(0, "bullet", "*") + level(1, "bullet", "o") +
    "</w:abstractNum><w:abstractNum w:abstractNumId=\"2\">" + level(0, "decimal", "%1.") +
    level(1, "decimal", "%1.%2") + "</w:abstractNum><w:abstractNum w:abstractNumId=\"3\">" +
    level(0, "lowerLetter", "(%1)") + level(1, "upperRoman", "%2.") +
    "</w:abstractNum>"
    "<w:num w:numId=\"1\"><w:abstractNumId w:val=\"1\"/></w:num>"
    "<w:num w:numId=\"2\"><w:abstractNumId w:val=\"2\"/></w:num>"
    "<w:num w:numId=\"3\"><w:abstractNumId w:val=\"3\"/></w:num>"
    "<w:num w:numId=\"4\"><w:abstractNumId w:val=\"2\"/><w:lvlOverride "
    "w:ilvl=\"0\"><w:startOverride w:val=\"7\"/></w:lvlOverride></w:num>";

std::string item(int list, int at, const std::string& text) {
    return paragraph(text, "<w:numPr><w:ilvl w:val=\"" + std::to_string(at) +
                               "\"/><w:numId w:val=\"" + std::to_string(list) + "\"/></w:numPr>");
}

std::string cell(const std::string& inside, const std::string& properties = {}) {
    return "<w:tc><w:tcPr>" + properties + "</w:tcPr>" + inside + "</w:tc>";
}

const std::string kSecondItem = "<w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"2\"/></w:numPr>";

/// A paragraph that a text box is anchored in.
std::string anchored(const std::string& text, const std::string& properties) {
    return "<w:p><w:pPr>" + properties + "</w:pPr>" + run(text) +
           "<w:r><w:drawing><wps:txbx><w:txbxContent>" + paragraph("box") +
           "</w:txbxContent></wps:txbx></w:drawing></w:r></w:p>";
}

struct BodyCase {
    const char* name;
    std::string body;
    const char* markdown;
};

class DocxBody : public testing::TestWithParam<BodyCase> {};

TEST_P(DocxBody, BecomesMarkdown) {
    DocxBuilder builder(GetParam().body);
    builder.styles(kStyles).numbering(kNumbering).link("far", "https://example.org/a");
    EXPECT_EQ(markdown_of(builder), GetParam().markdown);
}

const std::string kField =
    "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText>PAGEREF x</w:instrText></w:r>"
    "<w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>" +
    run("12") + "<w:r><w:fldChar w:fldCharType=\"end\"/></w:r>";

const BodyCase kBodies[] = {
    {"HeadingsAreKnownByTheNamesOfTheirStyles", styled("berschrift1", "One"), "# One\n"},
    {"HeadingsAreInherited", styled("Mine", "One"), "# One\n"},
    {"OutlineLevelsMakeHeadings", styled("Deep", "Three"), "### Three\n"},
    {"BodyTextLevelMakesNone", styled("Flat", "Text"), "Text\n"},
    {"DirectOutlineLevelsWin", paragraph("Two", "<w:outlineLvl w:val=\"1\"/>"), "## Two\n"},
    {"MissingStylesAreKnownByTheirIds", styled("Heading2", "Two"), "## Two\n"},
    {"TheTitleIsAHeading", styled("Title", "Name"), "# Name\n"},
    {"HeadingsStandBelowATitle",
     styled("Title", "Name") + styled("berschrift1", "One") + styled("Heading2", "Two"),
     "# Name\n\n## One\n\n### Two\n"},
    {"ATitleAboveDeeperHeadingsMovesNone", styled("Title", "Name") + styled("Heading2", "Two"),
     "# Name\n\n## Two\n"},
    {"HeadingsInCellsMoveToo",
     styled("Title", "Name") + "<w:tbl><w:tr>" + cell(styled("berschrift1", "One")) +
         "</w:tr></w:tbl>",
     "# Name\n\n## One\n"},
    {"HeadingsAreNotBoldTwice",
     "<w:p><w:pPr><w:pStyle w:val=\"Mine\"/></w:pPr>" + run("a", "<w:b/>") + "</w:p>", "# a\n"},
    {"EmphasisIsMarked",
     "<w:p>" + run("a ") + run("b", "<w:b/>") + run(" c ") + run("d", "<w:i/>") +
         run(" e", "<w:strike/>") + "</w:p>",
     "a **b** c *d* ~~e~~\n"},
    {"RunsAlikeAreOne", "<w:p>" + run("a", "<w:b/>") + run(" ", "") + run("b", "<w:b/>") + "</w:p>",
     "**a b**\n"},
    {"CharacterStylesCount", "<w:p>" + run("a", "<w:rStyle w:val=\"Strong\"/>") + "</w:p>",
     "**a**\n"},
    {"SwitchedOffIsOff", "<w:p>" + run("a", "<w:b w:val=\"0\"/>") + "</w:p>", "a\n"},
    {"MarkupInTextIsLiteral", paragraph("*a* &lt;b&gt; # c"), "\\*a\\* \\<b> # c\n"},
    {"HiddenTextIsLeftOut",
     "<w:p>" + run("a ") + run("x", "<w:vanish/>") + run("y", "<w:rStyle w:val=\"Unseen\"/>") +
         run("b") + "</w:p>" + styled("Secret", "z"),
     "a b\n"},
    {"ChangesAreAccepted",
     "<w:p><w:ins>" + run("new ") +
         "</w:ins><w:del><w:r><w:delText>old</w:delText></w:r></w:del><w:moveFrom>" + run("gone") +
         "</w:moveFrom><w:moveTo>" + run("here") + "</w:moveTo></w:p>",
     "new here\n"},
    {"ADeletedParagraphMarkJoins", paragraph("a ", "<w:rPr><w:del/></w:rPr>") + paragraph("b"),
     "a b\n"},
    {"FieldsGiveTheirResults", "<w:p>" + run("page ") + kField + run(".") + "</w:p>", "page 12.\n"},
    {"SimpleFieldsToo",
     "<w:p><w:fldSimple w:instr=\"DATE\">" + run("today") + "</w:fldSimple></w:p>", "today\n"},
    {"LinksLeadOutside", "<w:p><w:hyperlink r:id=\"far\">" + run("a") + "</w:hyperlink></w:p>",
     "[a](https://example.org/a)\n"},
    {"LinksOfFieldsToo",
     "<w:p><w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText>HYPERLINK "
     "\"http://b.org\"</w:instrText></w:r>"
     "<w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>" +
         run("b") + "<w:r><w:fldChar w:fldCharType=\"end\"/></w:r></w:p>",
     "[b](http://b.org)\n"},
    {"LineBreaksTabsAndHyphens",
     "<w:p><w:r><w:t>a</w:t><w:br/><w:t>b</w:t><w:tab/><w:t>c</w:t><w:noBreakHyphen/><w:t>d</"
     "w:t><w:softHyphen/><w:t>e</w:t></w:r></w:p>",
     "a  \nb c\u2011de\n"},
    {"SymbolsAreUnicode",
     "<w:p><w:r><w:sym w:font=\"Wingdings\" w:char=\"F0FC\"/><w:sym w:font=\"Symbol\" "
     "w:char=\"F061\"/></w:r></w:p>",
     "\u2713\u03B1\n"},
    {"BulletsNest", item(1, 0, "a") + item(1, 1, "b") + item(1, 0, "c"), "- a\n  - b\n- c\n"},
    {"NumbersCount", item(2, 0, "a") + item(2, 0, "b"), "1. a\n2. b\n"},
    {"LabelsOfManyLevelsStay", item(2, 0, "a") + item(2, 1, "b") + item(2, 1, "c"),
     "1. a\n   - 1.1 b\n   - 1.2 c\n"},
    {"LettersAndRomanNumbersStay", item(3, 0, "a") + item(3, 1, "b"), "- (a) a\n  - I. b\n"},
    {"OverridesRestart", item(2, 0, "a") + paragraph("x") + item(4, 0, "b") + item(4, 0, "c"),
     "1. a\n\nx\n\n7. b\n8. c\n"},
    {"NumberZeroIsNoList", item(0, 0, "a"), "a\n"},
    {"NeighboursOfFixedPitchAreAListing",
     paragraph("The listing:") + fixed("for i in range(3):") + fixed("    print(i)") +
         paragraph("") + fixed("print(1)") + paragraph("After."),
     "The listing:\n\n```\nfor i in range(3):\n    print(i)\n\nprint(1)\n```\n\nAfter.\n"},
    {"LinesOfOneParagraphOfFixedPitchAreAListing",
     "<w:p><w:r>" + kFixed + "<w:t>a</w:t><w:br/><w:t xml:space=\"preserve\">  b</w:t></w:r></w:p>",
     "```\na\n  b\n```\n"},
    {"ALoneLineOfFixedPitchIsAParagraph", fixed("make test") + paragraph("x"), "make test\n\nx\n"},
    {"WordsInAnotherFontMakeItProse",
     fixed("a b") + "<w:p><w:r>" + kFixed + "<w:t>code</w:t></w:r>" + run(" prose") + "</w:p>" +
         fixed("c"),
     "a b\n\ncode prose\n\nc\n"},
    {"QuotesAndCodeByStyle",
     styled("Quote", "said") + styled("Code", "if (a)") + styled("Code", "  b;"),
     "> said\n\n```\nif (a)\n  b;\n```\n"},
    {"RaisedAndLoweredRuns",
     "<w:p>" + run("2") +
         "<w:r><w:rPr><w:vertAlign w:val=\"superscript\"/></w:rPr><w:t>30</w:t></w:r>" + run(" H") +
         "<w:r><w:rPr><w:vertAlign w:val=\"subscript\"/></w:rPr><w:t>2</w:t></w:r>" + run("O") +
         "</w:p>",
     "2\u00b3\u2070 H\u2082O\n"},
    {"TablesHaveTheirSpans",
     "<w:tbl><w:tblGrid><w:gridCol/><w:gridCol/></w:tblGrid><w:tr>" +
         cell(paragraph("h"), "<w:gridSpan w:val=\"2\"/>") + "</w:tr><w:tr>" +
         cell(paragraph("v"), "<w:vMerge w:val=\"restart\"/>") + cell(paragraph("1")) +
         "</w:tr><w:tr>" + cell("<w:p/>", "<w:vMerge/>") + cell(paragraph("2")) + "</w:tr></w:tbl>",
     "<table>\n<tr><td colspan=\"2\">h</td></tr>\n<tr><td rowspan=\"2\">v</td><td>1</td></tr>\n"
     "<tr><td>2</td></tr>\n</table>\n"},
    {"DeletedRowsAreGone",
     "<w:tbl><w:tr>" + cell(paragraph("a")) + cell(paragraph("b")) +
         "</w:tr><w:tr><w:trPr><w:del/></w:trPr>" + cell(paragraph("x")) + cell(paragraph("y")) +
         "</w:tr></w:tbl>",
     "| a | b |\n| --- | --- |\n"},
    {"CellsHoldListsAndTables",
     "<w:tbl><w:tr>" + cell(item(1, 0, "a") + item(1, 0, "b")) +
         cell("<w:tbl><w:tr>" + cell(paragraph("c")) + cell(paragraph("d")) + "</w:tr></w:tbl>") +
         "</w:tr></w:tbl>",
     "| - a<br>- b | c; d |\n| --- | --- |\n"},
    {"AFrameIsNoTable", "<w:tbl><w:tr>" + cell(paragraph("a") + paragraph("b")) + "</w:tr></w:tbl>",
     "a\n\nb\n"},
    {"TextBoxesComeOnce",
     "<w:p>" + run("a") +
         "<w:r><mc:AlternateContent><mc:Choice "
         "Requires=\"wps\"><w:drawing><wps:txbx><w:txbxContent>" +
         paragraph("box") +
         "</w:txbxContent></wps:txbx></w:drawing></"
         "mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent>" +
         paragraph("box") +
         "</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>",
     "a\n\nbox\n"},
    {"ABoxOfAnItemStaysInIt", item(2, 0, "a") + anchored("b", kSecondItem) + item(2, 0, "c"),
     "1. a\n2. b\n\n   box\n3. c\n"},
    {"ABoxStandsBehindAListing",
     styled("Code", "a") + anchored("b", "<w:pStyle w:val=\"Code\"/>") + styled("Code", "c") +
         paragraph("d"),
     "```\na\nb\nc\n```\n\nbox\n\nd\n"},
    {"ABoxStandsBehindItsHeading",
     anchored("a", "<w:pStyle w:val=\"berschrift1\"/>") + paragraph("b"), "# a\n\nbox\n\nb\n"},
    {"ADropCapBeginsItsParagraph",
     paragraph("O", "<w:framePr w:dropCap=\"drop\" w:lines=\"3\"/>") + paragraph("nce."),
     "Once.\n"},
    {"ListsOfChoiceShowWhatIsChosen",
     "<w:p>" + run("Port: ") +
         "<w:r><w:fldChar w:fldCharType=\"begin\"><w:ffData><w:ddList><w:result w:val=\"1\"/>"
         "<w:listEntry w:val=\"Kiel\"/><w:listEntry w:val=\"Wismar\"/></w:ddList></w:ffData>"
         "</w:fldChar></w:r><w:r><w:instrText>FORMDROPDOWN</w:instrText></w:r>"
         "<w:r><w:fldChar w:fldCharType=\"end\"/></w:r></w:p>",
     "Port: Wismar\n"},
    {"PicturesHaveTheirWords",
     "<w:p><w:r><w:drawing><wp:inline><wp:docPr id=\"1\" name=\"x\" descr=\"A "
     "duck\"/></wp:inline></w:drawing></w:r></w:p>",
     "![A duck]()\n"},
    {"ContentControlsAreText",
     "<w:sdt><w:sdtPr/><w:sdtContent>" + paragraph("a") + "</w:sdtContent></w:sdt>", "a\n"},
    {"MathIsLatex",
     "<w:p><m:oMath><m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></"
     "m:den></m:f></m:oMath></w:p>",
     "$$\\frac{a+b}{2}$$\n"},
    {"FormulasStayApart",
     "<w:p><w:r><w:t>so</w:t></w:r><m:oMath><m:r><m:t>p=q</m:t></m:r></"
     "m:oMath><m:oMath><m:r><m:t>r=s"
     "</m:t></m:r></m:oMath></w:p><m:oMathPara><m:oMath><m:r><m:t>x</m:t></m:r></"
     "m:oMath><m:oMath><m:r>"
     "<m:t>y</m:t></m:r></m:oMath></m:oMathPara>",
     "so$p=q$ $r=s$\n\n$$x$$\n\n$$y$$\n"},
    {"RubyKeepsItsReading",
     "<w:p><w:r><w:ruby><w:rt>" + run("x") + "</w:rt><w:rubyBase>" + run("base") +
         "</w:rubyBase></w:ruby></w:r></w:p>",
     "base(x)\n"},
};
INSTANTIATE_TEST_SUITE_P(Docx, DocxBody, testing::ValuesIn(kBodies),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Docx, NotesStandAtTheEnd) {
    DocxBuilder builder("<w:p>" + run("a") +
                        "<w:r><w:endnoteReference w:id=\"5\"/></w:r><w:r><w:footnoteReference "
                        "w:id=\"2\"/></w:r></w:p>");
    builder.part("word/footnotes.xml",
                 "<w:footnote w:id=\"2\">" + paragraph("foot") + "</w:footnote>");
    builder.part("word/endnotes.xml", "<w:endnote w:id=\"5\">" + paragraph("end") + "</w:endnote>");
    EXPECT_EQ(markdown_of(builder), "a[^1][^2]\n\n[^1]: end\n\n[^2]: foot\n");
}

TEST(Docx, PropertiesAreRead) {
    DocxBuilder builder(paragraph("a"));
    builder.part("docProps/core.xml",
                 "<cp:coreProperties xmlns:cp=\"x\" xmlns:dc=\"y\" xmlns:dcterms=\"z\"><dc:title> "
                 "T </dc:title>"
                 "<dc:creator>C</dc:creator><dcterms:created>2020-01-02T03:04:05Z</"
                 "dcterms:created></cp:coreProperties>");
    const std::string bytes = builder.build();
    const auto document = parse_docx(bytes, ParseLimits{});
    ASSERT_TRUE(document);
    EXPECT_EQ(document->title, "T");
    EXPECT_EQ(document->author, "C");
    EXPECT_EQ(document->created, "2020-01-02T03:04:05Z");
}

TEST(Docx, NothingIsEmpty) {
    EXPECT_EQ(error_of(DocxBuilder("").build()), Errc::empty);
}

TEST(Docx, ACutPackageIsCorrupt) {
    const std::string bytes = DocxBuilder(paragraph("a")).build();
    for (const std::size_t size : {bytes.size() / 2, bytes.size() - 10, std::size_t{30}}) {
        EXPECT_EQ(error_of(bytes.substr(0, size)), Errc::corrupt) << size;
    }
}

TEST(Docx, BrokenXmlIsCorrupt) {
    EXPECT_EQ(error_of(DocxBuilder("<w:p>").build()), Errc::corrupt);
    DocxBuilder no_body("");
    no_body.part("word/document.xml", "<a/>");
    EXPECT_EQ(error_of(no_body.build()), Errc::corrupt);
}

TEST(Docx, EntitiesAreRefused) {
    DocxBuilder builder("");
    builder.part("word/document.xml",
                 "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>");
    EXPECT_EQ(error_of(builder.build()), Errc::corrupt);
}

TEST(Docx, DeepNestingIsTooLarge) {
    std::string body;
    for (int i = 0; i < 400; ++i) body += "<w:tbl><w:tr><w:tc>";
    body += paragraph("deep");
    for (int i = 0; i < 400; ++i) body += "</w:tc></w:tr></w:tbl>";
    EXPECT_EQ(error_of(DocxBuilder(body).build()), Errc::too_large);
}

TEST(Docx, LimitsHold) {
    const std::string bytes =
        DocxBuilder(paragraph(std::string(2000, 'a')) + paragraph("b")).build();
    EXPECT_EQ(error_of(bytes, {.unpacked_bytes_max = 1000}), Errc::too_large);
    EXPECT_EQ(error_of(bytes, {.text_bytes_max = 1000}), Errc::too_large);
    EXPECT_EQ(error_of(bytes, {.blocks_max = 1}), Errc::too_large);
}

Document document_of(const DocxBuilder& builder) {
    const std::string bytes = builder.build();
    auto document = parse_docx(bytes, ParseLimits{});
    EXPECT_TRUE(document) << (document ? "" : document.error().message);
    return document ? std::move(*document) : Document{};
}

std::string repeated(std::size_t count, const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += text;
    return out;
}

TEST(Docx, SpansDoNotMultiply) {
    const std::string row = "<w:tr><w:tc><w:tcPr><w:gridSpan w:val=\"4000\"/></w:tcPr>" +
                            paragraph("a") + "</w:tc><w:tc>" + paragraph("b") + "</w:tc></w:tr>";
    const Document document =
        document_of(DocxBuilder("<w:tbl><w:tblGrid>" + repeated(4'001, "<w:gridCol/>") +
                                "</w:tblGrid>" + repeated(2'000, row) + "</w:tbl>"));
    ASSERT_EQ(document.blocks.size(), 1U);
    std::size_t cells = 0;
    for (const auto& line : std::get<model::Table>(document.blocks[0].content).rows) {
        for (const model::Cell& cell : line) cells += cell.columns;
    }
    EXPECT_LT(cells, 210'000U);
    EXPECT_EQ(flat(document.blocks)[0].rows.back(), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(document.warnings.size(), 1U);
}

TEST(Docx, TextOfMergedCellsStandsOnce) {
    const std::string first = "<w:tr><w:tc><w:tcPr><w:vMerge w:val=\"restart\"/></w:tcPr>" +
                              paragraph(std::string(50'000, 'a')) + "</w:tc><w:tc>" +
                              paragraph("b") + "</w:tc></w:tr>";
    const std::string row =
        "<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr></w:tc><w:tc>" + paragraph("c") + "</w:tc></w:tr>";
    const Document document =
        document_of(DocxBuilder("<w:tbl>" + first + repeated(1'000, row) + "</w:tbl>"));
    ASSERT_EQ(document.blocks.size(), 1U);
    const model::Table& table = std::get<model::Table>(document.blocks[0].content);
    EXPECT_EQ(table.rows[0][0].rows, 1'001U);
    EXPECT_EQ(flat(document.blocks)[0].rows[1'000], (std::vector<std::string>{"c"}));
    EXPECT_LT(render::markdown(document).text.size(), 100'000U);
}

TEST(Docx, BoxesAsBulletsAreTasks) {
    std::string kinds;
    std::string lists;
    std::string body;
    int id = 0;
    for (const char* bullet :
         {"\u2610", "\u2612", "\u2611", "\uf0a8", "\uf0fe", "\u2022", "\uf0b7"}) {
        const auto number = std::to_string(++id);
        kinds += "<w:abstractNum w:abstractNumId=\"" + number + "\">" + level(0, "bullet", bullet) +
                 "</w:abstractNum>";
        lists +=
            "<w:num w:numId=\"" + number + "\"><w:abstractNumId w:val=\"" + number + "\"/></w:num>";
        body += item(id, 0, "a" + number);
    }
    EXPECT_EQ(markdown_of(DocxBuilder(body).numbering(kinds + lists)),
              "- [ ] a1\n- [x] a2\n- [x] a3\n- [ ] a4\n- [x] a5\n- a6\n- a7\n");
}

TEST(Docx, ATypewrittenDocumentIsNoListing) {
    const std::string bytes =
        DocxBuilder(fixed("Dear Sir,") + fixed("I write to you from the pier."))
            .styles("<w:docDefaults><w:rPrDefault>" + kFixed + "</w:rPrDefault></w:docDefaults>")
            .build();
    const auto document = parse_docx(bytes, ParseLimits{});
    ASSERT_TRUE(document);
    EXPECT_EQ(render::markdown(*document).text, "Dear Sir,\n\nI write to you from the pier.\n");
}

TEST(Docx, LabelsOfListsAreBounded) {
    const DocxBuilder builder =
        DocxBuilder(repeated(500, paragraph("x",
                                            "<w:numPr><w:ilvl w:val=\"0\"/><w:numId "
                                            "w:val=\"1\"/></w:numPr>")))
            .numbering(
                "<w:abstractNum w:abstractNumId=\"1\">" +
                level(0, "decimal", repeated(20'000, "\u00E9%1")) +
                "</w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"1\"/></w:num>");
    const std::string text = markdown_of(builder);
    EXPECT_LT(text.size(), 600'000U);
    EXPECT_TRUE(text.ends_with("x\n"));
}

TEST(Docx, ALongLinkIsNotPutAroundEverything) {
    const DocxBuilder builder = DocxBuilder(repeated(500, "<w:p><w:hyperlink r:id=\"l\">" +
                                                              run("word") + "</w:hyperlink></w:p>"))
                                    .link("l", "https://example.org/" + std::string(50'000, 'u'));
    const Document document = document_of(builder);
    ASSERT_EQ(document.blocks.size(), 500U);
    const auto blocks = flat(document.blocks);
    EXPECT_TRUE(blocks.front().text.starts_with("[word]("));
    EXPECT_EQ(blocks.back().text, "word");
    EXPECT_EQ(document.warnings.size(), 1U);
}

}  // namespace
}  // namespace ingestor::extract::docx
