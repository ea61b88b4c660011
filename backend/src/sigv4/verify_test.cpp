#include "sigv4/verify.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "sigv4/sign.hpp"

namespace ingestor::sigv4 {
namespace {

using std::chrono::seconds;

const Credentials kKey{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};
const Credentials kSession{"ASIAEXAMPLE", "another/secret", "TOKEN/with+chars=="};
const TimePoint kNow = *parse_iso_basic("20260102T030405Z");

std::optional<Credentials> lookup(std::string_view id) {
    if (id == kKey.access_key_id) return kKey;
    if (id == kSession.access_key_id) return kSession;
    return std::nullopt;
}

/// A request that owns its text, so that cases may change parts of it.
struct Message {
    std::string method = "PUT";
    std::string path = "/docs/a%20b.txt";
    std::string query = {};
    std::vector<std::pair<std::string, std::string>> headers = {{"Host", "127.0.0.1:8080"}};

    [[nodiscard]] RequestHead head() const {
        RequestHead out{.method = method, .path = path, .query = query, .headers = {}};
        for (const auto& [name, value] : headers) out.headers.push_back({name, value});
        return out;
    }
    std::string& header(std::string_view name) {
        for (auto& [known, value] : headers) {
            if (equal_ignoring_case(known, name)) return value;
        }
        headers.emplace_back(name, "");
        return headers.back().second;
    }
};

void replace(std::string& text, std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from << " in " << text;
    text.replace(at, from.size(), to);
}

Message signed_by_header(const Credentials& credentials = kKey,
                         std::string_view region = "us-east-1", std::string_view service = "s3",
                         TimePoint at = kNow) {
    Message message;
    message.headers.emplace_back("X-Amz-Meta-Title", "one  two");
    SigningKeys keys;
    const Signer signer{credentials, region, service, keys};
    for (auto& added : sign(signer, message.head(), kUnsignedPayload, at)) {
        message.headers.push_back(std::move(added));
    }
    return message;
}

Message presigned(seconds expires = seconds{900}, TimePoint at = kNow,
                  const Credentials& credentials = kKey) {
    Message message;
    message.headers.emplace_back("Content-Type", "text/plain");
    SigningKeys keys;
    const Signer signer{credentials, "us-east-1", "s3", keys};
    message.query = presign(signer, message.head(), expires, at);
    return message;
}

AuthResult<Proof> verify(const Message& message, TimePoint now = kNow) {
    static const Verifier kVerifier(lookup, "us-east-1", "s3");
    return kVerifier.verify(message.head(), now);
}

std::string detail(const AuthError& error, std::string_view name) {
    for (const auto& [known, value] : error.details) {
        if (known == name) return value;
    }
    return "(absent)";
}

TEST(Verify, AcceptsWhatSignMade) {
    const auto proof = verify(signed_by_header());
    ASSERT_TRUE(proof) << proof.error().message;
    EXPECT_EQ(proof->kind, AuthKind::header_v4);
    EXPECT_EQ(proof->access_key_id, "AKIDEXAMPLE");
    EXPECT_EQ(proof->payload_hash, kUnsignedPayload);
    EXPECT_EQ(proof->signing_key.size(), 32U);
    EXPECT_TRUE(verify(signed_by_header(kSession)));
}

TEST(Verify, AcceptsWhatPresignMade) {
    const auto proof = verify(presigned());
    ASSERT_TRUE(proof) << proof.error().message;
    EXPECT_EQ(proof->kind, AuthKind::query_v4);
    EXPECT_TRUE(verify(presigned(seconds{900}, kNow, kSession)));
}

TEST(Verify, AcceptsOtherSpellingsOfTheSamePath) {
    auto message = signed_by_header();
    message.path = "/docs/%61%20b%2Etxt";
    EXPECT_TRUE(verify(message));
}

TEST(Verify, AcceptsJsonServicesByTheHashOfTheirBody) {
    const std::string hash = "b424ecce940d7be35487706e9e7fa8c7441c4ca1b60a388c18b90305ae2b8fee";
    Message message{.method = "POST", .path = "/"};
    SigningKeys keys;
    const Signer signer{kKey, "us-east-1", "events", keys};
    for (auto& added : sign(signer, message.head(), hash, kNow)) {
        message.headers.push_back(std::move(added));
    }
    const Verifier events(lookup, "us-east-1", "events");
    EXPECT_TRUE(events.verify(message.head(), kNow, hash));
    EXPECT_EQ(events.verify(message.head(), kNow, std::string(64, '0')).error().failure,
              AuthFailure::signature_mismatch);
}

/// A request that was signed well, and what is changed in one part of it: `from` becomes `to`. An
/// empty `from` stands for the whole part, and so does one for a header that is not there yet.
struct RefusedCase {
    const char* name;
    Message (*make)();
    const char* part;  ///< method, path, query, or the name of a header.
    const char* from;
    const char* to;
    AuthFailure failure;
    const char* message_part;
    const char* detail_name = "";
    const char* detail_part = "";
};

Message unsigned_message() {
    return {};
}
Message by_header() {
    return signed_by_header();
}
Message by_link() {
    return presigned();
}
Message by_header_and_link() {
    auto message = signed_by_header();
    message.query = presigned().query;
    return message;
}

using enum AuthFailure;

constexpr RefusedCase kRefused[] = {
    {"Unsigned", unsigned_message, "", "", "", missing, "Access Denied"},
    {"HeaderAndQueryAtOnce", by_header_and_link, "", "", "", ambiguous, "Only one auth mechanism"},
    {"SignatureVersion2InAHeader", unsigned_message, "Authorization", "", "AWS AKIDEXAMPLE:abc",
     unsupported_algorithm, "not supported"},
    {"HeaderWithoutCredential", unsigned_message, "Authorization", "",
     "AWS4-HMAC-SHA256 SignedHeaders=host, Signature=0", malformed_header, "no Credential"},
    {"HeaderWithShortScope", by_header, "authorization", "/us-east-1/s3", "/s3", malformed_header,
     "the Credential is mal-formed"},
    {"UnknownKey", [] { return signed_by_header({"AKIDNOBODY", "x"}); }, "", "", "",
     unknown_access_key, "does not exist", "AWSAccessKeyId", "AKIDNOBODY"},
    {"WrongSecret", [] { return signed_by_header({"AKIDEXAMPLE", "x"}); }, "", "", "",
     signature_mismatch, "does not match", "CanonicalRequest", "PUT\n/docs/a%20b.txt\n"},
    {"SessionKeyWithoutItsToken",
     [] { return signed_by_header({"ASIAEXAMPLE", "another/secret"}); }, "", "", "", invalid_token,
     "token"},
    {"WrongRegionNamesTheRightOne", [] { return signed_by_header(kKey, "eu-west-1"); }, "", "", "",
     malformed_header, "the region 'eu-west-1' is wrong; expecting 'us-east-1'", "Region",
     "us-east-1"},
    {"WrongService", [] { return signed_by_header(kKey, "us-east-1", "events"); }, "", "", "",
     missing_payload_hash, "x-amz-content-sha256"},
    {"WrongServiceInALink", by_link, "query", "%2Fs3%2F", "%2Fec2%2F", malformed_query,
     "This endpoint belongs to \"s3\""},
    {"ScopeOfAnotherDay", by_header, "authorization", "/20260102/", "/20260101/", malformed_header,
     "Invalid credential date"},
    {"ClockTooFarBehind",
     [] { return signed_by_header(kKey, "us-east-1", "s3", kNow - seconds{901}); }, "", "", "",
     clock_skew, "too large", "MaxAllowedSkewMilliseconds", "900000"},
    {"ClockTooFarAhead",
     [] { return signed_by_header(kKey, "us-east-1", "s3", kNow + seconds{901}); }, "", "", "",
     clock_skew, "too large", "RequestTime", "20260102T031906Z"},
    {"NoDate", by_header, "x-amz-date", "", "yesterday", missing_date, "valid Date"},
    {"HeaderAddedUnsigned", by_header, "x-amz-acl", "", "public-read", headers_not_signed,
     "not signed", "HeadersNotSigned", "x-amz-acl"},
    {"HeaderAddedToALink", by_link, "x-amz-meta-owner", "", "me", headers_not_signed, "not signed",
     "HeadersNotSigned", "x-amz-meta-owner"},
    {"HeaderRepeatsAParameter", by_link, "X-Amz-Expires", "", "1", signature_mismatch,
     "does not match"},
    {"SignedHeaderChanged", by_link, "content-type", "", "text/html", signature_mismatch,
     "does not match", "StringToSign", "AWS4-HMAC-SHA256\n20260102T030405Z"},
    {"SignedHeaderEmptied", by_link, "content-type", "text/plain", "", signature_mismatch,
     "does not match"},
    {"PathChanged", by_link, "path", "", "/docs/other.txt", signature_mismatch, "does not match"},
    {"MethodChanged", by_link, "method", "", "GET", signature_mismatch, "does not match"},
    {"ParameterAdded", by_link, "query", "X-Amz-Signature=",
     "response-content-type=text%2Fhtml&X-Amz-Signature=", signature_mismatch, "does not match"},
    {"HostChanged", by_link, "host", "", "evil.example", signature_mismatch, "does not match"},
    {"LinkExpired", [] { return presigned(seconds{60}, kNow - seconds{60}); }, "", "", "", expired,
     "Request has expired", "X-Amz-Expires", "60"},
    {"LinkOfTheFuture", [] { return presigned(seconds{60}, kNow + seconds{901}); }, "", "", "",
     not_yet_valid, "not valid yet"},
    {"LinkForMoreThanAWeek", [] { return presigned(seconds{700'000}); }, "", "", "",
     malformed_query, "less than a week"},
    {"LinkForNoTime", [] { return presigned(seconds{0}); }, "", "", "", malformed_query,
     "positive"},
    {"LinkForWordsOfTime", by_link, "query", "X-Amz-Expires=900", "X-Amz-Expires=soon",
     malformed_query, "should be a number"},
    {"LinkWithoutDate", by_link, "query", "X-Amz-Date=", "X-Not-Date=", malformed_query,
     "requires the X-Amz-Algorithm"},
    {"LinkWithOddDate", by_link, "query", "X-Amz-Date=2026", "X-Amz-Date=now", malformed_query,
     "ISO8601"},
    {"LinkOfAnotherAlgorithm", by_link, "query", "HMAC-SHA256", "HMAC-SHA1", malformed_query,
     "only supports"},
    {"LinkWithBadCredential", by_link, "query", "%2Faws4_request", "", malformed_query,
     "Error parsing the X-Amz-Credential parameter"},
    {"HostNotSigned", by_link, "query", "content-type%3Bhost", "content-type", headers_not_signed,
     "not signed", "HeadersNotSigned", "host"},
};

std::string& part_of(Message& message, std::string_view part) {
    if (part == "method") return message.method;
    if (part == "path") return message.path;
    if (part == "query") return message.query;
    return message.header(part);
}

void change(Message& message, const RefusedCase& row) {
    auto& part = part_of(message, row.part);
    if (std::string_view(row.from).empty()) {
        part = row.to;
    } else {
        replace(part, row.from, row.to);
    }
}

class Refused : public testing::TestWithParam<RefusedCase> {};

TEST_P(Refused, WithItsOwnFailure) {
    const auto& row = GetParam();
    auto message = row.make();
    if (!std::string_view(row.part).empty()) change(message, row);
    const auto proof = verify(message);
    ASSERT_FALSE(proof);
    EXPECT_EQ(proof.error().failure, row.failure) << proof.error().message;
    EXPECT_THAT(proof.error().message, testing::HasSubstr(row.message_part));
    if (!std::string_view(row.detail_name).empty()) {
        EXPECT_THAT(detail(proof.error(), row.detail_name), testing::HasSubstr(row.detail_part));
    }
}

INSTANTIATE_TEST_SUITE_P(Verify, Refused, testing::ValuesIn(kRefused),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Verify, ASignedHeaderThatWasDroppedIsMissed) {
    auto message = presigned();
    ASSERT_EQ(message.headers.back().first, "Content-Type");
    message.headers.pop_back();
    EXPECT_EQ(verify(message).error().failure, AuthFailure::signature_mismatch);
}

TEST(Verify, LinkIsGoodToItsLastSecond) {
    EXPECT_TRUE(verify(presigned(seconds{60}, kNow - seconds{59})));
    EXPECT_TRUE(verify(presigned(seconds{604'800}, kNow - seconds{604'799})));
    EXPECT_TRUE(verify(presigned(seconds{60}, kNow + seconds{900})));
}

// Computed with botocore, whose links of version 2 are the default of boto3 and of the AWS CLI v1.
const TimePoint kBefore{seconds{1'795'400'000}};

TEST(VerifyV2, AcceptsLinksOfBotocore) {
    Message get{.method = "GET",
                .path = "/buck/dir/small%20a.txt",
                .query =
                    "response-content-type=text%2Fplain&uploads&AWSAccessKeyId=AKIDEXAMPLE&"
                    "Signature=JG%2FVScxJsbKquV2a2La0%2FpnR5eY%3D&Expires=1795403560"};
    EXPECT_TRUE(verify(get, kBefore));

    Message put{.method = "PUT",
                .path = "/buck/k",
                .query =
                    "AWSAccessKeyId=AKIDEXAMPLE&Signature=jnXhOL9PfLosmaNtz2zp81WGA3A%3D&"
                    "content-type=text%2Fplain&x-amz-meta-a=b%20c&Expires=1795403560"};
    const auto proof = verify(put, kBefore);
    ASSERT_TRUE(proof) << detail(proof.error(), "StringToSign");
    EXPECT_EQ(proof->kind, AuthKind::query_v2);

    Message plain{.method = "GET",
                  .path = "/buck/dir/small.txt",
                  .query =
                      "AWSAccessKeyId=AKIDEXAMPLE&Signature=JguGqYEVYwm%2BHut4PmKPAfuraIY%3D&"
                      "Expires=1795403560"};
    EXPECT_TRUE(verify(plain, kBefore));
    EXPECT_EQ(verify(plain, TimePoint{seconds{1'795'403'560}}).error().failure,
              AuthFailure::expired);

    auto later = plain;
    replace(later.query, "Expires=1795403560", "Expires=1795403561");
    EXPECT_EQ(verify(later, kBefore).error().failure, AuthFailure::signature_mismatch);
    auto other = plain;
    other.header("x-amz-acl") = "public-read";
    EXPECT_EQ(verify(other, kBefore).error().failure, AuthFailure::signature_mismatch);
    auto nobody = plain;
    replace(nobody.query, "AKIDEXAMPLE", "AKIDNOBODY");
    EXPECT_EQ(verify(nobody, kBefore).error().failure, AuthFailure::unknown_access_key);
    auto odd = plain;
    replace(odd.query, "Expires=1795403560", "Expires=99999999999999");
    EXPECT_EQ(verify(odd, kBefore).error().failure, AuthFailure::missing);
}

}  // namespace
}  // namespace ingestor::sigv4
