#include "objects/file_sweep.hpp"

#include <chrono>

#include <gmock/gmock.h>

#include "objects/object_files.hpp"
#include "objects/testing/bucket_fixture.hpp"

namespace ingestor::objects {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using FileSweepTest = testing::BucketFixture;

const std::string kLarge(testing::kSmallBytes + 1, 'l');

TEST_F(FileSweepTest, RemovesFilesThatACrashLeft) {
    ASSERT_TRUE(run(bucket_.put(domain::ObjectKey("a"), kLarge, {})));
    // As if the process had ended before the row was there.
    ASSERT_TRUE(run(files_.put(new_object_file(), kLarge, {})));
    clock_.set(std::chrono::time_point_cast<TimePoint::duration>(std::chrono::system_clock::now()));
    EXPECT_EQ(run(sweep_.walk())->removed, 0U);
    EXPECT_THAT(files(), SizeIs(2));
    clock_.advance(25h);
    EXPECT_EQ(run(sweep_.walk())->removed, 1U);
    EXPECT_THAT(files(), SizeIs(1));
    EXPECT_EQ(run(bucket_.get(domain::ObjectKey("a"), 1'000)).value(), kLarge);
}

TEST_F(FileSweepTest, RemovesNothingDuringABackup) {
    ASSERT_TRUE(run(bucket_.put(domain::ObjectKey("a"), kLarge, {})));
    ASSERT_TRUE(run(bucket_.remove(domain::ObjectKey("a"))));
    may_remove_ = false;
    ASSERT_TRUE(run(sweep_.remove_listed()));
    EXPECT_THAT(files(), SizeIs(1));
    may_remove_ = true;
    ASSERT_TRUE(run(sweep_.remove_listed()));
    EXPECT_THAT(files(), IsEmpty());
    EXPECT_THAT(run(index_.files_to_remove(9)).value(), IsEmpty());
}

TEST_F(FileSweepTest, RemovesMoreThanABatch) {
    const auto count = FileSweep::kBatchMax + 3;
    std::vector<ports::NewObject> objects;
    for (std::size_t n = 0; n < count; ++n) {
        objects.push_back({.key = domain::ObjectKey("o/" + std::to_string(n)), .bytes = kLarge});
    }
    ASSERT_TRUE(run(bucket_.put_all(std::move(objects))));
    EXPECT_THAT(files(), SizeIs(count));
    std::vector<domain::ObjectKey> keys;
    for (std::size_t n = 0; n < count; ++n) keys.emplace_back("o/" + std::to_string(n));
    ASSERT_TRUE(run(bucket_.remove_all(std::move(keys))));
    ASSERT_TRUE(run(sweep_.remove_listed()));
    EXPECT_THAT(files(), IsEmpty());
}

TEST(ObjectFiles, AreToldByTheirNames) {
    EXPECT_TRUE(is_object_file(new_object_file().value()));
    for (const auto* other : {"a", ".large/", ".large/ab/", ".large/ab/notes.txt", ".large/x"}) {
        EXPECT_FALSE(is_object_file(other)) << other;
    }
}

}  // namespace
}  // namespace ingestor::objects
