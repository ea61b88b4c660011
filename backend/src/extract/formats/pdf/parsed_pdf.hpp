#pragma once

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "extract/formats/pdf/pdf.hpp"
#include "extract/testing/flat_blocks.hpp"
#include "extract/testing/pdf_builder.hpp"

namespace ingestor::extract::pdf {

/// Three lines of a paragraph, the last one short.
inline const std::vector<std::string> kProse = {
    "The quick brown fox jumps over the lazy dog while the band",
    "plays on and the river carries the last of the winter ice to",
    "the sea, where it will be gone before the first ships leave."};

/// The same lines, such as no other page has.
inline std::vector<std::string> prose_of(int page) {
    std::vector<std::string> lines = kProse;
    for (std::string& line : lines) line.replace(0, 3, "Of " + std::to_string(page));
    return lines;
}

/// What becomes of the PDF; a failed test and an empty document where it cannot be read.
inline Document parsed(const PdfBuilder& builder) {
    const std::string bytes = builder.build();
    auto document = parse_pdf(bytes, ParseLimits{}, {});
    EXPECT_TRUE(document) << (document ? "" : document.error().message);
    return document ? std::move(*document) : Document{};
}

/// The texts of all blocks of a kind, in order.
inline std::vector<std::string> texts(const Document& document, BlockKind kind) {
    std::vector<std::string> out;
    for (const FlatBlock& block : flat(document.blocks)) {
        if (block.kind == kind) out.push_back(block.text);
    }
    return out;
}

/// The lines with a blank between, as a paragraph has them.
inline std::string joined(const std::vector<std::string>& lines) {
    std::string out;
    for (const std::string& line : lines) out += (out.empty() ? "" : " ") + line;
    return out;
}

}  // namespace ingestor::extract::pdf
