#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "extract/model/document.hpp"

/// Holds what came out of a document against what stands in it, so that nothing is lost in silence.
/// The words of the source are counted by walks that share nothing with the parsers' reading
/// (Document::source_text).
namespace ingestor::extract::pipeline::ledger {

/// What an account shows of what was left out.
inline constexpr std::size_t kEntriesMax = 200;
inline constexpr std::size_t kEntryBytesMax = 500;

/// What the source's text is written in: of Markdown the tags are no words.
enum class Source { text, markdown };

struct Account {
    std::uint64_t source_words = 0;
    std::uint64_t found_words = 0;        ///< Of them, in the Markdown.
    std::uint64_t unaccounted_words = 0;  ///< Of the others, those that nobody meant to leave out.
    /// In the parser's order, those that nobody meant to leave out (`missing`) last; bounded.
    std::vector<model::LeftOut> left_out = {};
    std::uint64_t words_beyond = 0;  ///< Left out, and not shown in `left_out` for its bounds.
    /// Pages that hold words, none of which is in the Markdown.
    std::vector<std::uint32_t> pages_missing = {};

    /// Found words of the source's; 1 where it has none.
    [[nodiscard]] double coverage() const;
};

/// Every word of the source stands in the Markdown, or in what the parser says that it left out, or
/// is reported as missing. A word that was hyphenated, put together or taken apart is no other.
/// Takes linear time.
[[nodiscard]] Account account(const model::Document& document, std::string_view markdown,
                              Source source = Source::text);

}  // namespace ingestor::extract::pipeline::ledger
