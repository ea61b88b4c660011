#include <gmock/gmock.h>

#include "contract/job_store_driver.hpp"

namespace ingestor::contract {

using namespace std::chrono_literals;
using testing::ElementsAre;

TEST_P(JobStoreContract, AClaimStartsAnAttempt) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit(2);
    surroundings_.clock.advance(5s);
    const auto outcome = drive.claim(id);
    const auto& claimed = std::get<Claimed>(outcome);
    EXPECT_EQ(claimed.lease.job_id, id);
    EXPECT_EQ(claimed.lease.owner, kOwner);
    EXPECT_EQ(claimed.job.status, JobStatus::processing);
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
    const auto until = drive.now() + 60s;
    surroundings_.clock.advance(60s - 1ms);
    EXPECT_EQ(std::get<HeldElsewhere>(drive.claim(id)).until, until);
}

TEST_P(JobStoreContract, AnExpiredLeaseIsTakenOverAndFencedOff) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit();
    const auto old_lease = drive.claimed(id);
    ASSERT_TRUE(drive.record(old_lease, 0, FileStatus::processing));
    surroundings_.clock.advance(60s);
    const auto outcome = drive.claim(id);
    const auto& claimed = std::get<Claimed>(outcome);
    EXPECT_GT(claimed.lease.fence, old_lease.fence);
    ASSERT_EQ(claimed.job.attempts.size(), 2U);
    EXPECT_TRUE(claimed.job.attempts[0].interrupted);
    EXPECT_EQ(claimed.job.attempts[0].ended_at, drive.now());
    EXPECT_TRUE(claimed.job.attempts[0].error);
    EXPECT_EQ(claimed.job.files[0].status, FileStatus::queued);

    auto& io = surroundings_.io;
    EXPECT_EQ(run(io, jobs_.renew(old_lease, drive.now() + 60s)).error().code, Errc::conflict);
    EXPECT_EQ(drive.record(old_lease, 0, FileStatus::completed).error().code, Errc::conflict);
    EXPECT_EQ(drive.finish(old_lease, JobStatus::failed).error().code, Errc::conflict);
    EXPECT_EQ(drive.release(old_lease).error().code, Errc::conflict);
    EXPECT_TRUE(run(io, jobs_.renew(claimed.lease, drive.now() + 60s)));
}

TEST_P(EmbeddedJobStoreContract, ALeaseOfADeadProcessIsTakenOverAtOnce) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit();
    drive.claimed(id, "process-that-crashed");
    EXPECT_THAT(drive.stranded(drive.now()), ElementsAre(id));
    const auto outcome = drive.claim(id);
    EXPECT_TRUE(std::get<Claimed>(outcome).job.attempts.at(0).interrupted);
}

TEST_P(JobStoreContract, RenewingKeepsTheLease) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit();
    const auto lease = drive.claimed(id);
    surroundings_.clock.advance(50s);
    ASSERT_TRUE(run(surroundings_.io, jobs_.renew(lease, drive.now() + 60s)));
    surroundings_.clock.advance(30s);
    EXPECT_TRUE(std::holds_alternative<HeldElsewhere>(drive.claim(id)));
}

TEST_P(JobStoreContract, AnEndedJobIsNotClaimed) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit();
    const auto lease = drive.claimed(id);
    ASSERT_TRUE(drive.record(lease, 0, FileStatus::completed));
    ASSERT_TRUE(drive.finish(lease, JobStatus::completed));
    EXPECT_EQ(std::get<AlreadyEnded>(drive.claim(id)).status, JobStatus::completed);
}

TEST_P(JobStoreContract, RecordsAllThatIsKnownOfAFile) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit(2);
    const auto lease = drive.claimed(id);
    surroundings_.clock.advance(1s);
    auto file = drive.get(id).files[1];
    file.status = FileStatus::completed;
    file.content_type = "text/html";
    file.markdown_key = ObjectKey{"documents/x/1-1.md"};
    file.sidecar_key = ObjectKey{"sidecars/x/1-1.json"};
    file.chunks_key = ObjectKey{"sidecars/x/1-1.chunks.jsonl"};
    file.pages = 12;
    file.words = 3456;
    file.pages_done = 12;
    file.duration = 789ms;
    ASSERT_TRUE(run(surroundings_.io, jobs_.record_file(lease, 1, file, drive.now())));
    const auto job = drive.get(id);
    EXPECT_EQ(job.documents_processed, 1U);
    EXPECT_EQ(job.updated_at, drive.now());
    const auto& stored = job.files[1];
    EXPECT_EQ(stored.status, FileStatus::completed);
    EXPECT_EQ(stored.filename, "1.pdf");
    EXPECT_EQ(stored.content_type, "text/html");
    EXPECT_EQ(stored.markdown_key, file.markdown_key);
    EXPECT_EQ(stored.sidecar_key, file.sidecar_key);
    EXPECT_EQ(stored.chunks_key, file.chunks_key);
    EXPECT_EQ(stored.pages, 12U);
    EXPECT_EQ(stored.words, 3456U);
    EXPECT_EQ(stored.pages_done, 12U);
    EXPECT_EQ(stored.duration, 789ms);
    EXPECT_EQ(job.files[0].status, FileStatus::queued);
}

