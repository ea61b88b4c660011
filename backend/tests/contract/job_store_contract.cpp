#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/uuid.hpp"
#include "contract/harness.hpp"
#include "contract/run.hpp"

namespace ingestor::contract {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

constexpr std::uint32_t kAll = 100;

Event event_of(std::string detail) {
    Event event;
    event.id = uuid_v4();
    event.source = "agent2.ingestor";
    event.detail_type = "Document Processing Required";
    event.account = "000000000000";
    event.region = "us-east-1";
    event.time = TimePoint{1'767'323'045'000ms};
    event.resources = {"arn:aws:s3:::bucket", "arn:aws:s3:::other"};
    event.detail = std::move(detail);
    return event;
}

/// What the tests say about a store, in few words.
class Driver {
public:
    Driver(Surroundings& around, JobStore& jobs, EventLog& log)
        : around_(around), jobs_(jobs), log_(log) {}

    [[nodiscard]] TimePoint now() const { return around_.clock.now(); }

    Job new_job(int files = 1, const std::string& user = "ada") const {
        Job job;
        job.job_id = JobId{uuid_v7(now())};
        job.user_id = UserId{user};
        job.job_name = "papers";
        job.created_at = now();
        for (int n = 0; n < files; ++n) {
            auto& file = job.files.emplace_back();
            file.filename = fmt::format("{}.pdf", n);
            file.file_key = ObjectKey{fmt::format("uploads/{}/{}.pdf", user, n)};
            file.content_type = "application/pdf";
            file.size_bytes = 1000 + static_cast<std::uint64_t>(n);
        }
        return job;
    }
    JobId submit(int files = 1, const std::string& user = "ada") {
        auto job = new_job(files, user);
        const auto id = job.job_id;
        const auto created =
            run(around_.io, jobs_.create(std::move(job), std::nullopt, event_of("{}")));
        EXPECT_TRUE(created) << created.error().message;
        return id;
    }
    ClaimOutcome claim(const JobId& id, const std::string& owner = kOwner) {
        ClaimRequest request{id, owner, now(), now() + 60s};
        auto outcome = run(around_.io, jobs_.claim(std::move(request)));
        EXPECT_TRUE(outcome) << outcome.error().message;
        return std::move(*outcome);
    }
    Lease claimed(const JobId& id, const std::string& owner = kOwner) {
        return std::get<Claimed>(claim(id, owner)).lease;
    }
    Result<std::monostate> record(const Lease& lease, std::uint32_t index, FileStatus status) {
        auto file = get(lease.job_id).files.at(index);
        file.status = status;
        if (status == FileStatus::failed) file.error = FileError{"encrypted", "needs a password"};
        return run(around_.io, jobs_.record_file(lease, index, file, now()));
    }
    Result<std::monostate> finish(const Lease& lease, JobStatus status,
                                  std::optional<std::string> error = std::nullopt) {
        return run(around_.io,
                   jobs_.finish(lease, status, std::move(error), event_of("{}"), now()));
    }
    Result<std::monostate> release(const Lease& lease, bool interrupted = false) {
        return run(around_.io, jobs_.release(lease, "no helper", interrupted, now()));
    }
    Result<std::monostate> fail_exhausted(const JobId& id) {
        return run(around_.io, jobs_.fail_exhausted(id, "gave up", event_of("{}"), now()));
    }
    Result<Job> retry(const JobId& id) {
        return run(around_.io, jobs_.retry(id, event_of("{}"), now()));
    }
    Result<Job> cancel(const JobId& id) { return run(around_.io, jobs_.cancel(id, now())); }
    Job get(const JobId& id) {
        auto job = run(around_.io, jobs_.get(id));
        EXPECT_TRUE(job) << job.error().message;
        return job ? std::move(*job) : Job{};
    }
    std::vector<JobId> stranded(TimePoint queued_before) {
        return run(around_.io, jobs_.find_stranded(now(), queued_before, kAll)).value();
    }
    std::uint64_t depth() { return run(around_.io, log_.depth()).value(); }
    void acknowledge_all() {
        const auto due = run(around_.io, log_.due(now(), 0, kAll)).value();
        for (const auto& delivery : due) {
            EXPECT_TRUE(run(around_.io, log_.acknowledge(delivery.id)));
        }
    }
    std::vector<JobId> list(const std::string& user, std::optional<JobStatus> status = {}) {
        JobQuery query{UserId{user}, status, kAll, std::nullopt};
        std::vector<JobId> ids;
        const auto page = run(around_.io, jobs_.list(std::move(query))).value();
        for (const auto& job : page.jobs) ids.push_back(job.job_id);
        return ids;
    }

private:
    Surroundings& around_;
    JobStore& jobs_;
    EventLog& log_;
};

}  // namespace

