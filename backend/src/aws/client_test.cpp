#include "aws/client.hpp"

#include <boost/crc.hpp>
#include <gmock/gmock.h>

#include "aws/testing/aws_fixture.hpp"
#include "base/digest.hpp"

namespace ingestor::aws {

using namespace testing;
namespace {

class ClientTest : public AwsFixture {
protected:
    ServiceResult<httpclient::HttpReply> send(ServiceRequest request = {.body = "{}"}) {
        return run(client_->send(std::move(request)));
    }
    static Answer refusal(unsigned status, const std::string& code) {
        return {.status = status, .body = R"({"__type":"x#)" + code + R"(","message":"no"})"};
    }
};

TEST_F(ClientTest, SignsWhatTheServiceCanVerify) {
    serve([](const Request&) { return Answer{}; });
    ASSERT_TRUE(
        send({.headers = {{"content-type", "application/x-amz-json-1.0"}, {"x-amz-target", "T.Op"}},
              .body = R"({"a":"b"})"}));
    const auto request = server_->requests().at(0);
    const auto proof = verify(request, clock_.now());
    EXPECT_TRUE(proof) << proof.error().message;
    EXPECT_THAT(request.header("authorization"), ::testing::HasSubstr("content-type;host;"));
    auto altered = request;
    altered.body = R"({"a":"c"})";
    EXPECT_FALSE(verify(altered, clock_.now()));
}

TEST_F(ClientTest, SignsPathsAndQueriesOfS3AsTheyStand) {
    serve([](const Request&) { return Answer{}; }, "s3");
    ASSERT_TRUE(send({.method = "PUT",
                      .path = "/b/..//a%20b%2Bc/%C3%BC~%281%29%21.txt",
                      .query = "uploads=&partNumber=2&uploadId=x%2By%3D",
                      .body = "hello"}));
    const auto request = server_->requests().at(0);
    const auto proof = verify(request, clock_.now(), kTestKeys, "s3");
    ASSERT_TRUE(proof) << proof.error().message;
    EXPECT_EQ(proof->payload_hash, sha256_hex("hello"));
}

TEST_F(ClientTest, SendsTheSessionTokenSigned) {
    static_credentials_ = StaticCredentials({"ASIAEXAMPLE", "secret", "TOKEN/with+chars=="});
    serve([](const Request&) { return Answer{}; });
    ASSERT_TRUE(send());
    const auto request = server_->requests().at(0);
    EXPECT_EQ(request.header("x-amz-security-token"), "TOKEN/with+chars==");
    EXPECT_THAT(request.header("authorization"), ::testing::HasSubstr("x-amz-security-token"));
    EXPECT_TRUE(verify(request, clock_.now(), {"ASIAEXAMPLE", "secret", "TOKEN/with+chars=="}));
}

struct Passing {
    const char* name;
    unsigned status;
    const char* code;
};
class ClientAsksAgain : public ClientTest, public ::testing::WithParamInterface<Passing> {};

TEST_P(ClientAsksAgain, AndTellsWhichAttemptItIs) {
    serve([](const Request& request) {
        return request.number < 3 ? refusal(GetParam().status, GetParam().code)
                                  : Answer{.body = "{}"};
    });
    ASSERT_TRUE(send());
    const auto requests = server_->requests();
    ASSERT_EQ(requests.size(), 3U);
    EXPECT_EQ(requests[0].header("amz-sdk-request"), "attempt=1; max=4");
    EXPECT_EQ(requests[2].header("amz-sdk-request"), "attempt=3; max=4");
    EXPECT_EQ(requests[0].header("amz-sdk-invocation-id"),
              requests[2].header("amz-sdk-invocation-id"));
    EXPECT_TRUE(verify(requests[2], clock_.now()));
}
INSTANTIATE_TEST_SUITE_P(
    After, ClientAsksAgain,
    ::testing::Values(Passing{"AFaultOfTheService", 500, "InternalServerError"},
                      Passing{"AnUnnamedFault", 503, ""},
                      Passing{"Throttling", 400, "ProvisionedThroughputExceededException"},
                      Passing{"TooManyRequests", 429, ""}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(ClientTest, DoesNotRepeatWhatWouldFailAgain) {
    serve([](const Request&) { return refusal(400, "ConditionalCheckFailedException"); });
    const auto reply = send();
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, "ConditionalCheckFailedException");
    EXPECT_EQ(reply.error().message, "no");
    EXPECT_EQ(reply.error().http_status, 400);
    EXPECT_EQ(reply.error().attempts, 1);
    EXPECT_FALSE(reply.error().retryable);
    EXPECT_EQ(server_->requests().size(), 1U);
}

TEST_F(ClientTest, TellsThatAnEarlierAttemptMayHaveBeenCarriedOut) {
    serve([](const Request& request) {
        return request.number == 1 ? Answer{.ending = Ending::none}
                                   : refusal(400, "ConditionalCheckFailedException");
    });
    EXPECT_EQ(send().error().attempts, 2);
}

TEST_F(ClientTest, GivesUpAfterItsAttempts) {
    serve([](const Request&) { return refusal(500, "InternalServerError"); });
    const auto reply = send();
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().errc, Errc::unavailable);
    EXPECT_EQ(reply.error().attempts, 4);
    EXPECT_TRUE(reply.error().retryable);
    EXPECT_EQ(server_->requests().size(), 4U);
}

TEST_F(ClientTest, AsksAgainWhereNoAnswerComes) {
    serve([](const Request& request) {
        return request.number == 1 ? Answer{.ending = Ending::silent} : Answer{.body = "{}"};
    });
    EXPECT_TRUE(send({.body = "{}", .total_timeout = std::chrono::milliseconds(200)}));
    // A timeout costs more, and its success gives all of that back.
    EXPECT_EQ(quota_.left(), RetryQuota::kCapacity);
}

TEST_F(ClientTest, AsksNobodyAgainOnceTheQuotaIsSpent) {
    while (quota_.take(FailureKind::transient)) {
    }
    serve([](const Request&) { return refusal(500, "InternalServerError"); });
    const auto reply = send();
    EXPECT_EQ(reply.error().attempts, 1);
    EXPECT_TRUE(reply.error().retryable);
    EXPECT_EQ(server_->requests().size(), 1U);
}

TEST_F(ClientTest, AsksAgainForAnAnswerThatWasDamaged) {
    serve([](const Request& request) {
        const std::string body = R"({"a":1})";
        boost::crc_32_type crc;
        crc.process_bytes(body.data(), body.size());
        const auto told = std::to_string(crc.checksum() + (request.number == 1 ? 1 : 0));
        return Answer{.headers = {{"x-amz-crc32", told}}, .body = body};
    });
    const auto reply = send();
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->body, R"({"a":1})");
    EXPECT_EQ(server_->requests().size(), 2U);
}

TEST_F(ClientTest, LearnsTheTimeFromTheService) {
    const auto theirs = clock_.now() + std::chrono::hours(3);
    serve([theirs](const Request& request) {
        if (verify(request, theirs)) return Answer{.body = "{}"};
        auto answer = refusal(403, "RequestTimeTooSkewed");
        answer.headers = {{"Date", to_http_date(theirs)}};
        return answer;
    });
    ASSERT_TRUE(send());
    EXPECT_EQ(server_->requests().size(), 2U);
    ASSERT_TRUE(send());
    EXPECT_EQ(server_->requests().size(), 3U);
}

TEST_F(ClientTest, CorrectsItsClockOnceForARequest) {
    serve([this](const Request&) {
        auto answer = refusal(403, "RequestTimeTooSkewed");
        answer.headers = {{"Date", to_http_date(clock_.now() + std::chrono::hours(3))}};
        return answer;
    });
    EXPECT_FALSE(send());
    EXPECT_EQ(server_->requests().size(), 2U);
}

TEST_F(ClientTest, AnErrorInAnAnswerOf200IsAFailureWhereItMayBe) {
    serve(
        [](const Request&) {
            return Answer{.body =
                              "<Error><Code>InternalError</Code><Message>sorry</Message></Error>"};
        },
        "s3");
    EXPECT_TRUE(send({.body = "x"}));
    const auto reply = send({.body = "x", .may_fail_within_200 = true});
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, "InternalError");
    EXPECT_EQ(reply.error().attempts, 4);
}

class KeylessClientTest : public ClientTest {
protected:
    struct NoCredentials final : CredentialsProvider {
        boost::asio::awaitable<Result<sigv4::Credentials>> get() override {
            co_return fail(Errc::unauthenticated, "there are no AWS credentials");
        }
        [[nodiscard]] std::optional<sigv4::Credentials> last() const override { return {}; }
    };
    CredentialsProvider& credentials() override { return none_; }
    NoCredentials none_;
};

TEST_F(KeylessClientTest, WithoutCredentialsNothingIsSent) {
    serve([](const Request&) { return Answer{}; });
    const auto reply = send();
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().errc, Errc::unauthenticated);
    EXPECT_EQ(reply.error().message, "there are no AWS credentials");
    EXPECT_TRUE(server_->requests().empty());
}

