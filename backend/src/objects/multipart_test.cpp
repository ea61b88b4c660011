#include "objects/multipart.hpp"

#include <gmock/gmock.h>

#include "base/encoding.hpp"
#include "objects/testing/bucket_fixture.hpp"
#include "sqlite/sqlite_multipart_uploads.hpp"

namespace ingestor::objects {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const domain::ObjectKey kKey("uploads/ann/big.bin");
const domain::UserId kAnn("ann");

class MultipartTest : public testing::BucketFixture {
protected:
    ports::MultipartUpload begin(std::string checksum = {}, bool composite = false) {
        ports::ObjectAttributes attributes;
        attributes.content_type = "video/mp4";
        attributes.user_metadata = {{"n", "v"}};
        const auto id = run(multipart_.create(kKey, kAnn, attributes, checksum, composite));
        return run(records_.find(id.value())).value();
    }
    ports::ObjectInfo put(const ports::MultipartUpload& upload, std::uint32_t number,
                          const std::string& bytes) {
        const auto writer = run(multipart_.begin_part(upload, number, {})).value();
        EXPECT_TRUE(run(writer->write(bytes)));
        return run(writer->commit()).value();
    }
    Result<ports::ObjectInfo> complete(const ports::MultipartUpload& upload,
                                       ports::ObjectCondition condition = {},
                                       std::optional<std::string> checksum = std::nullopt) {
        auto parts = run(records_.parts(upload.upload_id, 0, kPartNumberMax)).value();
        return run(multipart_.complete(upload, std::move(parts), std::move(condition),
                                       std::move(checksum)));
    }
    std::string content() { return run(bucket_.get(kKey, 1U << 30)).value(); }

