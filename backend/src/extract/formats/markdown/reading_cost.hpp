#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <cmark-gfm.h>

namespace ingestor::extract::markdown {

/// Steps (about a nanosecond each) that reading a Markdown text of so many bytes may take: a floor
/// and a share for each byte. Sound texts stay below it by orders of magnitude.
[[nodiscard]] constexpr std::uint64_t reading_steps_max(std::size_t bytes) {
    return 200'000'000 + std::uint64_t{1'000} * bytes;
}

/// The most that cmark-gfm may need for the blocks of a text and for what its references repeat,
/// found in one pass over its lines: containers that stay open over many lines, rows whose missing
/// cells it fills up, rules of tables that make it read a paragraph again, and long links that
/// are referred to often.
[[nodiscard]] std::uint64_t block_steps(std::string_view text);

/// For each line of a text (from 1; `lines` in all), whether it belongs to a paragraph, heading or
/// cell whose inline text could take cmark-gfm longer than reading_steps_max(bytes) allows:
/// brackets, emphasis, code and tags that are opened often and not closed. Empty if there is none.
[[nodiscard]] std::vector<bool> costly_lines(cmark_node* blocks, std::size_t lines,
                                             std::size_t bytes);

}  // namespace ingestor::extract::markdown
