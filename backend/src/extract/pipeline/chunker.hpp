#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "extract/model/document.hpp"
#include "extract/render/markdown.hpp"

namespace ingestor::extract::pipeline {

struct ChunkerSettings {
    std::uint32_t tokens_max = 512;  ///< As bounded by tokens.hpp; at least 16.
};

/// A piece of the Markdown of a document. The slices [begin, end) of all chunks, put together in
/// order, are the whole Markdown, byte for byte: a chunk begins where the one before it ends. Its
/// text is its slice, behind the repeated header of a table that was split, if there is one.
struct Chunk {
    std::size_t begin = 0, end = 0;            ///< In bytes.
    std::size_t char_begin = 0, char_end = 0;  ///< In Unicode code points.
    std::string repeated_header = {};          ///< Header rows of a table; usually empty.
    std::string text = {};                     ///< `repeated_header` and the slice.
    std::uint32_t tokens = 0;                  ///< Of `text`, at most.
    std::vector<std::string> headings = {};    ///< Those that the chunk stands under, plain text.
    std::vector<std::uint32_t> pages = {};     ///< Rising; empty where there are none.
    std::optional<model::Box> box = {};        ///< Around its blocks on the first of its pages.
};

/// Packs whole blocks into chunks up to the limit; a heading begins a chunk and never fills it
/// alone, but where it takes most of one or the document ends with it behind a full one. Only a
/// block that does not fit is split: a table between rows, code between lines, prose after a
/// sentence, else after a word, else between characters. Takes linear time.
[[nodiscard]] std::vector<Chunk> chunk(const render::Markdown& markdown,
                                       const ChunkerSettings& settings);

}  // namespace ingestor::extract::pipeline