#define DRIVE Driver drive(surroundings_, jobs_, log_)

TEST_P(JobStoreContract, ANewJobIsQueuedWithItsFiles) {
    DRIVE;
    auto job = drive.new_job(2);
    const auto id = job.job_id;
    const auto created =
        run(surroundings_.io, jobs_.create(job, std::nullopt, event_of(R"({"a":1})")));
    ASSERT_TRUE(created) << created.error().message;
    EXPECT_EQ(created->job_id, id);
    EXPECT_EQ(created->files_count, 2U);
    EXPECT_EQ(created->status, JobStatus::queued);
    EXPECT_FALSE(created->existed);

    const auto stored = drive.get(id);
    EXPECT_EQ(stored.job_id, id);
    EXPECT_EQ(stored.user_id, job.user_id);
    EXPECT_EQ(stored.job_name, "papers");
    EXPECT_EQ(stored.status, JobStatus::queued);
    EXPECT_EQ(stored.total_documents, 2U);
    EXPECT_EQ(stored.documents_processed, 0U);
    EXPECT_EQ(stored.created_at, job.created_at);
    EXPECT_EQ(stored.updated_at, job.created_at);
    EXPECT_FALSE(stored.started_at);
    EXPECT_FALSE(stored.finished_at);
    EXPECT_THAT(stored.attempts, IsEmpty());
    ASSERT_EQ(stored.files.size(), 2U);
    EXPECT_EQ(stored.files[1].filename, "1.pdf");
    EXPECT_EQ(stored.files[1].file_key.value(), "uploads/ada/1.pdf");
    EXPECT_EQ(stored.files[1].content_type, "application/pdf");
    EXPECT_EQ(stored.files[1].size_bytes, 1001U);
    EXPECT_EQ(stored.files[1].status, FileStatus::queued);
    EXPECT_FALSE(stored.files[1].error);
    EXPECT_FALSE(stored.files[1].markdown_key);
    EXPECT_FALSE(stored.files[1].pages);
}

TEST_P(JobStoreContract, ANewJobsEventIsUnderWayAndAnnounced) {
    DRIVE;
    const auto event = event_of(R"({"a":1})");
    ASSERT_TRUE(run(surroundings_.io, jobs_.create(drive.new_job(), std::nullopt, event)));
    const auto due = run(surroundings_.io, log_.due(drive.now(), 0, kAll)).value();
    ASSERT_EQ(due.size(), 1U);
    ASSERT_EQ(surroundings_.announced.size(), 1U);
    EXPECT_EQ(due[0].id, surroundings_.announced[0].id);
    EXPECT_EQ(due[0].event.id, event.id);
    EXPECT_EQ(due[0].event.detail, R"({"a":1})");
    EXPECT_EQ(due[0].event.resources, event.resources);
}

TEST_P(JobStoreContract, AJobIsNotStoredTwice) {
    DRIVE;
    const auto job = drive.new_job();
    ASSERT_TRUE(run(surroundings_.io, jobs_.create(job, std::nullopt, event_of("{}"))));
    const auto again = run(surroundings_.io, jobs_.create(job, std::nullopt, event_of("{}")));
    EXPECT_EQ(again.error().code, Errc::conflict);
    EXPECT_EQ(drive.depth(), 1U);
}

