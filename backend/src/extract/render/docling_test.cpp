#include "extract/render/docling.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "extract/model/cells.hpp"
#include "extract/model/inline_builder.hpp"

namespace ingestor::extract::render {
namespace {

using namespace model;
namespace json = boost::json;

Block paragraph(Inlines text) {
    return {.content = Paragraph{.text = std::move(text)}};
}

json::object of(const Document& document) {
    return json::parse(docling(document, {.filename = "a.b.pdf",
                                          .content_type = "application/pdf",
                                          .sha256 = "00000000000000010000000000000002"}))
        .as_object();
}

/// The texts of the document, in the order of the tree.
std::vector<std::string> texts(const json::object& document, std::string_view member = "text") {
    std::vector<std::string> out;
    for (const auto& item : document.at("texts").as_array()) {
        const auto* const value = item.as_object().if_contains(member);
        out.push_back(value == nullptr ? "" : json::value_to<std::string>(*value));
    }
    return out;
}

using Texts = std::vector<std::string>;

TEST(Docling, ItsFileIsNamedAndHashedAsDoclingDoes) {
    const auto document = of({});
    EXPECT_EQ(document.at("name"), "a.b");
    EXPECT_EQ(document.at("origin").at("binary_hash").to_number<std::uint64_t>(), 2U);
}

TEST(Docling, AFirstHeadingIsATitleAndOthersAreALevelLess) {
    const auto document =
        of({.blocks = {{.content = Heading{.level = 1, .text = plain("One")}},
                       {.content = Heading{.level = 3, .text = plain("Three")}}}});
    EXPECT_EQ(texts(document, "label"), (Texts{"title", "section_header"}));
    EXPECT_EQ(document.at("texts").at(1).at("level").to_number<int>(), 2);
}

struct RunsCase {
    const char* name;
    Inlines inlines;
    Texts texts;
};

TEST(Docling, NoWordIsTakenApartForItsStyle) {
    const RunsCase cases[] = {
        {"one style", {{.text = "all bold", .style = {.bold = true}}}, {"all bold"}},
        {"two",
         {{.text = "a "}, {.text = "b", .style = {.bold = true}}, {.text = " c"}},
         {"a", "b", "c"}},
        {"within a word",
         {{.text = "H"},
          {.text = "2", .style = {.script = Script::subscript}},
          {.text = "O is wet"}},
         {"H₂O is wet"}},
        {"punctuation",
         {{.text = "("}, {.text = "so", .style = {.italic = true}}, {.text = "), then"}},
         {"(so),", "then"}},
        {"a formula",
         {{.text = "where "}, {.kind = InlineKind::formula, .text = "x^2"}, {.text = " holds"}},
         {"where", "x^2", "holds"}},
        {"a mark",
         {{.text = "said"}, {.kind = InlineKind::footnote_reference, .text = "1"}},
         {"said[1]"}},
        {"breaks", {{.text = "a"}, {.kind = InlineKind::line_break}, {.text = "b"}}, {"a b"}},
    };
    for (const RunsCase& row : cases) {
        const auto document = of({.blocks = {paragraph(row.inlines)}});
        EXPECT_EQ(texts(document), row.texts) << row.name;
        EXPECT_EQ(document.at("groups").as_array().size(), row.texts.size() > 1 ? 1U : 0U)
            << row.name;
    }
}

TEST(Docling, ListsNest) {
    List inner{.items = {{.blocks = {paragraph(plain("within"))}}}};
    ListItem item{.number = 3, .checked = true};
    item.blocks.push_back(paragraph(plain("outer")));
    item.blocks.push_back({.content = std::move(inner)});
    List list{.ordered = true};
    list.items.push_back(std::move(item));
    const auto document = of({.blocks = {{.content = std::move(list)}}});
    const auto& items = document.at("texts").as_array();
    EXPECT_EQ(items.at(0).at("text"), "[x] outer");
    EXPECT_EQ(items.at(0).at("marker"), "3.");
    EXPECT_EQ(items.at(0).at("children").at(0).at("$ref"), "#/groups/1");
    EXPECT_EQ(items.at(1).at("parent").at("$ref"), "#/groups/1");
    EXPECT_EQ(document.at("groups").at(1).at("parent").at("$ref"), "#/texts/0");
}

TEST(Docling, CellsStandAtTheirPlacesBesideWhatSpans) {
    const auto cell = [](const char* text, std::uint16_t columns = 1, std::uint16_t rows = 1) {
        Cell out{.columns = columns, .rows = rows};
        set_text(out, plain(text));
        return out;
    };
    Table table{.header_rows = 1};
    table.rows.push_back({cell("wide", 2), cell("c")});
    table.rows.push_back({cell("tall", 1, 9), cell("d"), cell("e")});
    table.rows.push_back({cell("f")});
    const auto document = of({.blocks = {{.content = std::move(table)}}});
    const auto& data = document.at("tables").at(0).at("data").as_object();
    EXPECT_EQ(data.at("num_rows").to_number<int>(), 3);
    EXPECT_EQ(data.at("num_cols").to_number<int>(), 3);
    std::string places;
    for (const auto& item : data.at("table_cells").as_array()) {
        const auto number = [&](const char* name) {
            return std::to_string(item.at(name).to_number<int>());
        };
        places += json::value_to<std::string>(item.at("text")) + " " +
                  number("start_row_offset_idx") + "-" + number("end_row_offset_idx") + "," +
                  number("start_col_offset_idx") + "-" + number("end_col_offset_idx") +
                  (item.at("column_header").as_bool() ? "h; " : "; ");
    }
    EXPECT_EQ(places, "wide 0-1,0-2h; c 0-1,2-3h; tall 1-3,0-1; d 1-2,1-2; e 1-2,2-3; f 2-3,1-2; ");
}

TEST(Docling, APlaceIsABoxOnItsPage) {
    Document document{.page_sizes = {{.width = 100, .height = 200}}};
    Block placed = paragraph(plain("äb"));
    placed.place = {.page = 1, .box = Box{.left = 1, .top = 2, .right = 3, .bottom = 4}};
    Block unplaced = paragraph(plain("c"));
    unplaced.place = {.page = 1};
    document.blocks = {placed, unplaced, paragraph(plain("nowhere"))};
    const auto out = of(document);
    EXPECT_EQ(out.at("pages").at("1").at("size").at("height").to_number<double>(), 200);
    const auto& first = out.at("texts").at(0).at("prov").at(0).as_object();
    EXPECT_EQ(first.at("bbox").at("t").to_number<double>(), 2);
    EXPECT_EQ(first.at("charspan").at(1).to_number<int>(), 2);
    EXPECT_EQ(out.at("texts").at(1).at("prov").at(0).at("bbox").at("b").to_number<double>(), 200);
    EXPECT_TRUE(out.at("texts").at(2).at("prov").as_array().empty());
}

TEST(Docling, LanguagesHaveTheNamesOfTheSchema) {
    const std::pair<const char*, const char*> cases[] = {{"python", "Python"},
                                                         {"cpp", "C++"},
                                                         {"sql", "SQL"},
                                                         {"klingon", "unknown"},
                                                         {"", "unknown"}};
    for (const auto& [language, name] : cases) {
        const auto document =
            of({.blocks = {{.content = Code{.text = "x", .language = language}}}});
        EXPECT_EQ(document.at("texts").at(0).at("code_language"), name) << language;
    }
}

TEST(Docling, APictureHasACaptionOrWhatStandsForIt) {
    const auto document =
        of({.blocks = {{.content = Picture{.words = "a cat", .caption = plain("Figure 1")}},
                       {.content = Picture{.words = "a dog"}},
                       {.content = Picture{.source = "x.png"}}}});
    EXPECT_EQ(texts(document), (Texts{"Figure 1", "a dog"}));
    const auto& pictures = document.at("pictures").as_array();
    EXPECT_EQ(pictures.at(0).at("captions").at(0).at("$ref"), "#/texts/0");
    EXPECT_EQ(pictures.at(0).at("meta").at("description").at("text"), "a cat");
    EXPECT_TRUE(pictures.at(2).at("captions").as_array().empty());
}

}  // namespace
}  // namespace ingestor::extract::render
