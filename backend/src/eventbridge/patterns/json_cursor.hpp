#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "eventbridge/patterns/structural_masks.hpp"

namespace ingestor::eventbridge::patterns {

/// A place in a JSON text, which moves from token to token by the masks of the text's blocks. What
/// is skipped is not checked: neither that brackets match nor that words mean something.
///
/// Where the text does not go on as JSON does, peek() is not the character that the grammar asks
/// for; moving on from there is harmless. It is made to live in registers: what is not inlined into
/// the reader is told the place alone.
class JsonCursor {
public:
    using Block = StructuralMasks::Block;
    /// Where the text turned out not to be JSON. No text is as long.
    static constexpr std::size_t kFailed = std::string_view::npos;

    /// The first token from `place` on. `blocks` are those of the text; both outlive the cursor.
    JsonCursor(std::string_view text, const Block* blocks, std::size_t place)
        : text_(text), blocks_(blocks) {
        jump(place);
    }

    [[nodiscard]] std::size_t place() const { return at_; }
    /// The character here, or zero behind the text.
    [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    /// Moves to the next token where this is `expected`, which begins no scalar; otherwise the
    /// place is kFailed.
    [[gnu::always_inline]] void expect(char expected) {
        move_to(peek() == expected ? at_ + 1 : kFailed);
    }
    void fail() { at_ = kFailed; }

    /// Moves to the first token from `place` on, which may lie behind any number of strings.
    [[gnu::always_inline]] void jump(std::size_t place) {
        at_ = place;
        if (place >= text_.size()) return;
        block_ = place / kSize;
        quotes_ = blocks_[block_].quotes & (kAll << (place % kSize));
        skip_spaces();
    }

    /// What stands between the quotes of the string here; moves behind it.
    [[gnu::always_inline]] std::string_view take_string() {
        const auto begin = next_quote() + 1;
        const auto end = next_quote();
        if (end >= text_.size()) {
            fail();
            return {};
        }
        move_to(end + 1);
        return {text_.data() + begin, end - begin};
    }

    /// The number or word here; moves behind it.
    [[gnu::always_inline]] std::string_view take_word() {
        const auto begin = at_;
        if (begin >= text_.size()) return {};
        auto block = begin / kSize;
        auto ends = blocks_[block].ends & (kAll << (begin % kSize));
        while (ends == 0) ends = blocks_[++block].ends;
        const auto end = std::min(place_of(block, ends), text_.size());
        move_to(end);
        return {text_.data() + begin, end - begin};
    }

    /// Moves behind the scalar here, if it is one.
    [[gnu::always_inline]] void skip_scalar() {
        if (peek() == '"') {
            take_string();
        } else if (take_word().empty()) {
            fail();
        }
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

    /// Behind the text those of the last block come next.
    [[gnu::always_inline]] [[nodiscard]] std::size_t next_quote() {
        while (quotes_ == 0) quotes_ = blocks_[++block_].quotes;
        const auto place = place_of(block_, quotes_);
        quotes_ &= quotes_ - 1;
        return place;
    }

    [[gnu::always_inline]] void move_to(std::size_t place) {
        at_ = place;
        if (place < text_.size()) skip_spaces();
    }

    [[gnu::always_inline]] void skip_spaces() {
        if (static_cast<unsigned char>(text_[at_]) > ' ') return;
        auto block = at_ / kSize;
        auto others = ~blocks_[block].spaces & (kAll << (at_ % kSize));
        while (others == 0) others = ~blocks_[++block].spaces;
        at_ = std::min(place_of(block, others), text_.size());
    }

    std::string_view text_;
    const Block* blocks_;
    std::size_t at_ = 0;
    std::size_t block_ = 0;     ///< Of the quotes.
    std::uint64_t quotes_ = 0;  ///< Those of the block that were not passed.
};

}  // namespace ingestor::eventbridge::patterns
