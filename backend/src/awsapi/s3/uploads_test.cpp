#include <gmock/gmock.h>

#include "awsapi/s3/testing/fixture.hpp"
#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "sigv4/sign.hpp"

namespace ingestor::awsapi::s3 {

using namespace testing;
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

using Headers = std::vector<std::pair<std::string, std::string>>;

const std::string kPath = "/docs/uploads/ann/big.bin";

std::string digest_of(DigestKind kind, const std::string& bytes) {
    Digest digest(kind);
    digest.update(bytes);
    return digest.finish();
}

std::string checksum_of(DigestKind kind, const std::string& bytes) {
    return to_base64(digest_of(kind, bytes));
}

/// A part as CompleteMultipartUpload names it.
struct Named {
    int number = 1;
    std::string etag;
    std::string more = {};
};

std::string list_of(const std::vector<Named>& parts) {
    std::string out = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
    for (const auto& part : parts) {
        out += "<Part><ETag>" + part.etag + "</ETag>" + part.more + "<PartNumber>" +
               std::to_string(part.number) + "</PartNumber></Part>";
    }
    return out + "</CompleteMultipartUpload>";
}

class S3Uploads : public S3Fixture {
protected:
    std::string begin(Headers headers = {}, const std::string& path = kPath) {
        const auto reply = send_signed(
            {.method = "POST", .path = path, .query = "uploads", .headers = std::move(headers)});
        EXPECT_EQ(reply.status, 200U) << reply.body;
        EXPECT_EQ(reply.element("Bucket"), "docs");
        return reply.element("UploadId");
    }
    Reply put_part(const std::string& id, int number, const std::string& bytes,
                   Headers headers = {}) {
        return send_signed({.method = "PUT",
                            .path = kPath,
                            .query = "partNumber=" + std::to_string(number) + "&uploadId=" + id,
                            .headers = std::move(headers),
                            .body = bytes});
    }
    Named part(const std::string& id, int number, const std::string& bytes) {
        const auto reply = put_part(id, number, bytes);
        EXPECT_EQ(reply.status, 200U) << reply.body;
        return {.number = number, .etag = reply.header("etag")};
    }
    Reply complete(const std::string& id, const std::string& document, Headers headers = {}) {
        return send_signed({.method = "POST",
                            .path = kPath,
                            .query = "uploadId=" + id,
                            .headers = std::move(headers),
                            .body = document});
    }
    Reply get() { return send_signed({.path = kPath}); }
    Reply list(const std::string& query, const sigv4::Credentials& key = kKey) {
        return send(sign({.path = "/docs", .query = query}, {}, key));
    }

