#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace ingestor::eventbridge::patterns {

/// Lists of numbers, by number, in two rows of memory.
class PostingLists {
public:
    using Pairs = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

    PostingLists() : begins_{0} {}

    /// The second of each pair goes to the list of the first, in their order. Each first is below
    /// `lists`.
    PostingLists(const Pairs& pairs, std::size_t lists) : begins_(lists + 1), items_(pairs.size()) {
        for (const auto& [list, item] : pairs) ++begins_[list + 1];
        for (std::size_t i = 1; i < begins_.size(); ++i) begins_[i] += begins_[i - 1];
        auto next = begins_;
        for (const auto& [list, item] : pairs) items_[next[list]++] = item;
    }

    [[nodiscard]] std::span<const std::uint32_t> operator[](std::uint32_t list) const {
        return std::span(items_).subspan(begins_[list], begins_[list + 1] - begins_[list]);
    }

private:
    std::vector<std::uint32_t> begins_;  ///< One more than there are lists.
    std::vector<std::uint32_t> items_;
};

}  // namespace ingestor::eventbridge::patterns
