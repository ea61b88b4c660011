#include "objects/object_events.hpp"

#include <gmock/gmock.h>

#include "memory/manual_clock.hpp"
#include "objects/multipart.hpp"
#include "objects/testing/bucket_fixture.hpp"
#include "sqlite/outbox.hpp"
#include "sqlite/sqlite_multipart_uploads.hpp"

namespace ingestor::objects {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

TEST(ObjectEvents, AnEventIsAsS3SendsIt) {
    const memory::ManualClock clock;
    ObjectEvents events(domain::Names{}, clock, [] { return true; });
    const ports::ObjectInfo object{.key = domain::ObjectKey("inbox/ann/a b.pdf"),
                                   .size_bytes = 5,
                                   .etag = domain::ETag("b1946ac92492d2347c6235b4d2611184")};
    const auto event = events.created(
        object, ports::ObjectOrigin{.reason = "CopyObject", .request_id = "r", .source_ip = "::1"});
    EXPECT_EQ(event.bus, "default");
    EXPECT_EQ(event.fairness_group, "inbox/ann");
    EXPECT_EQ(event.source, "aws.s3");
    EXPECT_EQ(event.detail_type, "Object Created");
    EXPECT_EQ(event.account, "000000000000");
    EXPECT_EQ(event.time, clock.now());
    EXPECT_THAT(event.resources, ElementsAre("arn:aws:s3:::agent2-ingestor-bucket-us-east-1"));
    EXPECT_THAT(
        event.detail,
        MatchesRegex(R"(\{"version":"0","bucket":\{"name":"agent2-ingestor-bucket-us-east-1"\},)"
                     R"("object":\{"key":"inbox/ann/a b.pdf","size":5,)"
                     R"("etag":"b1946ac92492d2347c6235b4d2611184","sequencer":"[0-9A-F]{16}"\},)"
                     R"("request-id":"r","requester":"000000000000",)"
                     R"("source-ip-address":"::1","reason":"CopyObject"\})"));
}

TEST(ObjectEvents, SequencersRiseAlthoughTheClockStands) {
    const memory::ManualClock clock;
    ObjectEvents events(domain::Names{}, clock, [] { return true; });
    const ports::ObjectInfo object{.key = domain::ObjectKey("k")};
    const auto sequencer = [&] {
        const auto detail = events.created(object, std::nullopt).detail;
        return detail.substr(detail.find("\"sequencer\":") + 13, 16);
    };
    const auto first = sequencer();
    EXPECT_LT(first, sequencer());
}

/// Somebody wants every event.
struct OneTarget final : ports::EventRouter {
    [[nodiscard]] std::vector<ports::NewDelivery> route(const eventbridge::Event&) const override {
        return {{.rule = "r", .target_id = "t", .target_arn = "arn"}};
    }
};

/// A bucket whose changes are told of.
class ToldBucket : public testing::BucketFixture {
protected:
    void put(const std::string& key, ports::PutOptions options = {}, const std::string& bytes = "x",
             const std::string& reason = "PutObject") {
        const auto writer =
            told_bucket_.begin_put_of(domain::ObjectKey(key), std::move(options), *origin(reason));
        ASSERT_TRUE(run(writer->write(bytes)));
        static_cast<void>(run(writer->commit()));
    }
    void copy(const std::string& from, const std::string& to) {
        const auto source = run(told_bucket_.head(domain::ObjectKey(from))).value();
        ports::ObjectCopy wanted{.source = source.key, .target = domain::ObjectKey(to)};
        wanted.source_etag = source.etag;
        wanted.origin = origin("CopyObject");
        ASSERT_TRUE(run(told_bucket_.copy(std::move(wanted))));
    }
    static std::optional<ports::ObjectOrigin> origin(const std::string& reason) {
        return ports::ObjectOrigin{.reason = reason, .request_id = "r", .source_ip = "::1"};
    }

    std::vector<std::string> told_;
    bool is_heard_ = true;
    const OneTarget router_;
    sqlite::Outbox outbox_{router_, clock_, [this](const std::vector<ports::Delivery>& deliveries) {
                               for (const auto& delivery : deliveries) {
                                   told_.push_back(delivery.event->detail);
                               }
                           }};
    sqlite::SqliteObjectIndex told_index_{*database_, &outbox_};
    sqlite::SqliteMultipartUploads records_{*database_, &outbox_};
    ObjectEvents events_{domain::Names{}, clock_, [this] { return is_heard_; }};
    IndexedObjects told_bucket_{
        {.index = told_index_, .files = files_, .clock = clock_, .events = &events_},
        {.small_bytes_max = testing::kSmallBytes}};
    Multipart multipart_{io_.get_executor(),
                         {.uploads = records_,
                          .objects = told_bucket_,
                          .files = files_,
                          .join = files_,
                          .clock = clock_,
                          .monotonic = monotonic_,
                          .log = log_}};
};

TEST_F(ToldBucket, EveryWayToPutAnObjectIsToldWithItsReason) {
    put("small");
    put("large", {}, std::string(200, 'l'), "POST Object");
    ASSERT_TRUE(run(told_bucket_.put(domain::ObjectKey("whole"), "w", {})));
    std::vector<ports::NewObject> outputs;
    outputs.push_back({.key = domain::ObjectKey("output"), .bytes = "o"});
    ASSERT_TRUE(run(told_bucket_.put_all(std::move(outputs))));
    copy("large", "copy");
    const auto id = run(multipart_.create(domain::ObjectKey("parts"), {}, {}, {}, false)).value();
    const auto upload = run(records_.find(id)).value();
    const auto writer = run(multipart_.begin_part(upload, 1, {})).value();
    ASSERT_TRUE(run(writer->write("p")));
    ASSERT_TRUE(run(writer->commit()));
    ASSERT_TRUE(run(multipart_.complete(upload, run(records_.parts(id, 0, 9)).value(), {}, {},
                                        origin("CompleteMultipartUpload"))));
    EXPECT_THAT(
        told_,
        ElementsAre(HasSubstr(R"("key":"small","size":1)"), HasSubstr(R"("reason":"POST Object")"),
                    HasSubstr(R"("key":"whole")"), HasSubstr(R"("key":"output")"),
                    AllOf(HasSubstr(R"("key":"copy","size":200)"), HasSubstr("CopyObject")),
                    AllOf(HasSubstr(R"("key":"parts")"), HasSubstr("CompleteMultipartUpload"))));
}

TEST_F(ToldBucket, WhatIsNotPutIsNotTold) {
    put("a");
    told_.clear();
    put("a", {.mode = ports::PutMode::create_only});
    EXPECT_THAT(told_, IsEmpty());
    is_heard_ = false;
    put("b");
    EXPECT_THAT(told_, IsEmpty());
}

}  // namespace
}  // namespace ingestor::objects
