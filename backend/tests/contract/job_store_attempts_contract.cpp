#include <gmock/gmock.h>

#include "contract/job_store_driver.hpp"

namespace ingestor::contract {

using namespace std::chrono_literals;
using testing::ElementsAre;

TEST_P(JobStoreContract, AClaimStartsAnAttempt) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit(2);
    surroundings_.pass(5s);
    const auto outcome = drive.claim(id);
    const auto& claimed = std::get<ports::Claimed>(outcome);
    EXPECT_EQ(claimed.lease.job_id, id);
    EXPECT_EQ(claimed.lease.owner, kOwner);
    EXPECT_EQ(claimed.job.status, domain::JobStatus::processing);
    EXPECT_EQ(claimed.job.started_at, drive.now());
    EXPECT_EQ(claimed.job.updated_at, drive.now());
    EXPECT_EQ(claimed.job.files.size(), 2U);
    ASSERT_EQ(claimed.job.attempts.size(), 1U);
    EXPECT_EQ(claimed.job.attempts[0].number, 1);
    EXPECT_EQ(claimed.job.attempts[0].started_at, drive.now());
    EXPECT_FALSE(claimed.job.attempts[0].ended_at);
}

TEST_P(JobStoreContract, ALiveLeaseHoldsTheJob) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit();
    drive.claimed(id);
    surroundings_.pass(60s - 1ms);
    EXPECT_TRUE(std::holds_alternative<ports::HeldElsewhere>(drive.claim(id)));
}

TEST_P(JobStoreContract, AnExpiredLeaseIsTakenOverAndFencedOff) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit();
    const auto old_lease = drive.claimed(id);
    ASSERT_TRUE(drive.record(old_lease, 0, domain::FileStatus::processing));
    surroundings_.pass(60s);
    const auto outcome = drive.claim(id);
    const auto& claimed = std::get<ports::Claimed>(outcome);
    EXPECT_GT(claimed.lease.fence, old_lease.fence);
    ASSERT_EQ(claimed.job.attempts.size(), 2U);
    EXPECT_TRUE(claimed.job.attempts[0].interrupted);
    EXPECT_EQ(claimed.job.attempts[0].ended_at, drive.now());
    EXPECT_TRUE(claimed.job.attempts[0].error);
    EXPECT_EQ(claimed.job.files[0].status, domain::FileStatus::queued);

    EXPECT_EQ(drive.renew(old_lease).error().code, Errc::conflict);
    EXPECT_EQ(drive.record(old_lease, 0, domain::FileStatus::completed).error().code,
              Errc::conflict);
    EXPECT_EQ(drive.finish(old_lease, domain::JobStatus::failed).error().code, Errc::conflict);
    EXPECT_EQ(drive.release(old_lease).error().code, Errc::conflict);
    EXPECT_TRUE(drive.renew(claimed.lease));
}

TEST_P(EmbeddedJobStoreContract, ALeaseOfADeadProcessIsTakenOverAtOnce) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit();
    drive.claimed(id, "process-that-crashed");
    EXPECT_THAT(drive.orphaned(drive.now()), ElementsAre(id));
    const auto outcome = drive.claim(id);
    EXPECT_TRUE(std::get<ports::Claimed>(outcome).job.attempts.at(0).interrupted);
}

TEST_P(JobStoreContract, RenewingKeepsTheLease) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit();
    const auto lease = drive.claimed(id);
    surroundings_.pass(50s);
    ASSERT_TRUE(drive.renew(lease));
    surroundings_.pass(30s);
    EXPECT_TRUE(std::holds_alternative<ports::HeldElsewhere>(drive.claim(id)));
}

TEST_P(JobStoreContract, AnEndedJobIsNotClaimed) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit();
    const auto lease = drive.claimed(id);
    ASSERT_TRUE(drive.record(lease, 0, domain::FileStatus::completed));
    ASSERT_TRUE(drive.finish(lease, domain::JobStatus::completed));
    EXPECT_EQ(std::get<ports::AlreadyEnded>(drive.claim(id)).status, domain::JobStatus::completed);
}

