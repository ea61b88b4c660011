#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <gmock/gmock.h>

#include "contract/job_store_driver.hpp"

namespace ingestor::contract {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(JobStoreContract, ANewJobIsQueuedWithItsFiles) {
    Driver drive(surroundings_, jobs_, log_);
    auto job = drive.new_job(2);
    const auto id = job.job_id;
    const auto created =
        run(surroundings_.io, jobs_.create(job, std::nullopt, event_of(R"({"a":1})")));
    ASSERT_TRUE(created) << created.error().message;
    EXPECT_EQ(created->job_id, id);
    EXPECT_EQ(created->files_count, 2U);
    EXPECT_EQ(created->status, domain::JobStatus::queued);
    EXPECT_FALSE(created->existed);

    const auto stored = drive.get(id);
    EXPECT_EQ(stored.job_id, id);
    EXPECT_EQ(stored.user_id, job.user_id);
    EXPECT_EQ(stored.job_name, "papers");
    EXPECT_EQ(stored.status, domain::JobStatus::queued);
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
    EXPECT_EQ(stored.files[1].upload_etag, domain::ETag{"etag-1"});
    EXPECT_FALSE(stored.files[0].upload_etag);
    EXPECT_EQ(stored.files[1].status, domain::FileStatus::queued);
    EXPECT_FALSE(stored.files[1].error);
    EXPECT_FALSE(stored.files[1].markdown_key);
    EXPECT_FALSE(stored.files[1].pages);
}

TEST_P(JobStoreContract, AJobOfManyDocumentsIsKeptWhole) {
    Driver drive(surroundings_, jobs_, log_);
    constexpr int kFiles = 40;
    const auto id = drive.submit(kFiles);
    const auto stored = drive.get(id);
    ASSERT_EQ(stored.files.size(), std::size_t{kFiles});
    for (int n = 0; n < kFiles; ++n) {
        EXPECT_EQ(stored.files[static_cast<std::size_t>(n)].filename, fmt::format("{}.pdf", n));
    }

    const auto lease = drive.claimed(id);
    ASSERT_TRUE(drive.record(lease, 9, domain::FileStatus::completed));
    ASSERT_TRUE(drive.record(lease, 10, domain::FileStatus::completed));
    ASSERT_TRUE(drive.record(lease, 11, domain::FileStatus::failed));
    ASSERT_TRUE(drive.record(lease, 39, domain::FileStatus::processing));
    EXPECT_EQ(drive.get(id).documents_processed, 3U);
    ASSERT_TRUE(drive.record(lease, 10, domain::FileStatus::queued));
    ASSERT_TRUE(drive.record(lease, 10, domain::FileStatus::completed));
    EXPECT_EQ(drive.get(id).files[39].status, domain::FileStatus::processing);
    ASSERT_TRUE(drive.release(lease));
    const auto outcome = drive.claim(id);
    const auto& again = std::get<ports::Claimed>(outcome);
    EXPECT_EQ(again.job.documents_processed, 3U);
    EXPECT_EQ(again.job.files[10].status, domain::FileStatus::completed);
    EXPECT_EQ(again.job.files[11].status, domain::FileStatus::failed);
    EXPECT_EQ(again.job.files[39].status, domain::FileStatus::queued);

    ASSERT_TRUE(drive.finish(again.lease, domain::JobStatus::failed, "gave up"));
    EXPECT_EQ(drive.get(id).files[39].status, domain::FileStatus::failed);
    EXPECT_EQ(drive.get(id).documents_processed, std::uint32_t{kFiles});
    const auto retried = drive.retry(id);
    ASSERT_TRUE(retried) << retried.error().message;
    EXPECT_EQ(retried->documents_processed, 2U);
    EXPECT_EQ(retried->files[10].status, domain::FileStatus::completed);
    EXPECT_EQ(retried->files[11].status, domain::FileStatus::queued);
    EXPECT_FALSE(retried->files[11].error);

    const auto last = drive.claimed(id);
    for (std::uint32_t n = 0; n < kFiles; ++n) {
        ASSERT_TRUE(drive.record(last, n, domain::FileStatus::completed));
    }
    ASSERT_TRUE(drive.finish(last, domain::JobStatus::completed));
    EXPECT_EQ(drive.get(id).documents_processed, std::uint32_t{kFiles});
}

TEST_P(JobStoreContract, WhichUploadADocumentIsStaysOnRecordFromTheSubmitOn) {
    Driver drive(surroundings_, jobs_, log_);
    // As many as stand in more than one place of a store.
    constexpr int kFiles = 12;
    const auto id = drive.submit(kFiles);
    const auto expect_etags = [](const domain::Job& job) {
        ASSERT_EQ(job.files.size(), std::size_t{kFiles});
        EXPECT_FALSE(job.files[0].upload_etag);
        EXPECT_EQ(job.files[1].upload_etag, domain::ETag{"etag-1"});
        EXPECT_EQ(job.files[11].upload_etag, domain::ETag{"etag-11"});
    };
    const auto claimed = drive.claim(id);
    expect_etags(std::get<ports::Claimed>(claimed).job);
    const auto& lease = std::get<ports::Claimed>(claimed).lease;
    ASSERT_TRUE(drive.record(lease, 1, domain::FileStatus::failed));
    ASSERT_TRUE(drive.record(lease, 11, domain::FileStatus::failed));
    ASSERT_TRUE(drive.finish(lease, domain::JobStatus::failed, "replaced"));
    expect_etags(drive.get(id));
    expect_etags(drive.retry(id).value());
    const auto again = drive.claim(id);
    expect_etags(std::get<ports::Claimed>(again).job);
}

TEST_P(JobStoreContract, DocumentsRecordedAtOnceAreAllCounted) {
    Driver drive(surroundings_, jobs_, log_);
    constexpr std::uint32_t kFiles = 20;
    const auto id = drive.submit(kFiles);
    const auto lease = drive.claimed(id);
    auto file = drive.get(id).files[0];
    file.status = domain::FileStatus::completed;
    std::uint32_t recorded = 0;
    for (std::uint32_t n = 0; n < kFiles; ++n) {
        const auto keep = [&recorded](std::exception_ptr, const Result<std::monostate>& answer) {
            EXPECT_TRUE(answer) << answer.error().message;
            if (answer) ++recorded;
        };
        boost::asio::co_spawn(surroundings_.io, jobs_.record_file(lease, n, file, drive.now()),
                              keep);
    }
    surroundings_.io.restart();
    surroundings_.io.run();
    EXPECT_EQ(recorded, kFiles);
    EXPECT_EQ(drive.get(id).documents_processed, kFiles);
    EXPECT_TRUE(drive.finish(lease, domain::JobStatus::completed));
}

TEST_P(JobStoreContract, ANewJobsEventIsUnderWayAndAnnounced) {
    Driver drive(surroundings_, jobs_, log_);
    const auto event = event_of(R"({"a":1})");
    ASSERT_TRUE(run(surroundings_.io, jobs_.create(drive.new_job(), std::nullopt, event)));
    const auto due = run(surroundings_.io, ports::testing::all_due(log_, drive.now())).value();
    ASSERT_EQ(due.size(), 1U);
    ASSERT_EQ(surroundings_.announced.size(), 1U);
    EXPECT_EQ(due[0].id, surroundings_.announced[0].id);
    EXPECT_EQ(due[0].event->id, event.id);
    EXPECT_EQ(due[0].event->detail, R"({"a":1})");
    EXPECT_EQ(due[0].event->resources, event.resources);
}

TEST_P(JobStoreContract, AJobIsNotStoredTwice) {
    Driver drive(surroundings_, jobs_, log_);
    const auto job = drive.new_job();
    ASSERT_TRUE(run(surroundings_.io, jobs_.create(job, std::nullopt, event_of("{}"))));
    const auto again = run(surroundings_.io, jobs_.create(job, std::nullopt, event_of("{}")));
    EXPECT_EQ(again.error().code, Errc::conflict) << again.error().message;
    EXPECT_EQ(drive.depth(), 1U);
}

TEST_P(JobStoreContract, ARepeatedKeyGivesTheFirstJob) {
    Driver drive(surroundings_, jobs_, log_);
    const ports::IdempotencyKey key{"key-1", "hash"};
    const auto first = drive.new_job(3);
    ASSERT_TRUE(run(surroundings_.io, jobs_.create(first, key, event_of("{}"))));
    surroundings_.pass(24h - 1ms);
    const auto again = run(surroundings_.io, jobs_.create(drive.new_job(3), key, event_of("{}")));
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_TRUE(again->existed);
    EXPECT_EQ(again->job_id, first.job_id);
    EXPECT_EQ(again->files_count, 3U);
    EXPECT_EQ(drive.depth(), 1U);
    EXPECT_EQ(surroundings_.announced.size(), 1U);
}

TEST_P(JobStoreContract, ARepeatIsFoundWithoutASubmit) {
    Driver drive(surroundings_, jobs_, log_);
    const ports::IdempotencyKey key{"key-1", "hash"};
    const auto find = [&](const std::string& user, const ports::IdempotencyKey& wanted) {
        return run(surroundings_.io,
                   jobs_.find_repeated(domain::UserId{user}, wanted, drive.now()));
    };
    EXPECT_EQ(find("ada", key).value(), std::nullopt);
    const auto first = drive.new_job(3);
    ASSERT_TRUE(run(surroundings_.io, jobs_.create(first, key, event_of("{}"))));
    const auto found = find("ada", key).value();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->job_id, first.job_id);
    EXPECT_EQ(found->files_count, 3U);
    EXPECT_TRUE(found->existed);
    EXPECT_EQ(find("bob", key).value(), std::nullopt);
    EXPECT_EQ(find("ada", {"key-1", "other"}).error().code, Errc::conflict);
    surroundings_.pass(24h);
    EXPECT_EQ(find("ada", key).value(), std::nullopt);
}

