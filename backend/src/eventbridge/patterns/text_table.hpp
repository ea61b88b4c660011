#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace ingestor::eventbridge::patterns {

/// Texts by value, in spaces of their own: a hash table with open addressing, whose hash begins
/// with a random seed, so that nobody can choose texts that collide. A byte of the hash stands in a
/// row of its own: of most texts that are not in the table no more than that is read, and of a
/// hundred thousand it stays in the processor's cache.
class TextTable {
public:
    static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

    TextTable();

    /// The number of the text in its space, from 0 over all spaces in the order of the first calls.
    std::uint32_t insert(std::uint64_t space, std::string_view text);
    /// kNone where it was never inserted.
    [[nodiscard]] std::uint32_t find(std::uint64_t space, std::string_view text) const;

    [[nodiscard]] std::string_view text(std::uint32_t number) const {
        const auto& key = keys_[number];
        return {texts_.data() + key.begin, key.length};
    }

    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(keys_.size()); }

private:
    struct Key {
        std::uint64_t space;
        std::uint32_t begin;  ///< In texts_.
        std::uint32_t length;
    };
    using Tag = std::uint8_t;
    static constexpr Tag kFree = 0;

    [[nodiscard]] std::uint64_t hash(std::uint64_t space, std::string_view text) const;
    /// Never kFree.
    [[nodiscard]] static Tag tag_of(std::uint64_t hash) {
        return static_cast<Tag>((hash >> 56) | 1);
    }
    [[nodiscard]] bool is(std::uint32_t number, std::uint64_t space, std::string_view text) const;
    void put(std::uint64_t hash, std::uint32_t number);
    void grow();

    std::uint64_t seed_;
    std::string texts_;
    std::vector<Key> keys_;
    // By slot. A power of two, at most half of them taken.
    std::vector<Tag> tags_;
    std::vector<std::uint32_t> numbers_;
};

}  // namespace ingestor::eventbridge::patterns
