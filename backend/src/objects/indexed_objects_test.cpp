#include "objects/indexed_objects.hpp"

#include <filesystem>

#include <gmock/gmock.h>
#include <unistd.h>

#include "objects/object_files.hpp"
#include "objects/testing/bucket_fixture.hpp"

namespace ingestor::objects {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using IndexedObjectsTest = testing::BucketFixture;

const domain::ObjectKey kKey("uploads/ann/a.txt");
const std::string kSmall(testing::kSmallBytes, 's');
const std::string kLarge(testing::kSmallBytes + 1, 'l');

TEST_F(IndexedObjectsTest, SmallObjectsHaveNoFile) {
    ASSERT_TRUE(run(bucket_.put(kKey, kSmall, {})));
    EXPECT_THAT(files(), IsEmpty());
    EXPECT_EQ(run(bucket_.get(kKey, 1'000)).value(), kSmall);
    ASSERT_TRUE(run(bucket_.put(kKey, kLarge, {})));
    EXPECT_THAT(files(), SizeIs(1));
    EXPECT_EQ(run(bucket_.get(kKey, 1'000)).value(), kLarge);
}

TEST_F(IndexedObjectsTest, WhatGrowsLargeOnItsWayGetsAFile) {
    ports::PutOptions options;
    options.digests = {"sha256", "crc32"};
    options.kept_digest = "crc32";
    for (const auto size : {testing::kSmallBytes, testing::kSmallBytes + 1}) {
        const auto writer = run(bucket_.begin_put(kKey, options)).value();
        const std::string bytes(size, 'w');
        for (const char c : bytes) ASSERT_TRUE(run(writer->write(std::string_view(&c, 1))));
        ASSERT_TRUE(run(writer->flush()));
        EXPECT_EQ(writer->digest("sha256"), sha256(bytes));
        const auto info = run(writer->commit()).value();
        EXPECT_EQ(info.size_bytes, size);
        EXPECT_EQ(info.key, kKey);
        ASSERT_TRUE(info.attributes.checksum);
        EXPECT_EQ(info.attributes.checksum->first, "crc32");
        const auto head = run(bucket_.head(kKey)).value();
        EXPECT_EQ(head.etag, info.etag);
        EXPECT_EQ(head.attributes.checksum, info.attributes.checksum);
        EXPECT_THAT(head.attributes.system_headers, IsEmpty());
    }
    EXPECT_THAT(files(), SizeIs(1));
}

TEST_F(IndexedObjectsTest, WhatIsRefusedLeavesNoFile) {
    ASSERT_TRUE(run(bucket_.put(kKey, kSmall, {})));
    ports::PutOptions options;
    options.mode = ports::PutMode::create_only;
    EXPECT_EQ(run(bucket_.put(kKey, kLarge, options)).error().code, Errc::conflict);
    options = {};
    options.if_match = domain::ETag("another");
    EXPECT_EQ(run(bucket_.put(kKey, kLarge, options)).error().code, Errc::conflict);
    EXPECT_EQ(run(bucket_.put(domain::ObjectKey("b"), kLarge, options)).error().code,
              Errc::not_found);
    EXPECT_THAT(files(), IsEmpty());
    EXPECT_EQ(run(bucket_.get(kKey, 1'000)).value(), kSmall);
}

TEST_F(IndexedObjectsTest, BytesThatHaveChangedAreNotHandedOut) {
    ASSERT_TRUE(run(bucket_.put(kKey, kSmall, {})));
    change("UPDATE object_bodies SET bytes = CAST('x' || substr(bytes, 2) AS BLOB)");
    EXPECT_EQ(run(bucket_.get(kKey, 1'000)).value(), kSmall) << "what was put is in memory";
    auto restarted = another_bucket();
    EXPECT_EQ(run(restarted.get(kKey, 1'000)).error().code, Errc::corrupt);
    EXPECT_EQ(run(restarted.open(kKey)).error().code, Errc::corrupt);

    ASSERT_TRUE(run(bucket_.put(kKey, kLarge, {})));
    ASSERT_THAT(files(), SizeIs(1));
    const auto file = files().front();
    const int fd = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
    ASSERT_EQ(::pwrite(fd, "x", 1, 0), 1);
    ::close(fd);
    EXPECT_EQ(run(bucket_.get(kKey, 1'000)).error().code, Errc::corrupt);
    const auto opened = run(bucket_.open(kKey));
    ASSERT_TRUE(opened);
    EXPECT_EQ(run(bucket_.verify(*opened)).error().code, Errc::corrupt);

    fs::remove(file);
    EXPECT_EQ(run(bucket_.open(kKey)).error().code, Errc::corrupt);
}

TEST_F(IndexedObjectsTest, WhatWasPutLatelyIsReadAsItIsNow) {
    const auto text = [this] {
        const auto opened = run(bucket_.open(kKey));
        if (!opened) return std::string(to_string(opened.error().code));
        std::string bytes(opened->info.size_bytes, '\0');
        EXPECT_EQ(::pread(opened->file.get(), bytes.data(), bytes.size(), 0), std::ssize(bytes));
        return bytes;
    };
    ASSERT_TRUE(run(bucket_.put(kKey, "one", {})));
    EXPECT_EQ(text(), "one");
    EXPECT_EQ(run(bucket_.get(kKey, 2)).error().code, Errc::too_large);
    ASSERT_TRUE(run(bucket_.put(kKey, "another", {})));
    EXPECT_EQ(text(), "another");
    ASSERT_TRUE(run(bucket_.put(kKey, kLarge, {})));
    EXPECT_EQ(text(), kLarge);
    ASSERT_TRUE(run(bucket_.put(kKey, "one", {})));
    ASSERT_TRUE(run(bucket_.remove(kKey)));
    EXPECT_EQ(text(), "not_found");
}

TEST_F(IndexedObjectsTest, AFileIsRemovedOnceNothingLeadsToIt) {
    ASSERT_TRUE(run(bucket_.put(kKey, kLarge, {})));
    const auto opened = run(bucket_.open(kKey)).value();
    ports::ObjectCopy copy{
        .source = kKey, .source_etag = opened.info.etag, .target = domain::ObjectKey("copy")};
    ASSERT_TRUE(run(bucket_.copy(copy)));
    ASSERT_TRUE(run(bucket_.remove(kKey)));
    ASSERT_TRUE(run(sweep_.remove_listed()));
    EXPECT_THAT(files(), SizeIs(1));
    EXPECT_EQ(run(bucket_.get(copy.target, 1'000)).value(), kLarge);
    ASSERT_TRUE(run(bucket_.remove(copy.target)));
    ASSERT_TRUE(run(sweep_.remove_listed()));
    EXPECT_THAT(files(), IsEmpty());
    // Who has it open still reads it.
    std::string bytes(kLarge.size(), '\0');
    EXPECT_EQ(::pread(opened.file.get(), bytes.data(), bytes.size(), 0),
              static_cast<ssize_t>(bytes.size()));
    EXPECT_EQ(bytes, kLarge);
}

TEST_F(IndexedObjectsTest, TheWalkGoesThroughAll) {
    for (const auto* key : {"c", "a", "b"}) {
        ASSERT_TRUE(run(bucket_.put(domain::ObjectKey(key), kSmall, {})));
    }
    const auto walk = bucket_.walk();
    std::vector<std::string> keys;
    while (true) {
        const auto batch = run(walk->next(2)).value();
        if (batch.empty()) break;
        for (const auto& object : batch) keys.push_back(object.key.value());
    }
    EXPECT_THAT(keys, ElementsAre("a", "b", "c"));
}

/// The data directory of a version that had no index.
class OlderObjectsTest : public testing::BucketFixture {
protected:
    OlderObjectsTest() : testing::BucketFixture(testing::Adopted::no) {
        for (const auto* key : {"a", "b/c", "uploads/ann/old.txt"}) {
            ports::PutOptions options;
            options.attributes.content_type = "text/old";
            EXPECT_TRUE(
                run(files_.put(domain::ObjectKey(key), std::string("old ") + key, options)));
        }
    }
};

TEST_F(OlderObjectsTest, AreThereBeforeTheyAreInTheIndex) {
    EXPECT_EQ(run(bucket_.get(domain::ObjectKey("b/c"), 99)).value(), "old b/c");
    EXPECT_EQ(run(bucket_.head(domain::ObjectKey("a")))->attributes.content_type, "text/old");
    EXPECT_EQ(run(bucket_.head(domain::ObjectKey("x"))).error().code, Errc::not_found);
    EXPECT_EQ(run(bucket_.list({})).error().code, Errc::unavailable);
    const auto walked = run(sweep_.walk()).value();
    EXPECT_EQ(walked.adopted, 3U);
    const auto page = run(bucket_.list({})).value();
    ASSERT_EQ(page.objects.size(), 3U);
    EXPECT_EQ(page.objects[1].key.value(), "b/c");
    EXPECT_EQ(page.objects[1].size_bytes, 7U);
    EXPECT_EQ(run(bucket_.get(domain::ObjectKey("b/c"), 99)).value(), "old b/c");
    EXPECT_EQ(run(sweep_.walk())->adopted, 0U);
}

TEST_F(OlderObjectsTest, MayBeChangedBeforeTheyAreInTheIndex) {
    ports::PutOptions create_only;
    create_only.mode = ports::PutMode::create_only;
    EXPECT_EQ(run(bucket_.put(domain::ObjectKey("a"), "new", create_only)).error().code,
              Errc::conflict);
    ASSERT_TRUE(run(bucket_.put(domain::ObjectKey("a"), "new", {})));
    ASSERT_TRUE(run(bucket_.remove(domain::ObjectKey("b/c"))));
    EXPECT_EQ(run(bucket_.head(domain::ObjectKey("b/c"))).error().code, Errc::not_found);
    ASSERT_TRUE(run(sweep_.walk()));
    EXPECT_EQ(run(bucket_.get(domain::ObjectKey("a"), 99)).value(), "new");
    EXPECT_EQ(run(bucket_.head(domain::ObjectKey("b/c"))).error().code, Errc::not_found);
    EXPECT_EQ(run(bucket_.list({}))->objects.size(), 2U);
    ASSERT_TRUE(run(sweep_.remove_listed()));
    EXPECT_THAT(files(), SizeIs(1));
}

TEST_F(OlderObjectsTest, AreTakenInAcrossRestarts) {
    // What was taken in before the process ended is not read again, and nothing is twice.
    std::vector<ports::IndexedObject> first;
    first.push_back({.info = run(files_.head(domain::ObjectKey("a"))).value(), .file = "a"});
    ASSERT_TRUE(run(index_.adopt(std::move(first))));
    EXPECT_EQ(run(sweep_.walk())->adopted, 2U);
    EXPECT_EQ(run(bucket_.list({}))->objects.size(), 3U);
}

TEST_F(OlderObjectsTest, ThatAreDamagedDoNotHoldUpTheOthers) {
    const auto path = directory_.path() / "objects" / "objects" / "a.object";
    fs::resize_file(path, 10);
    EXPECT_EQ(run(sweep_.walk())->adopted, 2U);
    EXPECT_TRUE(fs::exists(path));
    EXPECT_TRUE(run(index_.adopted()).value());
}

}  // namespace
}  // namespace ingestor::objects