TEST_P(JobStoreContract, CompletedDocumentsAreFoundByTheirContent) {
    Driver drive(surroundings_, jobs_, log_);
    const std::string digest(64, 'b');
    const auto complete = [&](const domain::JobId& id, std::uint32_t index,
                              const std::string& sha256) {
        auto file = drive.get(id).files.at(index);
        file.status = domain::FileStatus::completed;
        file.sha256 = sha256;
        const auto lease = drive.claimed(id);
        EXPECT_TRUE(run(surroundings_.io, jobs_.record_file(lease, index, file, drive.now())));
        EXPECT_EQ(drive.get(id).files.at(index).sha256, sha256);
        EXPECT_TRUE(drive.release(lease));
    };
    const auto find = [&](const std::string& user, const std::string& sha256, std::uint32_t limit) {
        return run(surroundings_.io, jobs_.find_documents(domain::UserId{user}, sha256, limit))
            .value();
    };
    const auto first = drive.submit(2);
    const auto second = drive.submit(3);
    const auto other = drive.submit(1, "bob");
    EXPECT_THAT(find("ada", digest, kAll), IsEmpty());
    complete(first, 1, digest);
    complete(second, 0, digest);
    complete(second, 2, digest);
    complete(second, 1, std::string(64, 'c'));
    complete(other, 0, digest);

    const auto found = find("ada", digest, kAll);
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].job_id, second);
    EXPECT_EQ(found[0].index, 2U);
    EXPECT_EQ(found[0].filename, "2.pdf");
    EXPECT_EQ(found[0].job_name, "papers");
    EXPECT_EQ(found[0].status, domain::FileStatus::completed);
    EXPECT_EQ(found[0].created_at, drive.get(second).created_at);
    EXPECT_EQ(found[1].index, 0U);
    EXPECT_EQ(found[2].job_id, first);
    EXPECT_EQ(find("ada", digest, 2).size(), 2U);
    EXPECT_EQ(find("bob", digest, kAll).size(), 1U);
    EXPECT_THAT(find("ada", std::string(64, 'd'), kAll), IsEmpty());
    EXPECT_THAT(find("ada", "no digest", kAll), IsEmpty());
}

