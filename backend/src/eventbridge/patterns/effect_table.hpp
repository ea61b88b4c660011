#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "eventbridge/patterns/hash_slots.hpp"
#include "eventbridge/patterns/posting_lists.hpp"
#include "eventbridge/patterns/text_hash.hpp"
#include "eventbridge/patterns/text_table.hpp"

namespace ingestor::eventbridge::patterns {

/// What texts lead to: numbers, each text with its own in one row of memory.
class EffectTable {
public:
    /// Of a text with its effects.
    using Place = std::uint32_t;
    static constexpr Place kNone = std::numeric_limits<Place>::max();

    EffectTable() = default;
    /// `effects` by the numbers of the texts; `places` becomes their places, likewise.
    EffectTable(TextTable texts, const PostingLists& effects, std::vector<Place>& places);

    /// kNone where the text is not there.
    [[nodiscard]] Place find(std::uint64_t space, std::string_view text) const {
        return slots_.find(hash_(space, text), kNone, [&](Place place) {
            return words_[place] == static_cast<std::uint32_t>(space) &&
                   words_[place + 1] == static_cast<std::uint32_t>(space >> 32) &&
                   this->text(place) == text;
        });
    }

    [[nodiscard]] std::string_view text(Place place) const {
        const auto* const bytes = words_.data() + place + kHead + words_[place + 3];
        return {reinterpret_cast<const char*>(bytes), words_[place + 2]};
    }
    [[nodiscard]] std::span<const std::uint32_t> effects(Place place) const {
        return {words_.data() + place + kHead, words_[place + 3]};
    }

private:
    /// The lower and the upper half of the space, the length of the text, the number of effects.
    static constexpr std::size_t kHead = 4;

    TextHash hash_;
    HashSlots slots_;
    std::vector<std::uint32_t> words_;  ///< Heads, each followed by its effects and its text.
};

}  // namespace ingestor::eventbridge::patterns
