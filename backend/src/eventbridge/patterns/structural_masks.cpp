#include "eventbridge/patterns/structural_masks.hpp"

#include <bit>
#include <cstring>

#include <simdjson.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace ingestor::eventbridge::patterns {

namespace {

using Block = StructuralMasks::Block;
constexpr auto kSize = StructuralMasks::kBlockSize;
constexpr auto kAll = ~std::uint64_t{0};

/// The characters of a block, wherever they stand.
struct Characters {
    std::uint64_t quotes;
    std::uint64_t backslashes;
    std::uint64_t opens;
    std::uint64_t closes;
    std::uint64_t commas;
    std::uint64_t spaces;  ///< And the control characters.
    std::uint64_t high;    ///< Not ASCII.
};

// `{` and `[` differ in this bit alone, and so do `}` and `]`; no other character becomes either
// of them by it.
constexpr char kBracketBit = 0x20;

struct PortableBlock {
    static std::uint64_t prefix_xor(std::uint64_t bits) {
        for (int step = 1; step < 64; step *= 2) bits ^= bits << step;
        return bits;
    }

    static Characters classify(const char* at) {
        Characters characters = {};
        for (std::size_t i = 0; i < kSize; i += 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, at + i, sizeof word);
            if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
            const auto folded = word | (kOnes * kBracketBit);
            characters.quotes |= equal(word, '"') << i;
            characters.backslashes |= equal(word, '\\') << i;
            characters.opens |= equal(folded, '{') << i;
            characters.closes |= equal(folded, '}') << i;
            characters.commas |= equal(word, ',') << i;
            characters.spaces |= below(word, ' ' + 1) << i;
            characters.high |= gather(word & kHighBits) << i;
        }
        return characters;
    }

private:
    static constexpr std::uint64_t kOnes = 0x0101010101010101;
    static constexpr std::uint64_t kHighBits = kOnes << 7;

    /// The highest bits of the bytes, the first byte's lowest.
    static std::uint64_t gather(std::uint64_t high_bits) {
        return ((high_bits >> 7) * 0x0102040810204080) >> 56;
    }
    static std::uint64_t below(std::uint64_t word, int bound) {
        // No byte borrows from its neighbour, since each has its highest bit set.
        const auto difference = (word | kHighBits) - kOnes * static_cast<std::uint64_t>(bound);
        return gather(~difference & ~word & kHighBits);
    }
    static std::uint64_t equal(std::uint64_t word, char byte) {
        return below(word ^ (kOnes * static_cast<unsigned char>(byte)), 1);
    }
};

#if defined(__x86_64__)

#define INGESTOR_AVX2 [[gnu::target("avx2,bmi,pclmul,popcnt")]]
#define INGESTOR_AVX512 [[gnu::target("avx512f,avx512bw,bmi,pclmul,popcnt")]]

struct Avx2Block {
    INGESTOR_AVX2 static std::uint64_t prefix_xor(std::uint64_t bits) {
        const auto all = _mm_set1_epi8(-1);
        const auto product =
            _mm_clmulepi64_si128(_mm_cvtsi64_si128(static_cast<long long>(bits)), all, 0);
        return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
    }

    INGESTOR_AVX2 static Characters classify(const char* at) {
        const auto low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
        const auto high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + sizeof low));
        const auto bracket_bit = _mm256_set1_epi8(kBracketBit);
        const auto low_folded = _mm256_or_si256(low, bracket_bit);
        const auto high_folded = _mm256_or_si256(high, bracket_bit);
        return {.quotes = equal(low, high, '"'),
                .backslashes = equal(low, high, '\\'),
                .opens = equal(low_folded, high_folded, '{'),
                .closes = equal(low_folded, high_folded, '}'),
                .commas = equal(low, high, ','),
                .spaces = at_most(low, high, ' '),
                .high = bits(low, high)};
    }

private:
    INGESTOR_AVX2 static std::uint64_t bits(__m256i low, __m256i high) {
        return static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) |
               std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(high))} << 32;
    }
    INGESTOR_AVX2 static std::uint64_t equal(__m256i low, __m256i high, char byte) {
        const auto wanted = _mm256_set1_epi8(byte);
        return bits(_mm256_cmpeq_epi8(low, wanted), _mm256_cmpeq_epi8(high, wanted));
    }
    INGESTOR_AVX2 static std::uint64_t at_most(__m256i low, __m256i high, char byte) {
        const auto bound = _mm256_set1_epi8(byte);
        return bits(_mm256_cmpeq_epi8(_mm256_min_epu8(low, bound), low),
                    _mm256_cmpeq_epi8(_mm256_min_epu8(high, bound), high));
    }
};

struct Avx512Block {
    INGESTOR_AVX512 static std::uint64_t prefix_xor(std::uint64_t bits) {
        const auto all = _mm_set1_epi8(-1);
        const auto product =
            _mm_clmulepi64_si128(_mm_cvtsi64_si128(static_cast<long long>(bits)), all, 0);
        return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
    }

    INGESTOR_AVX512 static Characters classify(const char* at) {
        const auto block = _mm512_loadu_si512(at);
        const auto folded = _mm512_or_si512(block, _mm512_set1_epi8(kBracketBit));
        return {.quotes = _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8('"')),
                .backslashes = _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8('\\')),
                .opens = _mm512_cmpeq_epi8_mask(folded, _mm512_set1_epi8('{')),
                .closes = _mm512_cmpeq_epi8_mask(folded, _mm512_set1_epi8('}')),
                .commas = _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8(',')),
                .spaces = _mm512_cmple_epu8_mask(block, _mm512_set1_epi8(' ')),
                .high = _mm512_movepi8_mask(block)};
    }
};

#endif

