#include "aws/retry.hpp"

#include <gtest/gtest.h>

namespace ingestor::aws {
namespace {

using std::chrono::milliseconds;

TEST(Classify, GoesByTheCodeBeforeTheStatus) {
    struct {
        const char* code;
        long status;
        FailureKind kind;
    } const rows[] = {{"SlowDown", 503, FailureKind::throttling},
                      {"ThrottlingException", 400, FailureKind::throttling},
                      {"ProvisionedThroughputExceededException", 400, FailureKind::throttling},
                      {"", 429, FailureKind::throttling},
                      {"RequestTimeTooSkewed", 403, FailureKind::clock_skew},
                      {"RequestTimeout", 400, FailureKind::transient},
                      {"TransactionConflictException", 400, FailureKind::transient},
                      {"InternalError", 500, FailureKind::transient},
                      {"", 500, FailureKind::transient},
                      {"", 502, FailureKind::transient},
                      {"", 503, FailureKind::transient},
                      {"", 504, FailureKind::transient},
                      {"", 0, FailureKind::transient},
                      {"", 501, FailureKind::final},
                      {"AccessDenied", 403, FailureKind::final},
                      {"ConditionalCheckFailedException", 400, FailureKind::final},
                      {"PreconditionFailed", 412, FailureKind::final},
                      {"", 404, FailureKind::final}};
    for (const auto& row : rows) {
        EXPECT_EQ(classify(row.code, row.status), row.kind) << row.code << ' ' << row.status;
    }
}

milliseconds longest_of(const RetryPolicy& policy, FailureKind kind, int attempt) {
    std::mt19937_64 random(1);
    milliseconds longest{0};
    for (int i = 0; i < 2000; ++i) {
        const auto delay = backoff(policy, kind, attempt, random);
        EXPECT_GE(delay, milliseconds(0));
        longest = std::max(longest, delay);
    }
    return longest;
}

TEST(Backoff, DoublesFromItsBaseUpToItsLimit) {
    const RetryPolicy policy{.base = milliseconds(100), .delay_max = milliseconds(1000)};
    const std::pair<int, int> rows[] = {{2, 100}, {3, 200}, {4, 400}, {6, 1000}, {100, 1000}};
    for (const auto& [attempt, bound] : rows) {
        const auto longest = longest_of(policy, FailureKind::transient, attempt);
        EXPECT_LE(longest, milliseconds(bound)) << attempt;
        // Random over the whole span: the longest of many comes near the bound.
        EXPECT_GE(longest, milliseconds(bound * 9 / 10)) << attempt;
    }
}

TEST(Backoff, IsLongerForAServiceThatAsksForPatience) {
    const RetryPolicy policy;
    EXPECT_GT(longest_of(policy, FailureKind::throttling, 2),
              10 * longest_of(policy, FailureKind::transient, 2));
}

TEST(RetryQuota, IsSpentByRetriesAndRefilledBySuccess) {
    RetryQuota quota;
    ASSERT_TRUE(quota.take(FailureKind::transient));
    ASSERT_TRUE(quota.take(FailureKind::timeout));
    EXPECT_EQ(quota.left(), 485);
    quota.succeeded(FailureKind::timeout);
    EXPECT_EQ(quota.left(), 495);
    quota.succeeded(FailureKind::final);
    EXPECT_EQ(quota.left(), 496);
    quota.succeeded(FailureKind::transient);
    EXPECT_EQ(quota.left(), RetryQuota::kCapacity);
}

TEST(RetryQuota, HoldsAsMuchAsItIsGiven) {
    RetryQuota quota(RetryQuota::kCostOfRetry);
    EXPECT_TRUE(quota.take(FailureKind::transient));
    EXPECT_FALSE(quota.take(FailureKind::transient));
    quota.succeeded(FailureKind::timeout);
    EXPECT_EQ(quota.left(), RetryQuota::kCostOfRetry);
}

TEST(RetryQuota, DeniesWhatItCannotPay) {
    RetryQuota quota;
    int granted = 0;
    while (quota.take(FailureKind::transient)) ++granted;
    EXPECT_EQ(granted, 100);
    EXPECT_FALSE(quota.take(FailureKind::timeout));
}

}  // namespace
}  // namespace ingestor::aws