TEST_P(JobStoreContract, AFileCountsAsProcessedOnce) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit(2);
    const auto lease = drive.claimed(id);
    ASSERT_TRUE(drive.record(lease, 0, FileStatus::processing));
    EXPECT_EQ(drive.get(id).documents_processed, 0U);
    ASSERT_TRUE(drive.record(lease, 0, FileStatus::failed));
    ASSERT_TRUE(drive.record(lease, 0, FileStatus::completed));
    EXPECT_EQ(drive.get(id).documents_processed, 1U);
    ASSERT_TRUE(drive.record(lease, 0, FileStatus::queued));
    EXPECT_EQ(drive.get(id).documents_processed, 0U);
}

TEST_P(JobStoreContract, RefusesAFileThatIsNotThere) {
    Driver drive(surroundings_, jobs_, log_);
    const auto lease = drive.claimed(drive.submit(2));
    EXPECT_EQ(
        run(surroundings_.io, jobs_.record_file(lease, 2, JobFile{}, drive.now())).error().code,
        Errc::invalid_argument);
}

TEST_P(JobStoreContract, FinishingEndsTheJobAndItsAttemptAndPublishes) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit();
    const auto lease = drive.claimed(id);
    ASSERT_TRUE(drive.record(lease, 0, FileStatus::completed));
    surroundings_.clock.advance(3s);
    ASSERT_TRUE(drive.finish(lease, JobStatus::completed));
    const auto job = drive.get(id);
    EXPECT_EQ(job.status, JobStatus::completed);
    EXPECT_EQ(job.finished_at, drive.now());
    EXPECT_FALSE(job.error);
    EXPECT_EQ(job.attempts.at(0).ended_at, drive.now());
    EXPECT_FALSE(job.attempts.at(0).error);
    EXPECT_FALSE(job.attempts.at(0).interrupted);
    EXPECT_EQ(drive.depth(), 2U);
    EXPECT_EQ(surroundings_.announced.size(), 2U);
    EXPECT_EQ(drive.finish(lease, JobStatus::completed).error().code, Errc::conflict);
    EXPECT_EQ(drive.depth(), 2U);
}

TEST_P(JobStoreContract, CompletedMeansThatEveryDocumentIs) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit(2);
    const auto lease = drive.claimed(id);
    ASSERT_TRUE(drive.record(lease, 0, FileStatus::completed));
    EXPECT_EQ(drive.finish(lease, JobStatus::completed).error().code, Errc::internal);
    EXPECT_EQ(drive.get(id).status, JobStatus::processing);
    EXPECT_EQ(drive.depth(), 1U);
}

TEST_P(JobStoreContract, FinishTakesOnlyTheEndsOfAnAttempt) {
    Driver drive(surroundings_, jobs_, log_);
    const auto lease = drive.claimed(drive.submit());
    for (const auto status : {JobStatus::queued, JobStatus::processing, JobStatus::cancelled}) {
        EXPECT_EQ(drive.finish(lease, status).error().code, Errc::conflict);
    }
}

