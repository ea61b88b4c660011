#include "identity/signing_key.hpp"

#include <set>

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "identity/jwk_set.hpp"
#include "identity/testing/test_keys.hpp"

namespace ingestor::identity {
namespace {

using testing::key_set;
using testing::TestKey;

TEST(SigningKey, ItsIdIsTheThumbprintOfRfc7638) {
    const auto key = SigningKey::from_pem(SigningKey::generate_pem());
    ASSERT_TRUE(key) << key.error().message;
    const auto jwk = key->public_jwk();
    const auto text = [&jwk](const char* name) { return std::string(jwk.at(name).as_string()); };
    EXPECT_EQ(key->id(), to_base64url(sha256(R"({"crv":"P-256","kty":"EC","x":")" + text("x") +
                                             R"(","y":")" + text("y") + R"("})")));
}

TEST(SigningKey, ReadsWhatAnotherProgramWrote) {
    const auto made = TestKey::ec();
    const auto key = SigningKey::from_pem(made.private_pem());
    ASSERT_TRUE(key);
    const auto set = JwkSet::parse(key_set({made.jwk(key->id())}));
    ASSERT_TRUE(set);
    const auto token = key->sign({{"sub", "ann"}});
    ASSERT_TRUE(token);
    const auto parsed = parse_token(*token);
    ASSERT_TRUE(parsed);
    const auto* verifying = set->find(parsed->key_id, SignatureAlgorithm::es256);
    ASSERT_NE(verifying, nullptr);
    EXPECT_TRUE(verifying->verifies(*token, *parsed));
}

// One number in 256 begins with a zero byte, which must not be dropped.
TEST(SigningKey, EveryNumberHasItsFullWidth) {
    std::set<std::string> ids;
    for (int i = 0; i < 600; ++i) {
        const auto key = SigningKey::from_pem(SigningKey::generate_pem());
        ASSERT_TRUE(key);
        const auto jwk = key->public_jwk();
        EXPECT_EQ(jwk.at("x").as_string().size(), 43U);
        EXPECT_EQ(jwk.at("y").as_string().size(), 43U);
        const auto set = JwkSet::parse(key_set({boost::json::serialize(jwk)}));
        ASSERT_TRUE(set);
        const auto token = key->sign({});
        ASSERT_TRUE(token);
        EXPECT_TRUE(set->find(key->id(), SignatureAlgorithm::es256)
                        ->verifies(*token, *parse_token(*token)));
        ids.insert(key->id());
    }
    EXPECT_EQ(ids.size(), 600U);
}

TEST(SigningKey, OtherKeysAreRefused) {
    const std::string good = SigningKey::generate_pem();
    const std::string rows[] = {"",
                                "not a key",
                                good.substr(0, good.size() / 2),
                                TestKey::ec().public_pem(),
                                TestKey::ec("P-384").private_pem(),
                                testing::shared_rsa_key().private_pem()};
    for (const auto& pem : rows) {
        const auto key = SigningKey::from_pem(pem);
        ASSERT_FALSE(key);
        EXPECT_EQ(key.error().code, Errc::corrupt);
    }
}

}  // namespace
}  // namespace ingestor::identity
