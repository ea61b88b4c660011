#include "aws/endpoint.hpp"

#include <gtest/gtest.h>

#include "aws/testing/aws_fixture.hpp"

namespace ingestor::aws {

using testing::environment_of;
namespace {

TEST(Endpoint, IsAwssOwnInTheRegion) {
    const auto none = environment_of({});
    EXPECT_EQ(endpoint_of(Service::dynamodb, "eu-west-1", none).url,
              "https://dynamodb.eu-west-1.amazonaws.com");
    const auto events = endpoint_of(Service::eventbridge, "us-east-1", none);
    EXPECT_EQ(events.url, "https://events.us-east-1.amazonaws.com");
    EXPECT_EQ(events.service, "events");
    EXPECT_EQ(events.region, "us-east-1");
    EXPECT_EQ(endpoint_of(Service::s3, "cn-north-1", none).url,
              "https://s3.cn-north-1.amazonaws.com.cn");
    EXPECT_EQ(endpoint_of(Service::sts, "us-east-1", none).url,
              "https://sts.us-east-1.amazonaws.com");
    EXPECT_EQ(endpoint_of(Service::cognito_idp, "us-east-1", none).url,
              "https://cognito-idp.us-east-1.amazonaws.com");
}

TEST(Endpoint, ThatOfTheServiceGoesBeforeThatOfAll) {
    const auto environment =
        environment_of({{"AWS_ENDPOINT_URL", "http://127.0.0.1:1/"},
                        {"AWS_ENDPOINT_URL_EVENTBRIDGE", "http://127.0.0.1:2"}});
    EXPECT_EQ(endpoint_of(Service::eventbridge, "us-east-1", environment).url,
              "http://127.0.0.1:2");
    EXPECT_EQ(endpoint_of(Service::s3, "us-east-1", environment).url, "http://127.0.0.1:1");
}

TEST(Endpoint, VariablesMayBePassedOver) {
    const auto environment = environment_of({{"AWS_ENDPOINT_URL", "http://127.0.0.1:1"},
                                             {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}});
    EXPECT_EQ(endpoint_of(Service::s3, "us-east-1", environment).url,
              "https://s3.us-east-1.amazonaws.com");
}

}  // namespace
}  // namespace ingestor::aws
