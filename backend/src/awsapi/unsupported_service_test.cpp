#include "awsapi/unsupported_service.hpp"

#include <gmock/gmock.h>

namespace ingestor::awsapi {
namespace {

using ::testing::HasSubstr;

http::Request request_of(const std::string& authorization, const std::string& target = {}) {
    http::Request request;
    request.method_text = "POST";
    request.target = "/";
    request.request_id = "id-1";
    if (!authorization.empty()) request.headers.set("Authorization", authorization);
    if (!target.empty()) request.headers.set("X-Amz-Target", target);
    return request;
}

std::string signed_for(const std::string& service) {
    return "AWS4-HMAC-SHA256 Credential=AKIA/20260102/us-east-1/" + service +
           "/aws4_request, SignedHeaders=host, Signature=00";
}

std::string body_of(const http::Response& response) {
    return std::get<std::string>(response.body);
}

TEST(UnservedService, IsToldByItsTargetOrItsSignature) {
    EXPECT_TRUE(is_for_unsupported_service(request_of("", "AWSEvents.ListRules")));
    EXPECT_TRUE(is_for_unsupported_service(request_of(signed_for("events"))));
    EXPECT_TRUE(is_for_unsupported_service(request_of(signed_for("lambda"))));
    EXPECT_FALSE(is_for_unsupported_service(request_of(signed_for("s3"))));
    EXPECT_FALSE(is_for_unsupported_service(request_of("Bearer a.b.c")));
    EXPECT_FALSE(is_for_unsupported_service(request_of("")));
    for (const auto* broken : {"AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=",
                               "AWS4-HMAC-SHA256 Credential=/", "AWS4-HMAC-SHA256 Credential=a"}) {
        EXPECT_FALSE(is_for_unsupported_service(request_of(broken))) << broken;
    }
}

TEST(UnservedService, IsRefusedByTheNameOfItsOperation) {
    const auto response =
        unsupported_service(request_of(signed_for("events"), "AWSEvents.ListRules"));
    EXPECT_EQ(response.status, 400U);
    EXPECT_THAT(body_of(response), HasSubstr(R"("__type":"UnknownOperationException")"));
    EXPECT_THAT(body_of(response), HasSubstr("events: ListRules is not served here"));
}

TEST(UnservedService, IsRefusedInXmlWhereItIsAQuery) {
    auto request = request_of(signed_for("sts"));
    request.headers.set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
    request.request_id = "<a>";
    const auto body = body_of(unsupported_service(request));
    EXPECT_THAT(body, HasSubstr("<Code>UnknownOperationException</Code>"));
    EXPECT_THAT(body, HasSubstr("sts: POST / is not served here"));
    EXPECT_THAT(body, HasSubstr("<RequestId>&lt;a&gt;</RequestId>"));
}

}  // namespace
}  // namespace ingestor::awsapi