TEST_P(JobStoreContract, AKeyOfAnotherRequestIsAConflict) {
    Driver drive(surroundings_, jobs_, log_);
    const ports::IdempotencyKey key{"key-1", "hash"};
    const ports::IdempotencyKey misused{"key-1", "other"};
    ASSERT_TRUE(run(surroundings_.io, jobs_.create(drive.new_job(), key, event_of("{}"))));
    const auto refused =
        run(surroundings_.io, jobs_.create(drive.new_job(), misused, event_of("{}")));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
    EXPECT_EQ(refused.error().field, "Idempotency-Key");
}

TEST_P(JobStoreContract, KeysAreTheUsersOwnAndExpire) {
    Driver drive(surroundings_, jobs_, log_);
    const ports::IdempotencyKey key{"key-1", "hash"};
    ASSERT_TRUE(run(surroundings_.io, jobs_.create(drive.new_job(), key, event_of("{}"))));
    const auto other =
        run(surroundings_.io, jobs_.create(drive.new_job(1, "bob"), key, event_of("{}")));
    EXPECT_FALSE(other->existed);
    surroundings_.pass(24h);
    const auto later = run(surroundings_.io, jobs_.create(drive.new_job(), key, event_of("{}")));
    EXPECT_FALSE(later->existed);
    const auto again = run(surroundings_.io, jobs_.create(drive.new_job(), key, event_of("{}")));
    EXPECT_TRUE(again->existed);
}

