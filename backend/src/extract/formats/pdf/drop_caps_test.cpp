#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "extract/formats/pdf/parsed_pdf.hpp"

namespace ingestor::extract::pdf {
namespace {

using testing::HasSubstr;
using testing::Not;

/// A paragraph whose first lines stand beside a letter of `size`.
std::string beside(const char* letter, double size, const std::vector<std::string>& lines,
                   double left) {
    PdfBuilder pdf;
    pdf.page().lines(72, 60, kProse);
    pdf.text(72, 200 + 0.72 * size - 7, letter, size);
    double y = 200;
    for (std::size_t n = 0; n < lines.size(); ++n, y += 12) {
        pdf.text(y < 200 + 0.72 * size - 7 + 2 ? left : 72, y, lines[n]);
    }
    std::string all;
    for (const auto& text : texts(parsed(pdf), BlockKind::paragraph)) all += text + "\n";
    return all;
}

const std::vector<std::string> kStory = {
    "nce upon a time there was a harbour at the mouth of a river, and its",
    "master wrote down every ship that came in and every one that went out,",
    "until a clerk found that nobody had ever read what stood in his books."};

TEST(DropCaps, BeginTheWordOfTheFirstLine) {
    const auto text = beside("O", 30, kStory, 98);
    EXPECT_THAT(text, HasSubstr("Once upon a time there was a harbour at the mouth of a river, and "
                                "its master wrote down"));
}

TEST(DropCaps, AreAWordByThemselvesWhereTheNextIsOne) {
    auto story = kStory;
    story[0] = "clerk of the harbour found at the mouth of a river that the";
    EXPECT_THAT(beside("A", 30, story, 98), HasSubstr("A clerk of the harbour"));
    story[0] = "ll of the harbour was found at the mouth of a river that the";
    EXPECT_THAT(beside("A", 30, story, 98), HasSubstr("All of the harbour"));
}

TEST(DropCaps, AreNoLettersBesideOneLineAlone) {
    EXPECT_THAT(beside("B", 30, {"nce upon a time there was a harbour"}, 98),
                Not(HasSubstr("Bnce")));
}

TEST(DropCaps, AreNoLettersFarFromTheText) {
    EXPECT_THAT(beside("O", 30, kStory, 140), Not(HasSubstr("Once")));
}

TEST(DropCaps, AreLarge) {
    EXPECT_THAT(beside("O", 14, kStory, 86), Not(HasSubstr("Once")));
}

}  // namespace
}  // namespace ingestor::extract::pdf
