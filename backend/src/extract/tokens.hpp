#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ingestor::extract {

/// Estimates how many tokens a language model makes of a text, without the tables of any one model.
/// The estimate is the larger of two: a quarter of the characters, and the sum over runs alike of
/// letters (6 a token), digits (3), letters beyond ASCII (2), ideographic characters (1), equal
/// punctuation (4) and line breaks (a run is one). For prose it lies a little above what today's
/// models count, so that a limit kept by it is kept by them.
class TokenCounter {
public:
    void add(char32_t c);
    [[nodiscard]] std::uint32_t tokens() const;

private:
    enum class Run : std::uint8_t { none, letters, digits, foreign, punctuation, breaks };

    [[nodiscard]] std::uint64_t tokens_of_runs() const;

    std::uint64_t done_ = 0;  ///< Of the runs that have ended.
    std::uint64_t characters_ = 0;
    std::uint64_t run_length_ = 0;
    Run run_ = Run::none;
    char32_t sign_ = 0;
};

[[nodiscard]] std::uint32_t estimate_tokens(std::string_view text);

}  // namespace ingestor::extract
