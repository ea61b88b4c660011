#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "eventbridge/patterns/hash_slots.hpp"
#include "eventbridge/patterns/text_hash.hpp"

namespace ingestor::eventbridge::patterns {

/// Texts by value, in spaces of their own, as they are collected.
class TextTable {
public:
    static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

    /// The number of the text in its space, from 0 over all spaces in the order of the first calls.
    std::uint32_t insert(std::uint64_t space, std::string_view text);

    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(keys_.size()); }

private:
    friend class EffectTable;

    struct Key {
        std::uint64_t space;
        std::uint32_t begin;  ///< In texts_.
        std::uint32_t length;
    };

    [[nodiscard]] std::string_view text(std::uint32_t number) const {
        return {texts_.data() + keys_[number].begin, keys_[number].length};
    }

    TextHash hash_;
    HashSlots slots_;
    std::string texts_;
    std::vector<Key> keys_;
};

}  // namespace ingestor::eventbridge::patterns
