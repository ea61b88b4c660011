#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "extract/formats/pdf/page.hpp"

namespace ingestor::extract::pdf {

/// A stretch of a text with one look and at most one link; [begin, end) in the text it belongs to.
struct Run {
    std::uint32_t begin = 0, end = 0;
    std::int32_t link = -1;  ///< Index in Draft::links, or -1.
    std::uint8_t style = kPlain;
};

enum class LineKind : std::uint8_t { text, table };

/// A line of the document with what the later steps need of its geometry. `text` lies in
/// Draft::text.
struct DraftLine {
    LineKind kind = LineKind::text;
    std::uint32_t begin = 0, end = 0;  ///< In Draft::text.
    std::uint32_t first_run = 0,
                  last_run = 0;  ///< In Draft::runs, whose places are in Draft::text.
    std::uint32_t page = 0;
    std::uint32_t block = 0;  ///< Lines of one block of Poppler's share it; unique in the document.
    std::uint32_t flow = 0;
    std::uint32_t table = 0;  ///< In Draft::tables.
    Box box;
    double baseline = 0;
    double size = 0;              ///< Of most of its letters.
    double first_word = 0;        ///< Width of the first word, in points.
    double body_start = 0;        ///< Where the text begins after a list's marker, as start().
    double blocked_at = 1e9;      ///< Where a picture or table beside it begins, as start().
    std::uint16_t marker = 0;     ///< Length of a list's marker at the line's start, or 0.
    std::uint8_t style = kPlain;  ///< What all of its words have in common.
    std::uint8_t heading = 0;     ///< 1..6, or 0.
    bool leader = false;  ///< An entry of a list of contents: a title, dots, a page's number.
    bool aside = false;
    bool artifact = false;
    bool dropped = false;
    bool right_to_left = false;  ///< As most of its block.

    /// Where the line begins and ends along the direction in which it is read.
    [[nodiscard]] double start() const { return right_to_left ? -box.right : box.left; }
    [[nodiscard]] double finish() const { return right_to_left ? -box.left : box.right; }
};

struct DraftTable {
    std::vector<std::vector<model::Inlines>> rows;
    std::uint64_t bytes = 0;  ///< Of its text, about.
    Box box;
};

/// The whole document in reading order, page after page, before paragraphs are made.
struct Draft {
    std::u32string text;
    std::vector<Run> runs;
    std::vector<DraftLine> lines;
    std::vector<DraftTable> tables;
    std::vector<std::string> links;
    std::vector<Box> pages;  ///< Size of each page as {0, 0, width, height}.
    std::vector<std::uint8_t> turns;
    std::uint64_t table_bytes = 0;
    std::uint32_t next_block = 0;

    [[nodiscard]] std::u32string_view text_of(const DraftLine& line) const {
        return std::u32string_view(text).substr(line.begin, line.end - line.begin);
    }
};

}  // namespace ingestor::extract::pdf
