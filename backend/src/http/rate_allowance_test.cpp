#include "http/rate_allowance.hpp"

#include <gtest/gtest.h>

namespace ingestor::http {
namespace {

using namespace std::chrono_literals;

TEST(RateAllowance, AByteNowAndThenUsesItUp) {
    RateAllowance allowance(30s, 1024);
    allowance.spend(14s);
    allowance.earn(1);
    allowance.spend(14s);
    allowance.earn(1);
    EXPECT_GT(allowance.left(), 1s);
    EXPECT_LT(allowance.left(), 3s);
    allowance.spend(14s);
    EXPECT_EQ(allowance.left(), 0s);
}

TEST(RateAllowance, TheLeastRateLastsForEver) {
    RateAllowance allowance(30s, 1024);
    for (int i = 0; i < 1000; ++i) {
        allowance.spend(10s);
        EXPECT_GT(allowance.left(), 0s);
        allowance.earn(10 * 1024);
    }
    EXPECT_EQ(allowance.left(), 30s);
}

TEST(RateAllowance, AFastStartBuysNoMoreThanTheGracePeriod) {
    RateAllowance allowance(30s, 1024);
    allowance.earn(std::uint64_t{1} << 62);
    EXPECT_EQ(allowance.left(), 30s);
    allowance.spend(31s);
    EXPECT_EQ(allowance.left(), 0s);
    allowance.reset();
    EXPECT_EQ(allowance.left(), 30s);
}

}  // namespace
}  // namespace ingestor::http
