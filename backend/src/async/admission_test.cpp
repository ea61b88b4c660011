#include "async/admission.hpp"

#include <optional>
#include <vector>

#include <gtest/gtest.h>

namespace ingestor::async {
namespace {

using namespace std::chrono_literals;

class AdmissionTest : public ::testing::Test {
protected:
    Admission admission_{{.what = "the disk", .threads = 2, .calls_max = 4, .stall = 5s}};
    const Admission::Clock::time_point start_ = Admission::Clock::now();
};

TEST_F(AdmissionTest, LetsInAsManyAsMayWait) {
    std::vector<Admission::Ticket> tickets;
    for (int n = 0; n < 4; ++n) {
        auto ticket = admission_.enter(start_);
        ASSERT_TRUE(ticket);
        tickets.push_back(std::move(*ticket));
    }
    const auto refused = admission_.enter(start_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::unavailable);
    tickets.pop_back();
    EXPECT_TRUE(admission_.enter(start_));
}

TEST_F(AdmissionTest, RefusesWhileAllThreadsHang) {
    const auto first = admission_.enter(start_);
    const auto second = admission_.enter(start_);
    ASSERT_TRUE(first && second);
    EXPECT_TRUE(admission_.enter(start_ + 5s));
    EXPECT_FALSE(admission_.stalled(start_));
    EXPECT_FALSE(admission_.enter(Admission::Clock::now() + 6s));
}

TEST_F(AdmissionTest, OneSlowCallDoesNotKeepTheOthersOut) {
    const auto slow = admission_.enter(start_);
    ASSERT_TRUE(slow);
    EXPECT_FALSE(admission_.stalled(start_ + 1h));
    EXPECT_TRUE(admission_.enter(start_ + 1h));
}

TEST_F(AdmissionTest, ACallThatEndsEndsTheStall) {
    const auto first = admission_.enter(start_ - 1min);
    std::optional<Result<Admission::Ticket>> second(admission_.enter(start_ - 1min));
    ASSERT_TRUE(first && *second);
    EXPECT_TRUE(admission_.stalled(start_));
    const auto refused = admission_.enter(start_);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("the disk does not answer"), std::string::npos);
    second.reset();
    EXPECT_FALSE(admission_.stalled(start_ + 1s));
    EXPECT_TRUE(admission_.enter(start_ + 1s));
}

TEST_F(AdmissionTest, IdlingIsNoStall) {
    {
        const auto call = admission_.enter(start_);
    }
    const auto first = admission_.enter(start_ + 1h);
    const auto second = admission_.enter(start_ + 1h);
    EXPECT_TRUE(first && second);
    EXPECT_TRUE(admission_.enter(start_ + 1h));
}

}  // namespace
}  // namespace ingestor::async