TEST_P(JobStoreContract, ARepeatedKeyGivesTheFirstJob) {
    DRIVE;
    const IdempotencyKey key{"key-1", "hash"};
    const auto first = drive.new_job(3);
    ASSERT_TRUE(run(surroundings_.io, jobs_.create(first, key, event_of("{}"))));
    surroundings_.clock.advance(24h - 1ms);
    const auto again = run(surroundings_.io, jobs_.create(drive.new_job(3), key, event_of("{}")));
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_TRUE(again->existed);
    EXPECT_EQ(again->job_id, first.job_id);
    EXPECT_EQ(again->files_count, 3U);
    EXPECT_EQ(drive.depth(), 1U);
    EXPECT_EQ(surroundings_.announced.size(), 1U);
}

TEST_P(JobStoreContract, AKeyOfAnotherRequestIsAConflict) {
    DRIVE;
    const IdempotencyKey key{"key-1", "hash"};
    const IdempotencyKey misused{"key-1", "other"};
    ASSERT_TRUE(run(surroundings_.io, jobs_.create(drive.new_job(), key, event_of("{}"))));
    const auto refused =
        run(surroundings_.io, jobs_.create(drive.new_job(), misused, event_of("{}")));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
    EXPECT_EQ(refused.error().field, "Idempotency-Key");
}

TEST_P(JobStoreContract, KeysAreTheUsersOwnAndExpire) {
    DRIVE;
    const IdempotencyKey key{"key-1", "hash"};
    ASSERT_TRUE(run(surroundings_.io, jobs_.create(drive.new_job(), key, event_of("{}"))));
    const auto other =
        run(surroundings_.io, jobs_.create(drive.new_job(1, "bob"), key, event_of("{}")));
    EXPECT_FALSE(other->existed);
    surroundings_.clock.advance(24h);
    const auto later = run(surroundings_.io, jobs_.create(drive.new_job(), key, event_of("{}")));
    EXPECT_FALSE(later->existed);
    const auto again = run(surroundings_.io, jobs_.create(drive.new_job(), key, event_of("{}")));
    EXPECT_TRUE(again->existed);
}

TEST_P(JobStoreContract, OfSubmitsAtOnceWithOneKeyOneIsStored) {
    DRIVE;
    const IdempotencyKey key{"key-1", "hash"};
    std::vector<CreatedJob> created;
    for (int n = 0; n < 8; ++n) {
        const auto keep = [&created](std::exception_ptr, Result<CreatedJob> answer) {
            if (answer) created.push_back(*answer);
        };
        boost::asio::co_spawn(surroundings_.io, jobs_.create(drive.new_job(), key, event_of("{}")),
                              keep);
    }
    surroundings_.io.restart();
    surroundings_.io.run();
    ASSERT_EQ(created.size(), 8U);
    EXPECT_EQ(std::ranges::count(created, false, &CreatedJob::existed), 1);
    for (const auto& one : created) EXPECT_EQ(one.job_id, created[0].job_id);
    EXPECT_EQ(drive.depth(), 1U);
    EXPECT_EQ(drive.list("ada").size(), 1U);
}

TEST_P(JobStoreContract, WhatIsNoJobIsNotFound) {
    auto& io = surroundings_.io;
    const auto now = surroundings_.clock.now();
    for (const auto& id : {JobId{uuid_v7(now)}, JobId{"no-uuid"}, JobId{}}) {
        ClaimRequest request{id, kOwner, now, now + 1s};
        EXPECT_EQ(run(io, jobs_.get(id)).error().code, Errc::not_found);
        EXPECT_EQ(run(io, jobs_.claim(request)).error().code, Errc::not_found);
        EXPECT_EQ(run(io, jobs_.cancel(id, now)).error().code, Errc::not_found);
        EXPECT_EQ(run(io, jobs_.retry(id, event_of("{}"), now)).error().code, Errc::not_found);
        EXPECT_EQ(run(io, jobs_.redrive(id, event_of("{}"), now)).error().code, Errc::not_found);
        EXPECT_EQ(run(io, jobs_.fail_exhausted(id, "e", event_of("{}"), now)).error().code,
                  Errc::not_found);
    }
}

