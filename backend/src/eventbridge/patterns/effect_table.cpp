#include "eventbridge/patterns/effect_table.hpp"

#include <cstring>
#include <utility>

namespace ingestor::eventbridge::patterns {

EffectTable::EffectTable(TextTable texts, const PostingLists& effects, std::vector<Place>& places)
    : hash_(texts.hash_), slots_(std::move(texts.slots_)) {
    constexpr std::size_t kWord = sizeof(std::uint32_t);
    const auto words_of = [&](std::uint32_t number) {
        return kHead + effects[number].size() + (texts.keys_[number].length + kWord - 1) / kWord;
    };
    std::size_t size = 0;
    places.clear();
    for (std::uint32_t number = 0; number < texts.size(); ++number) {
        places.push_back(static_cast<Place>(size));
        size += words_of(number);
    }
    words_.resize(size);
    for (std::uint32_t number = 0; number < texts.size(); ++number) {
        auto* at = words_.data() + places[number];
        const auto text = texts.text(number);
        const auto space = texts.keys_[number].space;
        *at++ = static_cast<std::uint32_t>(space);
        *at++ = static_cast<std::uint32_t>(space >> 32);
        *at++ = static_cast<std::uint32_t>(text.size());
        *at++ = static_cast<std::uint32_t>(effects[number].size());
        for (const auto effect : effects[number]) *at++ = effect;
        if (!text.empty()) std::memcpy(at, text.data(), text.size());
    }
    slots_.rename(places);
}

}  // namespace ingestor::eventbridge::patterns
