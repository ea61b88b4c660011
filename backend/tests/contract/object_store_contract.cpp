#include <array>

#include <unistd.h>

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "contract/harness.hpp"
#include "contract/run.hpp"

namespace ingestor::contract {

namespace {

const domain::ObjectKey kKey{"uploads/user/a.pdf"};

std::string read_all(const ports::OpenObject& object) {
    std::string bytes(object.info.size_bytes, '\0');
    const auto count = ::pread(object.file.get(), bytes.data(), bytes.size(), 0);
    bytes.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
    return bytes;
}

}  // namespace

TEST_P(ObjectStoreContract, APutObjectIsReadBackWithItsAttributes) {
    auto& io = surroundings_.io;
    ports::PutOptions options;
    options.attributes.content_type = "application/pdf";
    options.attributes.system_headers = {{"cache-control", "no-store"}};
    options.attributes.user_metadata = {{"colour", "blue"}};
    options.attributes.checksum = {"crc32", "NhCmhg=="};
    const auto put = run(io, objects_->put(kKey, "hello", options));
    ASSERT_TRUE(put) << put.error().message;
    EXPECT_EQ(put->key, kKey);
    EXPECT_EQ(put->size_bytes, 5U);
    EXPECT_EQ(put->etag.value(), "5d41402abc4b2a76b9719d911017c592");

    const auto head = run(io, objects_->head(kKey));
    ASSERT_TRUE(head) << head.error().message;
    EXPECT_EQ(head->etag, put->etag);
    EXPECT_EQ(head->size_bytes, 5U);
    // A store that tells it in seconds may tell that of its answer when it puts.
    EXPECT_LE(std::chrono::abs(head->last_modified - put->last_modified), std::chrono::seconds(1));
    EXPECT_EQ(head->attributes.content_type, "application/pdf");
    EXPECT_EQ(head->attributes.system_headers, options.attributes.system_headers);
    EXPECT_EQ(head->attributes.user_metadata, options.attributes.user_metadata);
    EXPECT_EQ(head->attributes.checksum, options.attributes.checksum);
    EXPECT_EQ(run(io, objects_->get(kKey, 5)).value(), "hello");
    const auto open = run(io, objects_->open(kKey));
    ASSERT_TRUE(open) << open.error().message;
    EXPECT_EQ(read_all(*open), "hello");
}

TEST_P(ObjectStoreContract, TheETagTellsWhichObjectOfThatNameItIs) {
    auto& io = surroundings_.io;
    const auto first = run(io, objects_->put(kKey, "hello", {})).value().etag;
    EXPECT_EQ(run(io, objects_->head(kKey)).value().etag, first);
    EXPECT_EQ(run(io, objects_->open(kKey)).value().info.etag, first);

    // The same number of bytes, so that nothing else tells them apart.
    const auto second = run(io, objects_->put(kKey, "hullo", {})).value().etag;
    EXPECT_NE(second, first);
    EXPECT_EQ(run(io, objects_->head(kKey)).value().etag, second);
    EXPECT_EQ(run(io, objects_->open(kKey)).value().info.etag, second);

    // Who repeats an upload whose answer was lost has replaced nothing.
    ports::PutOptions options;
    options.attributes.content_type = "application/pdf";
    ASSERT_TRUE(run(io, objects_->put(kKey, "hello", std::move(options))));
    EXPECT_EQ(run(io, objects_->head(kKey)).value().etag, first);
}

TEST_P(ObjectStoreContract, ObjectsThatArePutTogetherAreEachReadBack) {
    auto& io = surroundings_.io;
    std::vector<ports::NewObject> objects;
    objects.push_back({.key = domain::ObjectKey("documents/j/0-a.md"), .bytes = "# A"});
    objects.push_back({.key = domain::ObjectKey("sidecars/j/0-a.json"), .bytes = "{}"});
    objects.back().options.attributes.content_type = "application/json";
    objects.push_back({.key = domain::ObjectKey("sidecars/j/0-a.chunks.jsonl"),
                       .bytes = std::string(600'000, 'c')});
    ASSERT_TRUE(run(io, objects_->put_all(std::move(objects))));
    EXPECT_EQ(run(io, objects_->get(domain::ObjectKey("documents/j/0-a.md"), 9)).value(), "# A");
    const auto sidecar = run(io, objects_->head(domain::ObjectKey("sidecars/j/0-a.json")));
    EXPECT_EQ(sidecar.value().attributes.content_type, "application/json");
    const auto chunks = run(io, objects_->head(domain::ObjectKey("sidecars/j/0-a.chunks.jsonl")));
    EXPECT_EQ(chunks.value().size_bytes, 600'000U);
}

TEST_P(ObjectStoreContract, NothingPutTogetherIsNothingToDo) {
    EXPECT_TRUE(run(surroundings_.io, objects_->put_all({})));
}

TEST_P(ObjectStoreContract, OneThatCannotBePutFailsThemAll) {
    auto& io = surroundings_.io;
    ASSERT_TRUE(run(io, objects_->put(kKey, "old", {})));
    std::vector<ports::NewObject> once;
    once.push_back({.key = domain::ObjectKey("uploads/another"), .bytes = "hello"});
    once.push_back({.key = kKey, .bytes = "new", .options = {.mode = ports::PutMode::create_only}});
    EXPECT_EQ(run(io, objects_->put_all(std::move(once))).error().code, Errc::conflict);
    EXPECT_EQ(run(io, objects_->get(kKey, 9)).value(), "old");
}

TEST_P(ObjectStoreContract, AnEmptyObjectIsAnObject) {
    auto& io = surroundings_.io;
    ASSERT_TRUE(run(io, objects_->put(kKey, "", {})));
    EXPECT_EQ(run(io, objects_->head(kKey))->size_bytes, 0U);
    EXPECT_EQ(run(io, objects_->get(kKey, 0)).value(), "");
    EXPECT_EQ(read_all(run(io, objects_->open(kKey)).value()), "");
}

TEST_P(ObjectStoreContract, WhatIsNotThereIsNotFound) {
    auto& io = surroundings_.io;
    EXPECT_EQ(run(io, objects_->head(kKey)).error().code, Errc::not_found);
    EXPECT_EQ(run(io, objects_->open(kKey)).error().code, Errc::not_found);
    EXPECT_EQ(run(io, objects_->get(kKey, 9)).error().code, Errc::not_found);
    EXPECT_TRUE(run(io, objects_->remove(kKey)));
}

TEST_P(ObjectStoreContract, ARemovedObjectIsGone) {
    auto& io = surroundings_.io;
    ASSERT_TRUE(run(io, objects_->put(kKey, "hello", {})));
    EXPECT_TRUE(run(io, objects_->remove(kKey)));
    EXPECT_EQ(run(io, objects_->head(kKey)).error().code, Errc::not_found);
}

TEST_P(ObjectStoreContract, GetRefusesMoreThanItsLimit) {
    auto& io = surroundings_.io;
    ASSERT_TRUE(run(io, objects_->put(kKey, "hello", {})));
    EXPECT_EQ(run(io, objects_->get(kKey, 4)).error().code, Errc::too_large);
}

TEST_P(ObjectStoreContract, KeysThatLookLikePathsAreOnlyNames) {
    auto& io = surroundings_.io;
    const std::array keys = {domain::ObjectKey{"../../etc/passwd"},
                             domain::ObjectKey{"/root"},
                             domain::ObjectKey{"a//b"},
                             domain::ObjectKey{"a/"},
                             domain::ObjectKey{"a"},
                             domain::ObjectKey{"."},
                             domain::ObjectKey{std::string(1024, 'k')},
                             domain::ObjectKey{"ä/\\:*?+%41"}};
    for (const auto& key : keys) {
        ASSERT_TRUE(run(io, objects_->put(key, key.value(), {}))) << key.value();
    }
    for (const auto& key : keys) {
        EXPECT_EQ(run(io, objects_->get(key, 1024)).value(), key.value());
    }
}

TEST_P(ObjectStoreContract, AKeyMayHoldALineEnd) {
    auto& io = surroundings_.io;
    const domain::ObjectKey key{"uploads/\n.txt"};
    ASSERT_TRUE(run(io, objects_->put(key, "hello", {})));
    EXPECT_EQ(run(io, objects_->get(key, 9)).value(), "hello");
}

TEST_P(ObjectStoreContract, CreateOnlyNeverOverwrites) {
    auto& io = surroundings_.io;
    ports::PutOptions create_only;
    create_only.mode = ports::PutMode::create_only;
    ASSERT_TRUE(run(io, objects_->put(kKey, "first", create_only)));
    EXPECT_EQ(run(io, objects_->put(kKey, "second", create_only)).error().code, Errc::conflict);
    EXPECT_EQ(run(io, objects_->get(kKey, 9)).value(), "first");
}

TEST_P(ObjectStoreContract, OfTwoCreatorsAtOnceOneWins) {
    auto& io = surroundings_.io;
    ports::PutOptions create_only;
    create_only.mode = ports::PutMode::create_only;
    auto first = run(io, objects_->begin_put(kKey, create_only)).value();
    auto second = run(io, objects_->begin_put(kKey, create_only)).value();
    ASSERT_TRUE(run(io, first->write("first")));
    ASSERT_TRUE(run(io, second->write("second")));
    EXPECT_TRUE(run(io, second->commit()));
    EXPECT_EQ(run(io, first->commit()).error().code, Errc::conflict);
    EXPECT_EQ(run(io, objects_->get(kKey, 9)).value(), "second");
}

TEST_P(ObjectStoreContract, AnOverwriteDoesNotTouchWhatIsOpen) {
    auto& io = surroundings_.io;
    ASSERT_TRUE(run(io, objects_->put(kKey, "first", {})));
    const auto open = run(io, objects_->open(kKey)).value();
    ASSERT_TRUE(run(io, objects_->put(kKey, "second!", {})));
    EXPECT_EQ(read_all(open), "first");
    EXPECT_EQ(run(io, objects_->get(kKey, 9)).value(), "second!");
    ASSERT_TRUE(run(io, objects_->remove(kKey)));
    EXPECT_EQ(read_all(open), "first");
}

TEST_P(ObjectStoreContract, ADroppedUploadLeavesNoTrace) {
    auto& io = surroundings_.io;
    auto writer = run(io, objects_->begin_put(kKey, {})).value();
    ASSERT_TRUE(run(io, writer->write("half of")));
    writer.reset();
    EXPECT_EQ(run(io, objects_->head(kKey)).error().code, Errc::not_found);
}

TEST_P(ObjectStoreContract, NothingShowsBeforeTheCommit) {
    auto& io = surroundings_.io;
    auto writer = run(io, objects_->begin_put(kKey, {})).value();
    ASSERT_TRUE(run(io, writer->write("one ")));
    ASSERT_TRUE(run(io, writer->write("two")));
    EXPECT_EQ(run(io, objects_->head(kKey)).error().code, Errc::not_found);
    ASSERT_TRUE(run(io, writer->commit()));
    EXPECT_EQ(run(io, objects_->get(kKey, 9)).value(), "one two");
}

TEST_P(ObjectStoreContract, AWriterComputesTheDigestsAskedFor) {
    auto& io = surroundings_.io;
    ports::PutOptions options;
    options.digests = {"sha1", "sha256", "crc32", "crc32c", "crc64nvme"};
    auto writer = run(io, objects_->begin_put(kKey, options)).value();
    ASSERT_TRUE(run(io, writer->write("12345")));
    ASSERT_TRUE(run(io, writer->write("6789")));
    // The check values of the CRC catalogue are of these nine digits.
    EXPECT_EQ(to_hex(writer->digest("crc32")), "cbf43926");
    EXPECT_EQ(to_hex(writer->digest("crc32c")), "e3069283");
    EXPECT_EQ(to_hex(writer->digest("crc64nvme")), "ae8b14860a799888");
    EXPECT_EQ(writer->digest("sha256"), sha256("123456789"));
    EXPECT_EQ(to_hex(writer->digest("md5")), "25f9e794323b453885f5181f1b624d0b");
    EXPECT_EQ(to_hex(writer->digest("sha1")), "f7c3bc1d808e04732adf679965ccc34ca7ae3441");
    EXPECT_EQ(run(io, writer->commit())->etag.value(), "25f9e794323b453885f5181f1b624d0b");
}

TEST_P(ObjectStoreContract, AnUploadOverTheLimitIsTooLarge) {
    auto& io = surroundings_.io;
    auto writer = run(io, objects_->begin_put(kKey, {})).value();
    const std::string half(kObjectBytesMax / 2, 'x');
    ASSERT_TRUE(run(io, writer->write(half)));
    ASSERT_TRUE(run(io, writer->write(half)));
    EXPECT_EQ(run(io, writer->write("x")).error().code, Errc::too_large);
}

}  // namespace ingestor::contract
