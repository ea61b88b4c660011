#include "bus/delivery/retry.hpp"

#include <gtest/gtest.h>

namespace ingestor::bus::delivery {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1'000'000ms};

TEST(Backoff, DoublesUpToTheCapWithFullJitter) {
    const Backoff backoff{.base = 1s, .cap = 10s};
    EXPECT_EQ(wait_after(backoff, 1, 0.5), 500ms);
    EXPECT_EQ(wait_after(backoff, 2, 0.5), 1s);
    EXPECT_EQ(wait_after(backoff, 3, 0.25), 1s);
    EXPECT_EQ(wait_after(backoff, 5, 0.5), 5s);
    EXPECT_EQ(wait_after(backoff, 1'000'000, 0.5), 5s);
    EXPECT_EQ(wait_after(backoff, 4, 0), 0ms);
}

struct DeliveryCase {
    const char* name;
    bool retryable;
    int failures;
    std::chrono::seconds age;
    NextStep step;
};

const DeliveryCase kDeliveries[] = {
    {"FirstThrottleIsRetried", true, 1, 0s, RetryAt{kStart + 500ms}},
    {"SecondThrottleWaitsLonger", true, 2, 5s, RetryAt{kStart + 6s}},
    {"AttemptsRunOut", true, 3, 5s, SendToDlq{"THROTTLING", "MaximumRetryAttempts"}},
    {"TheEventGetsTooOld", true, 2, 60s, SendToDlq{"THROTTLING", "MaximumEventAgeInSeconds"}},
    {"TheLastMomentStillCounts", true, 2, 59s, RetryAt{kStart + 60s}},
    {"WhatCannotSucceedIsNotRetried", false, 1, 0s, SendToDlq{"THROTTLING", ""}},
};

TEST(AfterADelayedRefusal, WaitsAsLongAsTheTargetAsks) {
    ports::RuleTarget target;
    target.maximum_event_age = 60s;
    targets::DeliveryFailure failure{.code = "THROTTLING", .message = "", .retryable = true};
    const auto step = [&](std::chrono::seconds asked) {
        failure.retry_after = asked;
        return after_failed_delivery(target, {.base = 1s, .cap = 10s}, failure, 3, kStart, kStart,
                                     0.5);
    };
    EXPECT_EQ(step(1s), NextStep(RetryAt{kStart + 2s}));
    EXPECT_EQ(step(60s), NextStep(RetryAt{kStart + 60s}));
    EXPECT_EQ(step(61s), NextStep(SendToDlq{"THROTTLING", "MaximumEventAgeInSeconds"}));
}

class AfterFailedDelivery : public testing::TestWithParam<DeliveryCase> {};
TEST_P(AfterFailedDelivery, MatchesTable) {
    const auto& row = GetParam();
    ports::RuleTarget target;
    target.maximum_retry_attempts = 2;
    target.maximum_event_age = 60s;
    const targets::DeliveryFailure failure{
        .code = "THROTTLING", .message = "slow down", .retryable = row.retryable};
    EXPECT_EQ(after_failed_delivery(target, {.base = 1s, .cap = 10s}, failure, row.failures, kStart,
                                    kStart + row.age, 0.5),
              row.step);
}
INSTANTIATE_TEST_SUITE_P(Retry, AfterFailedDelivery, testing::ValuesIn(kDeliveries),
                         [](const auto& row) { return std::string(row.param.name); });

struct InvocationCase {
    const char* name;
    int failures;
    std::chrono::seconds age;
    double jitter;
    NextStep step;
};

// With first waits of one and two minutes and a maximum age of 90 s, as the Lambda guide has it.
const InvocationCase kInvocations[] = {
    {"FirstErrorWaitsAMinute", 1, 0s, 0.5, RetryAt{kStart + 60s}},
    {"JitterShortensByAQuarter", 1, 0s, 0, RetryAt{kStart + 45s}},
    {"ARetryBeyondTheAgeIsSkippedAtOnce", 2, 60s, 0.5,
     SendToDlq{"EventAgeExceeded", "MaximumEventAgeInSeconds"}},
    {"ThirdErrorIsTheLast", 3, 0s, 0.5, SendToDlq{"RetriesExhausted", "MaximumRetryAttempts"}},
};

class AfterFailedInvocation : public testing::TestWithParam<InvocationCase> {};
TEST_P(AfterFailedInvocation, MatchesTable) {
    const auto& row = GetParam();
    const targets::AsyncInvokeConfig config{
        .maximum_retry_attempts = 2, .maximum_event_age = 90s, .first_wait = 60s};
    EXPECT_EQ(after_failed_invocation(config, row.failures, kStart, kStart + row.age, row.jitter),
              row.step);
}
INSTANTIATE_TEST_SUITE_P(Retry, AfterFailedInvocation, testing::ValuesIn(kInvocations),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace ingestor::bus::delivery
