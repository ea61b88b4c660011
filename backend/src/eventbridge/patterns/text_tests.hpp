#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "eventbridge/patterns/effect_table.hpp"
#include "eventbridge/patterns/name_key.hpp"

namespace ingestor::eventbridge::patterns {

/// The texts of one space of a table with which a part of each value is compared. A few are
/// compared one by one; where there are more, the table is asked once a length.
class TextTests {
public:
    enum class Part : unsigned char { whole, front, back };

    /// `number` is that of `text`; each is added once.
    void add(std::string_view text, std::uint32_t number) {
        const auto length = static_cast<std::uint32_t>(text.size());
        const auto place = std::ranges::lower_bound(lengths_, length);
        if (place == lengths_.end() || *place != length) lengths_.insert(place, length);
        if (++count_ <= kFewMax) {
            few_.push_back({.key = NameKey::of_any(text), .place = number});
        } else {
            few_ = {};
        }
    }

    /// Once all are added: where the texts stand in the table, by number.
    void set_places(std::span<const EffectTable::Place> places) {
        for (auto& text : few_) text.place = places[text.place];
    }

    [[nodiscard]] bool empty() const { return count_ == 0; }

    /// Calls `visit(place)` for each text that this part of `value` equals. NameKey::kReadable
    /// bytes behind the value can be read.
    template <class Visit>
    void visit(Part part, std::string_view value, const EffectTable& table, std::uint64_t space,
               const Visit& visit) const {
        if (!few_.empty()) return visit_few(part, value, table, visit);
        if (part == Part::whole) {
            if (std::ranges::binary_search(lengths_, value.size())) ask(value, table, space, visit);
            return;
        }
        for (const auto length : lengths_) {
            if (length > value.size()) return;
            ask(part_of(part, value, length), table, space, visit);
        }
    }

private:
    static constexpr std::size_t kFewMax = 16;

    struct Text {
        NameKey key;
        EffectTable::Place place;  ///< Until set_places() the number.
    };

    [[nodiscard]] static std::string_view part_of(Part part, std::string_view value,
                                                  std::size_t length) {
        return value.substr(part == Part::back ? value.size() - length : 0, length);
    }

    template <class Visit>
    static void ask(std::string_view text, const EffectTable& table, std::uint64_t space,
                    const Visit& visit) {
        const auto place = table.find(space, text);
        if (place != EffectTable::kNone) visit(place);
    }

    template <class Visit>
    void visit_few(Part part, std::string_view value, const EffectTable& table,
                   const Visit& visit) const {
        for (const auto& [key, place] : few_) {
            if (part == Part::whole ? key.size != value.size() : key.size > value.size()) continue;
            const auto text = part_of(part, value, key.size);
            if (NameKey(text) == key && (key.is_whole() || table.text(place) == text)) {
                visit(place);
            }
        }
    }

    std::size_t count_ = 0;
    std::vector<Text> few_;               ///< None where there are more.
    std::vector<std::uint32_t> lengths_;  ///< Ascending.
};

}  // namespace ingestor::eventbridge::patterns
