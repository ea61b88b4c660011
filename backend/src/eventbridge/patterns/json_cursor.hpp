#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "eventbridge/patterns/structural_masks.hpp"

namespace ingestor::eventbridge::patterns {

/// Moves through a JSON text from separator to separator: commas and brackets that stand in no
/// string. What stands between two of them is for the reader to look at, or not.
///
/// It is made to live in registers: what is not inlined into the reader is told places alone.
/// Places up to that of the separator found last may be asked about, if it lies within the text.
class JsonCursor {
public:
    using Block = StructuralMasks::Block;
    /// Where the text turned out not to be JSON. No text is as long.
    static constexpr std::size_t kFailed = std::string_view::npos;

    /// `blocks` are those of the text, in which `place` lies; both outlive the cursor.
    JsonCursor(std::string_view text, const Block* blocks, std::size_t place)
        : text_(text), blocks_(blocks) {
        jump(place);
    }

    /// The next separator, from `place` on.
    [[gnu::always_inline]] void jump(std::size_t place) {
        block_ = place / kSize;
        separators_ = blocks_[block_].separators & (kAll << (place % kSize));
    }

    /// The place of the next separator; behind the text there are any number of them. Not to be
    /// called again from there.
    [[gnu::always_inline]] std::size_t next_separator() {
        while (separators_ == 0) separators_ = blocks_[++block_].separators;
        const auto place = place_of(block_, separators_);
        separators_ &= separators_ - 1;
        return place;
    }

    /// The first character from `place` on that is no space.
    [[gnu::always_inline]] std::size_t skip_spaces(std::size_t place) const {
        if (static_cast<unsigned char>(text_.data()[place]) > ' ') return place;
        auto block = place / kSize;
        auto others = ~blocks_[block].spaces & (kAll << (place % kSize));
        while (others == 0) others = ~blocks_[++block].spaces;
        return place_of(block, others);
    }

    /// The quote that ends the string that begins at `place`.
    [[gnu::always_inline]] std::size_t end_of_string(std::size_t place) const {
        const auto begin = place + 1;
        auto block = begin / kSize;
        auto quotes = blocks_[block].quotes & (kAll << (begin % kSize));
        while (quotes == 0) quotes = blocks_[++block].quotes;
        return place_of(block, quotes);
    }

    /// The place behind the container that begins at `place`.
    [[nodiscard]] static std::size_t end_of_container(std::string_view text, const Block* blocks,
                                                      std::size_t place) {
        const auto size = (text.size() + kSize - 1) / kSize;
        auto wanted = kAll << (place % kSize);
        std::size_t depth = 0;
        for (auto block = place / kSize; block < size; ++block, wanted = kAll) {
            const auto& masks = blocks[block];
            if (masks.closed < depth) {
                // The container cannot end here, so that the order within does not matter.
                depth = depth + masks.opened - masks.closed;
                continue;
            }
            for (auto brackets = (masks.opens | masks.closes) & wanted; brackets != 0;
                 brackets &= brackets - 1) {
                const auto bracket = brackets & (~brackets + 1);
                depth = (masks.opens & bracket) != 0 ? depth + 1 : depth - 1;
                if (depth == 0) return place_of(block, bracket) + 1;
            }
        }
        return kFailed;
    }

private:
    static constexpr auto kSize = StructuralMasks::kBlockSize;
    static constexpr auto kAll = ~std::uint64_t{0};

    [[nodiscard]] static std::size_t place_of(std::size_t block, std::uint64_t bits) {
        return block * kSize + static_cast<std::size_t>(std::countr_zero(bits));
    }

    std::string_view text_;
    const Block* blocks_;
    std::size_t block_ = 0;
    std::uint64_t separators_ = 0;  ///< Those of the block that were not passed.
};

}  // namespace ingestor::eventbridge::patterns