TEST_P(JobStoreContract, RecordsAllThatIsKnownOfAFile) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit(2);
    const auto lease = drive.claimed(id);
    surroundings_.pass(1s);
    auto file = drive.get(id).files[1];
    file.status = domain::FileStatus::completed;
    file.content_type = "text/html";
    file.markdown_key = domain::ObjectKey{"documents/x/1-1.md"};
    file.sidecar_key = domain::ObjectKey{"sidecars/x/1-1.json"};
    file.chunks_key = domain::ObjectKey{"sidecars/x/1-1.chunks.jsonl"};
    file.pages = 12;
    file.words = 3456;
    file.pages_done = 12;
    file.duration = 789ms;
    ASSERT_TRUE(run(surroundings_.io, jobs_.record_file(lease, 1, file, drive.now())));
    const auto job = drive.get(id);
    EXPECT_EQ(job.documents_processed, 1U);
    EXPECT_EQ(job.updated_at, drive.now());
    const auto& stored = job.files[1];
    EXPECT_EQ(stored.status, domain::FileStatus::completed);
    EXPECT_EQ(stored.filename, "1.pdf");
    EXPECT_EQ(stored.content_type, "text/html");
    EXPECT_EQ(stored.markdown_key, file.markdown_key);
    EXPECT_EQ(stored.sidecar_key, file.sidecar_key);
    EXPECT_EQ(stored.chunks_key, file.chunks_key);
    EXPECT_EQ(stored.pages, 12U);
    EXPECT_EQ(stored.words, 3456U);
    EXPECT_EQ(stored.pages_done, 12U);
    EXPECT_EQ(stored.duration, 789ms);
    EXPECT_EQ(job.files[0].status, domain::FileStatus::queued);
}

TEST_P(JobStoreContract, AFileCountsAsProcessedOnce) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit(2);
    const auto lease = drive.claimed(id);
    ASSERT_TRUE(drive.record(lease, 0, domain::FileStatus::processing));
    EXPECT_EQ(drive.get(id).documents_processed, 0U);
    ASSERT_TRUE(drive.record(lease, 0, domain::FileStatus::failed));
    ASSERT_TRUE(drive.record(lease, 0, domain::FileStatus::completed));
    EXPECT_EQ(drive.get(id).documents_processed, 1U);
    ASSERT_TRUE(drive.record(lease, 0, domain::FileStatus::queued));
    EXPECT_EQ(drive.get(id).documents_processed, 0U);
}

TEST_P(JobStoreContract, RefusesAFileThatIsNotThere) {
    Driver drive(surroundings_, jobs_, log_);
    const auto lease = drive.claimed(drive.submit(2));
    EXPECT_EQ(
        run(surroundings_.io, jobs_.record_file(lease, 2, drive.new_job().files[0], drive.now()))
            .error()
            .code,
        Errc::invalid_argument);
}

TEST_P(JobStoreContract, FinishingEndsTheJobAndItsAttemptAndPublishes) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit();
    const auto lease = drive.claimed(id);
    ASSERT_TRUE(drive.record(lease, 0, domain::FileStatus::completed));
    surroundings_.pass(3s);
    ASSERT_TRUE(drive.finish(lease, domain::JobStatus::completed));
    const auto job = drive.get(id);
    EXPECT_EQ(job.status, domain::JobStatus::completed);
    EXPECT_EQ(job.finished_at, drive.now());
    EXPECT_FALSE(job.error);
    EXPECT_EQ(job.attempts.at(0).ended_at, drive.now());
    EXPECT_FALSE(job.attempts.at(0).error);
    EXPECT_FALSE(job.attempts.at(0).interrupted);
    EXPECT_EQ(drive.depth(), 2U);
    EXPECT_EQ(surroundings_.announced.size(), 2U);
    EXPECT_EQ(drive.finish(lease, domain::JobStatus::completed).error().code, Errc::conflict);
    EXPECT_EQ(drive.depth(), 2U);
}

