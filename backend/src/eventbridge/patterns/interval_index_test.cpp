#include "eventbridge/patterns/interval_index.hpp"

#include <cstdint>
#include <random>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace ingestor::eventbridge::patterns {
namespace {

TEST(IntervalIndex, FindsEachIntervalThatHoldsTheKeyOnce) {
    std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same cases each time.
    for (std::uint32_t size = 0; size < 60; ++size) {
        std::vector<IntervalIndex<int>::Interval> intervals;
        for (std::uint32_t i = 0; i < size; ++i) {
            const int low = static_cast<int>(random() % 50);
            intervals.push_back(
                {.low = low, .high = low + static_cast<int>(random() % 20) - 2, .number = i});
        }
        const IntervalIndex<int> index(intervals);
        EXPECT_EQ(index.empty(), size == 0);
        for (int key = -2; key < 72; ++key) {
            std::multiset<std::uint32_t> wanted;
            for (const auto& interval : intervals) {
                if (interval.low <= key && key <= interval.high) wanted.insert(interval.number);
            }
            std::multiset<std::uint32_t> found;
            index.visit(key, [&found](std::uint32_t number) { found.insert(number); });
            EXPECT_EQ(found, wanted) << key;
        }
    }
}

}  // namespace
}  // namespace ingestor::eventbridge::patterns
