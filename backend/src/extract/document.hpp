#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace ingestor::extract {

/// A box on a page in PDF points (1/72 inch), origin at the page's top left.
struct Box {
    double left = 0, top = 0, right = 0, bottom = 0;
};

enum class BlockKind { heading, paragraph, list_item, table, code, quote, rule };

/// One piece of a document in reading order. Inline text is Markdown already: literal characters
/// escaped, emphasis, links and code spans marked (see markdown.hpp).
struct Block {
    BlockKind kind = BlockKind::paragraph;
    /// Heading: 1..6. List item and quote: depth of nesting from 0.
    int level = 0;
    /// List item: its number in an ordered list; 0 in an unordered one.
    int number = 0;
    /// Inline Markdown, without line breaks other than hard ones ("  \n"). Code: the raw text.
    std::string text = {};
    /// Code: the language named, or empty.
    std::string language = {};
    /// Table: rows of cells, each inline Markdown; the first row is the header (cells may be
    /// empty).
    std::vector<std::vector<std::string>> rows = {};
    /// From 1; 0 where the format has no pages.
    std::uint32_t page = 0;
    std::uint32_t last_page = 0;
    std::optional<Box> box = {};
};

/// What a parser makes of a document.
struct Document {
    std::vector<Block> blocks = {};
    std::string title = {};
    std::string author = {};
    std::string created = {};   ///< RFC 3339, or empty.
    std::string language = {};  ///< BCP 47 where the document says it, or empty.
    std::optional<std::uint32_t> pages = {};
    /// For the reader of the output: text that is unreliable or missing, and why.
    std::vector<std::string> warnings = {};
};

/// Limits that keep a parser's work in proportion. Going over one is too_large, with the name of
/// the limit in the message.
struct ParseLimits {
    std::uint32_t pages_max = 10'000;
    std::uint64_t text_bytes_max = std::uint64_t{32} << 20;  ///< Of all inline text together.
    std::uint64_t unpacked_bytes_max = std::uint64_t{128}
                                       << 20;  ///< Of the parts read of a package.
    std::uint32_t nesting_max = 256;
    std::uint32_t blocks_max = 1'000'000;
    std::uint32_t table_columns_max = 4'096;
};

/// Told of pages done, now and then.
using Progress = std::function<void(std::uint32_t pages_done)>;

}  // namespace ingestor::extract
