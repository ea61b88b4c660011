#include "domain/held_leases.hpp"

#include <gtest/gtest.h>

namespace ingestor::domain {
namespace {

using namespace std::chrono_literals;

const JobId kJob{"j-1"};
constexpr Deadline kNow{1h};

TEST(HeldLeases, ALeaseIsLiveUntilItRunsOut) {
    HeldLeases leases;
    EXPECT_FALSE(leases.is_live(kJob, 1, kNow));
    leases.hold(kJob, 1, kNow + 30s);
    EXPECT_TRUE(leases.is_live(kJob, 1, kNow));
    EXPECT_FALSE(leases.is_live(kJob, 1, kNow + 30s));
    EXPECT_FALSE(leases.is_live(kJob, 2, kNow));
}

TEST(HeldLeases, ARenewalGoesOn) {
    HeldLeases leases;
    leases.hold(kJob, 1, kNow + 30s);
    leases.hold(kJob, 1, kNow + 60s);
    EXPECT_TRUE(leases.is_live(kJob, 1, kNow + 45s));
}

TEST(HeldLeases, ALateRenewalDoesNotTakeTheJobFromTheNextAttempt) {
    HeldLeases leases;
    leases.hold(kJob, 2, kNow + 30s);
    leases.hold(kJob, 1, kNow + 60s);
    EXPECT_TRUE(leases.is_live(kJob, 2, kNow));
    EXPECT_FALSE(leases.is_live(kJob, 2, kNow + 45s));
}

TEST(HeldLeases, ALateEndDoesNotTakeTheJobFromTheNextAttempt) {
    HeldLeases leases;
    leases.hold(kJob, 2, kNow + 30s);
    leases.drop(kJob, 1);
    EXPECT_TRUE(leases.is_live(kJob, 2, kNow));
    leases.drop(kJob, 2);
    EXPECT_FALSE(leases.is_live(kJob, 2, kNow));
    leases.drop(kJob, 2);
}

}  // namespace
}  // namespace ingestor::domain
