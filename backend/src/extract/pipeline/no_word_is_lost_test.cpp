#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "extract/pipeline/extract.hpp"
#include "extract/testing/generated_documents.hpp"

// Over generated documents of every format: each word stands in the Markdown or in `left_out`,
// counted here by looking for it, without anything that the ledger counts with.
namespace ingestor::extract::pipeline {
namespace {

namespace json = boost::json;
using formats::Format;
using formats::OutputKind;

constexpr std::uint32_t kSeeds = 25;

struct Account {
    std::string left_out = {};
    std::vector<std::string> missing = {};
    double coverage = 0;
    std::size_t words_beyond = 0;  ///< That the bounds of `left_out` keep from being shown.
};

Account account_of(std::string_view sidecar) {
    const json::value facts = json::parse(sidecar);
    Account out{.coverage = facts.at("document").at("coverage").to_number<double>()};
    for (const auto& entry : facts.at("left_out").as_array()) {
        const std::string text = json::value_to<std::string>(entry.at("text"));
        if (entry.at("reason") == "missing") out.missing.push_back(text);
        out.left_out += text + "\n";
    }
    out.words_beyond = facts.at("left_out_words_beyond").to_number<std::size_t>();
    return out;
}

/// Hidden words beside others without a blank between: the source has two as one, so that its count
/// of words is another.
bool has_glued_words(Format format) {
    return format == Format::html || format == Format::docx;
}

class NoWordIsLost : public testing::TestWithParam<Format> {};

TEST_P(NoWordIsLost, InSilence) {
    std::vector<OutputKind> all;
    for (const auto& row : formats::outputs()) all.push_back(row.kind);
    for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
        const GeneratedDocument document = generated_document(GetParam(), seed);
        const auto made = extract({.bytes = document.bytes,
                                   .filename = document.filename,
                                   .source_uri = "s3://bucket/key",
                                   .outputs = all},
                                  [](std::uint32_t) {});
        ASSERT_TRUE(made) << "seed " << seed << ": " << made.error().message;
        ASSERT_EQ(made->format, formats::row_of(GetParam()).name) << "seed " << seed;
        const std::string_view markdown = made->of(OutputKind::markdown);
        const Account account = account_of(made->of(OutputKind::sidecar));
        std::size_t shown = 0;
        std::vector<std::string> unseen;
        for (const std::string& word : document.words) {
            const bool is_shown = markdown.find(word) != std::string_view::npos;
            shown += is_shown ? 1 : 0;
            if (!is_shown && account.left_out.find(word) == std::string::npos)
                unseen.push_back(word);
            if (!is_shown) continue;
            for (const OutputKind kind :
                 {OutputKind::html, OutputKind::text, OutputKind::docling, OutputKind::chunks}) {
                EXPECT_NE(made->of(kind).find(word), std::string_view::npos)
                    << word << " of seed " << seed << " is in the Markdown and not in "
                    << formats::row_of(kind).name;
            }
        }
        // Two words that are glued together are one beyond.
        EXPECT_LE(unseen.size(), 2 * account.words_beyond)
            << "seed " << seed << ": " << (unseen.empty() ? "" : unseen.front())
            << " is neither shown nor said to be left out";
        EXPECT_TRUE(account.missing.empty())
            << "seed " << seed << ": " << (account.missing.empty() ? "" : account.missing.front());
        const double share =
            static_cast<double>(shown) / static_cast<double>(document.words.size());
        EXPECT_NEAR(account.coverage, share, has_glued_words(GetParam()) ? 0.15 : 0.0002)
            << "seed " << seed;
    }
}

INSTANTIATE_TEST_SUITE_P(Formats, NoWordIsLost,
                         testing::Values(Format::pdf, Format::docx, Format::html, Format::markdown,
                                         Format::csv, Format::text),
                         [](const auto& row) {
                             return std::string(formats::row_of(row.param).name);
                         });

}  // namespace
}  // namespace ingestor::extract::pipeline