TEST_P(JobStoreContract, CompletedMeansThatEveryDocumentIs) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit(2);
    const auto lease = drive.claimed(id);
    ASSERT_TRUE(drive.record(lease, 0, domain::FileStatus::completed));
    EXPECT_EQ(drive.finish(lease, domain::JobStatus::completed).error().code, Errc::internal);
    EXPECT_EQ(drive.get(id).status, domain::JobStatus::processing);
    EXPECT_EQ(drive.depth(), 1U);
}

TEST_P(JobStoreContract, FinishTakesOnlyTheEndsOfAnAttempt) {
    Driver drive(surroundings_, jobs_, log_);
    const auto lease = drive.claimed(drive.submit());
    for (const auto status :
         {domain::JobStatus::queued, domain::JobStatus::processing, domain::JobStatus::cancelled}) {
        EXPECT_EQ(drive.finish(lease, status).error().code, Errc::conflict);
    }
}

TEST_P(JobStoreContract, AFailedJobKeepsTheReasonOfEachDocument) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit(3);
    const auto lease = drive.claimed(id);
    ASSERT_TRUE(drive.record(lease, 0, domain::FileStatus::completed));
    ASSERT_TRUE(drive.record(lease, 1, domain::FileStatus::failed));
    ASSERT_TRUE(drive.finish(lease, domain::JobStatus::failed, "1 of 3 documents failed"));
    const auto job = drive.get(id);
    EXPECT_EQ(job.status, domain::JobStatus::failed);
    EXPECT_EQ(job.error, "1 of 3 documents failed");
    EXPECT_EQ(job.attempts.at(0).error, "1 of 3 documents failed");
    EXPECT_EQ(job.files[0].status, domain::FileStatus::completed);
    EXPECT_EQ(job.files[1].error, (domain::FileError{"encrypted", "needs a password"}));
    // No document of an ended job is left open.
    EXPECT_EQ(job.files[2].status, domain::FileStatus::failed);
    EXPECT_EQ(job.files[2].error->message, "1 of 3 documents failed");
    EXPECT_EQ(job.documents_processed, 3U);
}

TEST_P(JobStoreContract, FinishRecordsTheLastDocument) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit(2);
    const auto lost = drive.claimed(id);
    ASSERT_TRUE(drive.release(lost));
    const auto lease = drive.claimed(id);
    ASSERT_TRUE(drive.record(lease, 1, domain::FileStatus::completed));
    auto file = drive.get(id).files.at(0);
    file.status = domain::FileStatus::completed;
    file.words = 7;
    file.markdown_key = domain::ObjectKey("documents/x/0-a.md");
    const ports::JobEnd end{.status = domain::JobStatus::completed,
                            .last = ports::FileRecord{.index = 0, .file = file}};
    EXPECT_EQ(drive.finish(lost, end).error().code, Errc::conflict);
    EXPECT_EQ(drive.get(id).documents_processed, 1U);
    ASSERT_TRUE(drive.finish(lease, end));
    const auto job = drive.get(id);
    EXPECT_EQ(job.status, domain::JobStatus::completed);
    EXPECT_EQ(job.documents_processed, 2U);
    EXPECT_EQ(job.files[0].status, domain::FileStatus::completed);
    EXPECT_EQ(job.files[0].words, 7U);
    EXPECT_EQ(job.files[0].markdown_key, file.markdown_key);
}