TEST_P(JobStoreContract, ListsAreNewestFirstAndOfOneUser) {
    DRIVE;
    const auto first = drive.submit();
    drive.submit(1, "bob");
    const auto second = drive.submit();
    const auto third = drive.submit();
    std::get<Claimed>(drive.claim(second));
    EXPECT_THAT(drive.list("ada"), ElementsAre(third, second, first));
    EXPECT_THAT(drive.list("ada", JobStatus::queued), ElementsAre(third, first));
    EXPECT_THAT(drive.list("ada", JobStatus::processing), ElementsAre(second));
    EXPECT_THAT(drive.list("ada", JobStatus::failed), IsEmpty());
    EXPECT_THAT(drive.list("eve"), IsEmpty());
}

TEST_P(JobStoreContract, PagesJoinWithoutGapsOrRepeats) {
    DRIVE;
    std::vector<JobId> expected;
    for (int n = 0; n < 10; ++n) {
        const auto id = drive.submit();
        if (n % 3 == 0) {
            EXPECT_TRUE(drive.cancel(id));
        }
        expected.insert(expected.begin(), id);
    }
    for (const std::optional<JobStatus> status :
         {std::optional<JobStatus>{}, std::optional{JobStatus::queued}}) {
        std::vector<JobId> seen;
        std::optional<JobId> before;
        for (bool more = true; more;) {
            JobQuery query{UserId{"ada"}, status, 3, before};
            const auto page = run(surroundings_.io, jobs_.list(query)).value();
            EXPECT_LE(page.jobs.size(), 3U);
            for (const auto& job : page.jobs) {
                EXPECT_THAT(job.files, IsEmpty());
                EXPECT_EQ(job.total_documents, 1U);
                seen.push_back(job.job_id);
            }
            more = page.more;
            before = seen.back();
        }
        if (status) {
            EXPECT_EQ(seen.size(), 6U);
        } else {
            EXPECT_EQ(seen, expected);
        }
    }
}

TEST_P(JobStoreContract, CountsAreByStatusAndUser) {
    DRIVE;
    drive.submit();
    drive.submit();
    EXPECT_TRUE(drive.cancel(drive.submit()));
    drive.submit(1, "bob");
    auto counts = run(surroundings_.io, jobs_.count(UserId{"ada"})).value();
    EXPECT_EQ(counts[JobStatus::queued], 2U);
    EXPECT_EQ(counts[JobStatus::cancelled], 1U);
    EXPECT_EQ(counts[JobStatus::completed], 0U);
}

TEST_P(JobStoreContract, QueuePositionCountsQueuedJobsOfAllUsersUpToTheLimit) {
    DRIVE;
    auto& io = surroundings_.io;
    drive.submit();
    drive.submit(1, "bob");
    const auto running = drive.submit();
    drive.claimed(running);
    const auto last = drive.submit();
    EXPECT_EQ(run(io, jobs_.queue_position(last, 100)).value(), 2U);
    EXPECT_EQ(run(io, jobs_.queue_position(last, 1)).value(), 1U);
}

TEST_P(JobStoreContract, AClaimStartsAnAttempt) {
    DRIVE;
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
    DRIVE;
    const auto id = drive.submit();
    drive.claimed(id);
    const auto until = drive.now() + 60s;
    surroundings_.clock.advance(60s - 1ms);
    EXPECT_EQ(std::get<HeldElsewhere>(drive.claim(id)).until, until);
}

