#include "sigv4/sign.hpp"

#include <gtest/gtest.h>

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "sigv4/url_signer.hpp"

namespace ingestor::sigv4 {
namespace {

// AWS's published examples: the Signature Version 4 test suite, the IAM user guide, the S3 API
// reference. The rows named `Own` were computed with botocore.
const Credentials kSuite{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};
const Credentials kS3Guide{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};
constexpr std::string_view kEmptyHash =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

struct SignCase {
    std::string_view name;
    Credentials credentials;
    std::string_view region;
    std::string_view service;
    std::string_view time;
    RequestHead head;
    std::string_view payload_hash;
    std::string_view signed_headers;
    std::string_view signature;
};

const std::vector<SignCase>& sign_cases() {
    static const std::vector<SignCase> kCases = {
        {"GetVanilla",
         kSuite,
         "us-east-1",
         "service",
         "20150830T123600Z",
         {"GET", "/", "", {{"Host", "example.amazonaws.com"}}},
         kEmptyHash,
         "host;x-amz-date",
         "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
        {"OwnQueryIsSortedByEncodedName",
         kSuite,
         "us-east-1",
         "service",
         "20150830T123600Z",
         {"GET",
          "/",
          "Param-3=Value3&Param=Value2&%E1%88%B4=Value1",
          {{"Host", "example.amazonaws.com"}}},
         kEmptyHash,
         "host;x-amz-date",
         "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac"},
        {"OwnPathIsNormalisedAndEncodedTwice",
         kSuite,
         "us-east-1",
         "service",
         "20150830T123600Z",
         {"GET",
          "/example/..//b/./c%3Aaws/",
          "Param2=v&Param1=x%20y&Param1=a",
          {{"Host", "example.amazonaws.com"}}},
         kEmptyHash,
         "host;x-amz-date",
         "808392d59c5225448c9b897897c167f2ae644f496250723cecd79db7ee916945"},
        {"OwnS3PathKeepsDotsAndSlashes",
         kSuite,
         "us-east-1",
         "s3",
         "20150830T123600Z",
         {"GET", "/b/a/../b//c%2Bd/", "uploads", {{"Host", "example.amazonaws.com"}}},
         kEmptyHash,
         "host;x-amz-content-sha256;x-amz-date",
         "4cd9545e8a64dd8ac5b71b94aa0523b0cd2642f0b1d4182961b8a10fbf2acf93"},
        {"IamListUsers",
         kSuite,
         "us-east-1",
         "iam",
         "20150830T123600Z",
         {"GET",
          "/",
          "Action=ListUsers&Version=2010-05-08",
          {{"Host", "iam.amazonaws.com"},
           {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}}},
         kEmptyHash,
         "content-type;host;x-amz-date",
         "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"},
        {"S3GetWithRange",
         kS3Guide,
         "us-east-1",
         "s3",
         "20130524T000000Z",
         {"GET",
          "/test.txt",
          "",
          {{"Host", "examplebucket.s3.amazonaws.com"}, {"Range", "bytes=0-9"}}},
         kEmptyHash,
         "host;range;x-amz-content-sha256;x-amz-date",
         "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
        {"S3StreamedPut",
         kS3Guide,
         "us-east-1",
         "s3",
         "20130524T000000Z",
         {"PUT",
          "/examplebucket/chunkObject.txt",
          "",
          {{"Host", "s3.amazonaws.com"},
           {"x-amz-storage-class", "REDUCED_REDUNDANCY"},
           {"Content-Encoding", "aws-chunked"},
           {"x-amz-decoded-content-length", "66560"},
           {"Content-Length", "66824"}}},
         "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
         "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;"
         "x-amz-decoded-content-length;x-amz-storage-class",
         "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"},
        {"S3StreamedPutWithTrailer",
         kS3Guide,
         "us-east-1",
         "s3",
         "20130524T000000Z",
         {"PUT",
          "/examplebucket/chunkObject.txt",
          "",
          {{"Host", "s3.amazonaws.com"},
           {"x-amz-storage-class", "REDUCED_REDUNDANCY"},
           {"Content-Encoding", "aws-chunked"},
           {"x-amz-decoded-content-length", "66560"},
           {"x-amz-trailer", "x-amz-checksum-crc32c"}}},
         "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
         "content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;"
         "x-amz-storage-class;x-amz-trailer",
         "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"},
        {"OwnJsonServiceWithSessionToken",
         {"ASIAEXAMPLE", kS3Guide.secret_access_key, "TOKEN/with+chars=="},
         "eu-west-1",
         "dynamodb",
         "20260102T030405Z",
         {"POST",
          "/",
          "",
          {{"Host", "dynamodb.eu-west-1.amazonaws.com"},
           {"Content-Type", "application/x-amz-json-1.0"},
           {"X-Amz-Target", "DynamoDB_20120810.GetItem"}}},
         "b424ecce940d7be35487706e9e7fa8c7441c4ca1b60a388c18b90305ae2b8fee",
         "content-type;host;x-amz-date;x-amz-security-token;x-amz-target",
         "0878e4f6a013c12be2e7e2a7f807d8cbc2ccf484c36f1dbc7cbf7a90f3bc2b54"},
        {"OwnS3AwkwardKey",
         kS3Guide,
         "eu-west-1",
         "s3",
         "20260102T030405Z",
         {"PUT",
          "/a%20b%2Bc/%C3%BC~%281%29%21.txt",
          "partNumber=2&uploadId=x%2By%3D",
          {{"Host", "b.s3.eu-west-1.amazonaws.com"},
           {"Content-Type", "text/plain"},
           {"x-amz-meta-n", "  two   spaces "}}},
         "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
         "content-type;host;x-amz-content-sha256;x-amz-date;x-amz-meta-n",
         "2b6cf119068dd771c6255a236fe8a0f4ec41d639b2392e73579dd771579ba538"},
    };
    return kCases;
}

class Sign : public testing::TestWithParam<SignCase> {};

TEST_P(Sign, GivesThePublishedSignature) {
    const auto& row = GetParam();
    SigningKeys keys;
    const Signer signer{row.credentials, row.region, row.service, keys};
    const auto added = sign(signer, row.head, row.payload_hash, *parse_iso_basic(row.time));
    ASSERT_EQ(added.back().first, "authorization");
    const auto& value = added.back().second;
    EXPECT_NE(value.find("SignedHeaders=" + std::string(row.signed_headers) + ","),
              std::string::npos)
        << value;
    EXPECT_TRUE(value.ends_with("Signature=" + std::string(row.signature))) << value;
}

INSTANTIATE_TEST_SUITE_P(Vectors, Sign, testing::ValuesIn(sign_cases()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(SigningKey, MatchesPublishedKeys) {
    EXPECT_EQ(
        to_hex(derive_signing_key(kSuite.secret_access_key, {"20150830", "us-east-1", "iam"})),
        "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
    EXPECT_EQ(to_hex(derive_signing_key(kS3Guide.secret_access_key,
                                        {"20260102", "eu-west-1", "dynamodb"})),
              "f9f8e841274a9de9ed5ac7ad14b91b9c17035e7fa6622dea9dfc2aedcfa34018");
    EXPECT_EQ(
        to_hex(derive_signing_key(kS3Guide.secret_access_key, {"20260102", "eu-west-1", "s3"})),
        "60bb2a5d477a6953387c166ecc27f0e79b247bc7b6ad51d3bcf25b745cd3e4e8");
}

TEST(SigningKey, CacheTellsScopesAndSecretsApart) {
    SigningKeys keys;
    const Scope s3{"20260102", "eu-west-1", "s3"};
    for (int day = 10; day < 90; ++day) {
        const Scope scope{"202601" + std::to_string(day), "eu-west-1", "s3"};
        EXPECT_EQ(keys.get(kSuite, scope), derive_signing_key(kSuite.secret_access_key, scope));
    }
    EXPECT_EQ(keys.get(kS3Guide, s3), derive_signing_key(kS3Guide.secret_access_key, s3));
    EXPECT_EQ(keys.get(kSuite, s3), derive_signing_key(kSuite.secret_access_key, s3));
    EXPECT_EQ(keys.get(kS3Guide, s3), derive_signing_key(kS3Guide.secret_access_key, s3));
}

TEST(Canonical, HashOfVectorRequests) {
    const RequestHead vanilla{
        "GET", "/", "", {{"Host", "example.amazonaws.com"}, {"X-Amz-Date", "20150830T123600Z"}}};
    const std::vector<std::string> names = {"host", "x-amz-date"};
    EXPECT_TRUE(sha256_hex(canonical_request(vanilla, {}, names, kEmptyHash, PathRule::normalised))
                    .starts_with("bb579772317e"));

    const RequestHead awkward{
        "PUT",
        "/a%20b%2Bc/%C3%BC~%281%29%21.txt",
        "partNumber=2&uploadId=x%2By%3D",
        {{"host", "b.s3.eu-west-1.amazonaws.com"},
         {"content-type", "text/plain"},
         {"x-amz-meta-n", "  two   spaces "},
         {"x-amz-date", "20260102T030405Z"},
         {"x-amz-content-sha256",
          "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"}}};
    const std::vector<std::string> all = {"content-type", "host", "x-amz-content-sha256",
                                          "x-amz-date", "x-amz-meta-n"};
    EXPECT_EQ(
        sha256_hex(canonical_request(
            awkward, parse_query(awkward.query), all,
            "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03", PathRule::s3)),
        "2b9585fec97ea83286cbafa39bdc181b7b381b20e78662e10fc80f4c18f7f5cc");
}

TEST(Canonical, PathRules) {
    struct Row {
        std::string_view path, s3, normalised;
    };
    for (const auto& row :
         {Row{"", "/", "/"}, Row{"/", "/", "/"}, Row{"//", "//", "/"},
          Row{"/a/../b", "/a/../b", "/b"}, Row{"/a//b/", "/a//b/", "/a/b/"}, Row{"/..", "/..", "/"},
          Row{"/a/.", "/a/.", "/a/"}, Row{"/%7Ea+b", "/~a%2Bb", "/%257Ea%2Bb"},
          Row{"/a%2fb", "/a%2Fb", "/a%252fb"}, Row{"/arn%3Aaws", "/arn%3Aaws", "/arn%253Aaws"},
          Row{"/\xE1\x88\xB4", "/%E1%88%B4", "/%E1%88%B4"}}) {
        EXPECT_EQ(canonical_path(row.path, PathRule::s3), row.s3) << row.path;
        EXPECT_EQ(canonical_path(row.path, PathRule::normalised), row.normalised) << row.path;
    }
}

TEST(Canonical, QueryIsEncodedThenSorted) {
    struct Row {
        std::string_view query, canonical;
    };
    for (const auto& row :
         {Row{"", ""}, Row{"delete", "delete="}, Row{"delete=", "delete="},
          Row{"b=2&a=1&a=0", "a=0&a=1&b=2"}, Row{"a=x%2fy&&A=z", "A=z&a=x%2Fy"},
          Row{"k=a+b", "k=a%2Bb"}, Row{"k=a%20b", "k=a%20b"}, Row{"k=a=b", "k=a%3Db"},
          Row{"a-b=1&a=2", "a=2&a-b=1"}, Row{"X-Amz-Signature=0&x=%7E", "x=~"}}) {
        EXPECT_EQ(canonical_query(parse_query(row.query), kSignatureParameter), row.canonical)
            << row.query;
    }
}

TEST(Canonical, RepeatedHeadersAreJoinedInOrder) {
    const RequestHead head{"GET", "/", "", {{"My", " b\t c "}, {"other", "x"}, {"mY", "a"}}};
    const std::vector<std::string> names = {"gone", "my"};
    EXPECT_EQ(canonical_request(head, {}, names, "P", PathRule::s3),
              "GET\n/\n\ngone:\nmy:b c,a\n\ngone;my\nP");
}

TEST(Presign, GivesThePublishedLink) {
    SigningKeys keys;
    const Signer signer{kS3Guide, "us-east-1", "s3", keys};
    const RequestHead head{"GET", "/test.txt", "", {{"host", "examplebucket.s3.amazonaws.com"}}};
    EXPECT_EQ(
        presign(signer, head, std::chrono::seconds{86400}, *parse_iso_basic("20130524T000000Z")),
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524"
        "%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400"
        "&X-Amz-SignedHeaders=host&X-Amz-Signature="
        "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST(UrlSigner, PutSaysWhatTheUploaderMustSend) {
    const UrlSigner signer({.endpoint = "http://127.0.0.1:8080",
                            .region = "us-east-1",
                            .bucket = "docs",
                            .credentials = kS3Guide});
    const auto now = *parse_iso_basic("20260102T030405Z");
    const auto put =
        signer.presign_put("uploads/u 1/ü+.pdf", "application/pdf", std::chrono::seconds{900}, now);
    EXPECT_TRUE(put.url.starts_with(
        "http://127.0.0.1:8080/docs/uploads/u%201/%C3%BC%2B.pdf?X-Amz-Algorithm="))
        << put.url;
    EXPECT_NE(put.url.find("&X-Amz-SignedHeaders=content-type%3Bhost&"), std::string::npos);
    ASSERT_EQ(put.headers.size(), 1U);
    EXPECT_EQ(put.headers[0].first, "Content-Type");
    EXPECT_EQ(put.headers[0].second, "application/pdf");

    EXPECT_TRUE(signer.presign_put("k", "", std::chrono::seconds{1}, now).headers.empty());
    const auto get = signer.presign_get("k", std::chrono::seconds{60}, now,
                                        {.content_disposition = "attachment; filename=\"a\""});
    EXPECT_NE(get.find("&response-content-disposition=attachment%3B%20filename%3D%22a%22&"),
              std::string::npos)
        << get;
}

}  // namespace
}  // namespace ingestor::sigv4
