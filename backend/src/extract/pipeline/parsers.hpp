#pragma once

#include <string_view>

#include "base/result.hpp"
#include "extract/document.hpp"
#include "extract/render/markdown.hpp"
#include "formats/formats.hpp"

namespace ingestor::extract::pipeline {

/// A document and its Markdown, which is rendered of it or, of a Markdown file, is its author's
/// own.
struct Parsed {
    Document document;
    render::Markdown markdown;
};

/// The parser of a format: each one's entry, and what it loads before a sandbox closes.
struct Parser {
    formats::Format format;
    Result<Parsed> (*parse)(std::string_view bytes, const ParseLimits& limits,
                            const Progress& progress);
    void (*warm_up)();
};

[[nodiscard]] const Parser& parser_of(formats::Format format);

/// Loads the tables of all parsers and of the libraries beneath them.
void warm_up_parsers();

}  // namespace ingestor::extract::pipeline
