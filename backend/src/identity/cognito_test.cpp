#include "identity/cognito.hpp"

#include <gtest/gtest.h>

namespace ingestor::identity {
namespace {

TEST(Cognito, IssuerAndKeysFollowFromThePoolId) {
    const auto pool = cognito_pool("us-east-1_Yk8Yt64uE");
    ASSERT_TRUE(pool);
    EXPECT_EQ(pool->region, "us-east-1");
    EXPECT_EQ(pool->issuer, "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Yk8Yt64uE");
    EXPECT_EQ(pool->jwks_url, pool->issuer + "/.well-known/jwks.json");
    EXPECT_EQ(pool->discovery_url, pool->issuer + "/.well-known/openid-configuration");
}

TEST(Cognito, AnEndpointChangesWhoIsAskedAndNotWhoIsBelieved) {
    const auto pool = cognito_pool("eu-west-1_abc", "http://127.0.0.1:5000/");
    ASSERT_TRUE(pool);
    EXPECT_EQ(pool->issuer, "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc");
    EXPECT_EQ(pool->jwks_url, "http://127.0.0.1:5000/eu-west-1_abc/.well-known/jwks.json");
}

TEST(Cognito, RegionsInChinaHaveTheirOwnDomain) {
    const auto pool = cognito_pool("cn-north-1_abc");
    ASSERT_TRUE(pool);
    EXPECT_EQ(pool->issuer, "https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_abc");
}

TEST(Cognito, IdsThatCouldLeadElsewhereAreRefused) {
    for (const char* id :
         {"", "us-east-1", "us-east-1_", "_abc", "evil.example/_abc", "us-east-1_a/b",
          "us-east-1_a.b", "US-EAST-1_abc", "us-east-1_a_b", "us-east-1_a#", "us east_abc"}) {
        EXPECT_FALSE(cognito_pool(id)) << id;
    }
}

}  // namespace
}  // namespace ingestor::identity