/// Which characters of the block that begins at `at` belong to the text.
[[gnu::always_inline]] inline std::uint64_t valid_from(std::string_view text, std::size_t at) {
    const auto left = text.size() - at;
    return left >= kSize ? kAll : ~(kAll << left);
}

}  // namespace

/// Finds what of the characters is structure, from block to block.
class StructuralMasks::Scanner {
public:
    explicit Scanner(Block* blocks) : block_(blocks) {}

    /// The quotes that begin and end strings.
    [[gnu::always_inline]] std::uint64_t quotes(const Characters& found, std::uint64_t valid) {
        return found.quotes & valid & ~escaped(found.backslashes & valid);
    }

    /// `inside` tells for each character whether the number of quotes up to it is odd.
    [[gnu::always_inline]] void add(const Characters& found, std::uint64_t valid,
                                    std::uint64_t quotes, std::uint64_t inside) {
        inside ^= inside_before_;
        inside_before_ = std::uint64_t{0} - (inside >> 63);
        const auto outside = ~inside & valid;
        high_ |= found.high & valid;
        block_->quotes = quotes;
        block_->spaces = found.spaces & outside;
        block_->opens = found.opens & outside;
        block_->closes = found.closes & outside;
        block_->separators = (found.commas | found.opens | found.closes) & outside;
        block_->opened = static_cast<std::uint8_t>(std::popcount(block_->opens));
        block_->closed = static_cast<std::uint8_t>(std::popcount(block_->closes));
        ++block_;
    }

    Summary finish() {
        *block_ = {.quotes = kAll, .separators = kAll};
        return {.strings_end = inside_before_ == 0,
                .is_ascii = high_ == 0,
                .has_escapes = backslashes_ != 0};
    }

private:
    /// The characters behind a backslash that is none of them itself.
    [[gnu::always_inline]] std::uint64_t escaped(std::uint64_t backslashes) {
        if ((backslashes | escapes_next_) == 0) return 0;
        backslashes_ |= backslashes;
        std::uint64_t result = escapes_next_;
        backslashes &= ~result;
        escapes_next_ = 0;
        while (backslashes != 0) {
            const auto first = backslashes & (~backslashes + 1);
            const auto next = first << 1;
            if (next == 0) escapes_next_ = 1;
            result |= next;
            backslashes &= ~(first | next);
        }
        return result;
    }

    Block* block_;
    std::uint64_t escapes_next_ = 0;
    std::uint64_t inside_before_ = 0;  ///< All bits set where the block before ended in a string.
    std::uint64_t high_ = 0;
    std::uint64_t backslashes_ = 0;
};

/// Each is compiled for other instructions, with the steps of the scanner inside.
struct StructuralMasks::Scans {
    static Summary portable(std::string_view padded, Block* written) {
        Scanner scanner(written);
        for (std::size_t at = 0; at < padded.size(); at += kSize) {
            const auto valid = valid_from(padded, at);
            const auto found = PortableBlock::classify(&padded[at]);
            const auto quotes = scanner.quotes(found, valid);
            scanner.add(found, valid, quotes, PortableBlock::prefix_xor(quotes));
        }
        return scanner.finish();
    }
#if defined(__x86_64__)
    INGESTOR_AVX2 static Summary avx2(std::string_view padded, Block* written) {
        Scanner scanner(written);
        for (std::size_t at = 0; at < padded.size(); at += kSize) {
            const auto valid = valid_from(padded, at);
            const auto found = Avx2Block::classify(&padded[at]);
            const auto quotes = scanner.quotes(found, valid);
            scanner.add(found, valid, quotes, Avx2Block::prefix_xor(quotes));
        }
        return scanner.finish();
    }
    INGESTOR_AVX512 static Summary avx512(std::string_view padded, Block* written) {
        Scanner scanner(written);
        for (std::size_t at = 0; at < padded.size(); at += kSize) {
            const auto valid = valid_from(padded, at);
            const auto found = Avx512Block::classify(&padded[at]);
            const auto quotes = scanner.quotes(found, valid);
            scanner.add(found, valid, quotes, Avx512Block::prefix_xor(quotes));
        }
        return scanner.finish();
    }
#endif
};

bool StructuralMasks::supports(Instructions instructions) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    const bool has_common = __builtin_cpu_supports("bmi") != 0 &&
                            __builtin_cpu_supports("pclmul") != 0 &&
                            __builtin_cpu_supports("popcnt") != 0;
    switch (instructions) {
        case Instructions::portable:
            return true;
        case Instructions::avx2:
            return has_common && __builtin_cpu_supports("avx2") != 0;
        case Instructions::avx512:
            return has_common && __builtin_cpu_supports("avx512bw") != 0;
    }
#endif
    return instructions == Instructions::portable;
}

StructuralMasks::StructuralMasks()
    : StructuralMasks(supports(Instructions::avx512) ? Instructions::avx512
                      : supports(Instructions::avx2) ? Instructions::avx2
                                                     : Instructions::portable) {}

StructuralMasks::StructuralMasks(Instructions instructions) : scan_(Scans::portable) {
#if defined(__x86_64__)
    if (instructions == Instructions::avx2) scan_ = Scans::avx2;
    if (instructions == Instructions::avx512) scan_ = Scans::avx512;
#endif
}

bool StructuralMasks::read(std::string_view padded) {
    const auto blocks = (padded.size() + kSize - 1) / kSize;
    if (blocks >= capacity_) {
        capacity_ = (blocks + 1) * 2;
        blocks_ = std::make_unique<Block[]>(capacity_);
    }
    const auto summary = scan_(padded, blocks_.get());
    has_escapes_ = summary.has_escapes;
    return summary.strings_end &&
           (summary.is_ascii || simdjson::validate_utf8(padded.data(), padded.size()));
}

}  // namespace ingestor::eventbridge::patterns
