#include "aws/s3_object_store.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include "aws/testing/aws_fixture.hpp"

// What real servers do not do on demand; the rest is in the port's contract suite.

namespace ingestor::aws {

using testing::AwsFixture;
namespace {

using ::testing::HasSubstr;

class S3ObjectStoreTest : public AwsFixture {
protected:
    static constexpr std::size_t kPart = 100;
    static constexpr const char* kCrcOfHello = "NhCmhg==";

    S3ObjectStore& store(ingestor::httpclient::testing::ScriptedServer::Script script,
                         std::string scratch = "/tmp") {
        serve(std::move(script), "s3");
        store_ = std::make_unique<S3ObjectStore>(
            S3ObjectStore::Dependencies{
                .client = *client_, .executor = io_.get_executor(), .pool = pool_, .log = log_},
            S3ObjectStore::Options{
                .bucket = "bucket", .part_bytes = kPart, .scratch_directory = std::move(scratch)});
        return *store_;
    }
    static Answer refusal(unsigned status, const std::string& code) {
        return {.status = status,
                .body = "<Error><Code>" + code + "</Code><Message>no</Message></Error>"};
    }
    /// An upload in parts up to its last request, for which `complete` is the answer.
    static Answer multipart(const Request& request, Answer complete) {
        if (request.method == "DELETE") return {.status = 204};
        if (request.target.ends_with("?uploads=")) {
            return {.body =
                        "<InitiateMultipartUploadResult><UploadId>u+1</UploadId>"
                        "</InitiateMultipartUploadResult>"};
        }
        if (request.method == "PUT") return {.headers = {{"ETag", "\"part\""}}};
        return complete;
    }
    static std::string content_of(const ports::OpenObject& object) {
        std::string bytes(object.info.size_bytes, '\0');
        EXPECT_EQ(::pread(object.file.get(), bytes.data(), bytes.size(), 0),
                  static_cast<ssize_t>(bytes.size()));
        return bytes;
    }

