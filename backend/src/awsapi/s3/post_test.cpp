#include <gmock/gmock.h>

#include "awsapi/s3/post_policy.hpp"
#include "awsapi/s3/testing/fixture.hpp"
#include "base/digest.hpp"
#include "base/encoding.hpp"

namespace ingestor::awsapi::s3 {

using namespace testing;
namespace {

using ::testing::HasSubstr;

using Fields = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view kBoundary = "----boundary";
constexpr std::string_view kTime = "20260102T030405Z";

class S3Post : public S3Fixture {
protected:
    static std::string credential_of(const sigv4::Credentials& key) {
        return key.access_key_id + "/20260102/us-east-1/s3/aws4_request";
    }
    /// The fields and conditions that SDKs add.
    static std::string policy_of(const std::string& conditions,
                                 const std::string& expiration = "2026-01-02T04:00:00Z",
                                 const sigv4::Credentials& key = kKey) {
        return "{\"expiration\":\"" + expiration + "\",\"conditions\":[{\"bucket\":\"docs\"}," +
               conditions + ",{\"x-amz-algorithm\":\"AWS4-HMAC-SHA256\"},{\"x-amz-credential\":\"" +
               credential_of(key) + "\"},{\"x-amz-date\":\"" + std::string(kTime) + "\"}]}";
    }
    static Fields sign_form(Fields fields, const std::string& policy,
                            const sigv4::Credentials& key = kKey) {
        const auto text = to_base64(policy);
        const sigv4::Scope scope{.date = "20260102", .region = "us-east-1", .service = "s3"};
        const auto signature =
            to_hex(hmac_sha256(sigv4::derive_signing_key(key.secret_access_key, scope), text));
        fields.emplace_back("x-amz-algorithm", "AWS4-HMAC-SHA256");
        fields.emplace_back("x-amz-credential", credential_of(key));
        fields.emplace_back("x-amz-date", kTime);
        fields.emplace_back("policy", text);
        fields.emplace_back("x-amz-signature", signature);
        return fields;
    }
    Reply post(const Fields& fields, const std::string& file, const std::string& end = "--\r\n") {
        std::string body;
        for (const auto& [name, value] : fields) {
            body += "--" + std::string(kBoundary) + "\r\nContent-Disposition: form-data; name=\"" +
                    name + "\"\r\n\r\n" + value + "\r\n";
        }
        body += "--" + std::string(kBoundary) +
                "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"re port.pdf\"\r\n"
                "Content-Type: application/pdf\r\n\r\n" +
                file + "\r\n--" + std::string(kBoundary) + end;
        return send({.method = "POST",
                     .path = "/docs",
                     .headers = {{"Host", std::string(kHost)},
                                 {"Content-Type",
                                  "multipart/form-data; boundary=" + std::string(kBoundary)}},
                     .body = body});
    }
    Reply get(const std::string& path) { return send_signed({.path = path}); }
};

TEST_F(S3Post, AFormStoresWhatItsPolicyAllows) {
    const auto policy = policy_of(
        "[\"starts-with\",\"$key\",\"in/\"],{\"Content-Type\":\"text/plain\"},"
        "[\"content-length-range\",2,2000000],{\"x-amz-meta-n\":\"v\"},{\"acl\":\"private\"}");
    const Fields fields{{"key", "in/${filename}"},
                        {"Content-Type", "text/plain"},
                        {"x-amz-meta-n", "v"},
                        {"acl", "private"},
                        {"x-ignore-me", "y"}};
    const std::string file(100'000, 'f');
    const auto reply = post(sign_form(fields, policy), file);
    EXPECT_EQ(reply.status, 204U) << reply.body;
    EXPECT_EQ(reply.header("location"), "http://127.0.0.1:8080/docs/in/re%20port.pdf");
    const auto got = get("/docs/in/re%20port.pdf");
    EXPECT_EQ(got.body, file);
    EXPECT_EQ(got.header("content-type"), "text/plain");
    EXPECT_EQ(got.header("x-amz-meta-n"), "v");
    EXPECT_EQ(post(sign_form(fields, policy), "1").element("Code"), "EntityTooSmall");
    EXPECT_EQ(post(sign_form(fields, policy), std::string(2'000'001, 'f')).element("Code"),
              "EntityTooLarge");
    EXPECT_EQ(get("/docs/in/re%20port.pdf").body, file);
}

TEST_F(S3Post, SignatureVersion2IsTaken) {
    const auto policy = to_base64(
        "{\"expiration\":\"2026-01-02T04:00:00Z\",\"conditions\":[{\"bucket\":\"docs\"},"
        "{\"key\":\"a\"}]}");
    const auto signature = to_base64(hmac_sha1(kKey.secret_access_key, policy));
    Fields fields{{"key", "a"},
                  {"AWSAccessKeyId", kKey.access_key_id},
                  {"policy", policy},
                  {"signature", signature}};
    EXPECT_EQ(post(fields, "x").status, 204U);
    fields.back().second = to_base64("wrong");
    EXPECT_EQ(post(fields, "x").element("Code"), "SignatureDoesNotMatch");
}

TEST_F(S3Post, TheFormSaysHowItIsAnswered) {
    const auto answer = [&](const std::string& name, const std::string& value) {
        const auto policy = policy_of("{\"key\":\"a\"},[\"starts-with\",\"$" + name + "\",\"\"]");
        return post(sign_form({{"key", "a"}, {name, value}}, policy), "x");
    };
    EXPECT_EQ(answer("success_action_status", "200").status, 200U);
    EXPECT_EQ(answer("success_action_status", "404").status, 204U);
    const auto created = answer("success_action_status", "201");
    EXPECT_EQ(created.status, 201U);
    EXPECT_EQ(created.element("Key"), "a");
    EXPECT_EQ(created.element("ETag"), "&quot;9dd4e461268c8034f5c8564e155c67a6&quot;");
    const auto away = answer("success_action_redirect", "https://app.example/done?x=1");
    EXPECT_EQ(away.status, 303U);
    EXPECT_EQ(away.header("location"),
              "https://app.example/done?x=1&bucket=docs&key=a&"
              "etag=%229dd4e461268c8034f5c8564e155c67a6%22");
    EXPECT_EQ(answer("success_action_redirect", "javascript:alert(1)").status, 204U);
}

TEST_F(S3Post, WhatThePolicyDoesNotAllowIsRefused) {
    const auto message = [&](const Fields& fields, const std::string& conditions,
                             const std::string& expiration = "2026-01-02T04:00:00Z") {
        const auto reply = post(sign_form(fields, policy_of(conditions, expiration)), "x");
        EXPECT_EQ(reply.status, 403U) << reply.body;
        return reply.element("Message");
    };
    EXPECT_EQ(message({{"key", "b"}}, "{\"key\":\"a\"}"),
              "Invalid according to Policy: Policy Condition failed: "
              "[&quot;eq&quot;, &quot;$key&quot;, &quot;a&quot;]");
    EXPECT_THAT(message({{"key", "a"}}, "{\"key\":\"a\"},[\"eq\",\"$acl\",\"private\"]"),
                HasSubstr("&quot;$acl&quot;"));
    EXPECT_EQ(message({{"key", "a"}, {"x-amz-meta-n", "v"}}, "{\"key\":\"a\"}"),
              "Invalid according to Policy: Extra input fields: x-amz-meta-n");
    EXPECT_EQ(message({{"key", "a"}}, "{\"key\":\"a\"}", "2026-01-02T03:04:05Z"),
              "Invalid according to Policy: Policy expired.");
    EXPECT_EQ(get("/docs/a").status, 404U);
}

TEST_F(S3Post, AFormMayDoWhatItsSignerMay) {
    const auto as_ann = [&](const std::string& key) {
        const auto policy =
            policy_of("{\"key\":\"" + key + "\"}", "2026-01-02T04:00:00Z", kUserKey);
        return post(sign_form({{"key", key}}, policy, kUserKey), "x");
    };
    EXPECT_EQ(as_ann("uploads/ann/x").status, 204U);
    EXPECT_EQ(as_ann("uploads/bob/x").element("Code"), "AccessDenied");
}

TEST_F(S3Post, AFormThatIsNoneIsRefused) {
    const auto policy = policy_of("{\"key\":\"a\"}");
    const auto code_of = [&](const Fields& fields, const std::string& end = "--\r\n") {
        return post(fields, "x", end).element("Code");
    };
    EXPECT_EQ(code_of({{"key", "a"}}), "AccessDenied");
    EXPECT_EQ(code_of({}), "InvalidArgument");
    EXPECT_EQ(code_of(sign_form({{"key", "a"}}, policy), ""), "MalformedPOSTRequest");
    EXPECT_EQ(code_of({{"key", "a"}, {"x-ignore-x", std::string(20'000, 'x')}}),
              "MaxPostPreDataLengthExceeded");
    auto tampered = sign_form({{"key", "a"}}, policy);
    tampered.back().second[0] = tampered.back().second[0] == '0' ? '1' : '0';
    EXPECT_EQ(code_of(tampered), "SignatureDoesNotMatch");
    EXPECT_EQ(code_of(sign_form({{"key", "a"}}, "{\"conditions\":[]}")), "InvalidPolicyDocument");
    const auto more = policy_of("{\"key\":\"a\"},[\"starts-with\",\"$x-amz-website\",\"\"]");
    EXPECT_EQ(code_of(sign_form({{"key", "a"}, {"x-amz-website", "x"}}, more)), "NotImplemented");
    EXPECT_EQ(get("/docs/a").status, 404U);
}

TEST(ReadPostPolicy, WhatIsNoPolicyIsRefused) {
    for (const auto* text :
         {"", "[]", "{}", "{\"expiration\":\"soon\",\"conditions\":[]}",
          "{\"expiration\":\"2026-01-02T04:00:00Z\"}",
          "{\"expiration\":\"2026-01-02T04:00:00Z\",\"conditions\":[1]}",
          "{\"expiration\":\"2026-01-02T04:00:00Z\",\"conditions\":[{\"a\":1}]}",
          "{\"expiration\":\"2026-01-02T04:00:00Z\",\"conditions\":[[\"eq\",\"key\",\"a\"]]}",
          "{\"expiration\":\"2026-01-02T04:00:00Z\",\"conditions\":[[\"ne\",\"$key\",\"a\"]]}",
          "{\"expiration\":\"2026-01-02T04:00:00Z\",\"conditions\":[[\"content-length-range\",2,1]]"
          "}"}) {
        const auto policy = PostPolicy::parse(text);
        ASSERT_FALSE(policy) << text;
        EXPECT_EQ(policy.error().code, "InvalidPolicyDocument");
    }
}

}  // namespace
}  // namespace ingestor::awsapi::s3