TEST_P(JobStoreContract, OfSubmitsAtOnceWithOneKeyOneIsStored) {
    Driver drive(surroundings_, jobs_, log_);
    const ports::IdempotencyKey key{"key-1", "hash"};
    std::vector<ports::CreatedJob> created;
    for (int n = 0; n < 8; ++n) {
        const auto keep = [&created](std::exception_ptr, Result<ports::CreatedJob> answer) {
            if (answer) created.push_back(*answer);
        };
        boost::asio::co_spawn(surroundings_.io, jobs_.create(drive.new_job(), key, event_of("{}")),
                              keep);
    }
    surroundings_.io.restart();
    surroundings_.io.run();
    ASSERT_EQ(created.size(), 8U);
    EXPECT_EQ(std::ranges::count(created, false, &ports::CreatedJob::existed), 1);
    for (const auto& one : created) EXPECT_EQ(one.job_id, created[0].job_id);
    EXPECT_EQ(drive.depth(), 1U);
    EXPECT_EQ(drive.list("ada").size(), 1U);
}

TEST_P(JobStoreContract, WhatIsNoJobIsNotFound) {
    auto& io = surroundings_.io;
    const auto now = surroundings_.clock.now();
    for (const auto& id :
         {domain::JobId{uuid_v7(now)}, domain::JobId{"no-uuid"}, domain::JobId{}}) {
        domain::ClaimRequest request{id, kOwner, now, now + 1s};
        EXPECT_EQ(run(io, jobs_.get(id)).error().code, Errc::not_found);
        EXPECT_EQ(run(io, jobs_.claim(request)).error().code, Errc::not_found);
        EXPECT_EQ(run(io, jobs_.cancel(id, now)).error().code, Errc::not_found);
        EXPECT_EQ(run(io, jobs_.retry(id, event_of("{}"), now)).error().code, Errc::not_found);
        EXPECT_EQ(run(io, jobs_.republish(id, event_of("{}"), now)).error().code, Errc::not_found);
    }
}

TEST_P(JobStoreContract, ListsAreNewestFirstAndOfOneUser) {
    Driver drive(surroundings_, jobs_, log_);
    const auto first = drive.submit();
    drive.submit(1, "bob");
    const auto second = drive.submit();
    const auto third = drive.submit();
    std::get<ports::Claimed>(drive.claim(second));
    EXPECT_THAT(drive.list("ada"), ElementsAre(third, second, first));
    EXPECT_THAT(drive.list("ada", domain::JobStatus::queued), ElementsAre(third, first));
    EXPECT_THAT(drive.list("ada", domain::JobStatus::processing), ElementsAre(second));
    EXPECT_THAT(drive.list("ada", domain::JobStatus::failed), IsEmpty());
    EXPECT_THAT(drive.list("eve"), IsEmpty());
}

