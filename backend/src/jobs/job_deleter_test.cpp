#include "jobs/job_deleter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "jobs/file_keys.hpp"
#include "jobs/testing/world.hpp"

namespace ingestor::jobs {

using namespace testing;
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const ports::Principal kAnn{domain::UserId("ann")};
const ports::Principal kBob{domain::UserId("bob")};

/// Objects of which every removal fails while `broken`.
class BrittleObjects final : public ports::ObjectStore {
public:
    explicit BrittleObjects(ports::ObjectStore& store) : store_(store) {}
    Answer<ports::ObjectInfo> head(domain::ObjectKey key) override {
        return store_.head(std::move(key));
    }
    Answer<ports::OpenObject> open(domain::ObjectKey key) override {
        return store_.open(std::move(key));
    }
    Answer<std::string> get(domain::ObjectKey key, std::uint64_t bytes_max) override {
        return store_.get(std::move(key), bytes_max);
    }
    Answer<std::unique_ptr<ports::ObjectWriter>> begin_put(domain::ObjectKey key,
                                                           ports::PutOptions options) override {
        return store_.begin_put(std::move(key), std::move(options));
    }
    Answer<ports::ObjectInfo> put(domain::ObjectKey key, std::string bytes,
                                  ports::PutOptions options) override {
        return store_.put(std::move(key), std::move(bytes), std::move(options));
    }
    Answer<std::monostate> put_all(std::vector<ports::NewObject> objects) override {
        return store_.put_all(std::move(objects));
    }
    Answer<std::monostate> remove(domain::ObjectKey key) override {
        if (removable-- <= 0) co_return fail(Errc::unavailable, "injected: cannot remove");
        co_return co_await store_.remove(std::move(key));
    }
    int removable = 1'000'000;  ///< So many removals go well, then none.

private:
    ports::ObjectStore& store_;
};

class JobDeleterTest : public ::testing::Test {
protected:
    JobDeleterTest() {
        world.objects_for_deletion = &objects;
        world.start();
    }
    JobService& service() { return world.process->service; }
    JobRetention& retention() { return world.process->retention; }
    domain::JobId completed(const std::vector<std::string>& names = {"a.txt"}) {
        const auto job_id = world.submit(kAnn, names);
        world.until_ended(job_id);
        return job_id;
    }
    std::vector<ports::Removal> pending() { return world.run(world.jobs.pending(100)).value(); }

    World world;
    BrittleObjects objects{world.objects};
};

TEST_F(JobDeleterTest, AJobGoesWithAllThatItStored) {
    const auto job_id = completed({"a.txt", "b.txt"});
    // 2 uploads, 3 outputs each, the manifest.
    ASSERT_EQ(world.objects.keys().size(), 9U);
    ASSERT_TRUE(world.run(service().remove(kAnn, job_id)));
    EXPECT_THAT(world.objects.keys(), IsEmpty());
    EXPECT_THAT(pending(), IsEmpty());
    EXPECT_EQ(world.run(service().get(kAnn, job_id)).error().code, Errc::not_found);
    EXPECT_EQ(world.run(service().remove(kAnn, job_id)).error().code, Errc::not_found);
}

TEST_F(JobDeleterTest, OnlyOnesOwnEndedJobsAreDeleted) {
    const auto job_id = completed();
    EXPECT_EQ(world.run(service().remove(kBob, job_id)).error().code, Errc::not_found);
    world.extractor.script("held.txt", {.answer = std::nullopt, .held = true});
    const auto held = world.submit(kAnn, {"held.txt"});
    EXPECT_EQ(world.run(service().remove(kAnn, held)).error().code, Errc::conflict);
    EXPECT_EQ(world.job(job_id).status, domain::JobStatus::completed);
}

TEST_F(JobDeleterTest, ManyGoByStatus) {
    completed();
    completed();
    world.extractor.script("held.txt", {.answer = std::nullopt, .held = true});
    const auto held = world.submit(kAnn, {"held.txt"});
    const auto outcome = world.run(
        service().remove_many(kAnn, {.status = domain::JobStatus::completed, .job_ids = {}}));
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->count, 2U);
    const auto refused = world.run(service().remove_many(kAnn, {.status = {}, .job_ids = {held}}));
    EXPECT_EQ(refused->count, 0U);
    EXPECT_EQ(refused->jobs.at(0).error->code, Errc::conflict);
    EXPECT_EQ(
        world.run(service().remove_many(kAnn, {.status = domain::JobStatus::queued, .job_ids = {}}))
            .error()
            .code,
        Errc::invalid_argument);
}