TEST_P(JobStoreContract, AFailedJobKeepsTheReasonOfEachDocument) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit(3);
    const auto lease = drive.claimed(id);
    ASSERT_TRUE(drive.record(lease, 0, FileStatus::completed));
    ASSERT_TRUE(drive.record(lease, 1, FileStatus::failed));
    ASSERT_TRUE(drive.finish(lease, JobStatus::failed, "1 of 3 documents failed"));
    const auto job = drive.get(id);
    EXPECT_EQ(job.status, JobStatus::failed);
    EXPECT_EQ(job.error, "1 of 3 documents failed");
    EXPECT_EQ(job.attempts.at(0).error, "1 of 3 documents failed");
    EXPECT_EQ(job.files[0].status, FileStatus::completed);
    EXPECT_EQ(job.files[1].error, (FileError{"encrypted", "needs a password"}));
    // No document of an ended job is left open.
    EXPECT_EQ(job.files[2].status, FileStatus::failed);
    EXPECT_EQ(job.files[2].error->message, "1 of 3 documents failed");
    EXPECT_EQ(job.documents_processed, 3U);
}

TEST_P(JobStoreContract, AReleasedJobIsQueuedAgainAndKeepsWhatIsDone) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit(3);
    const auto lease = drive.claimed(id);
    ASSERT_TRUE(drive.record(lease, 0, FileStatus::completed));
    ASSERT_TRUE(drive.record(lease, 1, FileStatus::failed));
    ASSERT_TRUE(drive.record(lease, 2, FileStatus::processing));
    ASSERT_TRUE(drive.release(lease));
    const auto job = drive.get(id);
    EXPECT_EQ(job.status, JobStatus::queued);
    EXPECT_EQ(job.attempts.at(0).error, "no helper");
    EXPECT_FALSE(job.attempts.at(0).interrupted);
    EXPECT_EQ(job.attempts.at(0).ended_at, drive.now());
    EXPECT_EQ(job.files[2].status, FileStatus::queued);

    const auto outcome = drive.claim(id);
    const auto& again = std::get<Claimed>(outcome).job;
    EXPECT_EQ(again.attempts.size(), 2U);
    EXPECT_EQ(again.started_at, job.started_at);
    EXPECT_EQ(again.files[0].status, FileStatus::completed);
    EXPECT_EQ(again.files[1].status, FileStatus::failed);
    EXPECT_EQ(again.documents_processed, 2U);
}

TEST_P(JobStoreContract, TheThirdFailedAttemptIsTheLast) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit();
    for (int attempt = 0; attempt < kFailedAttemptsMax; ++attempt) {
        ASSERT_TRUE(drive.release(drive.claimed(id)));
    }
    const auto outcome = drive.claim(id);
    EXPECT_EQ(std::get<AttemptsExhausted>(outcome).job.attempts.size(), 3U);
    ASSERT_TRUE(drive.fail_exhausted(id));
    const auto job = drive.get(id);
    EXPECT_EQ(job.status, JobStatus::failed);
    EXPECT_EQ(job.error, "gave up");
    EXPECT_EQ(job.finished_at, drive.now());
    EXPECT_EQ(job.files[0].status, FileStatus::failed);
    EXPECT_EQ(job.files[0].error->message, "gave up");
    EXPECT_EQ(job.documents_processed, 1U);
    EXPECT_EQ(drive.depth(), 2U);
    EXPECT_EQ(drive.fail_exhausted(id).error().code, Errc::conflict);
}

TEST_P(JobStoreContract, InterruptedAttemptsDoNotCountAsFailed) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit();
    for (int stop = 0; stop < kFailedAttemptsMax; ++stop) {
        ASSERT_TRUE(drive.release(drive.claimed(id), true));
        drive.claimed(id, "process-that-crashed");
        surroundings_.clock.advance(60s);
    }
    const auto outcome = drive.claim(id);
    EXPECT_TRUE(std::holds_alternative<Claimed>(outcome));
}

TEST_P(JobStoreContract, AnAttemptThatHandsOnCountsAsNothing) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit(2);
    for (int share = 0; share < kInterruptedAttemptsMax + 1; ++share) {
        ASSERT_TRUE(drive.hand_on(drive.claimed(id)));
    }
    const auto job = drive.get(id);
    EXPECT_EQ(job.status, JobStatus::queued);
    EXPECT_EQ(job.attempts.back().ended_at, drive.now());
    EXPECT_FALSE(job.attempts.back().error);
    EXPECT_FALSE(job.attempts.back().interrupted);
    // A store may drop the oldest attempts of so many, but says how many there were.
    EXPECT_EQ(job.attempts_count, kInterruptedAttemptsMax + 1U);
    EXPECT_EQ(job.attempts.back().number, kInterruptedAttemptsMax + 1);
    EXPECT_TRUE(std::holds_alternative<Claimed>(drive.claim(id)));
}

