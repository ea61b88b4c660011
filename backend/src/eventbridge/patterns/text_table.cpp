#include "eventbridge/patterns/text_table.hpp"

#include <cstring>
#include <random>

namespace ingestor::eventbridge::patterns {

namespace {

__extension__ using Wide = unsigned __int128;

/// Multiplies and folds, which mixes all bits of both.
std::uint64_t mix(std::uint64_t left, std::uint64_t right) {
    const Wide product = static_cast<Wide>(left) * right;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

template <class Word>
std::uint64_t load(const char* from) {
    Word word = 0;
    std::memcpy(&word, from, sizeof word);
    return word;
}

// Odd numbers with as many bits set as not.
constexpr std::uint64_t kFirst = 0x9E3779B97F4A7C15;
constexpr std::uint64_t kSecond = 0xE7037ED1A0B428DB;

constexpr std::size_t kSlotsMin = 64;

}  // namespace

TextTable::TextTable() : tags_(kSlotsMin), numbers_(kSlotsMin) {
    std::random_device device;
    seed_ = (std::uint64_t{device()} << 32) | device();
}

inline std::uint64_t TextTable::hash(std::uint64_t space, std::string_view text) const {
    const char* at = text.data();
    auto left = text.size();
    auto state = mix(seed_ ^ (space * kFirst), kSecond ^ left);
    for (; left > 16; left -= 16, at += 16) {
        state = mix(load<std::uint64_t>(at) ^ kFirst, load<std::uint64_t>(at + 8) ^ state);
    }
    // What is left is read from both ends, which may overlap.
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    if (left >= 8) {
        low = load<std::uint64_t>(at);
        high = load<std::uint64_t>(at + left - 8);
    } else if (left >= 4) {
        low = load<std::uint32_t>(at);
        high = load<std::uint32_t>(at + left - 4);
    } else if (left > 0) {
        low = load<std::uint8_t>(at) | (load<std::uint8_t>(at + left / 2) << 8);
        high = load<std::uint8_t>(at + left - 1);
    }
    return mix(low ^ kSecond, high ^ state);
}

inline bool TextTable::is(std::uint32_t number, std::uint64_t space, std::string_view text) const {
    return keys_[number].space == space && this->text(number) == text;
}

std::uint32_t TextTable::find(std::uint64_t space, std::string_view text) const {
    const auto hashed = hash(space, text);
    const auto tag = tag_of(hashed);
    const auto mask = tags_.size() - 1;
    for (auto slot = hashed & mask; tags_[slot] != kFree; slot = (slot + 1) & mask) {
        if (tags_[slot] == tag && is(numbers_[slot], space, text)) return numbers_[slot];
    }
    return kNone;
}

std::uint32_t TextTable::insert(std::uint64_t space, std::string_view text) {
    if (const auto known = find(space, text); known != kNone) return known;
    const auto number = size();
    keys_.push_back({.space = space,
                     .begin = static_cast<std::uint32_t>(texts_.size()),
                     .length = static_cast<std::uint32_t>(text.size())});
    texts_ += text;
    if (keys_.size() * 2 > tags_.size()) {
        grow();
    } else {
        put(hash(space, text), number);
    }
    return number;
}

void TextTable::put(std::uint64_t hash, std::uint32_t number) {
    const auto mask = tags_.size() - 1;
    auto slot = hash & mask;
    while (tags_[slot] != kFree) slot = (slot + 1) & mask;
    tags_[slot] = tag_of(hash);
    numbers_[slot] = number;
}

void TextTable::grow() {
    tags_.assign(tags_.size() * 2, kFree);
    numbers_.assign(tags_.size(), kNone);
    for (std::uint32_t number = 0; number < size(); ++number) {
        put(hash(keys_[number].space, text(number)), number);
    }
}

}  // namespace ingestor::eventbridge::patterns
