#include "extract/formats/html/form_fields.hpp"

#include <string>

#include <gtest/gtest.h>

#include "extract/formats/html/html.hpp"
#include "extract/render/markdown.hpp"

namespace ingestor::extract::html {
namespace {

struct Form {
    const char* name;
    const char* html;
    const char* markdown;
    const char* left_out = "";
};

class HtmlFormFields : public testing::TestWithParam<Form> {};

TEST_P(HtmlFormFields, StandInTheTextOrInTheLedger) {
    const auto document = parse_html(GetParam().html, ParseLimits{});
    ASSERT_TRUE(document);
    EXPECT_EQ(render::markdown(*document).text, GetParam().markdown);
    std::string left_out;
    for (const model::LeftOut& part : document->left_out) left_out += part.text + ";";
    EXPECT_EQ(left_out, GetParam().left_out);
}

constexpr Form kForms[] = {
    {"TypedText", "<p>Name: <input value=Reed><p>Born <input type=date value=1961-03-04> here",
     "Name: Reed\n\nBorn 1961-03-04 here\n"},
    {"ALabelDoesNotTouchItsValue", "<p><label>Boat</label><input value=Tern><label>Port</label>",
     "Boat Tern Port\n"},
    {"AreasOfText", "<p>Remarks<textarea>\nlow tide,\nno wind</textarea>",
     "Remarks low tide, no wind\n"},
    {"CheckBoxes", "<p><input type=checkbox checked> rigged <input type=checkbox> crewed",
     "\u2611 rigged \u2610 crewed\n"},
    {"RadioButtons", "<p><label><input type=radio checked>yes</label> <input type=radio>no",
     "\u25C9 yes \u25CB no\n"},
    {"BoxesOfATable",
     "<table><tr><th>boat<th>sold<tr><td>Tern<td><input type=checkbox checked></table>",
     "| boat | sold |\n| --- | --- |\n| Tern | \u2611 |\n"},
    {"BoxesThatNothingNames", "<p>a<p><input type=checkbox id=menu><p>b", "a\n\nb\n"},
    {"ChosenOptions",
     "<p>Port <select><option>Kiel<option selected>Wismar<optgroup><option>Rostock</select> now",
     "Port Wismar now\n", "Kiel;Rostock;"},
    {"OptionsThatNobodyChose", "<p>Port <select><option>Kiel<option>Wismar</select> now",
     "Port now\n", "Kiel;Wismar;"},
    {"LabelsOfButtons", "<p>a <input type=submit value=Send> b", "a b\n", "Send;"},
    {"PasswordsAndTokens", "<p>a <input type=password value=x><input type=hidden value=y> b",
     "a b\n"},
    {"HiddenFields", "<p>a <input value=x hidden> b", "a b\n", "x;"},
};
INSTANTIATE_TEST_SUITE_P(Html, HtmlFormFields, testing::ValuesIn(kForms),
                         [](const auto& row) { return std::string(row.param.name); });

/// Each box looks at what stands beside it, and no further.
TEST(HtmlFormFieldsTime, IsLinearInTheNumberOfBoxes) {
    std::string page = "<p>a";
    for (int n = 0; n < 50'000; ++n) page += "<span><input type=checkbox></span>";
    EXPECT_TRUE(parse_html(page, ParseLimits{}));
}

}  // namespace
}  // namespace ingestor::extract::html
