#include "extract/tokens.hpp"

#include <algorithm>
#include <limits>

#include "extract/utf8.hpp"

namespace ingestor::extract {
namespace {

constexpr std::uint64_t kCharactersPerToken = 4;

}  // namespace

void TokenCounter::add(char32_t c) {
    Run run = Run::foreign;
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
        run = Run::letters;
    } else if (c >= '0' && c <= '9') {
        run = Run::digits;
    } else if (c == '\n') {
        run = Run::breaks;
    } else if (is_space(c) || is_ideographic(c)) {
        run = Run::none;
    } else if (is_punctuation(c)) {
        run = Run::punctuation;
    }
    const bool goes_on = run == run_ && (run != Run::punctuation || c == sign_);
    if (!goes_on) {
        done_ = tokens_of_runs();
        run_ = run;
        run_length_ = 0;
        sign_ = c;
    }
    if (is_ideographic(c)) ++done_;
    ++run_length_;
    ++characters_;
}

std::uint64_t TokenCounter::tokens_of_runs() const {
    const auto rounded_up = [&](std::uint64_t unit) { return (run_length_ + unit - 1) / unit; };
    switch (run_) {
        case Run::none:
            return done_;
        case Run::letters:
            return done_ + rounded_up(6);
        case Run::digits:
            return done_ + rounded_up(3);
        case Run::foreign:
            return done_ + rounded_up(2);
        case Run::punctuation:
            return done_ + rounded_up(4);
        case Run::breaks:
            return done_ + 1;
    }
    return done_;
}

std::uint32_t TokenCounter::tokens() const {
    const std::uint64_t by_length = (characters_ + kCharactersPerToken - 1) / kCharactersPerToken;
    const std::uint64_t tokens = std::max(tokens_of_runs(), by_length);
    return static_cast<std::uint32_t>(
        std::min<std::uint64_t>(tokens, std::numeric_limits<std::uint32_t>::max()));
}

std::uint32_t estimate_tokens(std::string_view text) {
    TokenCounter counter;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint c = code_point_at(text, at);
        counter.add(c.value);
        at += c.size;
    }
    return counter.tokens();
}

}  // namespace ingestor::extract
