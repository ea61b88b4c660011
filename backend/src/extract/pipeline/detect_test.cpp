#include "extract/pipeline/detect.hpp"

#include <gtest/gtest.h>

#include "extract/testing/docx_builder.hpp"

namespace ingestor::extract::pipeline {
namespace {

using namespace std::string_view_literals;

std::string found(std::string_view bytes, std::string_view name = "") {
    const auto format = detect(bytes, name);
    return std::string(format ? formats::row_of(*format).name : to_string(format.error().code));
}

struct DetectCase {
    const char* name;
    std::string_view bytes;
    std::string_view filename;
    std::string_view found;
};

class Detect : public testing::TestWithParam<DetectCase> {};

TEST_P(Detect, MatchesTable) {
    EXPECT_EQ(found(GetParam().bytes, GetParam().filename), GetParam().found);
}

constexpr DetectCase kDetections[] = {
    {"Pdf", "%PDF-1.7\n", "a.txt", "pdf"},
    {"PdfBehindJunk", "\x01\x02\x03\x04\x05 junk %PDF-1.4\n", "", "pdf"},
    {"TextAboutPdf", "The header is %PDF-1.4 in such files.", "a.txt", "text"},
    {"Html", "<!DOCTYPE html><p>a", "a.txt", "html"},
    {"HtmlBehindAComment", "<!-- x --> <html><p>a", "", "html"},
    {"HtmlFragment", "<p>a</p>", "", "html"},
    {"Xhtml", "<?xml version='1.0'?><!DOCTYPE html PUBLIC ''><html/>", "a.xml", "html"},
    {"MarkdownThatBeginsWithATag", "<p align=center>a</p>\n\n# b", "README.md", "markdown"},
    {"Markdown", "# a", "a.MD", "markdown"},
    {"Csv", "a,b", "a.csv", "csv"},
    {"Tsv", "a\tb", "dir.d/a.tsv", "csv"},
    {"NoEnding", "Plain text.", "dir.d/name", "text"},
    {"UnknownEnding", "Plain text.", "a.log", "text"},
    {"Json", "{}", "a.json", "unsupported"},
    {"Xml", "<?xml version='1.0'?><a/>", "", "unsupported"},
    {"Mail", "From: a\nTo: b\nSubject: c\nDate: d\n\ne", "", "unsupported"},
    {"Rtf", "{\\rtf1 a}", "a.txt", "unsupported"},
    {"Png", "\x89PNG\r\n\x1A\n", "a.pdf", "unsupported"},
    {"Program",
     "\x7F"
     "ELF\x02\x01\x01\0\0\0\0\0\0\0"sv,
     "a.pdf", "unsupported"},
    {"Wav", "RIFF\x24\0\0\0WAVEfmt "sv, "", "unsupported"},
    {"OldOffice", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 W\0o\0r\0d\0"sv, "a.docx", "unsupported"},
    {"EncryptedOffice",
     "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"sv,
     "a.docx", "encrypted"},
    {"NoBytes", "", "a.pdf", "empty"},
    {"Blanks", " \n\t", "a.txt", "empty"},
    {"AMarkAlone", "\xEF\xBB\xBF", "a.txt", "empty"},
    {"NotAPdf", "some words", "a.pdf", "corrupt"},
    {"ACutPackage", "PK\x03\x04\x14\0\x06\0"sv, "a.docx", "corrupt"},
};
INSTANTIATE_TEST_SUITE_P(Format, Detect, testing::ValuesIn(kDetections),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(DetectPackage, IsToldByItsParts) {
    EXPECT_EQ(found(DocxBuilder("").build(), "a.pdf"), "docx");
    EXPECT_EQ(found(zip_of({{"a.txt", "x"}})), "unsupported");
    EXPECT_EQ(found(zip_of({{"[Content_Types].xml", "<Types/>"}})), "corrupt");
    EXPECT_EQ(found(zip_of({{"mimetype", "application/epub+zip"}})), "unsupported");
    EXPECT_EQ(found(zip_of({{"[Content_Types].xml", "spreadsheetml"}})), "unsupported");
    EXPECT_EQ(found(zip_of({{"mimetype", "application/vnd.oasis.opendocument.text"},
                            {"META-INF/manifest.xml", "<manifest:encryption-data/>"}})),
              "encrypted");
}

TEST(DetectPackage, MessagesNameTheFormatAndTheRemedy) {
    const auto refused = detect("\x89PNG\r\n\x1A\n", "a.png");
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("PNG"), std::string::npos);
    EXPECT_NE(refused.error().message.find("DOCX"), std::string::npos);
}

TEST(Detect, ALogMayBeginWithAHole) {
    EXPECT_EQ(detect(std::string(100'000, '\0') + "2024-01-01 10:00:00 started\n", "a.log").value(),
              Format::text);
    EXPECT_EQ(detect(std::string(100'000, '\0'), "a.log").error().code, Errc::unsupported);
}

}  // namespace
}  // namespace ingestor::extract::pipeline