TEST_P(JobStoreContract, AnExpiredLeaseIsTakenOverAndFencedOff) {
    DRIVE;
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

TEST_P(JobStoreContract, ALeaseOfADeadProcessIsTakenOverAtOnce) {
    DRIVE;
    const auto id = drive.submit();
    drive.claimed(id, "process-that-crashed");
    EXPECT_THAT(drive.stranded(drive.now()), ElementsAre(id));
    const auto outcome = drive.claim(id);
    EXPECT_TRUE(std::get<Claimed>(outcome).job.attempts.at(0).interrupted);
}

TEST_P(JobStoreContract, RenewingKeepsTheLease) {
    DRIVE;
    const auto id = drive.submit();
    const auto lease = drive.claimed(id);
    surroundings_.clock.advance(50s);
    ASSERT_TRUE(run(surroundings_.io, jobs_.renew(lease, drive.now() + 60s)));
    surroundings_.clock.advance(30s);
    EXPECT_TRUE(std::holds_alternative<HeldElsewhere>(drive.claim(id)));
}

TEST_P(JobStoreContract, AnEndedJobIsNotClaimed) {
    DRIVE;
    const auto id = drive.submit();
    const auto lease = drive.claimed(id);
    ASSERT_TRUE(drive.record(lease, 0, FileStatus::completed));
    ASSERT_TRUE(drive.finish(lease, JobStatus::completed));
    EXPECT_EQ(std::get<AlreadyEnded>(drive.claim(id)).status, JobStatus::completed);
}

TEST_P(JobStoreContract, RecordsAllThatIsKnownOfAFile) {
    DRIVE;
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
    DRIVE;
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
    DRIVE;
    const auto lease = drive.claimed(drive.submit(2));
    EXPECT_EQ(
        run(surroundings_.io, jobs_.record_file(lease, 2, JobFile{}, drive.now())).error().code,
        Errc::invalid_argument);
}

TEST_P(JobStoreContract, FinishingEndsTheJobAndItsAttemptAndPublishes) {
    DRIVE;
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
    DRIVE;
    const auto id = drive.submit(2);
    const auto lease = drive.claimed(id);
    ASSERT_TRUE(drive.record(lease, 0, FileStatus::completed));
    EXPECT_EQ(drive.finish(lease, JobStatus::completed).error().code, Errc::internal);
    EXPECT_EQ(drive.get(id).status, JobStatus::processing);
    EXPECT_EQ(drive.depth(), 1U);
}

TEST_P(JobStoreContract, FinishTakesOnlyTheEndsOfAnAttempt) {
    DRIVE;
    const auto lease = drive.claimed(drive.submit());
    for (const auto status : {JobStatus::queued, JobStatus::processing, JobStatus::cancelled}) {
        EXPECT_EQ(drive.finish(lease, status).error().code, Errc::conflict);
    }
}

TEST_P(JobStoreContract, AFailedJobKeepsTheReasonOfEachDocument) {
    DRIVE;
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
    DRIVE;
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
    DRIVE;
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
    DRIVE;
    const auto id = drive.submit();
    for (int stop = 0; stop < kFailedAttemptsMax; ++stop) {
        ASSERT_TRUE(drive.release(drive.claimed(id), true));
        drive.claimed(id, "process-that-crashed");
    }
    const auto outcome = drive.claim(id);
    EXPECT_TRUE(std::holds_alternative<Claimed>(outcome));
}

TEST_P(JobStoreContract, InterruptionsHaveALimitOfTheirOwn) {
    DRIVE;
    const auto id = drive.submit();
    for (int crash = 0; crash < kInterruptedAttemptsMax; ++crash) {
        drive.claimed(id, fmt::format("process-{}", crash));
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
    DRIVE;
    const auto id = drive.submit();
    drive.claimed(id);
    EXPECT_EQ(drive.fail_exhausted(id).error().code, Errc::conflict);
    EXPECT_EQ(drive.get(id).status, JobStatus::processing);
    EXPECT_EQ(drive.depth(), 1U);
}

TEST_P(JobStoreContract, CancellingEndsTheJobAndVoidsTheLease) {
    DRIVE;
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
    DRIVE;
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
    DRIVE;
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

TEST_P(JobStoreContract, AQueuedJobIsStrandedOnceItsDeliveriesAreGone) {
    DRIVE;
    const auto submitted = drive.now();
    const auto id = drive.submit();
    surroundings_.clock.advance(2min);
    EXPECT_THAT(drive.stranded(drive.now()), IsEmpty());
    drive.acknowledge_all();
    EXPECT_THAT(drive.stranded(drive.now()), ElementsAre(id));
    EXPECT_THAT(drive.stranded(submitted), IsEmpty());

    ASSERT_TRUE(run(surroundings_.io, jobs_.redrive(id, event_of("{}"), drive.now())));
    EXPECT_EQ(drive.depth(), 1U);
    surroundings_.clock.advance(2min);
    EXPECT_THAT(drive.stranded(drive.now()), IsEmpty());
}

TEST_P(JobStoreContract, AJobThatNoRuleMatchesIsStranded) {
    DRIVE;
    surroundings_.router.routes.clear();
    const auto id = drive.submit();
    surroundings_.clock.advance(2min);
    EXPECT_THAT(drive.stranded(drive.now()), ElementsAre(id));
}

TEST_P(JobStoreContract, AJobIsDrivenUntilTheLastOfItsDeliveriesIsGone) {
    DRIVE;
    surroundings_.router.routes.push_back(surroundings_.router.routes[0]);
    const auto id = drive.submit();
    surroundings_.clock.advance(2min);
    const auto due = run(surroundings_.io, log_.due(drive.now(), 0, kAll)).value();
    ASSERT_EQ(due.size(), 2U);
    ASSERT_TRUE(run(surroundings_.io, log_.acknowledge(due[0].id)));
    EXPECT_THAT(drive.stranded(drive.now()), IsEmpty());
    DeadLetter letter;
    letter.delivery = due[1];
    letter.dead_at = drive.now();
    ASSERT_TRUE(run(surroundings_.io, log_.bury(due[1].id, letter)));
    EXPECT_THAT(drive.stranded(drive.now()), ElementsAre(id));
    ASSERT_TRUE(run(surroundings_.io, log_.redrive(due[1].id, drive.now())));
    EXPECT_THAT(drive.stranded(drive.now()), IsEmpty());
}

TEST_P(JobStoreContract, AReleasedJobWhoseDeliveryIsGoneIsStranded) {
    DRIVE;
    const auto id = drive.submit();
    const auto lease = drive.claimed(id);
    drive.acknowledge_all();
    EXPECT_THAT(drive.stranded(drive.now() + 1min), IsEmpty());
    ASSERT_TRUE(drive.release(lease, true));
    EXPECT_THAT(drive.stranded(drive.now() + 1ms), ElementsAre(id));
}

TEST_P(JobStoreContract, AProcessingJobIsStrandedWhenItsLeaseRunsOut) {
    DRIVE;
    const auto id = drive.submit();
    drive.claimed(id);
    EXPECT_THAT(drive.stranded(drive.now() + 1h), IsEmpty());
    surroundings_.clock.advance(60s);
    EXPECT_THAT(drive.stranded(drive.now()), ElementsAre(id));
}

TEST_P(JobStoreContract, FindStrandedKeepsItsLimitAndStartsWithTheOldest) {
    DRIVE;
    surroundings_.router.routes.clear();
    const auto first = drive.submit();
    const auto second = drive.submit();
    drive.submit();
    surroundings_.clock.advance(2min);
    const auto found =
        run(surroundings_.io, jobs_.find_stranded(drive.now(), drive.now(), 2)).value();
    EXPECT_THAT(found, ElementsAre(first, second));
}

TEST_P(JobStoreContract, AnEndedJobIsNotPublishedAgain) {
    DRIVE;
    const auto id = drive.submit();
    ASSERT_TRUE(drive.cancel(id));
    EXPECT_EQ(run(surroundings_.io, jobs_.redrive(id, event_of("{}"), drive.now())).error().code,
              Errc::conflict);
    EXPECT_EQ(drive.depth(), 1U);
}

#undef DRIVE

}  // namespace ingestor::contract
