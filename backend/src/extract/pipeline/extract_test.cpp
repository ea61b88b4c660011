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
using formats::OutputKind;

Result<formats::Extraction> run_on(std::string_view bytes, std::string filename,
                                   std::vector<OutputKind> outputs = formats::stored_outputs()) {
    return extract({.bytes = bytes,
                    .filename = std::move(filename),
                    .source_uri = "s3://bucket/key",
                    .outputs = std::move(outputs),
                    .chunks_key = "sidecars/job/0-a.chunks.jsonl"},
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
        EXPECT_THAT(std::string(output->of(OutputKind::markdown)), testing::HasSubstr("text"));
        EXPECT_TRUE(output->of(OutputKind::markdown).ends_with('\n'));
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
    const json::object sidecar = json::parse(output->of(OutputKind::sidecar)).as_object();
    EXPECT_EQ(sidecar.at("schema"), "agent2-ingestor.sidecar/2");
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
    EXPECT_EQ(sidecar.at("chunks").at("count"), 1);
    EXPECT_EQ(sidecar.at("chunks").at("key"), "sidecars/job/0-a.chunks.jsonl");
    EXPECT_EQ(output->of(OutputKind::sidecar).find("Some words"), std::string_view::npos)
        << "the text of a chunk stands with the chunks alone";
}

TEST(Extract, AChunkRecordLoadsInBothLibraries) {
    const auto output = run_on("# Title\n\nText.\n", "a.md");
    ASSERT_TRUE(output);
    const json::object record = json::parse(output->of(OutputKind::chunks)).as_object();
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
    EXPECT_EQ(record.at("start_char_idx"), 0);
    EXPECT_EQ(record.at("end_char_idx"), 15);
    const json::object& source = record.at("relationships").at("1").as_object();
    EXPECT_TRUE(is_uuid(json::value_to<std::string>(source.at("node_id"))));
    EXPECT_NE(source.at("node_id"), record.at("id"));
    EXPECT_EQ(source.at("node_type"), "4");
}

TEST(Extract, TheSameInputGivesTheSameBytes) {
    std::string html = "<h1>A</h1>";
    for (int i = 0; i < 300; ++i)
        html += "<p>Paragraph with some words " + std::to_string(i) + ".</p>";
    const auto first = run_on(html, "a.html"), second = run_on(html, "a.html");
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->of(OutputKind::markdown), second->of(OutputKind::markdown));
    EXPECT_EQ(first->of(OutputKind::chunks), second->of(OutputKind::chunks));
    const auto without_duration = [](std::string_view text) {
        json::object sidecar = json::parse(text).as_object();
        sidecar.at("processing").as_object().erase("duration_ms");
        return json::serialize(sidecar);
    };
    EXPECT_EQ(without_duration(first->of(OutputKind::sidecar)),
              without_duration(second->of(OutputKind::sidecar)));
}

TEST(Extract, WhatIsMadeIsWhatIsAskedFor) {
    std::vector<OutputKind> all;
    for (const auto& row : formats::outputs()) all.push_back(row.kind);
    const auto every = run_on("# A\n\nb\n", "a.md", all);
    ASSERT_TRUE(every);
    ASSERT_EQ(every->outputs.size(), all.size());
    for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(every->outputs[i].kind, all[i]);
    EXPECT_EQ(every->of(OutputKind::text), "A\n\nb\n");
    EXPECT_EQ(json::parse(every->of(OutputKind::docling)).at("schema_name"), "DoclingDocument");
    const auto one = run_on("# A\n\nb\n", "a.md", {OutputKind::html});
    ASSERT_EQ(one->outputs.size(), 1U);
    EXPECT_EQ(one->of(OutputKind::html), every->of(OutputKind::html));
    EXPECT_TRUE(one->of(OutputKind::markdown).empty());
}

TEST(Extract, LanguagesAreGuessedOnlyWhereSure) {
    const auto language = [](const char* text) {
        const auto output = run_on(text, "a.txt");
        const json::value sidecar = json::parse(output->of(OutputKind::sidecar));
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
