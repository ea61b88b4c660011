#include "jobs/running_jobs.hpp"

#include <memory>

#include <gtest/gtest.h>

namespace ingestor::jobs {
namespace {

const domain::JobId kJob{"j-1"};
const domain::JobId kOther{"j-2"};

TEST(RunningJobs, StopsTheAttemptOfThatJobAlone) {
    RunningJobs jobs;
    RunningJobs::Entry attempt(jobs, kJob);
    RunningJobs::Entry other(jobs, kOther);
    attempt.begin(1);
    other.begin(1);
    jobs.stop(kJob, 1);
    EXPECT_TRUE(attempt.stop().stop_requested());
    EXPECT_FALSE(other.stop().stop_requested());
}

TEST(RunningJobs, AnAttemptIsStoppedThatWasBeingClaimed) {
    RunningJobs jobs;
    RunningJobs::Entry attempt(jobs, kJob);
    jobs.stop(kJob, 3);
    EXPECT_FALSE(attempt.stop().stop_requested());
    attempt.begin(3);
    EXPECT_TRUE(attempt.stop().stop_requested());
}

TEST(RunningJobs, ALaterAttemptGoesOn) {
    RunningJobs jobs;
    RunningJobs::Entry begun(jobs, kJob);
    RunningJobs::Entry being_claimed(jobs, kJob);
    begun.begin(4);
    jobs.stop(kJob, 3);
    being_claimed.begin(5);
    EXPECT_FALSE(begun.stop().stop_requested());
    EXPECT_FALSE(being_claimed.stop().stop_requested());
}

TEST(RunningJobs, AnEntryLeavesTheList) {
    RunningJobs jobs;
    {
        RunningJobs::Entry attempt(jobs, kJob);
        EXPECT_EQ(jobs.size(), 1U);
    }
    EXPECT_EQ(jobs.size(), 0U);
    jobs.stop(kJob, 1);
}

TEST(RunningJobs, WhatHearsOfTheStopMayEndItsEntry) {
    RunningJobs jobs;
    auto attempt = std::make_unique<RunningJobs::Entry>(jobs, kJob);
    RunningJobs::Entry next(jobs, kJob);
    attempt->begin(1);
    next.begin(2);
    auto end = [&attempt] { attempt.reset(); };
    const std::stop_callback on_stop(attempt->stop().get_token(), end);
    jobs.stop(kJob, 2);
    EXPECT_EQ(attempt, nullptr);
    EXPECT_TRUE(next.stop().stop_requested());
}

}  // namespace
}  // namespace ingestor::jobs
