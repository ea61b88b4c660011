#include <algorithm>

#include <gmock/gmock.h>

#include "contract/job_store_driver.hpp"

namespace ingestor::contract {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

namespace {

std::vector<domain::ObjectKey> keys_of(const std::vector<ports::Removal>& removals) {
    std::vector<domain::ObjectKey> keys;
    for (const auto& removal : removals) {
        keys.insert(keys.end(), removal.keys.begin(), removal.keys.end());
    }
    return keys;
}

const domain::ObjectKey kOutput{"documents/x/0-a.md"};

}  // namespace

TEST_P(JobDeletionsContract, AnEndedJobGivesWayToTheListOfItsObjects) {
    Driver drive(surroundings_, jobs_, log_);
    auto& io = surroundings_.io;
    const auto id = drive.submit(2);
    ASSERT_TRUE(drive.cancel(id));
    const auto removed = run(io, deletions_.remove_job(id, {kOutput}, drive.now()));
    ASSERT_TRUE(removed) << removed.error().message;
    EXPECT_THAT(keys_of(*removed),
                UnorderedElementsAre(kOutput, domain::ObjectKey{"uploads/ada/0.pdf"},
                                     domain::ObjectKey{"uploads/ada/1.pdf"}));
    EXPECT_EQ(run(io, jobs_.get(id)).error().code, Errc::not_found);
    EXPECT_THAT(drive.list("ada"), IsEmpty());
    const auto pending = run(io, deletions_.pending(kAll)).value();
    EXPECT_EQ(keys_of(pending).size(), 3U);
    for (const auto& removal : pending) ASSERT_TRUE(run(io, deletions_.forget(removal.id)));
    EXPECT_THAT(run(io, deletions_.pending(kAll)).value(), IsEmpty());
    // Each step may be repeated.
    for (const auto& removal : pending) EXPECT_TRUE(run(io, deletions_.forget(removal.id)));
    EXPECT_EQ(run(io, deletions_.remove_job(id, {}, drive.now())).error().code, Errc::not_found);
}

TEST_P(JobDeletionsContract, AJobThatHasNotEndedStays) {
    Driver drive(surroundings_, jobs_, log_);
    auto& io = surroundings_.io;
    const auto id = drive.submit();
    EXPECT_EQ(run(io, deletions_.remove_job(id, {}, drive.now())).error().code, Errc::conflict);
    drive.claimed(id);
    EXPECT_EQ(run(io, deletions_.remove_job(id, {}, drive.now())).error().code, Errc::conflict);
    EXPECT_EQ(drive.get(id).status, domain::JobStatus::processing);
    EXPECT_THAT(run(io, deletions_.pending(kAll)).value(), IsEmpty());
}

TEST_P(JobDeletionsContract, AnUploadStaysUntilItsLastJobIsGone) {
    Driver drive(surroundings_, jobs_, log_);
    auto& io = surroundings_.io;
    const auto first = drive.submit();
    const auto second = drive.submit();
    ASSERT_TRUE(drive.cancel(first));
    ASSERT_TRUE(drive.cancel(second));
    const domain::ObjectKey upload{"uploads/ada/0.pdf"};
    EXPECT_THAT(keys_of(run(io, deletions_.remove_job(first, {}, drive.now())).value()), IsEmpty());
    EXPECT_THAT(keys_of(run(io, deletions_.remove_unused({upload}, drive.now())).value()),
                IsEmpty());
    EXPECT_THAT(keys_of(run(io, deletions_.remove_job(second, {}, drive.now())).value()),
                ElementsAre(upload));
}

TEST_P(JobDeletionsContract, AnUploadWithoutAJobGoes) {
    Driver drive(surroundings_, jobs_, log_);
    auto& io = surroundings_.io;
    drive.submit();
    const std::vector<domain::ObjectKey> uploads{domain::ObjectKey{"uploads/ada/0.pdf"},
                                                 domain::ObjectKey{"uploads/ada/forgotten.pdf"}};
    EXPECT_THAT(keys_of(run(io, deletions_.remove_unused(uploads, drive.now())).value()),
                ElementsAre(uploads[1]));
    EXPECT_THAT(keys_of(run(io, deletions_.pending(kAll)).value()), ElementsAre(uploads[1]));
}

TEST_P(JobDeletionsContract, AJobOfManyDocumentsGoesWhole) {
    Driver drive(surroundings_, jobs_, log_);
    auto& io = surroundings_.io;
    constexpr int kFiles = 40;
    const auto id = drive.submit(kFiles);
    ASSERT_TRUE(drive.cancel(id));
    const auto removed = run(io, deletions_.remove_job(id, {}, drive.now())).value();
    EXPECT_EQ(keys_of(removed).size(), static_cast<std::size_t>(kFiles));
    for (const auto& removal : removed) ASSERT_TRUE(run(io, deletions_.forget(removal.id)));
    EXPECT_THAT(run(io, deletions_.find_missing({id})).value(), ElementsAre(id));
}

TEST_P(JobDeletionsContract, TheIdempotencyKeyOfADeletedJobIsNewAgain) {
    Driver drive(surroundings_, jobs_, log_);
    auto& io = surroundings_.io;
    const ports::IdempotencyKey key{"key", "hash"};
    const auto first = drive.new_job();
    ASSERT_TRUE(run(io, jobs_.create(first, key, event_of("{}"))));
    ASSERT_TRUE(drive.cancel(first.job_id));
    const auto removed = run(io, deletions_.remove_job(first.job_id, {}, drive.now())).value();
    for (const auto& removal : removed) ASSERT_TRUE(run(io, deletions_.forget(removal.id)));
    EXPECT_EQ(run(io, jobs_.find_repeated(first.user_id, key, drive.now())).value(), std::nullopt);
    const auto second = drive.new_job();
    const auto created = run(io, jobs_.create(second, key, event_of("{}")));
    ASSERT_TRUE(created) << created.error().message;
    EXPECT_EQ(created->job_id, second.job_id);
    EXPECT_FALSE(created->existed);
}

TEST_P(JobDeletionsContract, EndedJobsAreFoundByTheirAge) {
    Driver drive(surroundings_, jobs_, log_);
    auto& io = surroundings_.io;
    const auto cancelled = drive.submit();
    ASSERT_TRUE(drive.cancel(cancelled));
    const auto open = drive.submit();
    surroundings_.clock.advance(1h);
    const auto completed = drive.submit();
    const auto lease = drive.claimed(completed);
    ASSERT_TRUE(drive.record(lease, 0, domain::FileStatus::completed));
    ASSERT_TRUE(drive.finish(lease, domain::JobStatus::completed));
    const auto retried = drive.submit();
    ASSERT_TRUE(drive.cancel(retried));
    ASSERT_TRUE(drive.retry(retried));
    const auto found = [&](TimePoint before) {
        return run(io, deletions_.find_ended(before, kAll)).value();
    };
    EXPECT_THAT(found(drive.now()), ElementsAre(cancelled));
    EXPECT_THAT(found(drive.now() + 1ms), UnorderedElementsAre(cancelled, completed));
    EXPECT_EQ(run(io, deletions_.find_ended(drive.now() + 1ms, 1)).value().size(), 1U);
    const domain::JobId unknown{"01890a5d-ac96-774b-bcce-b302099a8057"};
    EXPECT_THAT(run(io, deletions_.find_missing({open, unknown})).value(), ElementsAre(unknown));
}

}  // namespace ingestor::contract