TEST_P(JobStoreContract, AReleasedJobIsQueuedAgainAndKeepsWhatIsDone) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit(3);
    const auto lease = drive.claimed(id);
    ASSERT_TRUE(drive.record(lease, 0, domain::FileStatus::completed));
    ASSERT_TRUE(drive.record(lease, 1, domain::FileStatus::failed));
    ASSERT_TRUE(drive.record(lease, 2, domain::FileStatus::processing));
    ASSERT_TRUE(drive.release(lease));
    const auto job = drive.get(id);
    EXPECT_EQ(job.status, domain::JobStatus::queued);
    EXPECT_EQ(job.attempts.at(0).error, "no helper");
    EXPECT_FALSE(job.attempts.at(0).interrupted);
    EXPECT_EQ(job.attempts.at(0).ended_at, drive.now());
    EXPECT_EQ(job.files[2].status, domain::FileStatus::queued);

    const auto outcome = drive.claim(id);
    const auto& again = std::get<ports::Claimed>(outcome).job;
    EXPECT_EQ(again.attempts.size(), 2U);
    EXPECT_EQ(again.started_at, job.started_at);
    EXPECT_EQ(again.files[0].status, domain::FileStatus::completed);
    EXPECT_EQ(again.files[1].status, domain::FileStatus::failed);
    EXPECT_EQ(again.documents_processed, 2U);
}

TEST_P(JobStoreContract, NoNumberOfAttemptsEndsAJob) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit(2);
    for (std::size_t round = 0; round < domain::kAttemptsKeptMax; ++round) {
        ASSERT_TRUE(drive.release(drive.claimed(id)));
        ASSERT_TRUE(drive.release(drive.claimed(id), true));
        ASSERT_TRUE(drive.requeue(drive.claimed(id)));
    }
    const auto job = drive.get(id);
    EXPECT_EQ(job.status, domain::JobStatus::queued);
    EXPECT_EQ(job.attempts.back().ended_at, drive.now());
    EXPECT_FALSE(job.attempts.back().error);
    EXPECT_FALSE(job.attempts.back().interrupted);
    // The oldest attempts of so many are dropped, but counted.
    EXPECT_EQ(job.attempts.size(), domain::kAttemptsKeptMax);
    EXPECT_EQ(job.attempts_count, 3 * domain::kAttemptsKeptMax);
    EXPECT_EQ(job.attempts.back().number, static_cast<int>(3 * domain::kAttemptsKeptMax));
    EXPECT_TRUE(std::holds_alternative<ports::Claimed>(drive.claim(id)));
}

TEST_P(JobStoreContract, NoNumberOfCrashesEndsAJob) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit();
    for (int crash = 0; crash < 70; ++crash) {
        drive.claimed(id, fmt::format("process-{}", crash));
        surroundings_.pass(70s);
    }
    const auto outcome = drive.claim(id);
    const auto& job = std::get<ports::Claimed>(outcome).job;
    EXPECT_EQ(job.attempts_count, 71U);
    EXPECT_TRUE(job.attempts.front().interrupted);
    EXPECT_TRUE(job.suspects.empty());
}

TEST_P(JobStoreContract, WhatAProcessDiedAtIsSuspectAndCountedEachTime) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit(20);
    const auto first = drive.claimed(id, "process-1");
    ASSERT_TRUE(drive.note_at_work(first, {0, 15}));
    ASSERT_TRUE(drive.note_at_work(first, {15, 17}));
    surroundings_.pass(70s);
    auto outcome = drive.claim(id, "process-2");
    const auto& second = std::get<ports::Claimed>(outcome);
    EXPECT_EQ(second.job.suspects, (std::map<std::uint32_t, std::uint32_t>{{15, 1}, {17, 1}}));
    ASSERT_TRUE(drive.note_at_work(second.lease, {17}));
    surroundings_.pass(70s);
    outcome = drive.claim(id, "process-3");
    EXPECT_EQ(std::get<ports::Claimed>(outcome).job.suspects,
              (std::map<std::uint32_t, std::uint32_t>{{15, 1}, {17, 2}}));
}

TEST_P(JobStoreContract, AnAttemptThatEndsInOrderMakesNothingSuspect) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit(2);
    const auto stopped = drive.claimed(id, "process-1");
    ASSERT_TRUE(drive.note_at_work(stopped, {0}));
    ASSERT_TRUE(drive.release(stopped, true));
    const auto died_idle = drive.claimed(id, "process-2");
    ASSERT_FALSE(died_idle.owner.empty());
    surroundings_.pass(70s);
    const auto outcome = drive.claim(id, "process-3");
    EXPECT_TRUE(std::get<ports::Claimed>(outcome).job.suspects.empty());
}