    sqlite::SqliteMultipartUploads records_{*database_};
    Multipart multipart_{io_.get_executor(),
                         {.uploads = records_,
                          .objects = bucket_,
                          .files = files_,
                          .join = files_,
                          .clock = clock_,
                          .monotonic = monotonic_,
                          .log = log_}};
    const std::string big_ = std::string(kPartBytesMin, 'b');
};

TEST_F(MultipartTest, PartsBecomeAnObjectInTheirOrder) {
    const auto upload = begin();
    put(upload, 7, "end");
    put(upload, 2, big_);
    EXPECT_EQ(run(bucket_.head(kKey)).error().code, Errc::not_found);
    const auto info = complete(upload).value();
    EXPECT_EQ(info.size_bytes, big_.size() + 3);
    EXPECT_TRUE(info.etag.value().ends_with("-2"));
    EXPECT_EQ(content(), big_ + "end");
    const auto head = run(bucket_.head(kKey)).value();
    EXPECT_EQ(head.etag, info.etag);
    EXPECT_EQ(head.attributes.content_type, "video/mp4");
    EXPECT_EQ(head.attributes.user_metadata, upload.attributes.user_metadata);
    const auto opened = run(bucket_.open(kKey)).value();
    EXPECT_TRUE(run(bucket_.verify(opened)));
    ASSERT_TRUE(run(sweep_.remove_listed()));
    EXPECT_THAT(files(), SizeIs(1));
    EXPECT_EQ(run(records_.find(upload.upload_id)).error().code, Errc::not_found);
}

TEST_F(MultipartTest, OnePartAloneIsNotCopied) {
    const auto upload = begin("crc32");
    const auto part = put(upload, 1, "all");
    const auto before = files();
    const auto info = complete(upload).value();
    EXPECT_EQ(files(), before);
    EXPECT_EQ(content(), "all");
    EXPECT_EQ(info.etag, etag_of_parts({part.etag}));
    EXPECT_EQ(info.attributes.checksum, part.attributes.checksum);
    EXPECT_TRUE(run(bucket_.verify(run(bucket_.open(kKey)).value())));
}

TEST_F(MultipartTest, ETagsAreAsAwsHasThem) {
    // Of a real upload in three parts.
    const std::vector<domain::ETag> recorded{domain::ETag("12f9e6a6ee635778b958e1efc21dcbbf"),
                                             domain::ETag("48ac81ab8c729c647826fb795e4dfef4"),
                                             domain::ETag("f1c5f36e12ef3d15b012024580231804")};
    EXPECT_EQ(etag_of_parts(recorded).value(), "3eec95ea2b08d9a9eed3559773e47e7c-3");
}

TEST_F(MultipartTest, ChecksumsAreOfThePartsOrOfTheWhole) {
    auto upload = begin("crc32", true);
    put(upload, 1, big_);
    put(upload, 2, "end");
    const auto composite = complete(upload).value().attributes.checksum;
    ASSERT_TRUE(composite);
    EXPECT_TRUE(composite->second.ends_with("-2"));

    upload = begin("crc64nvme");
    put(upload, 1, big_);
    put(upload, 2, "end");
    EXPECT_EQ(complete(upload, {}, "AAAAAAAAAAA=").error().field, "checksum");
    Digest digest(DigestKind::crc64nvme);
    digest.update(big_ + "end");
    const auto whole = to_base64(digest.finish());
    const auto info = complete(upload, {}, whole).value();
    ASSERT_TRUE(info.attributes.checksum);
    EXPECT_EQ(info.attributes.checksum->second, whole);
}

TEST_F(MultipartTest, APartIsReplacedByAnotherOfItsNumber) {
    const auto upload = begin();
    put(upload, 1, "first");
    put(upload, 1, "second");
    ASSERT_TRUE(run(sweep_.remove_listed()));
    EXPECT_THAT(files(), SizeIs(1));
    ASSERT_TRUE(complete(upload));
    EXPECT_EQ(content(), "second");
}

TEST_F(MultipartTest, ConditionsAreThoseOfTheEnd) {
    const auto upload = begin();
    put(upload, 1, big_);
    put(upload, 2, "x");
    ASSERT_TRUE(run(bucket_.put(kKey, "there", {})));
    const ports::ObjectCondition create_only{.mode = ports::PutMode::create_only};
    EXPECT_EQ(complete(upload, create_only).error().code, Errc::conflict);
    EXPECT_EQ(content(), "there");
    // The upload is still there, and nothing was left of the try.
    EXPECT_THAT(files(), SizeIs(2));
    ASSERT_TRUE(run(bucket_.remove(kKey)));
    EXPECT_TRUE(complete(upload, create_only));
}

TEST_F(MultipartTest, AbortedAndExpiredUploadsLeaveNothing) {
    const auto aborted = begin();
    put(aborted, 1, "x");
    ASSERT_TRUE(run(records_.abort(aborted.upload_id)));
    EXPECT_EQ(run(records_.abort(aborted.upload_id)).error().code, Errc::not_found);
    const auto late = run(multipart_.begin_part(aborted, 2, {})).value();
    ASSERT_TRUE(run(late->write("y")));
    EXPECT_EQ(run(late->commit()).error().code, Errc::not_found);

    const auto expiring = begin();
    put(expiring, 1, "z");
    clock_.advance(kUploadLifetime - std::chrono::seconds(1));
    const auto fresh = begin();
    EXPECT_EQ(run(multipart_.remove_expired()).value(), 0U);
    clock_.advance(std::chrono::seconds(2));
    EXPECT_EQ(run(multipart_.remove_expired()).value(), 1U);
    EXPECT_TRUE(run(records_.find(fresh.upload_id)));
    ASSERT_TRUE(run(sweep_.remove_listed()));
    EXPECT_THAT(files(), IsEmpty());
}

TEST_F(MultipartTest, PartsMayBeCopiedFromObjects) {
    const domain::ObjectKey small("small");
    const domain::ObjectKey large("large");
    ASSERT_TRUE(run(bucket_.put(small, "0123456789", {})));
    ASSERT_TRUE(run(bucket_.put(large, std::string(200, 'l') + "tail", {})));
    const auto upload = begin("crc32c");
    const auto copy = [&](std::uint32_t number, const domain::ObjectKey& source,
                          std::optional<ports::FilePiece::Range> range) {
        const auto etag = run(bucket_.head(source)).value().etag;
        return run(multipart_.copy_part(upload, number, source, etag, range));
    };
    EXPECT_EQ(copy(1, small, ports::FilePiece::Range{.first = 2, .length = 3})->size_bytes, 3U);
    EXPECT_EQ(copy(2, large, ports::FilePiece::Range{.first = 200, .length = 4})->size_bytes, 4U);
    EXPECT_EQ(copy(3, large, std::nullopt)->size_bytes, 204U);
    EXPECT_EQ(copy(4, small, ports::FilePiece::Range{.first = 8, .length = 3}).error().field,
              "range");
    EXPECT_EQ(copy(4, large, ports::FilePiece::Range{.first = 204, .length = 1}).error().field,
              "range");
    EXPECT_EQ(
        run(multipart_.copy_part(upload, 4, small, domain::ETag("x"), std::nullopt)).error().code,
        Errc::conflict);
    const auto parts = run(records_.parts(upload.upload_id, 0, 99)).value();
    ASSERT_EQ(parts.size(), 3U);
    EXPECT_FALSE(parts[2].checksum.empty());
    ASSERT_TRUE(complete(upload));
    EXPECT_EQ(content(), "234tail" + std::string(200, 'l') + "tail");
}

TEST_F(MultipartTest, UploadsAreListedByKeyAndId) {
    std::vector<std::string> ids;
    for (const auto* key : {"b", "a", "b", "c/1"}) {
        ids.push_back(run(multipart_.create(domain::ObjectKey(key), kAnn, {}, "", false)).value());
    }
    const auto keys = [&](std::string prefix, std::optional<ports::UploadPosition> after,
                          std::size_t count) {
        std::vector<std::string> found;
        const auto page = run(records_.uploads(std::move(prefix), std::move(after), count)).value();
        for (const auto& upload : page) found.push_back(upload.key.value());
        return found;
    };
    EXPECT_THAT(keys("", std::nullopt, 9), ElementsAre("a", "b", "b", "c/1"));
    EXPECT_THAT(keys("c/", std::nullopt, 9), ElementsAre("c/1"));
    EXPECT_THAT(keys("", ports::UploadPosition{.key = "b"}, 9), ElementsAre("c/1"));
    const auto first = std::min(ids[0], ids[2]);
    EXPECT_THAT(keys("", ports::UploadPosition{.key = "b", .upload_id = first}, 9),
                ElementsAre("b", "c/1"));
    EXPECT_THAT(keys("", std::nullopt, 2), ElementsAre("a", "b"));
}

TEST(ChooseParts, FindsWhatIsWrongWithAList) {
    ports::MultipartUpload upload{.upload_id = "u", .key = kKey};
    std::vector<ports::UploadedPart> uploaded;
    for (const auto number : {1U, 3U, 4U}) {
        uploaded.push_back({.number = number,
                            .size_bytes = number == 3 ? kPartBytesMin - 1 : kPartBytesMin,
                            .etag = domain::ETag("e" + std::to_string(number)),
                            .checksum = "c" + std::to_string(number)});
    }
    const auto named = [](std::uint32_t number, std::string checksum = {}) {
        return NamedPart{number, domain::ETag("e" + std::to_string(number)), std::move(checksum)};
    };
    const auto fault = [&](const std::vector<NamedPart>& parts) {
        const auto chosen = choose_parts(upload, uploaded, parts);
        return chosen ? std::optional<PartsFault::Kind>() : chosen.error().kind;
    };
    using Kind = PartsFault::Kind;
    EXPECT_EQ(fault({named(1), named(3)}), std::nullopt);
    EXPECT_EQ(fault({named(1), named(3), named(4)}), Kind::too_small);
    EXPECT_EQ(fault({named(1), named(2)}), Kind::missing);
    EXPECT_EQ(fault({named(4), named(1)}), Kind::not_ascending);
    EXPECT_EQ(fault({named(1), named(1)}), Kind::not_ascending);
    EXPECT_EQ(fault({{1, domain::ETag("other"), ""}}), Kind::missing);
    EXPECT_EQ(fault({named(1, "c2")}), Kind::missing);
    upload.composite = true;
    EXPECT_EQ(fault({named(1)}), Kind::no_checksum);
    EXPECT_EQ(fault({named(1, "c1")}), std::nullopt);
}

}  // namespace
}  // namespace ingestor::objects
