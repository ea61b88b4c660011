#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ingestor::extract::pipeline {

/// What the words of a text in Latin letters cost. Tokenisers know those of English best, then
/// those of a few other languages; of the rest they know syllables.
enum class Words : std::uint8_t { english, western, other };

/// By a language's BCP 47 tag; `other` where it is empty.
[[nodiscard]] Words words_of(std::string_view language);

/// Bounds how many tokens a language model makes of a text, without the tables of any one model:
/// the costs of runs alike of letters, digits, blanks, equal signs and line breaks, and of single
/// characters of other scripts, each a little above what cl100k and o200k (OpenAI's tokenisers)
/// make of texts in the languages of that script. So a chunk that keeps a limit by it keeps it by
/// them. For what is no text of a language (random letters) it is an estimate.
class TokenCounter {
public:
    explicit TokenCounter(Words words) : words_(words) {}

    void add(char32_t c);
    [[nodiscard]] std::uint32_t tokens() const;

private:
    enum class Run : std::uint8_t { none, letters, digits, blanks, sign, breaks };

    [[nodiscard]] std::uint64_t cost_of_run(char32_t next) const;

    Words words_;
    std::uint64_t done_ = 0;  ///< Cost of the runs that have ended.
    std::uint64_t run_length_ = 0;
    std::uint64_t capitals_ = 0;  ///< Of the run of letters.
    Run run_ = Run::none;
    bool glued_ = false;  ///< The run of letters follows letters or digits without a blank.
    char32_t last_ = 0;
};

[[nodiscard]] std::uint32_t estimate_tokens(std::string_view text, Words words);

}  // namespace ingestor::extract::pipeline
