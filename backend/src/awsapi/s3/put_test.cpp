#include <gmock/gmock.h>

#include "awsapi/s3/testing/fixture.hpp"
#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "sigv4/sign.hpp"

namespace ingestor::awsapi::s3 {

using namespace testing;
namespace {

constexpr std::string_view kUnsigned = "UNSIGNED-PAYLOAD";
constexpr std::string_view kTrailerPayload = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

class S3Put : public S3Fixture {
protected:
    static Call put(std::string body,
                    std::vector<std::pair<std::string, std::string>> headers = {}) {
        return {.method = "PUT", .headers = std::move(headers), .body = std::move(body)};
    }
    std::string stored() { return send_signed({}).body; }
    bool is_stored() { return send_signed({}).status == 200; }
};

std::string raw_digest(DigestKind kind, const std::string& bytes) {
    Digest digest(kind);
    digest.update(bytes);
    return digest.finish();
}

TEST_F(S3Put, KeepsBytesAndAttributes) {
    const auto reply = send_signed(put("hello\n", {{"Content-Type", "text/plain"},
                                                   {"Content-Disposition", "attachment"},
                                                   {"Cache-Control", "no-store"},
                                                   {"Content-Encoding", "gzip"},
                                                   {"x-amz-meta-Title", "one  two"}}));
    EXPECT_EQ(reply.status, 200U) << reply.body;
    EXPECT_EQ(reply.header("etag"), "\"b1946ac92492d2347c6235b4d2611184\"");
    EXPECT_EQ(reply.header("x-amz-request-id"), "4442587f-b7d0-4a2f-8f7a-0d1c5c0f4a11");
    const auto got = send_signed({});
    EXPECT_EQ(got.body, "hello\n");
    EXPECT_EQ(got.header("content-type"), "text/plain");
    EXPECT_EQ(got.header("content-disposition"), "attachment");
    EXPECT_EQ(got.header("cache-control"), "no-store");
    EXPECT_EQ(got.header("content-encoding"), "gzip");
    EXPECT_EQ(got.header("x-amz-meta-title"), "one  two");
}

TEST_F(S3Put, KeysAreDecodedOnce) {
    for (const auto* path : {"/docs/a%20b%2Bc", "/docs/a+b", "/docs/x//y/", "/docs/a/../b",
                             "/docs/%2E%2E/x", "/docs/100%25", "/docs/a%2Fb", "/docs/%252F"}) {
        auto call = put(path);
        call.path = path;
        EXPECT_EQ(send_signed(call).status, 200U) << path;
    }
    const std::pair<const char*, const char*> same[] = {{"/docs/a%20b+c", "/docs/a%20b%2Bc"},
                                                        {"/docs/a/b", "/docs/a%2Fb"},
                                                        {"/docs/../x", "/docs/%2E%2E/x"},
                                                        {"/docs/x//y/", "/docs/x//y/"}};
    for (const auto& [path, first] : same) {
        EXPECT_EQ(send_signed({.path = path}).body, first);
    }
    EXPECT_EQ(send_signed({.path = "/docs/b"}).status, 404U);
}

TEST_F(S3Put, PresignedLinkStoresWhatItSigned) {
    const auto link =
        links_.presign_put("uploads/u/ü 1.pdf", "application/pdf", std::chrono::seconds{900}, kNow);
    auto call = call_of("PUT", link.url);
    call.body = std::string(300'000, 'p');
    for (const auto& header : link.headers) call.headers.push_back(header);
    EXPECT_EQ(send(call).status, 200U);
    const auto got =
        call_of("GET", links_.presign_get("uploads/u/ü 1.pdf", std::chrono::seconds{60}, kNow));
    EXPECT_EQ(send(got).body, call.body);
    EXPECT_EQ(send(got).header("content-type"), "application/pdf");

    call.headers.back().second = "text/html";
    EXPECT_EQ(send(call).element("Code"), "SignatureDoesNotMatch");
    call.headers.pop_back();
    EXPECT_EQ(send(call).element("Code"), "SignatureDoesNotMatch");
}

TEST_F(S3Put, ChecksumOfAnEmptyBodyInALinkIsNotCompared) {
    sigv4::SigningKeys keys;
    const sigv4::Signer signer{kKey, "us-east-1", "s3", keys};
    const sigv4::RequestHead head{
        "PUT",
        "/docs/a.txt",
        "X-Amz-Content-Sha256=UNSIGNED-PAYLOAD&x-amz-checksum-crc32=AAAAAA%3D%3D&"
        "x-amz-sdk-checksum-algorithm=CRC32&x-id=PutObject&x-amz-meta-n=hoisted",
        {{"host", kHost}}};
    auto call = call_of("PUT", "http://h/docs/a.txt?" +
                                   sigv4::presign(signer, head, std::chrono::seconds{60}, kNow));
    call.body = "not empty";
    const auto reply = send(call);
    EXPECT_EQ(reply.status, 200U) << reply.body;
    EXPECT_EQ(reply.header("x-amz-checksum-crc32"), "(absent)");
    const auto got = send_signed({});
    EXPECT_EQ(got.body, "not empty");
    EXPECT_EQ(got.header("x-amz-meta-n"), "hoisted");
}

TEST_F(S3Put, LinkOfVersion2HasItsHeadersInTheQuery) {
    const std::string text = "PUT\n\ntext/plain\n1767326645\nx-amz-meta-a:b c\n/docs/a.txt";
    auto call = call_of("PUT",
                        "http://h/docs/a.txt?AWSAccessKeyId=AKIAOPERATOR&content-type=text%2Fplain&"
                        "x-amz-meta-a=b%20c&Expires=1767326645&Signature=" +
                            percent_encode(to_base64(hmac_sha1(kKey.secret_access_key, text))));
    call.body = "v2";
    const auto reply = send(call);
    EXPECT_EQ(reply.status, 200U) << reply.body;
    const auto got = send_signed({});
    EXPECT_EQ(got.header("content-type"), "text/plain");
    EXPECT_EQ(got.header("x-amz-meta-a"), "b c");
    EXPECT_EQ(got.header("expires"), "(absent)");
}

TEST_F(S3Put, EveryChecksumIsVerifiedAndEchoed) {
    const std::pair<std::string, DigestKind> kinds[] = {{"crc32", DigestKind::crc32},
                                                        {"crc32c", DigestKind::crc32c},
                                                        {"crc64nvme", DigestKind::crc64nvme},
                                                        {"sha1", DigestKind::sha1},
                                                        {"sha256", DigestKind::sha256}};
    for (const auto& [name, kind] : kinds) {
        const auto header = "x-amz-checksum-" + name;
        const auto value = to_base64(raw_digest(kind, "hello\n"));
        const auto reply = send_signed(put("hello\n", {{header, value}}));
        EXPECT_EQ(reply.status, 200U) << name << reply.body;
        EXPECT_EQ(reply.header(header), value);
        EXPECT_EQ(reply.header("x-amz-checksum-type"), "FULL_OBJECT");

        EXPECT_EQ(send_signed({}).header(header), "(absent)");
        const auto got = send_signed({.headers = {{"x-amz-checksum-mode", "ENABLED"}}});
        EXPECT_EQ(got.header(header), value);
        const auto part =
            send_signed({.headers = {{"x-amz-checksum-mode", "ENABLED"}, {"Range", "bytes=0-"}}});
        EXPECT_EQ(part.header(header), "(absent)");

        const auto wrong = send_signed(put("other", {{header, value}}));
        EXPECT_EQ(wrong.status, 400U);
        EXPECT_EQ(wrong.element("Code"), "BadDigest") << name;
        EXPECT_EQ(stored(), "hello\n");
    }
}

std::string aws_chunked(const std::string& body, const std::string& trailer, std::size_t size) {
    std::string out;
    for (std::size_t at = 0; at < body.size(); at += size) {
        const auto piece = body.substr(at, size);
        char length[20];
        (void)std::snprintf(length, sizeof length, "%zx", piece.size());
        out += std::string(length) + "\r\n" + piece + "\r\n";
    }
    return out + "0\r\n" + trailer + "\r\n";
}

Call streamed(const std::string& body, const std::string& algorithm, const std::string& value) {
    return {
        .method = "PUT",
        .headers = {{"Content-Encoding", "gzip, aws-chunked"},
                    {"x-amz-decoded-content-length", std::to_string(body.size())},
                    {"x-amz-sdk-checksum-algorithm", "CRC64NVME"},
                    {"x-amz-trailer", "x-amz-checksum-" + algorithm}},
        .body = aws_chunked(body, "x-amz-checksum-" + algorithm + ":" + value + "\r\n", 100'000),
        .chunked = true};
}

TEST_F(S3Put, StreamWithTrailerIsUnwrapped) {
    const std::string body(500'000, 's');
    const auto value = to_base64(raw_digest(DigestKind::crc64nvme, body));
    const auto reply =
        send_signed(streamed(body, "crc64nvme", value), std::string(kTrailerPayload));
    EXPECT_EQ(reply.status, 200U) << reply.body;
    EXPECT_EQ(reply.header("x-amz-checksum-crc64nvme"), value);
    const auto got = send_signed({.headers = {{"x-amz-checksum-mode", "enabled"}}});
    EXPECT_EQ(got.body, body);
    EXPECT_EQ(got.header("content-encoding"), "gzip");
    EXPECT_EQ(got.header("x-amz-checksum-crc64nvme"), value);
}

TEST_F(S3Put, BadStreamsAreNotStored) {
    const std::string body = "hello\n";
    const std::string payload(kTrailerPayload);
    EXPECT_EQ(send_signed(streamed(body, "crc32", "AAAAAA=="), payload).element("Code"),
              "BadDigest");
    EXPECT_EQ(send_signed(streamed(body, "crc32", "AAAA"), payload).element("Code"),
              "InvalidRequest");
    EXPECT_EQ(send_signed(streamed(body, "md4", "AAAA"), payload).element("Code"),
              "InvalidRequest");
    auto other = streamed(body, "crc32", "NjowIA==");
    other.body = aws_chunked(body, "x-other:1\r\n", 4);
    EXPECT_EQ(send_signed(other, payload).element("Code"), "MalformedTrailerError");
    auto shorter = streamed(body, "crc32", "NjowIA==");
    shorter.headers[1].second = "7";
    EXPECT_EQ(send_signed(shorter, payload).element("Code"), "IncompleteBody");
    auto longer = streamed(body, "crc32", "NjowIA==");
    longer.headers[1].second = "5";
    EXPECT_EQ(send_signed(longer, payload).element("Code"), "IncompleteBody");
    auto cut = streamed(body, "crc32", "NjowIA==");
    cut.body.resize(cut.body.size() - 4);
    EXPECT_EQ(send_signed(cut, payload).element("Code"), "IncompleteBody");
    auto unframed = streamed(body, "crc32", "NjowIA==");
    unframed.body = body;
    EXPECT_EQ(send_signed(unframed, payload).element("Code"), "InvalidRequest");
    auto unannounced = streamed(body, "crc32", "NjowIA==");
    unannounced.headers.erase(unannounced.headers.begin() + 1);
    EXPECT_EQ(send_signed(unannounced, payload).status, 411U);
    EXPECT_FALSE(is_stored());
}

TEST_F(S3Put, SignedChunksAreCheckedOneByOne) {
    const std::string payload = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
    const std::string data(10'000, 'd');
    auto call = sign({.method = "PUT",
                      .headers = {{"Content-Encoding", "aws-chunked"},
                                  {"x-amz-decoded-content-length", "10000"}}},
                     payload);
    const auto& authorization = call.headers.back().second;
    auto previous = authorization.substr(authorization.rfind('=') + 1);
    const sigv4::Scope scope{"20260102", "us-east-1", "s3"};
    const auto key = sigv4::derive_signing_key(kKey.secret_access_key, scope);
    const auto add = [&](const std::string& size, const std::string& piece) {
        previous = to_hex(hmac_sha256(key, "AWS4-HMAC-SHA256-PAYLOAD\n20260102T030405Z\n" +
                                               scope.text() + '\n' + previous + '\n' +
                                               sha256_hex("") + '\n' + sha256_hex(piece)));
        call.body += size + ";chunk-signature=" + previous + "\r\n" + piece + "\r\n";
    };
    add("2710", data);
    add("0", "");
    const auto reply = send(call);
    EXPECT_EQ(reply.status, 200U) << reply.body;
    EXPECT_EQ(stored(), data);

    call.body[call.body.find("dddd")] = 'e';
    EXPECT_EQ(send(call).element("Code"), "SignatureDoesNotMatch");
    EXPECT_EQ(stored(), data);
}

TEST_F(S3Put, CreateOnlyRefusesWhatIsThere) {
    const auto call = put("first", {{"If-None-Match", "*"}});
    EXPECT_EQ(send_signed(call).status, 200U);
    const auto again = send_signed(call);
    EXPECT_EQ(again.status, 412U);
    EXPECT_EQ(again.element("Code"), "PreconditionFailed");
    EXPECT_EQ(again.element("Condition"), "If-None-Match");
}

TEST_F(S3Put, OnlyTheObjectThatIsMeantIsReplaced) {
    const auto absent = send_signed(put("x", {{"If-Match", "\"0\""}}));
    EXPECT_EQ(absent.status, 404U);
    EXPECT_EQ(absent.element("Code"), "NoSuchKey");
    const auto etag = send_signed(put("first")).header("etag");
    EXPECT_EQ(send_signed(put("second", {{"If-Match", etag}})).status, 200U);
    const auto late = send_signed(put("third", {{"If-Match", etag}}));
    EXPECT_EQ(late.status, 412U);
    EXPECT_EQ(late.element("Condition"), "If-Match");
    EXPECT_EQ(stored(), "second");
}

TEST_F(S3Put, ClientsThatFailLeaveNothing) {
    auto late = put("half");
    late.missing_bytes = 1;
    late.body_fails = Errc::timed_out;
    EXPECT_EQ(send_signed(late, std::string(kUnsigned)).element("Code"), "RequestTimeout");
    late.body_fails = Errc::unavailable;
    EXPECT_EQ(send_signed(late, std::string(kUnsigned)).element("Code"), "IncompleteBody");
    late.body_fails.reset();
    EXPECT_EQ(send_signed(late, std::string(kUnsigned)).element("Code"), "IncompleteBody");
    EXPECT_FALSE(is_stored());
}

struct RefusedPut {
    std::string name;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string payload;
    unsigned status;
    std::string code;
    std::string element = {};
    std::string value = {};
    bool chunked = false;
    std::size_t size = 6;
};

class S3PutRefuses : public S3Put, public ::testing::WithParamInterface<RefusedPut> {};

TEST_P(S3PutRefuses, WithAwsOwnCode) {
    const auto& row = GetParam();
    auto call = put(std::string(row.size, 'x'), row.headers);
    call.chunked = row.chunked;
    const auto reply = send_signed(call, row.payload);
    EXPECT_EQ(reply.status, row.status);
    EXPECT_EQ(reply.element("Code"), row.code) << reply.body;
    if (!row.element.empty()) {
        EXPECT_EQ(reply.element(row.element), row.value);
    }
    EXPECT_EQ(reply.header("content-type"), "application/xml");
    EXPECT_FALSE(is_stored());
}

INSTANTIATE_TEST_SUITE_P(
    Rows, S3PutRefuses,
    ::testing::Values(
        RefusedPut{"BodyNotAsSigned",
                   {},
                   std::string(64, '0'),
                   400,
                   "XAmzContentSHA256Mismatch",
                   "ClientComputedContentSHA256",
                   std::string(64, '0')},
        RefusedPut{"OddPayloadLiteral",
                   {},
                   "abc",
                   400,
                   "InvalidArgument",
                   "ArgumentName",
                   "x-amz-content-sha256"},
        RefusedPut{"UnknownStreaming",
                   {},
                   "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD",
                   501,
                   "NotImplemented",
                   "Header",
                   "x-amz-content-sha256"},
        RefusedPut{"Md5OfOtherBytes",
                   {{"Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg=="}},
                   "",
                   400,
                   "BadDigest",
                   "ExpectedDigest",
                   "1B2M2Y8AsgTpgAmY7PhCfg=="},
        RefusedPut{"Md5ThatIsNone", {{"Content-MD5", "abcd"}}, "", 400, "InvalidDigest"},
        RefusedPut{"ChecksumThatIsNone",
                   {{"x-amz-checksum-crc32", "AAAA"}},
                   "",
                   400,
                   "InvalidRequest",
                   "Message",
                   "Value for x-amz-checksum-crc32 header is invalid."},
        RefusedPut{"TwoChecksums",
                   {{"x-amz-checksum-crc32", "AAAAAA=="}, {"x-amz-checksum-crc32c", "AAAAAA=="}},
                   "",
                   400,
                   "InvalidRequest"},
        RefusedPut{"ChecksumAnnouncedOnly",
                   {{"x-amz-sdk-checksum-algorithm", "CRC32"}},
                   "",
                   400,
                   "InvalidRequest"},
        RefusedPut{"NoLength", {}, "UNSIGNED-PAYLOAD", 411, "MissingContentLength", "", "", true},
        RefusedPut{"TooLarge",
                   {},
                   "UNSIGNED-PAYLOAD",
                   400,
                   "EntityTooLarge",
                   "MaxSizeAllowed",
                   std::to_string(kObjectBytesMax),
                   false,
                   kObjectBytesMax + 1},
        RefusedPut{"ConditionOnATag",
                   {{"If-None-Match", "\"abc\""}},
                   "",
                   501,
                   "NotImplemented",
                   "Header",
                   "If-None-Match"},
        RefusedPut{"ConditionIfMatch",
                   {{"If-Match", "*"}},
                   "",
                   501,
                   "NotImplemented",
                   "Header",
                   "If-Match"},
        RefusedPut{"Encryption",
                   {{"x-amz-server-side-encryption", "AES256"}},
                   "",
                   501,
                   "NotImplemented",
                   "Header",
                   "x-amz-server-side-encryption"},
        RefusedPut{"StorageClass",
                   {{"x-amz-storage-class", "GLACIER"}},
                   "",
                   501,
                   "NotImplemented",
                   "Header",
                   "x-amz-storage-class"},
        RefusedPut{
            "PublicAcl", {{"x-amz-acl", "public-read"}}, "", 400, "AccessControlListNotSupported"},
        RefusedPut{"TooMuchMetadata",
                   {{"x-amz-meta-a", std::string(2100, 'm')}},
                   "",
                   400,
                   "MetadataTooLarge"},
        RefusedPut{"ChunkedCodingWithoutFraming",
                   {{"Content-Encoding", "aws-chunked"}},
                   "",
                   400,
                   "InvalidRequest"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace ingestor::awsapi::s3
