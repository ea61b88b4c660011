#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "eventbridge/patterns/name_key.hpp"
#include "eventbridge/patterns/text_table.hpp"

namespace ingestor::eventbridge::patterns {

/// The texts of one space of a table with which a part of each value is compared. A few are
/// compared one by one; where there are more, the table is asked once a length.
class TextTests {
public:
    enum class Part : unsigned char { whole, front, back };

    /// `number` is that of `text` in the table; each is added once.
    void add(std::string_view text, std::uint32_t number) {
        const auto length = static_cast<std::uint32_t>(text.size());
        const auto place = std::ranges::lower_bound(lengths_, length);
        if (place == lengths_.end() || *place != length) lengths_.insert(place, length);
        if (++count_ <= kFewMax) {
            few_.push_back({.key = NameKey::of_any(text), .number = number});
        } else {
            few_ = {};
        }
    }

    [[nodiscard]] bool empty() const { return count_ == 0; }

    /// Calls `visit(number)` for each text that this part of `value` equals. NameKey::kReadable
    /// bytes behind the value can be read.
    template <class Visit>
    void visit(Part part, std::string_view value, const TextTable& table, std::uint64_t space,
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
        std::uint32_t number;
    };

    [[nodiscard]] static std::string_view part_of(Part part, std::string_view value,
                                                  std::size_t length) {
        return value.substr(part == Part::back ? value.size() - length : 0, length);
    }

    template <class Visit>
    static void ask(std::string_view text, const TextTable& table, std::uint64_t space,
                    const Visit& visit) {
        const auto number = table.find(space, text);
        if (number != TextTable::kNone) visit(number);
    }

    template <class Visit>
    void visit_few(Part part, std::string_view value, const TextTable& table,
                   const Visit& visit) const {
        for (const auto& [key, number] : few_) {
            if (part == Part::whole ? key.size != value.size() : key.size > value.size()) continue;
            const auto text = part_of(part, value, key.size);
            if (NameKey(text) == key && (key.is_whole() || table.text(number) == text)) {
                visit(number);
            }
        }
    }

    std::size_t count_ = 0;
    std::vector<Text> few_;               ///< None where there are more.
    std::vector<std::uint32_t> lengths_;  ///< Ascending.
};

}  // namespace ingestor::eventbridge::patterns
