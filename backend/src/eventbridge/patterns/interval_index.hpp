#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ingestor::eventbridge::patterns {

/// Closed intervals over an ordered key, for the question which of them hold a value: a balanced
/// tree over the lower ends in a sorted row, each node with the highest upper end below it (an
/// augmented interval tree; Cormen et al., "Introduction to Algorithms", 14.3).
template <class Key>
class IntervalIndex {
public:
    struct Interval {
        Key low;
        Key high;
        std::uint32_t number;  ///< What visit() is told.
    };

    IntervalIndex() = default;
    explicit IntervalIndex(std::vector<Interval> intervals) : intervals_(std::move(intervals)) {
        std::ranges::sort(intervals_, {}, &Interval::low);
        highest_.resize(intervals_.size());
        if (!intervals_.empty()) find_highest(0, intervals_.size());
    }

    [[nodiscard]] bool empty() const { return intervals_.empty(); }

    /// Calls `visit(number)` for each interval that holds `key`: O(log n + answers).
    template <class Visit>
    void visit(const Key& key, const Visit& visit) const {
        visit_between(0, intervals_.size(), key, visit);
    }

private:
    const Key& find_highest(std::size_t begin, std::size_t end) {
        const auto middle = begin + (end - begin) / 2;
        auto& highest = highest_[middle];
        highest = intervals_[middle].high;
        if (begin < middle) highest = std::max(highest, find_highest(begin, middle));
        if (middle + 1 < end) highest = std::max(highest, find_highest(middle + 1, end));
        return highest;
    }

    template <class Visit>
    void visit_between(std::size_t begin, std::size_t end, const Key& key,
                       const Visit& visit) const {
        while (begin < end) {
            const auto middle = begin + (end - begin) / 2;
            if (highest_[middle] < key) return;
            visit_between(begin, middle, key, visit);
            const auto& interval = intervals_[middle];
            if (key < interval.low) return;
            if (!(interval.high < key)) visit(interval.number);
            begin = middle + 1;
        }
    }

    std::vector<Interval> intervals_;  ///< By lower end.
    std::vector<Key> highest_;
};

}  // namespace ingestor::eventbridge::patterns