TEST_F(JobDeleterTest, WhereverADeletionIsCutOffTheNextSweepGoesOn) {
    const std::size_t whole = 8;  // Of a job of two documents that share no upload: 9 objects.
    for (int removable = 0; removable <= static_cast<int>(whole); ++removable) {
        objects.removable = 1'000'000;
        const auto job_id = completed({"a.txt", "b.txt"});
        objects.removable = removable;
        // The job is gone for its user, whatever becomes of the objects.
        ASSERT_TRUE(world.run(service().remove(kAnn, job_id))) << removable;
        EXPECT_EQ(world.run(service().get(kAnn, job_id)).error().code, Errc::not_found);
        EXPECT_EQ(pending().size(), 1U) << removable;
        EXPECT_EQ(world.objects.keys().size(), 9U - static_cast<std::size_t>(removable));
        EXPECT_FALSE(world.run(retention().sweep()));
        objects.removable = 1'000'000;
        const auto swept = world.run(retention().sweep());
        ASSERT_TRUE(swept);
        EXPECT_EQ(swept->removals_resumed, 1U);
        EXPECT_THAT(world.objects.keys(), IsEmpty()) << removable;
        EXPECT_THAT(pending(), IsEmpty());
    }
}

TEST_F(JobDeleterTest, NothingIsRemovedWhileABackupIsMade) {
    const auto job_id = completed();
    const auto permit = std::exchange(world.process->removal_permit, nullptr);
    ASSERT_TRUE(world.run(service().remove(kAnn, job_id)));
    ASSERT_TRUE(world.run(retention().sweep()));
    EXPECT_EQ(world.objects.keys().size(), 5U);
    world.process->removal_permit = permit;
    ASSERT_TRUE(world.run(retention().sweep()));
    EXPECT_THAT(world.objects.keys(), IsEmpty());
}

TEST_F(JobDeleterTest, AnUploadThatIsBeingDeletedIsNotSubmittedAgain) {
    const auto job_id = completed();
    const auto key = world.job(job_id).files.at(0).file_key.value();
    objects.removable = 0;
    ASSERT_TRUE(world.run(service().remove(kAnn, job_id)));
    SubmitRequest request;
    request.files.push_back({.file_key = key, .filename = std::nullopt});
    EXPECT_EQ(world.run(service().submit(kAnn, request)).error().code, Errc::not_found);
    // Once it is gone, the key may be used anew.
    objects.removable = 1'000'000;
    ASSERT_TRUE(world.run(retention().sweep()));
    ASSERT_TRUE(world.run(world.objects.put(domain::ObjectKey(key), "again", {})));
    const auto again = world.run(service().submit(kAnn, request));
    ASSERT_TRUE(again) << again.error().message;
    world.until_ended(again->job_id);
    EXPECT_EQ(world.job(again->job_id).status, domain::JobStatus::completed);
}

TEST_F(JobDeleterTest, EndedJobsGoAfterTheirTimeAndOthersStay) {
    const auto old = completed();
    world.extractor.script("held.txt", {.answer = std::nullopt, .held = true});
    const auto held = world.submit(kAnn, {"held.txt"});
    const auto keep = *JobRetention::Options{}.keep_jobs;
    world.advance(keep);
    ASSERT_TRUE(world.run(retention().sweep()));
    EXPECT_EQ(world.job(old).status, domain::JobStatus::completed);
    const auto young = completed();
    world.advance(1ms);
    const auto swept = world.run(retention().sweep());
    ASSERT_TRUE(swept);
    EXPECT_EQ(swept->jobs_deleted, 1U);
    EXPECT_EQ(world.run(world.jobs.get(old)).error().code, Errc::not_found);
    EXPECT_EQ(world.job(young).status, domain::JobStatus::completed);
    EXPECT_FALSE(domain::is_terminal(world.job(held).status));
}