TEST_P(JobStoreContract, ARetryByTheUserSuspectsNothing) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit(2);
    ASSERT_TRUE(drive.note_at_work(drive.claimed(id, "process-1"), {0}));
    surroundings_.pass(70s);
    ASSERT_TRUE(drive.finish(drive.claimed(id), domain::JobStatus::failed, "over"));
    ASSERT_TRUE(drive.retry(id));
    const auto outcome = drive.claim(id);
    EXPECT_TRUE(std::get<ports::Claimed>(outcome).job.suspects.empty());
}

TEST_P(JobStoreContract, AWaitingJobIsLeftAloneUntilItIsDue) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit();
    const auto until = drive.now() + 50s;
    ASSERT_TRUE(drive.wait_out(drive.claimed(id), until));
    drive.acknowledge_all();
    auto job = drive.get(id);
    EXPECT_EQ(job.status, domain::JobStatus::queued);
    EXPECT_EQ(job.waiting_reason, "no helper");
    EXPECT_EQ(job.next_attempt_at, until);
    EXPECT_EQ(job.attempts.at(0).error, "no helper");

    surroundings_.pass(49s);
    EXPECT_EQ(std::get<ports::NotDue>(drive.claim(id)).until, until);
    EXPECT_TRUE(drive.waiting().empty());
    // It waits, so nobody has forgotten it.
    EXPECT_TRUE(drive.orphaned(drive.now()).empty());

    surroundings_.pass(1s);
    EXPECT_THAT(drive.waiting(), ElementsAre(id));
    ASSERT_TRUE(drive.republish(id));
    EXPECT_TRUE(drive.waiting().empty());
    EXPECT_EQ(drive.get(id).waiting_reason, "no helper");
    const auto outcome = drive.claim(id);
    const auto& claimed = std::get<ports::Claimed>(outcome).job;
    EXPECT_FALSE(claimed.waiting_reason);
    EXPECT_FALSE(claimed.next_attempt_at);
    EXPECT_EQ(claimed.waits, 2U);
}

TEST_P(JobStoreContract, WaitingJobsComeInTheOrderInWhichTheyAreDue) {
    Driver drive(surroundings_, jobs_, log_);
    const auto later = drive.submit();
    const auto sooner = drive.submit();
    ASSERT_TRUE(drive.wait_out(drive.claimed(later), drive.now() + 20s));
    ASSERT_TRUE(drive.wait_out(drive.claimed(sooner), drive.now() + 10s));
    surroundings_.pass(30s);
    EXPECT_EQ(drive.waiting().size(), 2U);
    EXPECT_EQ(drive.waiting(1).size(), 1U);
}

TEST_P(EmbeddedJobStoreContract, TheOneThatWasDueFirstComesFirst) {
    Driver drive(surroundings_, jobs_, log_);
    const auto later = drive.submit();
    const auto sooner = drive.submit();
    ASSERT_TRUE(drive.wait_out(drive.claimed(later), drive.now() + 20s));
    ASSERT_TRUE(drive.wait_out(drive.claimed(sooner), drive.now() + 10s));
    surroundings_.pass(30s);
    EXPECT_THAT(drive.waiting(), ElementsAre(sooner, later));
    EXPECT_THAT(drive.waiting(1), ElementsAre(sooner));
}

TEST_P(EmbeddedJobStoreContract, AWaitThatAFastClockSetEndsOnceItIsCorrected) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit();
    surroundings_.clock.advance(24h);
    ASSERT_TRUE(drive.wait_out(drive.claimed(id), drive.now() + 10s));
    surroundings_.clock.advance(-24h);
    EXPECT_THAT(drive.waiting(), ElementsAre(id));
    EXPECT_TRUE(std::holds_alternative<ports::Claimed>(drive.claim(id)));
}