    const std::string big_ = std::string(objects::kPartBytesMin, 'b');
};

TEST_F(S3Uploads, PartsInAnyOrderBecomeAnObject) {
    const auto id = begin({{"Content-Type", "video/mp4"}, {"x-amz-meta-n", "v"}});
    const auto end = part(id, 10'000, "end");
    const auto first = part(id, 2, big_);
    EXPECT_EQ(get().status, 404U);
    const auto reply = complete(id, list_of({first, end}));
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(reply.element("Location"), "http://127.0.0.1:8080/docs/uploads/ann/big.bin");
    EXPECT_EQ(reply.element("Key"), "uploads/ann/big.bin");
    EXPECT_THAT(reply.element("ETag"), EndsWith("-2&quot;"));
    const auto got = get();
    EXPECT_EQ(got.body, big_ + "end");
    EXPECT_EQ(got.header("content-type"), "video/mp4");
    EXPECT_EQ(got.header("x-amz-meta-n"), "v");
}

TEST_F(S3Uploads, ARepeatedCompletionIsAnsweredAsBefore) {
    const auto id = begin();
    const auto first = part(id, 1, big_);
    const auto end = part(id, 2, "end");
    const auto reply = complete(id, list_of({first, end}));
    ASSERT_EQ(reply.status, 200U);
    const auto again = complete(id, list_of({first, end}));
    EXPECT_EQ(again.status, 200U);
    EXPECT_EQ(again.body, reply.body);
    EXPECT_EQ(complete(id, list_of({first})).element("Code"), "NoSuchUpload");
    ASSERT_EQ(send_signed({.method = "PUT", .path = kPath, .body = "another"}).status, 200U);
    EXPECT_EQ(complete(id, list_of({first, end})).element("Code"), "NoSuchUpload");
    EXPECT_EQ(get().body, "another");
}

TEST_F(S3Uploads, ALargeObjectIsAnsweredForWhileItIsPutTogether) {
    const auto id = begin();
    const std::vector<Named> parts{part(id, 1, big_), part(id, 2, big_)};
    const auto refused = complete(id, list_of(parts), {{"If-Match", "\"x\""}});
    EXPECT_EQ(refused.status, 200U);
    EXPECT_THAT(refused.body, ::testing::StartsWith("<?xml"));
    EXPECT_EQ(refused.element("Code"), "NoSuchKey");
    const auto reply = complete(id, list_of(parts));
    EXPECT_EQ(reply.status, 200U);
    EXPECT_THAT(reply.element("ETag"), EndsWith("-2&quot;"));
    EXPECT_EQ(get().body.size(), 2 * big_.size());
}

struct ListCase {
    std::string name;
    std::string document;
    std::string code;
};

class S3PartList : public S3Uploads, public ::testing::WithParamInterface<ListCase> {};

TEST_P(S3PartList, IsRefused) {
    const auto id = begin();
    part(id, 1, "small");
    part(id, 2, "end");
    const auto reply = complete(id, GetParam().document);
    EXPECT_EQ(reply.status, 400U);
    EXPECT_EQ(reply.element("Code"), GetParam().code);
    EXPECT_EQ(get().status, 404U);
}

const std::string kSmall = "eb5c1399a871211c7e7ed732d15e3a8b";
const std::string kEnd = "7f021a1415b86f2d013b2618fb31ae53";
INSTANTIATE_TEST_SUITE_P(
    Rows, S3PartList,
    ::testing::Values(
        ListCase{"Empty", "", "InvalidRequest"}, ListCase{"NoParts", list_of({}), "InvalidRequest"},
        ListCase{"NoXml", "{}", "MalformedXML"}, ListCase{"OtherRoot", "<Parts/>", "MalformedXML"},
        ListCase{"NoNumber",
                 "<CompleteMultipartUpload><Part><ETag>x</ETag></Part></CompleteMultipartUpload>",
                 "MalformedXML"},
        ListCase{"UnknownElement", list_of({{1, kSmall, "<Size>5</Size>"}}), "MalformedXML"},
        ListCase{"NumberOutOfRange", list_of({{10'001, kSmall}}), "InvalidArgument"},
        ListCase{"TooSmall", list_of({{1, kSmall}, {2, kEnd}}), "EntityTooSmall"},
        ListCase{"OtherTag", list_of({{1, kEnd}}), "InvalidPart"},
        ListCase{"NoSuchPart", list_of({{3, kEnd}}), "InvalidPart"},
        ListCase{"Descending", list_of({{2, kEnd}, {1, kSmall}}), "InvalidPartOrder"}),
    [](const auto& row) { return row.param.name; });

TEST_F(S3Uploads, OfMoreThanTenThousandPartsNoneIsRead) {
    const auto id = begin();
    EXPECT_EQ(complete(id, list_of(std::vector<Named>(10'000, {1, "x"}))).element("Code"),
              "InvalidPart");
    EXPECT_EQ(complete(id, list_of(std::vector<Named>(10'001, {1, "x"}))).element("Code"),
              "MalformedXML");
}

TEST_F(S3Uploads, ChecksumsOfPartsAreVerifiedAndToldOn) {
    const auto id = begin({{"x-amz-checksum-algorithm", "CRC32"}});
    const auto sum = checksum_of(DigestKind::crc32, "one");
    EXPECT_EQ(put_part(id, 1, "other", {{"x-amz-checksum-crc32", sum}}).element("Code"),
              "BadDigest");
    const auto reply = put_part(id, 1, "one", {{"x-amz-checksum-crc32", sum}});
    EXPECT_EQ(reply.header("x-amz-checksum-crc32"), sum);
    EXPECT_EQ(
        put_part(id, 1, "one", {{"x-amz-checksum-sha1", checksum_of(DigestKind::sha1, "one")}})
            .element("Message"),
        "Checksum Type mismatch occurred, expected checksum Type: crc32, actual checksum "
        "Type: sha1");
    EXPECT_EQ(put_part(id, 1, "one", {{"Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA=="}}).element("Code"),
              "BadDigest");
    const auto etag = reply.header("etag");
    EXPECT_THAT(complete(id, list_of({{1, etag}})).element("Message"),
                HasSubstr("It was missing for part 1 in the request."));
    const auto wrong = checksum_of(DigestKind::crc32, "two");
    EXPECT_EQ(complete(id, list_of({{1, etag, "<ChecksumCRC32>" + wrong + "</ChecksumCRC32>"}}))
                  .element("Code"),
              "InvalidPart");
    const auto done =
        complete(id, list_of({{1, etag, "<ChecksumCRC32>" + sum + "</ChecksumCRC32>"}}));
    EXPECT_EQ(done.element("ChecksumType"), "COMPOSITE");
    EXPECT_THAT(done.element("ChecksumCRC32"), EndsWith("-1"));
}

TEST_F(S3Uploads, AChecksumOfTheWholeIsComparedAtTheEnd) {
    const auto begun = send_signed({.method = "POST",
                                    .path = kPath,
                                    .query = "uploads",
                                    .headers = {{"x-amz-checksum-algorithm", "CRC64NVME"}}});
    EXPECT_EQ(begun.header("x-amz-checksum-algorithm"), "CRC64NVME");
    EXPECT_EQ(begun.header("x-amz-checksum-type"), "FULL_OBJECT");
    const auto id = begun.element("UploadId");
    const std::vector<Named> parts{part(id, 1, big_), part(id, 2, "end")};
    const auto sum = checksum_of(DigestKind::crc64nvme, big_ + "end");
    const auto end_with = [&](Headers headers) {
        return complete(id, list_of(parts), std::move(headers));
    };
    EXPECT_EQ(end_with({{"x-amz-checksum-crc64nvme", "AAAAAAAAAAA="}}).element("Code"),
              "BadDigest");
    EXPECT_EQ(end_with({{"x-amz-checksum-type", "COMPOSITE"}}).element("Code"), "InvalidRequest");
    EXPECT_EQ(end_with({{"x-amz-mp-object-size", "7"}}).element("Code"), "InvalidRequest");
    EXPECT_EQ(end_with({{"x-amz-checksum-crc32", "AAAAAA=="}}).element("Code"), "InvalidRequest");
    const auto done = end_with({{"x-amz-checksum-crc64nvme", sum},
                                {"x-amz-checksum-type", "FULL_OBJECT"},
                                {"x-amz-mp-object-size", std::to_string(big_.size() + 3)}});
    EXPECT_EQ(done.element("ChecksumCRC64NVME"), sum);
    const auto head = send_signed(
        {.method = "HEAD", .path = kPath, .headers = {{"x-amz-checksum-mode", "ENABLED"}}});
    EXPECT_EQ(head.header("x-amz-checksum-crc64nvme"), sum);
}

struct ChecksumCase {
    std::string name;
    std::string algorithm;
    std::string type;
    unsigned status;
};

class S3UploadChecksum : public S3Uploads, public ::testing::WithParamInterface<ChecksumCase> {};

TEST_P(S3UploadChecksum, IsOfThePartsOrOfTheWhole) {
    Headers headers;
    if (!GetParam().algorithm.empty()) {
        headers.emplace_back("x-amz-checksum-algorithm", GetParam().algorithm);
    }
    if (!GetParam().type.empty()) headers.emplace_back("x-amz-checksum-type", GetParam().type);
    const auto reply =
        send_signed({.method = "POST", .path = kPath, .query = "uploads", .headers = headers});
    EXPECT_EQ(reply.status, GetParam().status) << reply.body;
}

INSTANTIATE_TEST_SUITE_P(
    Rows, S3UploadChecksum,
    ::testing::Values(ChecksumCase{"Crc32OfTheWhole", "CRC32", "FULL_OBJECT", 200},
                      ChecksumCase{"Crc32OfTheParts", "crc32", "COMPOSITE", 200},
                      ChecksumCase{"Crc64OfTheParts", "CRC64NVME", "COMPOSITE", 400},
                      ChecksumCase{"ShaOfTheWhole", "SHA256", "FULL_OBJECT", 400},
                      ChecksumCase{"TypeAlone", "", "COMPOSITE", 400},
                      ChecksumCase{"OtherType", "CRC32", "WHOLE", 400},
                      ChecksumCase{"OtherAlgorithm", "MD5", "", 400}),
    [](const auto& row) { return row.param.name; });

TEST_F(S3Uploads, PartsArePutByAPresignedLinkInChunksWithATrailer) {
    const auto id = begin({{"x-amz-checksum-algorithm", "CRC32"}});
    sigv4::SigningKeys keys;
    const sigv4::Signer signer{kLinksKey, "us-east-1", "s3", keys};
    const auto query = "partNumber=1&uploadId=" + id;
    const sigv4::RequestHead head{"PUT", kPath, query, {{"host", kHost}}};
    auto call = call_of("PUT", "http://h" + kPath + '?' +
                                   sigv4::presign(signer, head, std::chrono::seconds{60}, kNow));
    call.body = "by link";
    const auto reply = send(call);
    EXPECT_EQ(reply.status, 200U) << reply.body;
    EXPECT_NE(reply.header("etag"), "(absent)");

    const auto sum = checksum_of(DigestKind::crc32, "hello\n");
    const auto chunked =
        send_signed({.method = "PUT",
                     .path = kPath,
                     .query = "partNumber=2&uploadId=" + id,
                     .headers = {{"x-amz-decoded-content-length", "6"},
                                 {"x-amz-trailer", "x-amz-checksum-crc32"}},
                     .body = "6\r\nhello\n\r\n0\r\nx-amz-checksum-crc32:" + sum + "\r\n\r\n"},
                    "STREAMING-UNSIGNED-PAYLOAD-TRAILER");
    EXPECT_EQ(chunked.header("x-amz-checksum-crc32"), sum) << chunked.body;
}

TEST_F(S3Uploads, APartThatBreaksOffLeavesNothing) {
    const auto id = begin();
    Call call{.method = "PUT",
              .path = kPath,
              .query = "partNumber=1&uploadId=" + id,
              .body = std::string(10'000, 'x'),
              .body_fails = Errc::timed_out};
    EXPECT_EQ(send_signed(call).element("Code"), "RequestTimeout");
    EXPECT_EQ(run(uploads_->parts(id, 0, 9)).value().size(), 0U);
    EXPECT_EQ(put_part(id, 1, std::string(kObjectBytesMax + 1, 'x')).element("Code"),
              "EntityTooLarge");
    for (const auto* number : {"0", "10001", "x", ""}) {
        call.query = std::string("partNumber=") + number + "&uploadId=" + id;
        EXPECT_EQ(send_signed(call).element("Code"), "InvalidArgument") << number;
    }
}

TEST_F(S3Uploads, PartsAreCopiedFromObjects) {
    ASSERT_EQ(send_signed({.method = "PUT", .path = "/docs/a%20b", .body = "0123456789"}).status,
              200U);
    const auto id = begin({{"x-amz-checksum-algorithm", "CRC32"}});
    const auto copy = [&](Headers headers) {
        headers.emplace_back("x-amz-copy-source", "/docs/a%20b");
        return put_part(id, 1, "", std::move(headers));
    };
    const auto copied = copy({{"x-amz-copy-source-range", "bytes=2-4"}});
    EXPECT_EQ(copied.status, 200U) << copied.body;
    EXPECT_EQ(copied.element("ETag"),
              "&quot;" + to_hex(digest_of(DigestKind::md5, "234")) + "&quot;");
    EXPECT_EQ(copied.element("ChecksumCRC32"), checksum_of(DigestKind::crc32, "234"));
    for (const auto* range : {"bytes=2-10", "bytes=10-10", "bytes=4-2", "bytes=2-", "2-4"}) {
        EXPECT_EQ(copy({{"x-amz-copy-source-range", range}}).element("Code"), "InvalidArgument")
            << range;
    }
    EXPECT_EQ(copy({{"x-amz-copy-source-if-match", "\"x\""}}).status, 412U);
    EXPECT_EQ(copy({{"x-amz-copy-source-if-none-match", "*"}}).status, 412U);
    EXPECT_EQ(put_part(id, 1, "", {{"x-amz-copy-source", "docs/none"}}).element("Code"),
              "NoSuchKey");
    EXPECT_EQ(put_part(id, 1, "", {{"x-amz-copy-source", "other/a"}}).element("Code"),
              "NoSuchBucket");
    EXPECT_EQ(put_part(id, 1, "", {{"x-amz-copy-source", "docs"}}).element("Code"),
              "InvalidArgument");
}

TEST_F(S3Uploads, PartsAreListedByPages) {
    const auto id = begin();
    for (const int number : {3, 1, 7}) part(id, number, "part " + std::to_string(number));
    const auto page = [&](const std::string& query) {
        return send_signed({.path = kPath, .query = query + "uploadId=" + id});
    };
    const auto first = page("max-parts=2&");
    EXPECT_EQ(first.element("PartNumber"), "1");
    EXPECT_EQ(first.element("NextPartNumberMarker"), "3");
    EXPECT_EQ(first.element("IsTruncated"), "true");
    EXPECT_EQ(first.element("Size"), "6");
    const auto last = page("max-parts=2&part-number-marker=3&");
    EXPECT_EQ(last.element("PartNumber"), "7");
    EXPECT_EQ(last.element("IsTruncated"), "false");
    EXPECT_EQ(page("max-parts=0&").element("IsTruncated"), "true");
    EXPECT_EQ(page("part-number-marker=x&").element("Code"), "InvalidArgument");
}

TEST_F(S3Uploads, UploadsAreListedByPagesAndGroups) {
    for (const auto* path : {"/docs/b/1", "/docs/a", "/docs/b/2", "/docs/c%20d"}) begin({}, path);
    const auto all = list("uploads");
    EXPECT_EQ(all.element("Key"), "a");
    EXPECT_EQ(all.element("IsTruncated"), "false");
    const auto page = list("uploads&delimiter=%2F&max-uploads=2");
    EXPECT_EQ(page.element("IsTruncated"), "true");
    EXPECT_EQ(page.element("NextKeyMarker"), "b/");
    EXPECT_THAT(page.body, HasSubstr("<CommonPrefixes><Prefix>b/</Prefix></CommonPrefixes>"));
    const auto next = list("uploads&delimiter=%2F&max-uploads=2&key-marker=b%2F&encoding-type=url");
    EXPECT_EQ(next.element("Key"), "c%20d");
    EXPECT_EQ(next.element("IsTruncated"), "false");
    EXPECT_THAT(next.body, Not(HasSubstr("CommonPrefixes")));
    EXPECT_EQ(list("uploads&prefix=b%2F&max-uploads=1").element("Key"), "b/1");
    EXPECT_EQ(list("uploads&max-uploads=x").element("Code"), "InvalidArgument");
}

TEST_F(S3Uploads, AbortLeavesNothing) {
    const auto id = begin();
    const auto first = part(id, 1, "x");
    const auto abort = [&] {
        return send_signed({.method = "DELETE", .path = kPath, .query = "uploadId=" + id});
    };
    EXPECT_EQ(abort().status, 204U);
    EXPECT_EQ(abort().element("Code"), "NoSuchUpload");
    EXPECT_EQ(put_part(id, 1, "x").element("Code"), "NoSuchUpload");
    EXPECT_EQ(complete(id, list_of({first})).element("Code"), "NoSuchUpload");
}

TEST_F(S3Uploads, ConditionsHoldAtTheEnd) {
    const auto id = begin();
    const auto document = list_of({part(id, 1, "x")});
    EXPECT_EQ(complete(id, document, {{"If-Match", "\"x\""}}).element("Code"), "NoSuchKey");
    ASSERT_EQ(send_signed({.method = "PUT", .path = kPath, .body = "there"}).status, 200U);
    EXPECT_EQ(complete(id, document, {{"If-None-Match", "*"}}).element("Condition"),
              "If-None-Match");
    EXPECT_EQ(complete(id, document, {{"If-Match", "\"x\""}}).element("Condition"), "If-Match");
    EXPECT_EQ(complete(id, document, {{"If-None-Match", "\"x\""}}).status, 501U);
    EXPECT_EQ(complete(id, document).status, 200U);
}

TEST_F(S3Uploads, AnUploadIsOfItsKeyAndItsUser) {
    const auto id = begin();
    const auto as_ann = [&](std::string method, std::string path, std::string query) {
        return send(
            sign({.method = std::move(method), .path = std::move(path), .query = std::move(query)},
                 {}, kUserKey));
    };
    EXPECT_EQ(as_ann("GET", kPath, "uploadId=" + id).status, 200U);
    EXPECT_EQ(as_ann("GET", "/docs/uploads/ann/other", "uploadId=" + id).element("Code"),
              "NoSuchUpload");
    EXPECT_EQ(as_ann("POST", "/docs/uploads/bob/x", "uploads").element("Code"), "AccessDenied");
    EXPECT_EQ(as_ann("DELETE", "/docs/uploads/bob/x", "uploadId=" + id).element("Code"),
              "AccessDenied");
    begin({}, "/docs/uploads/bob/x");
    const auto own = list("uploads&delimiter=%2F", kUserKey);
    EXPECT_THAT(own.body, HasSubstr("<Prefix>uploads/</Prefix>"));
    const auto below = list("uploads&prefix=uploads%2F", kUserKey);
    EXPECT_THAT(below.body, HasSubstr("uploads/ann/big.bin"));
    EXPECT_THAT(below.body, Not(HasSubstr("uploads/bob/x")));
    EXPECT_THAT(list("uploads&prefix=uploads%2Fbob", kUserKey).body, Not(HasSubstr("<Upload>")));
}

TEST_F(S3Uploads, AKeyCopiesOnlyWhatItMayRead) {
    ASSERT_EQ(send_signed({.method = "PUT", .path = "/docs/uploads/bob/x", .body = "b"}).status,
              200U);
    const auto id = begin();
    Call call{.method = "PUT",
              .path = kPath,
              .query = "partNumber=1&uploadId=" + id,
              .headers = {{"x-amz-copy-source", "docs/uploads/bob/x"}}};
    EXPECT_EQ(send(sign(call, {}, kUserKey)).element("Code"), "AccessDenied");
    EXPECT_EQ(send_signed(call).status, 200U);
}

}  // namespace
}  // namespace ingestor::awsapi::s3
