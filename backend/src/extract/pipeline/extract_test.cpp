#include "extract/pipeline/extract.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/digest.hpp"
#include "base/uuid.hpp"
#include "extract/testing/docx_builder.hpp"

namespace ingestor::extract::pipeline {
namespace {

namespace json = boost::json;

Result<Output> run_on(std::string_view bytes, std::string filename) {
    return extract({.bytes = bytes,
                    .filename = std::move(filename),
                    .source_uri = "s3://bucket/key",
                    .limits = {}},
                   [](std::uint32_t) {});
}

TEST(Extract, EveryFormatIsRead) {
    const std::string docx = DocxBuilder(paragraph("text")).build();
    const std::vector<std::tuple<std::string_view, std::string, std::string>> rows = {
        {docx, "a.docx", "docx"},   {"<p>text</p>", "a.html", "html"}, {"text", "a.md", "markdown"},
        {"text,b", "a.csv", "csv"}, {"text", "a.txt", "text"},
    };
    for (const auto& [bytes, name, format] : rows) {
        const auto output = run_on(bytes, name);
        ASSERT_TRUE(output) << name;
        EXPECT_EQ(output->format, format);
        EXPECT_THAT(output->markdown, testing::HasSubstr("text"));
        EXPECT_TRUE(output->markdown.ends_with('\n'));
    }
}

TEST(Extract, RefusalsAreErrors) {
    EXPECT_EQ(run_on("", "a.txt").error().code, Errc::empty);
    EXPECT_EQ(run_on("{\\rtf1}", "a.rtf").error().code, Errc::unsupported);
    EXPECT_EQ(run_on("<script>x</script>", "a.html").error().code, Errc::empty);
}

TEST(Extract, TheSidecarSaysWhatTheDesignSays) {
    const std::string text = "# Title\n\nSome words of the text.\n";
    const auto output = run_on(text, "a.md");
    ASSERT_TRUE(output);
    const json::object sidecar = json::parse(output->sidecar).as_object();
    EXPECT_EQ(sidecar.at("schema"), "agent2-ingestor.sidecar/1");
    const json::object& document = sidecar.at("document").as_object();
    EXPECT_EQ(document.at("filename"), "a.md");
    EXPECT_EQ(document.at("content_type"), "text/markdown");
    EXPECT_EQ(document.at("size_bytes").to_number<std::size_t>(), text.size());
    EXPECT_EQ(json::value_to<std::string>(document.at("sha256")), sha256_hex(text));
    EXPECT_EQ(document.at("words").to_number<int>(), 6);
    EXPECT_EQ(document.at("title"), "Title");
    EXPECT_TRUE(document.at("author").is_null());
    EXPECT_TRUE(document.at("pages").is_null());
    const json::object& processing = sidecar.at("processing").as_object();
    for (const char* key : {"extractor", "version", "duration_ms", "ocr_pages", "warnings"}) {
        EXPECT_TRUE(processing.contains(key)) << key;
    }
    EXPECT_EQ(json::serialize(sidecar.at("chunks").as_array().at(0)) + "\n", output->chunks);
}

TEST(Extract, AChunkRecordLoadsInBothLibraries) {
    const auto output = run_on("# Title\n\nText.\n", "a.md");
    ASSERT_TRUE(output);
    const json::object record = json::parse(output->chunks).as_object();
    EXPECT_EQ(record.at("type"), "Document");
    EXPECT_EQ(record.at("class_name"), "TextNode");
    EXPECT_EQ(record.at("id"), record.at("id_"));
    EXPECT_TRUE(is_uuid(json::value_to<std::string>(record.at("id"))));
    EXPECT_EQ(record.at("page_content"), "# Title\n\nText.\n");
    EXPECT_EQ(record.at("text"), record.at("page_content"));
    const json::object& metadata = record.at("metadata").as_object();
    EXPECT_EQ(metadata.at("source"), "s3://bucket/key");
    EXPECT_EQ(metadata.at("filename"), "a.md");
    EXPECT_EQ(metadata.at("headings"), json::array({"Title"}));
    EXPECT_EQ(metadata.at("chunk_index"), 0);
    EXPECT_EQ(metadata.at("char_start"), 0);
    EXPECT_EQ(metadata.at("char_end"), 15);
    EXPECT_FALSE(metadata.contains("page")) << "no pages, no page";
}

TEST(Extract, TheSameInputGivesTheSameBytes) {
    std::string html = "<h1>A</h1>";
    for (int i = 0; i < 300; ++i)
        html += "<p>Paragraph with some words " + std::to_string(i) + ".</p>";
    const auto first = run_on(html, "a.html"), second = run_on(html, "a.html");
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->markdown, second->markdown);
    EXPECT_EQ(first->chunks, second->chunks);
    const auto without_duration = [](const std::string& text) {
        json::object sidecar = json::parse(text).as_object();
        sidecar.at("processing").as_object().erase("duration_ms");
        return json::serialize(sidecar);
    };
    EXPECT_EQ(without_duration(first->sidecar), without_duration(second->sidecar));
}

TEST(Extract, LanguagesAreGuessedOnlyWhereSure) {
    const auto language = [](const char* text) {
        const auto output = run_on(text, "a.txt");
        const json::value sidecar = json::parse(output->sidecar);
        return json::serialize(sidecar.at("document").at("language"));
    };
    EXPECT_EQ(language("The cat sat on the mat, and it was warm there, for the sun had been on it "
                       "all of the day since the morning."),
              "\"en\"");
    EXPECT_EQ(language("כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם"), "\"he\"");
    EXPECT_EQ(language("Lorem ipsum dolor"), "null");
    EXPECT_EQ(language("12345 67890"), "null");
}

}  // namespace
}  // namespace ingestor::extract::pipeline