TEST_P(EmbeddedJobStoreContract, AStepOfTheWallClockEndsNoLeaseAndKeepsNoneAlive) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit();
    drive.claimed(id);
    surroundings_.clock.advance(1h);
    EXPECT_TRUE(drive.orphaned(TimePoint{}).empty());
    EXPECT_TRUE(std::holds_alternative<ports::HeldElsewhere>(drive.claim(id)));
    surroundings_.clock.advance(-2h);
    surroundings_.monotonic.advance(60s);
    EXPECT_THAT(drive.orphaned(TimePoint{}), ElementsAre(id));
    EXPECT_TRUE(std::holds_alternative<ports::Claimed>(drive.claim(id)));
}

TEST_P(JobStoreContract, CancellingEndsTheJobAndVoidsTheLease) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit(3);
    const auto lease = drive.claimed(id);
    ASSERT_TRUE(drive.record(lease, 0, domain::FileStatus::completed));
    ASSERT_TRUE(drive.record(lease, 1, domain::FileStatus::processing));
    const auto cancelled = drive.cancel(id);
    ASSERT_TRUE(cancelled) << cancelled.error().message;
    EXPECT_EQ(cancelled->status, domain::JobStatus::cancelled);
    EXPECT_EQ(cancelled->finished_at, drive.now());
    EXPECT_TRUE(cancelled->attempts.at(0).ended_at);
    EXPECT_EQ(cancelled->files[0].status, domain::FileStatus::completed);
    EXPECT_EQ(cancelled->files[1].status, domain::FileStatus::cancelled);
    EXPECT_EQ(cancelled->files[2].status, domain::FileStatus::cancelled);
    EXPECT_EQ(drive.record(lease, 1, domain::FileStatus::completed).error().code, Errc::conflict);
    EXPECT_EQ(drive.cancel(id).error().code, Errc::conflict);
    EXPECT_EQ(std::get<ports::AlreadyEnded>(drive.claim(id)).status, domain::JobStatus::cancelled);
}

TEST_P(JobStoreContract, RetryingQueuesWhatDidNotSucceedWithFreshAttempts) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit(2);
    for (int attempt = 0; attempt < 2; ++attempt) {
        const auto lease = drive.claimed(id);
        ASSERT_TRUE(drive.record(lease, 0, domain::FileStatus::completed));
        ASSERT_TRUE(drive.release(lease));
    }
    ASSERT_TRUE(
        drive.finish(drive.claimed(id), domain::JobStatus::failed, "1 of 2 documents failed"));
    surroundings_.pass(1min);
    const auto retried = drive.retry(id);
    ASSERT_TRUE(retried) << retried.error().message;
    EXPECT_EQ(retried->status, domain::JobStatus::queued);
    EXPECT_EQ(retried->files[0].status, domain::FileStatus::completed);
    EXPECT_EQ(retried->files[1].status, domain::FileStatus::queued);
    EXPECT_FALSE(retried->files[1].error);
    EXPECT_EQ(retried->documents_processed, 1U);
    EXPECT_EQ(retried->attempts.size(), 3U);
    EXPECT_FALSE(retried->error);
    EXPECT_FALSE(retried->finished_at);
    EXPECT_EQ(retried->updated_at, drive.now());
    EXPECT_EQ(drive.depth(), 3U);
    EXPECT_EQ(drive.retry(id).error().code, Errc::conflict);

    const auto outcome = drive.claim(id);
    EXPECT_EQ(std::get<ports::Claimed>(outcome).job.attempts.back().number, 4);
}

TEST_P(JobStoreContract, ACancelledJobIsRetriedWithAGreaterFence) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit();
    const auto lease = drive.claimed(id);
    ASSERT_TRUE(drive.cancel(id));
    const auto retried = drive.retry(id);
    ASSERT_TRUE(retried);
    EXPECT_EQ(retried->files[0].status, domain::FileStatus::queued);
    const auto again = drive.claimed(id);
    EXPECT_GT(again.fence, lease.fence);
    EXPECT_EQ(drive.record(lease, 0, domain::FileStatus::completed).error().code, Errc::conflict);
}

}  // namespace ingestor::contract
