#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ingestor::eventbridge::patterns {

/// The slots of a hash table with open addressing: numbers, and for each a byte of its hash in a
/// row of its own. Of most hashes that are not in the table no more than that byte is read, and for
/// a hundred thousand the row stays in the processor's cache.
class HashSlots {
public:
    HashSlots() : tags_(kSlotsMin), numbers_(kSlotsMin) {}

    /// Whether one more fits, so that at most half of the slots are taken.
    [[nodiscard]] bool has_room(std::size_t taken) const { return (taken + 1) * 2 <= tags_.size(); }
    /// Twice as many, all of them free.
    void clear_and_double() {
        const auto slots = tags_.size() * 2;
        tags_.assign(slots, kFree);
        numbers_.assign(slots, 0);
    }

    void put(std::uint64_t hash, std::uint32_t number) {
        auto slot = hash & mask();
        while (tags_[slot] != kFree) slot = (slot + 1) & mask();
        tags_[slot] = tag_of(hash);
        numbers_[slot] = number;
    }

    /// The first number for which `is_it(number)`, or `none`.
    template <class IsIt>
    [[nodiscard]] std::uint32_t find(std::uint64_t hash, std::uint32_t none,
                                     const IsIt& is_it) const {
        // Where the tag is found, the number is wanted at once.
        __builtin_prefetch(&numbers_[hash & mask()]);
        const auto tag = tag_of(hash);
        for (auto slot = hash & mask(); tags_[slot] != kFree; slot = (slot + 1) & mask()) {
            if (tags_[slot] == tag && is_it(numbers_[slot])) return numbers_[slot];
        }
        return none;
    }

    /// Each number becomes `renamed[number]`.
    void rename(std::span<const std::uint32_t> renamed) {
        for (std::size_t slot = 0; slot < tags_.size(); ++slot) {
            if (tags_[slot] != kFree) numbers_[slot] = renamed[numbers_[slot]];
        }
    }

private:
    using Tag = std::uint8_t;
    static constexpr Tag kFree = 0;
    static constexpr std::size_t kSlotsMin = 64;

    [[nodiscard]] std::size_t mask() const { return tags_.size() - 1; }
    /// Never kFree.
    [[nodiscard]] static Tag tag_of(std::uint64_t hash) {
        return static_cast<Tag>((hash >> 56) | 1);
    }

    // A power of two each.
    std::vector<Tag> tags_;
    std::vector<std::uint32_t> numbers_;
};

}  // namespace ingestor::eventbridge::patterns
