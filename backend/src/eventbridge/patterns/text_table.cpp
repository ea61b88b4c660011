#include "eventbridge/patterns/text_table.hpp"

namespace ingestor::eventbridge::patterns {

std::uint32_t TextTable::insert(std::uint64_t space, std::string_view text) {
    const auto hash = hash_(space, text);
    const auto known = slots_.find(hash, kNone, [&](std::uint32_t number) {
        return keys_[number].space == space && this->text(number) == text;
    });
    if (known != kNone) return known;
    if (!slots_.has_room(keys_.size())) {
        slots_.clear_and_double();
        for (std::uint32_t number = 0; number < size(); ++number) {
            slots_.put(hash_(keys_[number].space, this->text(number)), number);
        }
    }
    const auto number = size();
    keys_.push_back({.space = space,
                     .begin = static_cast<std::uint32_t>(texts_.size()),
                     .length = static_cast<std::uint32_t>(text.size())});
    texts_ += text;
    slots_.put(hash, number);
    return number;
}

}  // namespace ingestor::eventbridge::patterns
