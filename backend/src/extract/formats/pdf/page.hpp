#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "extract/document.hpp"
#include "extract/formats/pdf/text.hpp"

namespace ingestor::extract::pdf {

/// How a word looks, as far as the model can say it.
enum Style : std::uint8_t {
    kPlain = 0,
    kBold = 1,
    kItalic = 2,
    kMono = 4,
    kRaised = 8,   ///< A superscript.
    kLowered = 16  ///< A subscript.
};

/// A run of glyphs without a blank. All boxes are in points from the page's top left, turned so
/// that the page's main text runs left to right.
struct Word {
    Box box;
    double baseline = 0;
    double size = 0;          ///< Of the font, in points.
    std::uint32_t begin = 0;  ///< [begin, end) in Page::text.
    std::uint32_t end = 0;
    std::int32_t shown_begin = 0;  ///< [shown_begin, shown_end) of the bytes that the page shows.
    std::int32_t shown_end = 0;
    std::int32_t link = -1;      ///< Index in Page::links, or -1.
    std::uint32_t unlinked = 0;  ///< So many letters at its end are no part of the link.
    std::int32_t table = -1;     ///< The table that took this word, or -1.
    std::uint8_t style = kPlain;
    bool space_after = false;
    bool aside = false;      ///< Runs in another direction than the page's main text.
    bool invisible = false;  ///< Drawn so that it is not seen, as the text layer of a scan is.
    bool artifact = false;   ///< The document itself marks it as a running head or foot.
};

/// Words side by side, as Poppler joined them.
struct Line {
    std::uint32_t first = 0;  ///< [first, last) in Page::words.
    std::uint32_t last = 0;
    std::uint32_t block = 0;
    std::uint32_t flow = 0;
};

/// A straight ruling line or the edge of a thin box: horizontal at `at` from `from` to `to` along
/// x, or vertical along y.
struct Rule {
    double at = 0, from = 0, to = 0;
};

struct Link {
    Box box;
    std::string uri;
};

/// A blank that is drawn as a glyph, where it begins on its base line, in points from the top left
/// of the page as it is shown (before any turn is undone).
struct Blank {
    double x = 0, y = 0;
};

/// What was read of one page, before any meaning is given to it. Reused from page to page.
struct Page {
    std::uint32_t number = 0;  ///< From 1.
    double width = 0, height = 0;
    int turn = 0;  ///< Quarter turns that were undone.
    std::u32string text;
    std::vector<Word> words;
    std::vector<Line> lines;  ///< In reading order.
    std::vector<Rule> horizontal, vertical;
    std::vector<Box> fills;  ///< Boxes in some colour, larger than a line.
    std::vector<Link> links;
    std::vector<Blank> blanks;  ///< That the page draws, whatever became of the glyphs beside them.
    std::vector<Box> pictures;  ///< Where the page draws any, none of which is decoded.
    std::vector<std::u32string> watermarks;     ///< Of the page, none of which is in `text`.
    std::vector<std::u32string> hidden_copies;  ///< Invisible words that repeat visible ones.
    std::uint32_t unreliable_chars = 0;         ///< Glyphs whose meaning the fonts do not give.
    std::uint32_t chars = 0;
    Brackets brackets = Brackets::as_drawn;  ///< Of its right-to-left text.
    bool scattered = false;  ///< Too many pieces of text: they stand in the order of the content.
    bool overfull = false;   ///< Text was left out: too much in one spot or on one page.

    bool annotations_skipped = false;  ///< Links and fields of forms were not read.

    [[nodiscard]] std::u32string_view text_of(const Word& word) const {
        return std::u32string_view(text).substr(word.begin, word.end - word.begin);
    }
};

}  // namespace ingestor::extract::pdf