    boost::asio::thread_pool pool_{1};
    std::unique_ptr<S3ObjectStore> store_;
    const domain::ObjectKey key_{"uploads/a.pdf"};
};

TEST_F(S3ObjectStoreTest, ADownloadIsComparedWithItsChecksum) {
    store([](const Request& request) {
        EXPECT_EQ(request.header("x-amz-checksum-mode"), "ENABLED");
        return Answer{.headers = {{"x-amz-checksum-crc32", kCrcOfHello}},
                      .body = request.number == 1 ? "hello" : "jello"};
    });
    EXPECT_EQ(content_of(run(store_->open(key_)).value()), "hello");
    const auto damaged = run(store_->open(key_));
    EXPECT_EQ(damaged.error().code, Errc::unavailable);
    EXPECT_THAT(damaged.error().message, HasSubstr("damaged"));
}

TEST_F(S3ObjectStoreTest, AChecksumOfChecksumsIsNotCompared) {
    store([](const Request& request) {
        Answer answer{.headers = {{"x-amz-checksum-crc32", "5FRUiw==-3"}}, .body = "hello"};
        if (request.number == 2) {
            answer.headers = {{"x-amz-checksum-crc32", "5FRUiw=="},
                              {"x-amz-checksum-type", "COMPOSITE"}};
        }
        return answer;
    });
    for (int i = 0; i < 2; ++i) {
        const auto open = run(store_->open(key_));
        ASSERT_TRUE(open) << open.error().message;
        EXPECT_EQ(open->info.attributes.checksum, std::nullopt);
    }
}

TEST_F(S3ObjectStoreTest, ADownloadThatBreaksOffStartsAnew) {
    store([](const Request& request) {
        if (request.number == 1)
            return Answer{.body = "an older, longer one", .ending = Ending::cut};
        return Answer{.headers = {{"ETag", "\"new\""}, {"x-amz-checksum-crc32", kCrcOfHello}},
                      .body = "hello"};
    });
    const auto open = run(store_->open(key_));
    ASSERT_TRUE(open) << open.error().message;
    EXPECT_EQ(content_of(*open), "hello");
    EXPECT_EQ(open->info.etag.value(), "new");
    EXPECT_EQ(open->info.size_bytes, 5U);
}

TEST_F(S3ObjectStoreTest, WithoutAScratchDirectoryTheCopyIsInMemory) {
    store([](const Request&) { return Answer{.body = "hello"}; }, "/nowhere");
    EXPECT_EQ(content_of(run(store_->open(key_)).value()), "hello");
}

TEST_F(S3ObjectStoreTest, ARefusalThatMayBeAnAbsenceSaysSo) {
    store([](const Request& request) {
        return request.method == "HEAD" ? Answer{.status = 403} : refusal(403, "AccessDenied");
    });
    for (const auto& error : {run(store_->head(key_)).error(), run(store_->open(key_)).error(),
                              run(store_->get(key_, 9)).error()}) {
        EXPECT_EQ(error.code, Errc::permission_denied);
        EXPECT_THAT(error.message, HasSubstr("lacks s3:ListBucket"));
    }
    EXPECT_THAT(run(store_->put(key_, "x", {})).error().message,
                ::testing::Not(HasSubstr("ListBucket")));
}

TEST_F(S3ObjectStoreTest, AMissingBucketIsNoMissingObject) {
    store([](const Request&) { return refusal(404, "NoSuchBucket"); });
    const auto error = run(store_->get(key_, 9)).error();
    EXPECT_EQ(error.code, Errc::unavailable);
    EXPECT_THAT(error.message, HasSubstr("S3_BUCKET"));
}

TEST_F(S3ObjectStoreTest, ABucketElsewhereIsNamedWithItsRegion) {
    store([](const Request&) {
        return Answer{.status = 301, .headers = {{"x-amz-bucket-region", "us-west-2"}}};
    });
    EXPECT_THAT(run(store_->head(key_)).error().message, HasSubstr("us-west-2"));
}

TEST_F(S3ObjectStoreTest, APutSendsItsChecksum) {
    store([](const Request&) { return Answer{.headers = {{"ETag", "\"e\""}}}; });
    const auto put = run(store_->put(key_, "hello", {}));
    ASSERT_TRUE(put) << put.error().message;
    EXPECT_EQ(put->etag.value(), "e");
    EXPECT_EQ(put->attributes.checksum,
              (std::pair<std::string, std::string>("crc32", kCrcOfHello)));
    ports::PutOptions options{.digests = {"sha256"}, .kept_digest = "sha256"};
    ASSERT_TRUE(run(store_->put(key_, "hello", options)));
    const auto requests = server_->requests();
    EXPECT_EQ(requests.at(0).header("x-amz-checksum-crc32"), kCrcOfHello);
    EXPECT_FALSE(requests.at(1).has_header("x-amz-checksum-crc32"));
    EXPECT_EQ(requests.at(1).header("x-amz-checksum-sha256"),
              "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=");
}

TEST_F(S3ObjectStoreTest, ACreationWhoseAnswerWasLostIsOurs) {
    const auto script = [](const std::string& crc32) {
        return [crc32](const Request& request) {
            if (request.number == 1) return Answer{.ending = Ending::none};
            if (request.method == "PUT") return refusal(412, "PreconditionFailed");
            return Answer{.headers = {{"ETag", "\"e\""}, {"x-amz-checksum-crc32", crc32}},
                          .body = "hello"};
        };
    };
    ports::PutOptions options{.mode = ports::PutMode::create_only};
    store(script(kCrcOfHello));
    const auto ours = run(store_->put(key_, "hello", options));
    ASSERT_TRUE(ours) << ours.error().message;
    EXPECT_EQ(server_->requests().at(1).header("if-none-match"), "*");
    store(script("AAAAAA=="));
    EXPECT_EQ(run(store_->put(key_, "hello", options)).error().code, Errc::conflict);
}

TEST_F(S3ObjectStoreTest, AnUploadInPartsNamesThemInOrder) {
    store([](const Request& request) {
        return multipart(request,
                         {.body = "<CompleteMultipartUploadResult><ETag>&quot;whole-2&quot;"
                                  "</ETag></CompleteMultipartUploadResult>"});
    });
    const auto put = run(store_->put(key_, std::string(kPart + 1, 'x'), {}));
    ASSERT_TRUE(put) << put.error().message;
    EXPECT_EQ(put->etag.value(), "whole-2");
    EXPECT_EQ(put->size_bytes, kPart + 1);
    const auto requests = server_->requests();
    ASSERT_EQ(requests.size(), 4U);
    EXPECT_EQ(requests[1].target, "/bucket/uploads/a.pdf?partNumber=1&uploadId=u%2B1");
    EXPECT_EQ(requests[1].body.size(), kPart);
    EXPECT_EQ(requests[2].target, "/bucket/uploads/a.pdf?partNumber=2&uploadId=u%2B1");
    EXPECT_EQ(requests[2].body, "x");
    EXPECT_LT(requests[3].body.find("<PartNumber>1<"), requests[3].body.find("<PartNumber>2<"));
}

TEST_F(S3ObjectStoreTest, AnUploadThatFailsAtItsEndIsGivenUp) {
    store([](const Request& request) {
        return multipart(request, {.body = "<?xml version=\"1.0\"?>\n<Error><Code>InternalError"
                                           "</Code><Message>sorry</Message></Error>"});
    });
    const auto put = run(store_->put(key_, std::string(kPart + 1, 'x'), {}));
    ASSERT_FALSE(put);
    EXPECT_EQ(put.error().code, Errc::unavailable);
    EXPECT_THAT(put.error().message, HasSubstr("sorry"));
    const auto requests = server_->requests();
    EXPECT_THAT(requests,
                ::testing::Contains(::testing::AllOf(
                    ::testing::Field(&Request::method, "DELETE"),
                    ::testing::Field(&Request::target, "/bucket/uploads/a.pdf?uploadId=u%2B1"))));
}

TEST_F(S3ObjectStoreTest, WhatNoHeaderCanCarryIsRefused) {
    store([](const Request&) { return Answer{}; });
    ports::PutOptions options;
    options.attributes.user_metadata = {{"title", "a\r\nx-amz-acl: public-read"}};
    EXPECT_EQ(run(store_->put(key_, "x", options)).error().code, Errc::invalid_argument);
    options.attributes.user_metadata = {{"title", "ä"}};
    EXPECT_EQ(run(store_->put(key_, "x", options)).error().field, "x-amz-meta-title");
    EXPECT_TRUE(server_->requests().empty());
}

TEST_F(S3ObjectStoreTest, OnlySoManyArePutAtOnce) {
    store([](const Request&) { return Answer{}; });
    std::vector<ports::NewObject> objects;
    objects.reserve(40);
    for (int i = 0; i < 40; ++i) {
        objects.push_back({.key = domain::ObjectKey("k" + std::to_string(i)), .bytes = "x"});
    }
    ASSERT_TRUE(run(store_->put_all(std::move(objects))));
    EXPECT_EQ(server_->requests().size(), 40U);
    EXPECT_LE(server_->connections(), 8U);
}

}  // namespace
}  // namespace ingestor::aws
