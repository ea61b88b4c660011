#include "eventbridge/patterns/case_folding.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>

namespace ingestor::eventbridge::patterns {

namespace {

/// Characters `first`, `first + step`, … `last` fold to the one `delta` further on.
struct FoldedRange {
    std::uint32_t first;
    std::uint32_t last;
    std::uint32_t step;
    std::int32_t delta;
};

constexpr FoldedRange kFolded[] = {
#include "eventbridge/patterns/case_folding.inc"
};

std::uint32_t fold(std::uint32_t character) {
    const auto* const range = std::ranges::lower_bound(kFolded, character, {}, &FoldedRange::last);
    if (range == std::end(kFolded) || character < range->first) return character;
    if ((character - range->first) % range->step != 0) return character;
    return static_cast<std::uint32_t>(static_cast<std::int32_t>(character) + range->delta);
}

void append(std::uint32_t character, std::string& text) {
    const auto push = [&text](std::uint32_t byte) { text += static_cast<char>(byte); };
    const auto push_rest = [&](int bits) { push(0x80U | ((character >> bits) & 0x3FU)); };
    if (character < 0x80) {
        push(character);
    } else if (character < 0x800) {
        push(0xC0U | (character >> 6));
        push_rest(0);
    } else if (character < 0x10000) {
        push(0xE0U | (character >> 12));
        push_rest(6);
        push_rest(0);
    } else {
        push(0xF0U | (character >> 18));
        push_rest(12);
        push_rest(6);
        push_rest(0);
    }
}

/// The length in bytes that a sequence of UTF-8 says in its first byte; 1 where it says none.
std::size_t sequence_length(unsigned char first) {
    if (first >= 0xF0) return 4;
    if (first >= 0xE0) return 3;
    return first >= 0xC0 ? 2 : 1;
}

/// Eight characters of ASCII at once, in small letters.
std::uint64_t fold_ascii(std::uint64_t word) {
    constexpr std::uint64_t kOnes = 0x0101010101010101;
    constexpr std::uint64_t kHighBits = kOnes << 7;
    // The highest bit of a byte is set from the bound on; no byte carries into the next.
    const auto from_a = word + kOnes * (0x80 - 'A');
    const auto beyond_z = word + kOnes * (0x80 - 'Z' - 1);
    const auto capitals = (from_a & ~beyond_z) & kHighBits;
    return word | (capitals >> 2);
}

}  // namespace

void fold_case(std::string_view text, std::string& folded) {
    folded.resize(text.size());
    std::size_t at = 0;
    for (std::uint64_t word = 0; text.size() - at >= sizeof word; at += sizeof word) {
        std::memcpy(&word, text.data() + at, sizeof word);
        if ((word & 0x8080808080808080) != 0) break;
        word = fold_ascii(word);
        std::memcpy(folded.data() + at, &word, sizeof word);
    }
    folded.resize(at);
    while (at < text.size()) {
        const auto first = static_cast<unsigned char>(text[at]);
        if (first < 0x80) {
            folded += static_cast<char>(first >= 'A' && first <= 'Z' ? first + ('a' - 'A') : first);
            ++at;
            continue;
        }
        const auto length = sequence_length(first);
        if (length == 1 || at + length > text.size()) {
            folded += text[at++];
            continue;
        }
        std::uint32_t character = first & (0x7FU >> length);
        for (std::size_t i = 1; i < length; ++i) {
            character = (character << 6) | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
        }
        append(fold(character), folded);
        at += length;
    }
}

}  // namespace ingestor::eventbridge::patterns
