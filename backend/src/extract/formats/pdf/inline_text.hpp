#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "extract/formats/pdf/draft.hpp"

namespace ingestor::extract::pdf {

/// How the word looks. The signs of East Asian scripts are all of one width, so that a font of them
/// is none of a typewriter.
[[nodiscard]] std::uint8_t style_of(const Page& page, const Word& word);

/// Appends the words as one line of text with runs; `link_base` is what Page::links start at in
/// Draft::links. Leaders of dots are cut short, right-to-left text is put in the order of reading.
/// A `mark` before the text, of a note or an item, has a blank behind it however close it is set.
void append_words(const Page& page, std::span<const std::uint32_t> words, std::int32_t link_base,
                  std::u32string& text, std::vector<Run>& runs, bool mark = false);

/// `text` as inlines; its runs are given in its own places. Styles in `ignored` are not marked (a
/// heading's weight).
[[nodiscard]] model::Inlines to_inlines(std::u32string_view text, std::span<const Run> runs,
                                        const std::vector<std::string>& links,
                                        std::uint8_t ignored);

}  // namespace ingestor::extract::pdf