TEST_F(JobDeleterTest, AClockThatIsSetAheadByWeeksDeletesNothingAtOnce) {
    const auto young = completed();
    const auto forgotten = world.upload(kAnn, "not-yet-submitted.txt");
    world.clock.advance(8 * 7 * 24h);
    for (int n = 0; n < 23; ++n) {
        world.advance(1h);
        EXPECT_EQ(world.run(retention().sweep())->jobs_deleted, 0U);
        EXPECT_EQ(world.run(retention().walk())->objects_removed, 0U);
    }
    // It is set right, and nothing has happened.
    world.clock.advance(-8 * 7 * 24h);
    EXPECT_EQ(world.run(retention().sweep())->jobs_deleted, 0U);
    EXPECT_TRUE(world.run(world.objects.head(domain::ObjectKey(forgotten))));
    world.advance(*JobRetention::Options{}.keep_jobs);
    EXPECT_EQ(world.run(retention().sweep())->jobs_deleted, 1U);
    EXPECT_EQ(world.run(world.jobs.get(young)).error().code, Errc::not_found);
}

TEST_F(JobDeleterTest, ASweepGoesOnBatchByBatch) {
    const auto jobs = JobRetention::kJobsInBatchMax + 20;
    for (std::uint32_t n = 0; n < jobs; ++n) {
        const auto job_id = world.submit(kAnn, {"a.txt"});
        world.until_ended(job_id);
    }
    world.advance(std::chrono::days{31});
    EXPECT_EQ(world.run(retention().sweep())->jobs_deleted, jobs);
    EXPECT_THAT(world.objects.keys(), IsEmpty());
}

TEST_F(JobDeleterTest, WhatIsOnNoRecordGoesAfterADay) {
    const auto job_id = completed();
    const auto forgotten = world.upload(kAnn, "never-submitted.txt");
    // What an attempt stored whose job was deleted meanwhile.
    const domain::JobId gone("01890a5d-ac96-774b-bcce-b302099a8057");
    ASSERT_TRUE(world.run(world.objects.put(manifest_key(gone), "{}", {})));
    // Somebody's own, under a key that is none of ours.
    ASSERT_TRUE(world.run(world.objects.put(domain::ObjectKey("reports/2026.pdf"), "x", {})));
    const auto all = world.objects.keys().size();
    world.advance(24h);
    EXPECT_EQ(world.run(retention().walk())->objects_removed, 0U);
    EXPECT_EQ(world.objects.keys().size(), all);
    world.advance(1ms);
    EXPECT_EQ(world.run(retention().walk())->objects_removed, 2U);
    EXPECT_EQ(world.objects.keys().size(), all - 2);
    EXPECT_FALSE(world.run(world.objects.head(domain::ObjectKey(forgotten))));
    EXPECT_TRUE(world.run(world.objects.head(world.job(job_id).files.at(0).file_key)));
    EXPECT_THAT(pending(), IsEmpty());
}

TEST_F(JobDeleterTest, AWalkCountsWhatIsStored) {
    completed();
    ASSERT_TRUE(world.run(retention().walk()));
    const auto text = world.metrics.expose();
    EXPECT_THAT(text, ::testing::HasSubstr("agent2_ingestor_stored_objects{kind=\"uploads\"} 1"));
    EXPECT_THAT(text, ::testing::HasSubstr("agent2_ingestor_stored_objects{kind=\"outputs\"} 4"));
}

TEST(JobDeleter, FaultyStoresLoseNoObjectAndNoJob) {
    World world;
    memory::FaultPlan plan(7, {.before_percent = 25, .after_percent = 25});
    memory::FaultyJobDeletions faulty(world.jobs, plan);
    world.deletions = &faulty;
    world.start();
    for (int n = 0; n < 40; ++n) {
        const auto job_id = world.submit(kAnn, {"a.txt", "b.txt"});
        world.until_ended(job_id);
        while (world.run(world.jobs.get(job_id))) {
            const auto removed = world.run(world.process->service.remove(kAnn, job_id));
            if (!removed) {
                EXPECT_THAT(removed.error().code,
                            ::testing::AnyOf(Errc::unavailable, Errc::not_found));
            }
        }
    }
    EXPECT_GT(plan.count(), 20U);
    plan.set({});
    ASSERT_TRUE(world.run(world.process->retention.sweep()));
    EXPECT_THAT(world.objects.keys(), IsEmpty());
}

}  // namespace
}  // namespace ingestor::jobs
