#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace ingestor::extract::pipeline::ledger {

/// A word of a text: letters and digits in a row, however they are set; of scripts without blanks,
/// each sign.
struct Word {
    std::uint64_t hash = 0;   ///< Of its folded letters; `joined` gives that of two in a row.
    std::uint32_t begin = 0;  ///< In bytes, in the text.
    std::uint32_t letters = 0;
};

/// The words of a text of less than 4 GB, in order. Raised and lowered digits and ligatures count
/// as what they stand for; what cannot be seen counts as nothing.
[[nodiscard]] std::vector<Word> words_of(std::string_view text);
/// The letters that the hash of a word of this text is made of, one after the other.
[[nodiscard]] std::vector<char32_t> letters_of(std::string_view text, const Word& word);
/// The hash of a word with one more letter.
[[nodiscard]] std::uint64_t extended(std::uint64_t hash, char32_t letter);

/// Which tags of a Markdown text are no words: those that our renderer writes, or, of a text that
/// was Markdown in the first place, all.
enum class Tags { own, all };

/// The words of Markdown without those of its tags. Targets of links are among them.
[[nodiscard]] std::vector<Word> words_of_markdown(std::string_view markdown, Tags tags);

/// The hash of `a` with `b` behind it, as one word.
[[nodiscard]] std::uint64_t joined(std::uint64_t a, const Word& b);

}  // namespace ingestor::extract::pipeline::ledger