TEST_P(JobStoreContract, InterruptionsHaveALimitOfTheirOwn) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit();
    for (int crash = 0; crash < kInterruptedAttemptsMax; ++crash) {
        drive.claimed(id, fmt::format("process-{}", crash));
        surroundings_.clock.advance(60s);
    }
    EXPECT_TRUE(std::holds_alternative<AttemptsExhausted>(drive.claim(id)));
    // Asking again changes nothing.
    EXPECT_TRUE(std::holds_alternative<AttemptsExhausted>(drive.claim(id)));
    ASSERT_TRUE(drive.fail_exhausted(id));
    const auto job = drive.get(id);
    EXPECT_EQ(job.status, JobStatus::failed);
    EXPECT_TRUE(job.attempts.back().interrupted);
    EXPECT_TRUE(job.attempts.back().ended_at);
}

TEST_P(JobStoreContract, AJobBeingWorkedOnIsNotExhausted) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit();
    drive.claimed(id);
    EXPECT_EQ(drive.fail_exhausted(id).error().code, Errc::conflict);
    EXPECT_EQ(drive.get(id).status, JobStatus::processing);
    EXPECT_EQ(drive.depth(), 1U);
}

TEST_P(JobStoreContract, CancellingEndsTheJobAndVoidsTheLease) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit(3);
    const auto lease = drive.claimed(id);
    ASSERT_TRUE(drive.record(lease, 0, FileStatus::completed));
    ASSERT_TRUE(drive.record(lease, 1, FileStatus::processing));
    const auto cancelled = drive.cancel(id);
    ASSERT_TRUE(cancelled) << cancelled.error().message;
    EXPECT_EQ(cancelled->status, JobStatus::cancelled);
    EXPECT_EQ(cancelled->finished_at, drive.now());
    EXPECT_TRUE(cancelled->attempts.at(0).ended_at);
    EXPECT_EQ(cancelled->files[0].status, FileStatus::completed);
    EXPECT_EQ(cancelled->files[1].status, FileStatus::cancelled);
    EXPECT_EQ(cancelled->files[2].status, FileStatus::cancelled);
    EXPECT_EQ(drive.record(lease, 1, FileStatus::completed).error().code, Errc::conflict);
    EXPECT_EQ(drive.cancel(id).error().code, Errc::conflict);
    EXPECT_EQ(std::get<AlreadyEnded>(drive.claim(id)).status, JobStatus::cancelled);
}

TEST_P(JobStoreContract, RetryingQueuesWhatDidNotSucceedWithFreshAttempts) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit(2);
    for (int attempt = 0; attempt < kFailedAttemptsMax; ++attempt) {
        const auto lease = drive.claimed(id);
        ASSERT_TRUE(drive.record(lease, 0, FileStatus::completed));
        ASSERT_TRUE(drive.release(lease));
    }
    ASSERT_TRUE(drive.fail_exhausted(id));
    surroundings_.clock.advance(1min);
    const auto retried = drive.retry(id);
    ASSERT_TRUE(retried) << retried.error().message;
    EXPECT_EQ(retried->status, JobStatus::queued);
    EXPECT_EQ(retried->files[0].status, FileStatus::completed);
    EXPECT_EQ(retried->files[1].status, FileStatus::queued);
    EXPECT_FALSE(retried->files[1].error);
    EXPECT_EQ(retried->documents_processed, 1U);
    EXPECT_EQ(retried->attempts.size(), 3U);
    EXPECT_FALSE(retried->error);
    EXPECT_FALSE(retried->finished_at);
    EXPECT_EQ(retried->updated_at, drive.now());
    EXPECT_EQ(drive.depth(), 3U);
    EXPECT_EQ(drive.retry(id).error().code, Errc::conflict);

    const auto outcome = drive.claim(id);
    EXPECT_EQ(std::get<Claimed>(outcome).job.attempts.back().number, 4);
}

TEST_P(JobStoreContract, ACancelledJobIsRetriedWithAGreaterFence) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit();
    const auto lease = drive.claimed(id);
    ASSERT_TRUE(drive.cancel(id));
    const auto retried = drive.retry(id);
    ASSERT_TRUE(retried);
    EXPECT_EQ(retried->files[0].status, FileStatus::queued);
    const auto again = drive.claimed(id);
    EXPECT_GT(again.fence, lease.fence);
    EXPECT_EQ(drive.record(lease, 0, FileStatus::completed).error().code, Errc::conflict);
}

}  // namespace ingestor::contract
