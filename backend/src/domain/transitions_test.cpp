#include "domain/transitions.hpp"

#include <array>
#include <functional>

#include <gtest/gtest.h>

namespace ingestor::domain {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kNow{std::chrono::milliseconds{1'767'323'045'678}};

JobRecord queued_job(std::size_t files = 3) {
    JobRecord record;
    record.job.job_id = JobId{"j-1"};
    record.job.files.assign(files, {.file_key = ObjectKey("uploads/a")});
    record.job.total_documents = static_cast<std::uint32_t>(files);
    record.job.created_at = record.job.updated_at = kNow;
    return record;
}

ClaimRequest request_of(const std::string& owner = "this", TimePoint now = kNow) {
    return {.job_id = JobId{"j-1"}, .owner = owner, .now = now, .lease_until = now + 30s};
}

Lease lease_of(const JobRecord& record) {
    return {.job_id = record.job.job_id, .owner = record.lease_owner, .fence = record.fence};
}

/// Claimed by `owner`, its documents in the given states.
JobRecord claimed_job(std::vector<FileStatus> states, const std::string& owner = "this") {
    auto record = queued_job(states.size());
    EXPECT_EQ(claim(record, request_of(owner), false), ClaimDecision::claimed);
    for (std::size_t n = 0; n < states.size(); ++n) {
        JobFile file{.file_key = ObjectKey("uploads/b")};
        file.status = states[n];
        if (file.status == FileStatus::failed) file.error = FileError{"corrupt", "cut off"};
        if (file.status == FileStatus::processing) file.pages_done = 7;
        EXPECT_TRUE(record_file(record, lease_of(record), record.job.files[n], file, kNow));
    }
    return record;
}

std::vector<FileStatus> states_of(const JobRecord& record) {
    std::vector<FileStatus> states;
    for (const auto& file : record.job.files) states.push_back(file.status);
    return states;
}

/// A job of one completed, one failed, one running and one untouched document.
const std::vector<FileStatus> kMixed = {FileStatus::completed, FileStatus::failed,
                                        FileStatus::processing, FileStatus::queued};

// Every transition from every status.

using Transition = std::function<Result<std::monostate>(JobRecord&)>;

struct TransitionRow {
    const char* name;
    Transition act;
    /// From queued, processing, completed, failed, cancelled; nullopt: refused as a conflict.
    std::array<std::optional<JobStatus>, 5> to;
};

Result<std::monostate> claim_for_row(JobRecord& record) {
    const auto decision = claim(record, request_of(), false);
    if (decision == ClaimDecision::claimed) return std::monostate{};
    EXPECT_EQ(decision, ClaimDecision::ended);
    return fail(Errc::conflict, "not claimed");
}

const TransitionRow kRows[] = {
    {"Claim",
     claim_for_row,
     {JobStatus::processing, JobStatus::processing, std::nullopt, std::nullopt, std::nullopt}},
    {"FinishAsFailed",
     [](JobRecord& record) {
         return finish(record, lease_of(record), JobStatus::failed, "1 failed", kNow);
     },
     {std::nullopt, JobStatus::failed, std::nullopt, std::nullopt, std::nullopt}},
    {"FinishAsQueued",
     [](JobRecord& record) {
         return finish(record, lease_of(record), JobStatus::queued, std::nullopt, kNow);
     },
     {}},
    {"Release",
     [](JobRecord& record) { return release(record, lease_of(record), {.error = "x"}, kNow); },
     {std::nullopt, JobStatus::queued, std::nullopt, std::nullopt, std::nullopt}},
    {"Cancel",
     [](JobRecord& record) { return cancel(record, kNow); },
     {JobStatus::cancelled, JobStatus::cancelled, std::nullopt, std::nullopt, std::nullopt}},
    {"Retry",
     [](JobRecord& record) { return retry(record, kNow); },
     {std::nullopt, std::nullopt, std::nullopt, JobStatus::queued, JobStatus::queued}},
    {"Republish",
     [](JobRecord& record) { return republish(record, kNow); },
     {JobStatus::queued, JobStatus::processing, std::nullopt, std::nullopt, std::nullopt}},
};

class Transitions : public testing::TestWithParam<TransitionRow> {};

TEST_P(Transitions, FromEveryStatus) {
    const auto& row = GetParam();
    for (std::size_t from = 0; from < row.to.size(); ++from) {
        auto record = claimed_job(kMixed, "another");
        record.job.status = static_cast<JobStatus>(from);
        SCOPED_TRACE(to_string(record.job.status));
        const auto before = record.job.status;
        const auto done = row.act(record);
        EXPECT_EQ(done.has_value(), row.to[from].has_value());
        EXPECT_EQ(record.job.status, row.to[from].value_or(before));
        EXPECT_TRUE(done || done.error().code == Errc::conflict);
    }
}

INSTANTIATE_TEST_SUITE_P(Job, Transitions, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

// What each makes of the documents: completed, failed, processing, queued.

struct FilesRow {
    const char* name;
    Transition act;
    std::vector<FileStatus> to;
    std::uint32_t processed;
};

const FilesRow kFilesRows[] = {
    {"ATakeOverKeepsWhatIsDone",
     claim_for_row,
     {FileStatus::completed, FileStatus::failed, FileStatus::queued, FileStatus::queued},
     2},
    {"AReleaseKeepsWhatIsDone",
     [](JobRecord& record) { return release(record, lease_of(record), {}, kNow); },
     {FileStatus::completed, FileStatus::failed, FileStatus::queued, FileStatus::queued},
     2},
    {"AFailedJobLeavesNothingOpen",
     [](JobRecord& record) {
         return finish(record, lease_of(record), JobStatus::failed, "over", kNow);
     },
     {FileStatus::completed, FileStatus::failed, FileStatus::failed, FileStatus::failed},
     4},
    {"ACancelEndsWhatIsOpen",
     [](JobRecord& record) { return cancel(record, kNow); },
     {FileStatus::completed, FileStatus::failed, FileStatus::cancelled, FileStatus::cancelled},
     2},
    {"ARetryQueuesWhatIsNotCompleted",
     [](JobRecord& record) {
         EXPECT_TRUE(cancel(record, kNow));
         return retry(record, kNow);
     },
     {FileStatus::completed, FileStatus::queued, FileStatus::queued, FileStatus::queued},
     1},
};

class TransitionsOfFiles : public testing::TestWithParam<FilesRow> {};

TEST_P(TransitionsOfFiles, MatchTheTable) {
    const auto& row = GetParam();
    auto record = claimed_job(kMixed);
    ASSERT_TRUE(row.act(record));
    EXPECT_EQ(states_of(record), row.to);
    EXPECT_EQ(record.job.documents_processed, row.processed);
    EXPECT_EQ(record.documents_completed, 1U);
    for (const auto& file : record.job.files) {
        EXPECT_EQ(file.error.has_value(), file.status == FileStatus::failed);
        EXPECT_TRUE(file.status != FileStatus::queued || file.pages_done == 0);
    }
}

INSTANTIATE_TEST_SUITE_P(Job, TransitionsOfFiles, testing::ValuesIn(kFilesRows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Claim, StartsAnAttemptUnderAGreaterFence) {
    auto record = queued_job();
    record.fence = record.job.attempts_count = 4;
    ASSERT_EQ(claim(record, request_of("me", kNow + 1s), false), ClaimDecision::claimed);
    EXPECT_EQ(record.fence, 5);
    EXPECT_EQ(record.lease_owner, "me");
    EXPECT_EQ(record.job.started_at, kNow + 1s);
    EXPECT_EQ(record.job.updated_at, kNow + 1s);
    ASSERT_EQ(record.job.attempts.size(), 1U);
    EXPECT_EQ(record.job.attempts[0].number, 5);
    EXPECT_FALSE(record.job.attempts[0].ended_at);
}

TEST(Claim, ALiveLeaseHoldsAJobAndChangesNothing) {
    auto record = claimed_job({FileStatus::processing});
    EXPECT_EQ(claim(record, request_of("other"), true), ClaimDecision::held);
    EXPECT_EQ(record.fence, 1);
    EXPECT_EQ(record.lease_owner, "this");
    EXPECT_EQ(states_of(record), std::vector{FileStatus::processing});
}

TEST(Claim, ATakeOverEndsTheAttemptAsInterrupted) {
    auto record = claimed_job({FileStatus::queued});
    ASSERT_EQ(claim(record, request_of("next", kNow + 5s), false), ClaimDecision::claimed);
    ASSERT_EQ(record.job.attempts.size(), 2U);
    EXPECT_TRUE(record.job.attempts[0].interrupted);
    EXPECT_EQ(record.job.attempts[0].ended_at, kNow + 5s);
    EXPECT_EQ(record.job.started_at, kNow);
}

TEST(Claim, WhatAProcessDiedAtIsSuspectAndNothingElse) {
    auto record = claimed_job(std::vector(5, FileStatus::queued));
    record.job.at_work = {1, 3};
    ASSERT_EQ(claim(record, request_of("second"), false), ClaimDecision::claimed);
    EXPECT_EQ(record.job.suspects, (std::map<std::uint32_t, std::uint32_t>{{1, 1}, {3, 1}}));
    EXPECT_TRUE(record.job.at_work.empty());
    record.job.at_work = {3};
    ASSERT_EQ(claim(record, request_of("third"), false), ClaimDecision::claimed);
    EXPECT_EQ(record.job.suspects, (std::map<std::uint32_t, std::uint32_t>{{1, 1}, {3, 2}}));
    // Died at nothing.
    ASSERT_EQ(claim(record, request_of("fourth"), false), ClaimDecision::claimed);
    EXPECT_EQ(record.job.suspects, (std::map<std::uint32_t, std::uint32_t>{{1, 1}, {3, 2}}));
}

TEST(Claim, AProcessThatLostItsOwnLeaseDidNotDie) {
    auto record = claimed_job({FileStatus::queued}, "same");
    record.job.at_work = {0};
    ASSERT_EQ(claim(record, request_of("same"), false), ClaimDecision::claimed);
    EXPECT_TRUE(record.job.suspects.empty());
}

TEST(Claim, AnyNumberOfInterruptionsLeavesTheJobClaimableAndBounded) {
    auto record = queued_job();
    for (std::uint32_t crash = 1; crash <= 500; ++crash) {
        ASSERT_EQ(claim(record, request_of("process-" + std::to_string(crash)), false),
                  ClaimDecision::claimed);
        EXPECT_LE(record.job.attempts.size(), kAttemptsKeptMax);
    }
    EXPECT_EQ(record.job.attempts_count, 500U);
    EXPECT_EQ(record.job.attempts.size(), kAttemptsKeptMax);
    EXPECT_EQ(record.job.attempts.front().number, 451);
    EXPECT_EQ(record.job.attempts.back().number, 500);
}

TEST(Waiting, DoublesUpToTheCeiling) {
    constexpr std::pair<std::uint32_t, std::chrono::seconds> kWaits[] = {
        {0, 1s}, {1, 1s}, {2, 2s}, {6, 32s}, {7, 60s}, {8, 60s}, {4'000'000'000, 60s}};
    for (const auto& [waits, wait] : kWaits) EXPECT_EQ(wait_before_attempt(waits), wait) << waits;
}

TEST(Waiting, IsOverInTimeAndWhereTheClockRanAhead) {
    EXPECT_TRUE(is_due(std::nullopt, kNow));
    EXPECT_TRUE(is_due(kNow, kNow));
    EXPECT_FALSE(is_due(kNow + 1ms, kNow));
    EXPECT_FALSE(is_due(kNow + kWaitMax, kNow));
    EXPECT_TRUE(is_due(kNow + kWaitMax + 1ms, kNow));
    EXPECT_TRUE(is_due(kNow + 24h, kNow));
}

TEST(Waiting, AJobWaitsWithItsReasonUntilItIsDueOrPublishedAgain) {
    auto record = claimed_job({FileStatus::completed, FileStatus::queued});
    record.job.at_work = {1};
    ASSERT_TRUE(release(record, lease_of(record),
                        {.error = "no helper", .next_attempt_at = kNow + 4s, .waits = 3}, kNow));
    EXPECT_EQ(record.job.status, JobStatus::queued);
    EXPECT_EQ(record.job.waiting_reason, "no helper");
    EXPECT_EQ(record.job.next_attempt_at, kNow + 4s);
    EXPECT_EQ(record.job.waits, 3U);
    EXPECT_EQ(record.job.attempts.back().error, "no helper");
    EXPECT_TRUE(record.job.suspects.empty());
    EXPECT_TRUE(record.job.at_work.empty());
    EXPECT_EQ(claim(record, request_of("this", kNow + 3s), false), ClaimDecision::not_due);
    EXPECT_EQ(record.job.attempts.size(), 1U);

    auto due = record;
    EXPECT_EQ(claim(due, request_of("this", kNow + 4s), false), ClaimDecision::claimed);
    EXPECT_FALSE(due.job.waiting_reason);
    EXPECT_FALSE(due.job.next_attempt_at);
    EXPECT_EQ(due.job.waits, 3U);

    ASSERT_TRUE(republish(record, kNow));
    EXPECT_EQ(record.job.waiting_reason, "no helper");
    EXPECT_EQ(claim(record, request_of(), false), ClaimDecision::claimed);
}

TEST(Waiting, EndsWithTheJob) {
    auto record = claimed_job({FileStatus::queued});
    ASSERT_TRUE(release(record, lease_of(record),
                        {.error = "no helper", .next_attempt_at = kNow + 4s, .waits = 3}, kNow));
    ASSERT_TRUE(cancel(record, kNow));
    EXPECT_FALSE(record.job.waiting_reason);
    EXPECT_FALSE(record.job.next_attempt_at);
    EXPECT_EQ(record.job.waits, 0U);
}

TEST(Release, ACleanStopSuspectsNobody) {
    auto record = claimed_job({FileStatus::processing, FileStatus::queued});
    record.job.at_work = {0};
    ASSERT_TRUE(release(record, lease_of(record), {.error = "stopped", .interrupted = true}, kNow));
    EXPECT_TRUE(record.job.suspects.empty());
    EXPECT_TRUE(record.job.attempts.back().interrupted);
    EXPECT_FALSE(record.job.waiting_reason);
    ASSERT_EQ(claim(record, request_of("next"), false), ClaimDecision::claimed);
    EXPECT_TRUE(record.job.suspects.empty());
}

TEST(Release, AFaultOfOursMakesItsDocumentSuspect) {
    auto record = claimed_job({FileStatus::queued, FileStatus::queued});
    ASSERT_TRUE(release(record, lease_of(record), {.error = "fault", .suspects = {1}}, kNow));
    EXPECT_EQ(record.job.suspects, (std::map<std::uint32_t, std::uint32_t>{{1, 1}}));
}

TEST(Retry, SuspectsNobodyAndKeepsTheAttempts) {
    auto record = claimed_job({FileStatus::failed, FileStatus::queued});
    record.job.suspects = {{0, 3}};
    ASSERT_TRUE(finish(record, lease_of(record), JobStatus::failed, "1 failed", kNow));
    ASSERT_TRUE(retry(record, kNow + 1s));
    EXPECT_TRUE(record.job.suspects.empty());
    EXPECT_EQ(record.job.attempts.size(), 1U);
    EXPECT_FALSE(record.job.error);
    EXPECT_FALSE(record.job.started_at);
    EXPECT_FALSE(record.job.finished_at);
    EXPECT_EQ(record.job.updated_at, kNow + 1s);
}

TEST(Finish, CompletedMeansThatEveryDocumentIs) {
    auto record = claimed_job({FileStatus::completed, FileStatus::failed});
    const auto refused = finish(record, lease_of(record), JobStatus::completed, std::nullopt, kNow);
    EXPECT_EQ(refused.error().code, Errc::internal);
    EXPECT_EQ(record.job.status, JobStatus::processing);
    record = claimed_job({FileStatus::completed, FileStatus::completed});
    ASSERT_TRUE(finish(record, lease_of(record), JobStatus::completed, std::nullopt, kNow + 2s));
    EXPECT_EQ(record.job.finished_at, kNow + 2s);
    EXPECT_EQ(record.job.attempts.back().ended_at, kNow + 2s);
    EXPECT_TRUE(record.lease_owner.empty());
}

TEST(Lease, EveryWriteOfAnEarlierHolderIsRefused) {
    auto record = claimed_job({FileStatus::queued});
    const auto old = lease_of(record);
    ASSERT_EQ(claim(record, request_of("next"), false), ClaimDecision::claimed);
    auto other_owner = lease_of(record);
    other_owner.owner = "someone";
    for (const auto& lease : {old, other_owner}) {
        EXPECT_EQ(check_held(record, lease).error().code, Errc::conflict);
        EXPECT_EQ(
            record_file(record, lease, record.job.files[0], record.job.files[0], kNow).error().code,
            Errc::conflict);
        EXPECT_EQ(release(record, lease, {}, kNow).error().code, Errc::conflict);
        EXPECT_EQ(finish(record, lease, JobStatus::failed, "x", kNow).error().code, Errc::conflict);
    }
    EXPECT_TRUE(check_held(record, lease_of(record)));
}

TEST(RecordFile, CountsADocumentOnceAndKeepsItsName) {
    auto record = claimed_job({FileStatus::queued, FileStatus::queued});
    auto& kept = record.job.files[0];
    kept.file_key = ObjectKey{"uploads/a"};
    kept.filename = "a.pdf";
    constexpr std::pair<FileStatus, std::uint32_t> kSteps[] = {{FileStatus::processing, 0},
                                                               {FileStatus::failed, 1},
                                                               {FileStatus::completed, 1},
                                                               {FileStatus::completed, 1},
                                                               {FileStatus::queued, 0}};
    for (const auto& [status, processed] : kSteps) {
        JobFile file{.file_key = ObjectKey("uploads/b")};
        file.status = status;
        ASSERT_TRUE(record_file(record, lease_of(record), kept, file, kNow + 1s));
        EXPECT_EQ(record.job.documents_processed, processed);
        EXPECT_EQ(record.documents_completed, status == FileStatus::completed ? 1U : 0U);
        EXPECT_EQ(kept.filename, "a.pdf");
        EXPECT_EQ(kept.file_key.value(), "uploads/a");
    }
    EXPECT_EQ(record.job.updated_at, kNow + 1s);
}

}  // namespace
}  // namespace ingestor::domain
