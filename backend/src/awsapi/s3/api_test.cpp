#include "awsapi/s3/api.hpp"

#include <gmock/gmock.h>

#include "awsapi/s3/testing/fixture.hpp"
#include "base/encoding.hpp"

namespace ingestor::awsapi::s3 {

using namespace testing;
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class S3ApiTest : public S3Fixture {
protected:
    void store(const std::string& body, std::string path = "/docs/a.txt") {
        const auto reply = send_signed({.method = "PUT", .path = std::move(path), .body = body});
        ASSERT_EQ(reply.status, 200U) << reply.body;
    }
};

struct RangeCase {
    std::string name;
    std::string range;
    unsigned status;
    std::string body;
    std::string content_range = "(absent)";
};

class S3Range : public S3ApiTest, public ::testing::WithParamInterface<RangeCase> {};

TEST_P(S3Range, OfTenBytes) {
    store("0123456789");
    const auto& row = GetParam();
    const auto got = send_signed({.headers = {{"Range", row.range}}});
    EXPECT_EQ(got.status, row.status);
    EXPECT_EQ(got.header("content-range"), row.content_range);
    if (row.status == 416) {
        EXPECT_EQ(got.element("Code"), "InvalidRange");
        EXPECT_EQ(got.element("ActualObjectSize"), "10");
        EXPECT_EQ(got.element("RangeRequested"), row.range);
        return;
    }
    EXPECT_EQ(got.body, row.body);
    const auto head = send_signed({.method = "HEAD", .headers = {{"Range", row.range}}});
    EXPECT_EQ(head.status, row.status);
    EXPECT_EQ(head.header("content-length"), std::to_string(row.body.size()));
    EXPECT_EQ(head.body, "");
}

INSTANTIATE_TEST_SUITE_P(
    Rows, S3Range,
    ::testing::Values(RangeCase{"Middle", "bytes=2-4", 206, "234", "bytes 2-4/10"},
                      RangeCase{"One", "bytes=0-0", 206, "0", "bytes 0-0/10"},
                      RangeCase{"OpenEnded", "bytes=7-", 206, "789", "bytes 7-9/10"},
                      RangeCase{"EndIsClamped", "bytes=8-100", 206, "89", "bytes 8-9/10"},
                      RangeCase{"Suffix", "bytes=-3", 206, "789", "bytes 7-9/10"},
                      RangeCase{"LongSuffix", "bytes=-30", 206, "0123456789", "bytes 0-9/10"},
                      RangeCase{"BeyondAllNumbers", "bytes=0-99999999999999999999999", 206,
                                "0123456789", "bytes 0-9/10"},
                      RangeCase{"StartsBehindTheEnd", "bytes=10-", 416, "", "bytes */10"},
                      RangeCase{"SuffixOfNothing", "bytes=-0", 416, "", "bytes */10"},
                      RangeCase{"SeveralParts", "bytes=0-1,3-4", 200, "0123456789"},
                      RangeCase{"Backwards", "bytes=4-2", 200, "0123456789"},
                      RangeCase{"NoNumbers", "bytes=-", 200, "0123456789"},
                      RangeCase{"Words", "bytes=a-b", 200, "0123456789"},
                      RangeCase{"OtherUnit", "lines=0-1", 200, "0123456789"}),
    [](const auto& row) { return row.param.name; });

TEST_F(S3ApiTest, RangeOfAnEmptyObjectIsRefused) {
    store("");
    EXPECT_EQ(send_signed({.headers = {{"Range", "bytes=0-"}}}).status, 416U);
    EXPECT_EQ(send_signed({.headers = {{"Range", "bytes=-5"}}}).status, 416U);
    EXPECT_EQ(send_signed({}).status, 200U);
}

TEST_F(S3ApiTest, RangeIsIgnoredIfTheObjectChanged) {
    store("hello\n");
    const std::string tag = "\"b1946ac92492d2347c6235b4d2611184\"";
    EXPECT_EQ(send_signed({.headers = {{"Range", "bytes=0-0"}, {"If-Range", tag}}}).status, 206U);
    EXPECT_EQ(send_signed({.headers = {{"Range", "bytes=0-0"}, {"If-Range", "\"x\""}}}).status,
              200U);
}

struct ConditionCase {
    std::string name;
    std::vector<std::pair<std::string, std::string>> headers;
    unsigned status;
};

class S3Condition : public S3ApiTest, public ::testing::WithParamInterface<ConditionCase> {};

TEST_P(S3Condition, OnAnObjectOfNow) {
    store("hello\n");
    for (const auto* method : {"GET", "HEAD"}) {
        const auto got = send_signed({.method = method, .headers = GetParam().headers});
        EXPECT_EQ(got.status, GetParam().status) << method;
        if (got.status == 304) {
            EXPECT_EQ(got.header("etag"), "\"b1946ac92492d2347c6235b4d2611184\"");
            EXPECT_EQ(got.body, "");
        }
    }
}

constexpr const char* kTag = "\"b1946ac92492d2347c6235b4d2611184\"";
constexpr const char* kThen = "Fri, 02 Jan 2026 03:04:05 GMT";
constexpr const char* kBefore = "Fri, 02 Jan 2026 03:04:04 GMT";
INSTANTIATE_TEST_SUITE_P(
    Rows, S3Condition,
    ::testing::Values(
        ConditionCase{"SameTag", {{"If-Match", kTag}}, 200},
        ConditionCase{"AnyTag", {{"If-Match", "*"}}, 200},
        ConditionCase{"OneOfSeveralTags", {{"If-Match", std::string("\"x\", ") + kTag}}, 200},
        ConditionCase{"BareTag", {{"If-Match", "b1946ac92492d2347c6235b4d2611184"}}, 200},
        ConditionCase{"OtherTag", {{"If-Match", "\"x\""}}, 412},
        ConditionCase{"NotThisTag", {{"If-None-Match", kTag}}, 304},
        ConditionCase{"NotThisWeakTag", {{"If-None-Match", std::string("W/") + kTag}}, 304},
        ConditionCase{"NotThatTag", {{"If-None-Match", "\"x\""}}, 200},
        ConditionCase{"NotModified", {{"If-Modified-Since", kThen}}, 304},
        ConditionCase{"Modified", {{"If-Modified-Since", kBefore}}, 200},
        ConditionCase{"OddDate", {{"If-Modified-Since", "yesterday"}}, 200},
        ConditionCase{"Unmodified", {{"If-Unmodified-Since", kThen}}, 200},
        ConditionCase{"NotUnmodified", {{"If-Unmodified-Since", kBefore}}, 412},
        ConditionCase{
            "TagGoesBeforeDate", {{"If-None-Match", "\"x\""}, {"If-Modified-Since", kThen}}, 200}),
    [](const auto& row) { return row.param.name; });

TEST_F(S3ApiTest, HeadSaysWhatGetSays) {
    store("hello\n");
    const auto get = send_signed({});
    const auto head = send_signed({.method = "HEAD"});
    EXPECT_EQ(head.headers, get.headers);
    EXPECT_EQ(head.header("content-length"), "6");
    EXPECT_EQ(head.header("last-modified"), kThen);
    EXPECT_EQ(head.header("accept-ranges"), "bytes");
    EXPECT_EQ(head.header("content-type"), "binary/octet-stream");
    EXPECT_EQ(head.body, "");
}

TEST_F(S3ApiTest, MissingObject) {
    const auto got = send_signed({.path = "/docs/not%20there"});
    EXPECT_EQ(got.status, 404U);
    EXPECT_EQ(got.element("Code"), "NoSuchKey");
    EXPECT_EQ(got.element("Key"), "not there");
    EXPECT_EQ(got.element("Resource"), "/docs/not%20there");
    EXPECT_EQ(got.element("RequestId"), got.header("x-amz-request-id"));
    const auto head = send_signed({.method = "HEAD"});
    EXPECT_EQ(head.status, 404U);
    EXPECT_EQ(head.body, "");
}

TEST_F(S3ApiTest, LinkOverridesHeaders) {
    store("hello\n");
    const auto got = send(call_of(
        "GET", links_.presign_get("a.txt", std::chrono::seconds{60}, kNow,
                                  {.content_type = "text/html",
                                   .content_disposition = "attachment; filename=\"ü.txt\""})));
    EXPECT_EQ(got.status, 200U) << got.body;
    EXPECT_EQ(got.header("content-type"), "text/html");
    EXPECT_EQ(got.header("content-disposition"), "attachment; filename=\"ü.txt\"");
    const auto split = send(call_of("GET", links_.presign_get("a.txt", std::chrono::seconds{60},
                                                              kNow, {.content_type = "a\r\nb"})));
    EXPECT_EQ(split.element("Code"), "InvalidArgument");
}

TEST_F(S3ApiTest, NonAsciiMetadataComesBackEncoded) {
    EXPECT_EQ(send_signed({.method = "PUT", .headers = {{"x-amz-meta-n", "\xC3\xBC"}}}).status,
              200U);
    EXPECT_EQ(send_signed({}).header("x-amz-meta-n"), "=?UTF-8?B?w7w=?=");
}

TEST_F(S3ApiTest, DeletingTwiceSucceeds) {
    store("x");
    EXPECT_EQ(send_signed({.method = "DELETE"}).status, 204U);
    EXPECT_EQ(send_signed({.method = "DELETE"}).status, 204U);
    EXPECT_EQ(send_signed({}).status, 404U);
}

TEST_F(S3ApiTest, Bucket) {
    const auto head = send_signed({.method = "HEAD", .path = "/docs"});
    EXPECT_EQ(head.status, 200U);
    EXPECT_EQ(head.header("x-amz-bucket-region"), "us-east-1");
    EXPECT_EQ(send_signed({.method = "HEAD", .path = "/docs/"}).status, 200U);
    EXPECT_THAT(send_signed({.path = "/docs", .query = "location"}).body,
                HasSubstr("2006-03-01/\"></LocationConstraint>"));
    const auto other = send_signed({.path = "/other/key"});
    EXPECT_EQ(other.status, 404U);
    EXPECT_EQ(other.element("Code"), "NoSuchBucket");
    EXPECT_EQ(other.element("BucketName"), "other");
}

TEST_F(S3ApiTest, TheBucketsAreTheOne) {
    const auto all = send_signed({.path = "/"});
    EXPECT_EQ(all.status, 200U);
    EXPECT_EQ(all.element("Bucket"),
              "<Name>docs</Name><CreationDate>2026-01-02T03:04:05.000Z</CreationDate>"
              "<BucketRegion>us-east-1</BucketRegion>");
    EXPECT_EQ(all.element("Owner"), "<ID>local</ID><DisplayName>local</DisplayName>");
    for (const auto* others : {"prefix=other", "bucket-region=eu-west-1"}) {
        EXPECT_EQ(send_signed({.path = "/", .query = others}).element("Buckets"), "");
    }
}

TEST_F(S3ApiTest, TheBucketThatIsThereMayBeMadeAgain) {
    const auto made = send_signed({.method = "PUT", .path = "/docs"});
    EXPECT_EQ(made.status, 200U);
    EXPECT_EQ(made.header("location"), "/docs");
    const auto other = send_signed({.method = "PUT", .path = "/other"});
    EXPECT_EQ(other.status, 400U);
    EXPECT_EQ(other.element("Code"), "TooManyBuckets");
    const auto elsewhere = send_signed(
        {.method = "PUT",
         .path = "/docs",
         .body = "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                 "<LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>"});
    EXPECT_EQ(elsewhere.element("Code"), "IllegalLocationConstraintException");
    EXPECT_EQ(send_signed({.method = "PUT", .path = "/docs", .body = "<x"}).element("Code"),
              "MalformedXML");
}

TEST(S3Bucket, ThatIsThereIsOwnedAlreadyInOtherRegions) {
    http::Request http;
    http.method_text = "PUT";
    http.target = "/docs";
    const auto request = read_s3_request(http);
    const Bucket bucket{.name = "docs", .region = "eu-west-1"};
    const auto made = create_bucket(request, bucket,
                                    "<CreateBucketConfiguration><LocationConstraint>eu-west-1"
                                    "</LocationConstraint></CreateBucketConfiguration>");
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().status, 409U);
    EXPECT_EQ(made.error().code, "BucketAlreadyOwnedByYou");
    EXPECT_EQ(create_bucket(request, bucket, "").error().code,
              "IllegalLocationConstraintException");
}

TEST_F(S3ApiTest, OnlyTheObjectThatIsMeantIsDeleted) {
    store("x");
    const auto etag = send_signed({.method = "HEAD"}).header("etag");
    const auto other = send_signed({.method = "DELETE", .headers = {{"If-Match", "\"0\""}}});
    EXPECT_EQ(other.status, 412U);
    EXPECT_EQ(other.element("Condition"), "If-Match");
    EXPECT_EQ(send_signed({.method = "DELETE", .headers = {{"If-Match", etag}}}).status, 204U);
    EXPECT_EQ(send_signed({.method = "DELETE", .headers = {{"If-Match", etag}}}).status, 404U);
}

TEST_F(S3ApiTest, WhatIsNotThereIsSaidToBeMissing) {
    store("x");
    const Call calls[] = {
        {.method = "GET", .path = "/docs", .query = "versions"},
        {.method = "GET", .path = "/docs", .query = "list-type=3"},
        {.method = "GET", .path = "/docs", .query = "location&acl"},
        {.method = "PUT", .path = "/docs", .query = "versioning"},
        {.method = "DELETE", .path = "/docs"},
        {.method = "POST", .query = "restore"},
        {.method = "PUT", .query = "retention"},
        {.method = "GET", .query = "acl"},
        {.method = "GET", .query = "partNumber=1"},
        {.method = "GET", .query = "versionId=null"},
        {.method = "DELETE", .headers = {{"If-Match", "*"}}},
        {.method = "GET", .headers = {{"x-amz-server-side-encryption-customer-key", "x"}}},
        {.method = "PATCH"}};
    for (const auto& call : calls) {
        const auto reply = send_signed(call);
        EXPECT_EQ(reply.status, 501U) << call.method << call.path << call.query;
        EXPECT_EQ(reply.element("Code"), "NotImplemented");
    }
    EXPECT_EQ(send_signed({}).body, "x");
}

TEST_F(S3ApiTest, RefusalsCarryAwsCodes) {
    const auto none = send({.headers = {{"Host", std::string(kHost)}}});
    EXPECT_EQ(none.status, 403U);
    EXPECT_EQ(none.element("Code"), "AccessDenied");

    auto tampered = sign({});
    tampered.path = "/docs/other&<txt";
    const auto mismatch = send(tampered);
    EXPECT_EQ(mismatch.status, 403U);
    EXPECT_EQ(mismatch.element("Code"), "SignatureDoesNotMatch");
    EXPECT_THAT(mismatch.element("StringToSign"), HasSubstr("AWS4-HMAC-SHA256\n"));
    EXPECT_THAT(mismatch.element("CanonicalRequest"), HasSubstr("/docs/other%26%3Ctxt"));
    EXPECT_EQ(mismatch.element("Resource"), "/docs/other&amp;&lt;txt");

    const auto old = send(call_of("GET", links_.presign_get("a.txt", std::chrono::seconds{60},
                                                            kNow - std::chrono::hours{1})));
    EXPECT_EQ(old.status, 403U);
    EXPECT_EQ(old.element("Code"), "AccessDenied");
    EXPECT_EQ(old.element("Message"), "Request has expired");
    EXPECT_EQ(old.element("X-Amz-Expires"), "60");
    EXPECT_EQ(old.element("Expires"), "2026-01-02T02:05:05Z");

    const auto lifelong =
        send(call_of("GET", links_.presign_get("a.txt", std::chrono::seconds{700'000}, kNow)));
    EXPECT_EQ(lifelong.status, 400U);
    EXPECT_EQ(lifelong.element("Code"), "AuthorizationQueryParametersError");

    auto extra = sign({});
    extra.headers.emplace_back("x-amz-acl", "private");
    EXPECT_EQ(send(extra).element("HeadersNotSigned"), "x-amz-acl");
}

TEST_F(S3ApiTest, KeysThatCannotBe) {
    EXPECT_EQ(send_signed({.path = "/docs/" + std::string(1025, 'k')}).element("Code"),
              "KeyTooLongError");
    EXPECT_EQ(send_signed({.path = "/docs/%FF"}).element("Code"), "InvalidURI");
    EXPECT_EQ(send_signed({.path = "/docs/a%00b"}).element("Code"), "InvalidURI");
}

TEST_F(S3ApiTest, PreflightNeedsNoCredentials) {
    const auto reply = send({.method = "OPTIONS",
                             .headers = {{"Origin", "https://app.example"},
                                         {"Access-Control-Request-Method", "PUT"},
                                         {"Access-Control-Request-Headers", "Content-Type"}}});
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(reply.header("access-control-allow-origin"), "https://app.example");
    EXPECT_EQ(reply.header("access-control-allow-methods"), "GET, PUT, POST, HEAD");
    EXPECT_EQ(reply.header("access-control-allow-headers"), "content-type");
    EXPECT_EQ(reply.header("access-control-allow-credentials"), "true");
    EXPECT_EQ(reply.header("access-control-max-age"), "600");
    EXPECT_THAT(reply.header("vary"), HasSubstr("Origin"));
}

TEST_F(S3ApiTest, PreflightsThatAreRefused) {
    const auto preflight = [this](const std::string& origin, const std::string& method) {
        Call call{.method = "OPTIONS"};
        if (!origin.empty()) call.headers.emplace_back("Origin", origin);
        if (!method.empty()) call.headers.emplace_back("Access-Control-Request-Method", method);
        return send(call);
    };
    EXPECT_EQ(preflight("https://x.dev.example", "GET").status, 200U);
    EXPECT_EQ(preflight("https://app.example.evil", "PUT").element("Code"), "AccessForbidden");
    EXPECT_EQ(preflight("https://app.example", "DELETE").element("Code"), "AccessForbidden");
    EXPECT_EQ(preflight("", "PUT").element("Code"), "BadRequest");
    EXPECT_EQ(preflight("https://app.example", "").element("Code"), "BadRequest");
}

TEST_F(S3ApiTest, ErrorsCarryCorsHeadersToo) {
    const auto reply = send({.method = "PUT", .headers = {{"Origin", "https://app.example"}}});
    EXPECT_EQ(reply.status, 403U);
    EXPECT_EQ(reply.header("access-control-allow-origin"), "https://app.example");
    EXPECT_THAT(reply.header("access-control-expose-headers"), HasSubstr("ETag"));
    const auto foreign = send({.method = "PUT", .headers = {{"Origin", "https://evil.example"}}});
    EXPECT_EQ(foreign.header("access-control-allow-origin"), "(absent)");
}

TEST_F(S3ApiTest, ClaimsWhatIsForS3) {
    struct Row {
        std::string target, authorization;
        bool claimed;
    };
    const std::string scope = "AWS4-HMAC-SHA256 Credential=A/20260102/us-east-1/";
    for (const auto& row :
         {Row{"/docs", "", true}, Row{"/docs/a", "", true}, Row{"/docs?location", "", true},
          Row{"/docsy", "", false}, Row{"/", "", false}, Row{"/jobs", "Bearer x", false},
          Row{"/", scope + "s3/aws4_request, x", true},
          Row{"/", scope + "events/aws4_request, x", false}, Row{"/b/k", "AWS A:b", true},
          Row{"/b/k?X-Amz-Credential=A%2F1%2Fr%2Fs3%2Faws4_request", "", true},
          Row{"/b/k?X-Amz-Credential=A%2F1%2Fr%2Fsts%2Faws4_request", "", false},
          Row{"/b/k?AWSAccessKeyId=A&Signature=b", "", true}}) {
        http::Request request;
        request.target = row.target;
        if (!row.authorization.empty()) {
            request.headers.set("Authorization", row.authorization);
        }
        EXPECT_EQ(api_->claims(request), row.claimed) << row.target << ' ' << row.authorization;
    }
}

TEST(S3ErrorOfTheStore, SaysWhyItFailedToTheLogAlone) {
    for (const auto code : {Errc::internal, Errc::unavailable, Errc::out_of_space}) {
        const auto response =
            error_response(s3_error({.code = code, .message = "the disk is full"}, "a.txt"), {});
        EXPECT_GE(response.status, 500U);
        EXPECT_EQ(response.failure, "the disk is full");
        EXPECT_THAT(std::get<std::string>(response.body), Not(HasSubstr("disk")));
    }
    EXPECT_EQ(s3_error({.code = Errc::not_found, .message = "no file"}, "a.txt").failure, "");
}

TEST(S3ErrorOfTheStore, NoRoomIsNotAnInvitationToSendItAgain) {
    const auto error = s3_error({.code = Errc::out_of_space, .message = "write: no space"}, "a");
    EXPECT_EQ(error.status, 507U);
    EXPECT_EQ(error.code, "InsufficientStorage");
    EXPECT_THAT(error.message, HasSubstr("make room"));
}

}  // namespace
}  // namespace ingestor::awsapi::s3