TEST_P(JobStoreContract, PagesJoinWithoutGapsOrRepeats) {
    Driver drive(surroundings_, jobs_, log_);
    std::vector<domain::JobId> expected;
    for (int n = 0; n < 10; ++n) {
        const auto id = drive.submit();
        if (n % 3 == 0) {
            EXPECT_TRUE(drive.cancel(id));
        }
        expected.insert(expected.begin(), id);
    }
    for (const std::optional<domain::JobStatus> status :
         {std::optional<domain::JobStatus>{}, std::optional{domain::JobStatus::queued}}) {
        std::vector<domain::JobId> seen;
        std::optional<domain::JobId> before;
        for (bool more = true; more;) {
            ports::JobQuery query{.user_id = domain::UserId{"ada"}, .limit = 3, .before = before};
            if (status) query.statuses = {*status};
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

TEST_P(JobStoreContract, ListsOfSeveralStatusesAreOneList) {
    Driver drive(surroundings_, jobs_, log_);
    std::vector<domain::JobId> wanted;
    for (int n = 0; n < 12; ++n) {
        const auto id = drive.submit();
        if (n % 3 == 1) drive.claimed(id);
        if (n % 3 == 2) {
            EXPECT_TRUE(drive.cancel(id));
        }
        if (n % 3 != 1) wanted.insert(wanted.begin(), id);
    }
    const std::vector statuses{domain::JobStatus::cancelled, domain::JobStatus::queued,
                               domain::JobStatus::failed};
    EXPECT_EQ(drive.list(ports::JobQuery{
                  .user_id = domain::UserId{"ada"}, .statuses = statuses, .limit = kAll}),
              wanted);
    const ports::JobQuery third{
        .user_id = domain::UserId{"ada"}, .statuses = statuses, .limit = 3, .before = wanted[2]};
    EXPECT_THAT(drive.list(third), ElementsAre(wanted[3], wanted[4], wanted[5]));
    const std::vector twice{domain::JobStatus::cancelled, domain::JobStatus::cancelled};
    EXPECT_EQ(
        drive.list(ports::JobQuery{.user_id = domain::UserId{"ada"}, .statuses = twice}).size(),
        4U);
}

TEST_P(JobStoreContract, ASearchFindsNamesAndBeginningsOfIds) {
    Driver drive(surroundings_, jobs_, log_);
    const auto submit = [&](const std::string& name, const std::string& user) {
        auto job = drive.new_job(1, user);
        job.job_name = name;
        surroundings_.pass(1s);
        const auto id = job.job_id;
        EXPECT_TRUE(run(surroundings_.io, jobs_.create(job, std::nullopt, event_of("{}"))));
        return id;
    };
    const auto report = submit("Annual REPORT 2026", "ada");
    const auto umlaut = submit("Übersicht 100%_x", "ada");
    const auto second = submit("report", "ada");
    submit("report", "bob");
    EXPECT_TRUE(drive.cancel(second));

    const auto found = [&](const std::string& text, std::vector<domain::JobStatus> statuses = {}) {
        return drive.list(ports::JobQuery{.user_id = domain::UserId{"ada"},
                                          .statuses = std::move(statuses),
                                          .text = text,
                                          .limit = kAll});
    };
    EXPECT_THAT(found("report"), ElementsAre(second, report));
    EXPECT_THAT(found("RePoRt"), ElementsAre(second, report));
    EXPECT_THAT(found("report", {domain::JobStatus::queued}), ElementsAre(report));
    EXPECT_THAT(found("Übersicht"), ElementsAre(umlaut));
    EXPECT_THAT(found("übersicht"), IsEmpty());
    for (const auto* nothing : {"%x", "100_", "*", "reports", "'", "annual  report"}) {
        EXPECT_THAT(found(nothing), IsEmpty()) << nothing;
    }
    EXPECT_THAT(found("100%_"), ElementsAre(umlaut));
    for (const std::size_t length : {36U, 35U, 24U, 23U}) {
        EXPECT_THAT(found(report.value().substr(0, length)), ElementsAre(report)) << length;
    }
    EXPECT_THAT(found(report.value().substr(0, 4)), ElementsAre(second, umlaut, report));
    EXPECT_THAT(found(report.value() + "0"), IsEmpty());
    EXPECT_THAT(found(report.value().substr(1, 20)), IsEmpty());

    const ports::JobQuery next{
        .user_id = domain::UserId{"ada"}, .text = "report", .limit = 1, .before = second};
    EXPECT_THAT(drive.list(next), ElementsAre(report));
    const auto page = run(surroundings_.io, jobs_.list({.user_id = domain::UserId{"ada"},
                                                        .statuses = {},
                                                        .text = "report",
                                                        .limit = 1,
                                                        .before = {}}));
    EXPECT_TRUE(page->more);
}

TEST_P(JobStoreContract, NamedJobsAreShownToTheirUserAlone) {
    Driver drive(surroundings_, jobs_, log_);
    const auto mine = drive.submit(2);
    const auto other = drive.submit(1, "bob");
    const auto later = drive.submit();
    const std::vector ids{later, other, domain::JobId{"no-uuid"},
                          domain::JobId{uuid_v7(drive.now())}, mine};
    const auto named = run(surroundings_.io, jobs_.list_named(domain::UserId{"ada"}, ids)).value();
    ASSERT_EQ(named.size(), 2U);
    EXPECT_EQ(named[0].job_id, later);
    EXPECT_EQ(named[1].job_id, mine);
    EXPECT_EQ(named[1].total_documents, 2U);
    EXPECT_THAT(named[1].files, IsEmpty());
}

TEST_P(JobStoreContract, CountsAreByStatusAndUser) {
    Driver drive(surroundings_, jobs_, log_);
    drive.submit();
    drive.submit();
    EXPECT_TRUE(drive.cancel(drive.submit()));
    drive.submit(1, "bob");
    auto counts = run(surroundings_.io, jobs_.count(domain::UserId{"ada"})).value();
    EXPECT_EQ(counts[domain::JobStatus::queued], 2U);
    EXPECT_EQ(counts[domain::JobStatus::cancelled], 1U);
    EXPECT_EQ(counts[domain::JobStatus::completed], 0U);
}

TEST_P(JobStoreContract, QueuePositionCountsQueuedJobsOfAllUsersUpToTheLimit) {
    Driver drive(surroundings_, jobs_, log_);
    auto& io = surroundings_.io;
    drive.submit();
    drive.submit(1, "bob");
    const auto running = drive.submit();
    drive.claimed(running);
    const auto last = drive.submit();
    EXPECT_EQ(run(io, jobs_.queue_position(last, 100)).value(), 2U);
    EXPECT_EQ(run(io, jobs_.queue_position(last, 1)).value(), 1U);
}

TEST_P(JobStoreContract, AQueuedJobIsOrphanedOnceItsEventIsGone) {
    Driver drive(surroundings_, jobs_, log_);
    const auto submitted = drive.now();
    const auto id = drive.submit();
    surroundings_.pass(2min);
    drive.acknowledge_all();
    EXPECT_THAT(drive.orphaned(drive.now()), ElementsAre(id));
    EXPECT_THAT(drive.orphaned(submitted), IsEmpty());

    ASSERT_TRUE(run(surroundings_.io, jobs_.republish(id, event_of("{}"), drive.now())));
    EXPECT_EQ(drive.depth(), 1U);
    EXPECT_THAT(drive.orphaned(drive.now()), IsEmpty());
}

TEST_P(EmbeddedJobStoreContract, AQueuedJobIsNotOrphanedWhileADeliveryIsUnderWay) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit();
    surroundings_.pass(2min);
    EXPECT_THAT(drive.orphaned(drive.now()), IsEmpty());
    drive.acknowledge_all();
    ASSERT_TRUE(run(surroundings_.io, jobs_.republish(id, event_of("{}"), drive.now())));
    surroundings_.pass(2min);
    EXPECT_THAT(drive.orphaned(drive.now()), IsEmpty());
}

TEST_P(JobStoreContract, AJobThatNoRuleMatchesIsOrphaned) {
    Driver drive(surroundings_, jobs_, log_);
    surroundings_.router.routes.clear();
    const auto id = drive.submit();
    surroundings_.pass(2min);
    EXPECT_THAT(drive.orphaned(drive.now()), ElementsAre(id));
}

TEST_P(EmbeddedJobStoreContract, AJobIsDrivenUntilTheLastOfItsDeliveriesIsGone) {
    Driver drive(surroundings_, jobs_, log_);
    surroundings_.router.routes.push_back(surroundings_.router.routes[0]);
    const auto id = drive.submit();
    surroundings_.pass(2min);
    const auto due = run(surroundings_.io, ports::testing::all_due(log_, drive.now())).value();
    ASSERT_EQ(due.size(), 2U);
    ASSERT_TRUE(run(surroundings_.io, log_.acknowledge(due[0].id)));
    EXPECT_THAT(drive.orphaned(drive.now()), IsEmpty());
    const auto reason = given_up(drive.now());
    ASSERT_TRUE(run(surroundings_.io, log_.move_to_dead_letters(due[1].id, reason)));
    EXPECT_THAT(drive.orphaned(drive.now()), ElementsAre(id));
    const std::vector<std::int64_t> ids{due[1].id};
    ASSERT_EQ(run(surroundings_.io, log_.redrive(ids, drive.now())).value(), ids);
    EXPECT_THAT(drive.orphaned(drive.now()), IsEmpty());
}

TEST_P(EmbeddedJobStoreContract, WhatIsPublishedAgainAndFailsAgainIsCountedOnOneDeadLetter) {
    Driver drive(surroundings_, jobs_, log_);
    auto& io = surroundings_.io;
    const auto job = drive.new_job();
    const auto event = [&job] {
        auto result = event_of("{}");
        result.subject = job.job_id.value();
        return result;
    };
    ASSERT_TRUE(run(io, jobs_.create(job, std::nullopt, event())));
    drive.submit();
    const auto started = drive.now();
    std::vector<ports::DeadLetter> letters;
    for (std::uint64_t times = 1; times <= 5; ++times) {
        const auto due = run(io, ports::testing::all_due(log_, drive.now())).value();
        const auto of_job = std::ranges::find_if(due, [&job](const ports::Delivery& delivery) {
            return delivery.event->subject == job.job_id.value();
        });
        ASSERT_NE(of_job, due.end());
        const auto reason = given_up(drive.now(), "n" + std::to_string(times));
        ASSERT_TRUE(run(io, log_.move_to_dead_letters(of_job->id, reason)));
        letters = run(io, log_.dead_letters(kAll)).value();
        ASSERT_EQ(letters.size(), 1U);
        EXPECT_EQ(letters[0].times, times);
        EXPECT_EQ(letters[0].error_message, reason.error_message);
        EXPECT_EQ(letters[0].first_dead_at, started);
        EXPECT_EQ(letters[0].dead_at, drive.now());
        surroundings_.pass(1min);
        ASSERT_TRUE(run(io, jobs_.republish(job.job_id, event(), drive.now())));
    }
    // Its id stays the same, so that it can be redriven by it; another job's is its own.
    const auto due = run(io, ports::testing::all_due(log_, drive.now())).value();
    ASSERT_EQ(due.size(), 2U);
    for (const auto& delivery : due) {
        const auto reason = given_up(drive.now());
        ASSERT_TRUE(run(io, log_.move_to_dead_letters(delivery.id, reason)));
    }
    EXPECT_EQ(run(io, log_.dead_letters(kAll))->size(), 2U);
    const std::vector<std::int64_t> ids{letters[0].id};
    EXPECT_EQ(run(io, log_.redrive(ids, drive.now())).value(), ids);
    EXPECT_EQ(run(io, ports::testing::all_due(log_, drive.now()))->at(0).event->subject,
              job.job_id.value());
}

TEST_P(JobStoreContract, AReleasedJobWhoseDeliveryIsGoneIsOrphaned) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit();
    const auto lease = drive.claimed(id);
    drive.acknowledge_all();
    EXPECT_THAT(drive.orphaned(drive.now() + 1min), IsEmpty());
    ASSERT_TRUE(drive.release(lease, true));
    EXPECT_THAT(drive.orphaned(drive.now() + 1ms), ElementsAre(id));
}

TEST_P(JobStoreContract, AProcessingJobIsOrphanedWhenItsLeaseRunsOut) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit();
    drive.claimed(id);
    EXPECT_THAT(drive.orphaned(drive.now() + 1h), IsEmpty());
    surroundings_.pass(60s);
    EXPECT_THAT(drive.orphaned(drive.now()), ElementsAre(id));
}

TEST_P(JobStoreContract, FindOrphanedKeepsItsLimitAndStartsWithTheOldest) {
    Driver drive(surroundings_, jobs_, log_);
    surroundings_.router.routes.clear();
    const auto first = drive.submit();
    const auto second = drive.submit();
    drive.submit();
    surroundings_.pass(2min);
    const auto found =
        run(surroundings_.io, jobs_.find_orphaned(drive.now(), drive.now(), 2)).value();
    EXPECT_THAT(found, ElementsAre(first, second));
}

TEST_P(JobStoreContract, AnEndedJobIsNotPublishedAgain) {
    Driver drive(surroundings_, jobs_, log_);
    const auto id = drive.submit();
    ASSERT_TRUE(drive.cancel(id));
    EXPECT_EQ(run(surroundings_.io, jobs_.republish(id, event_of("{}"), drive.now())).error().code,
              Errc::conflict);
    EXPECT_EQ(drive.depth(), 1U);
}

}  // namespace ingestor::contract