class JsonClientTest : public ClientTest {
protected:
    ServiceResult<boost::json::object> call() {
        JsonClient client(*client_, {.target_prefix = "DynamoDB_20120810",
                                     .content_type = "application/x-amz-json-1.0"});
        return run(client.call("GetItem", {{"TableName", "t"}}));
    }
};

TEST_F(JsonClientTest, NamesTheOperationAndReadsTheObject) {
    serve([](const Request&) { return Answer{.body = R"({"Item":{}})"}; });
    EXPECT_EQ(call().value(), (boost::json::object{{"Item", boost::json::object{}}}));
    const auto request = server_->requests().at(0);
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.header("x-amz-target"), "DynamoDB_20120810.GetItem");
    EXPECT_EQ(request.header("content-type"), "application/x-amz-json-1.0");
    EXPECT_EQ(request.body, R"({"TableName":"t"})");
}

TEST_F(JsonClientTest, AnEmptyAnswerIsAnEmptyObject) {
    serve([](const Request&) { return Answer{}; });
    EXPECT_EQ(call().value(), boost::json::object{});
}

TEST_F(JsonClientTest, AnAnswerThatIsNoJsonIsUnavailable) {
    serve([](const Request&) { return Answer{.body = "<html>"}; });
    EXPECT_EQ(call().error().errc, Errc::unavailable);
}

}  // namespace
}  // namespace ingestor::aws
