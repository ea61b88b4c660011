#include "identity/jwk_set.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "identity/testing/test_keys.hpp"

namespace ingestor::identity {
namespace {

using testing::key_set;
using testing::shared_rsa_key;
using testing::TestKey;

/// `text` with the first `from` replaced; the test is wrong where there is none.
std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

/// The value of a text member, taken out of JSON that has no white space.
std::string member(const std::string& json, const std::string& name) {
    const auto start = json.find("\"" + name + "\":\"") + name.size() + 4;
    return json.substr(start, json.find('"', start) - start);
}

/// A key for each algorithm, made once: RSA keys take long.
const TestKey& key_for(const std::string& alg) {
    static const TestKey kP256 = TestKey::ec("P-256");
    static const TestKey kP384 = TestKey::ec("P-384");
    static const TestKey kP521 = TestKey::ec("P-521");
    if (alg == "ES256") return kP256;
    if (alg == "ES384") return kP384;
    return alg == "ES512" ? kP521 : shared_rsa_key();
}

constexpr const char* kAlgorithms[] = {"RS256", "RS384", "RS512", "PS256", "PS384",
                                       "PS512", "ES256", "ES384", "ES512"};

std::string header_of(const std::string& alg) {
    return R"({"alg":")" + alg + R"(","kid":"k"})";
}

class EveryAlgorithm : public ::testing::TestWithParam<const char*> {};

TEST_P(EveryAlgorithm, VerifiesWithItsKeyWhetherTheKeyNamesItOrNot) {
    const std::string alg = GetParam();
    const auto algorithm = *signature_algorithm_of(alg);
    const std::string token = key_for(alg).token(header_of(alg), "{}", alg);
    for (const std::string& jwk : {key_for(alg).jwk("k", alg), key_for(alg).jwk("k", "")}) {
        const auto set = JwkSet::parse(key_set({jwk}));
        ASSERT_TRUE(set);
        const auto* key = set->find("k", algorithm);
        ASSERT_NE(key, nullptr);
        EXPECT_TRUE(key->verifies(token, *parse_token(token)));
        // A flipped bit of the signature, in its middle.
        std::string forged = token;
        char& c = forged[forged.size() - 20];
        c = c == 'A' ? 'B' : 'A';
        EXPECT_FALSE(key->verifies(forged, *parse_token(forged)));
    }
}

TEST_P(EveryAlgorithm, IsNotServedByAKeyThatIsMeantForAnother) {
    const std::string alg = GetParam();
    for (const std::string other : kAlgorithms) {
        const auto set = JwkSet::parse(key_set({key_for(other).jwk("k", other)}));
        ASSERT_TRUE(set);
        EXPECT_EQ(set->find("k", *signature_algorithm_of(alg)) != nullptr, alg == other) << other;
    }
}

// The signature is sound for another algorithm of the same key: only the name is a lie.
TEST_P(EveryAlgorithm, IsNotTakenForAnotherOfTheSameKey) {
    const std::string alg = GetParam();
    const auto set = JwkSet::parse(key_set({shared_rsa_key().jwk("k", "")}));
    ASSERT_TRUE(set);
    if (alg.starts_with("ES")) return;
    for (const std::string other : kAlgorithms) {
        if (other == alg || other.starts_with("ES")) continue;
        const std::string token = shared_rsa_key().token(header_of(other), "{}", alg);
        const auto* key = set->find("k", *signature_algorithm_of(other));
        ASSERT_NE(key, nullptr);
        EXPECT_FALSE(key->verifies(token, *parse_token(token))) << alg << " called " << other;
    }
}

INSTANTIATE_TEST_SUITE_P(JwkSet, EveryAlgorithm, ::testing::ValuesIn(kAlgorithms),
                         [](const auto& row) { return std::string(row.param); });

TEST(JwkSet, WithoutANameTheOnlyKeyOfTheAlgorithmIsMeant) {
    const auto ec = TestKey::ec();
    const std::string nameless = replaced(ec.jwk("k"), R"("kid":"k",)", "");
    for (const auto& jwk : {nameless, ec.jwk("k")}) {
        const auto set = JwkSet::parse(key_set({jwk, shared_rsa_key().jwk("r")}));
        ASSERT_TRUE(set);
        const auto* key = set->find("", SignatureAlgorithm::es256);
        ASSERT_NE(key, nullptr);
        const std::string token = ec.token(R"({"alg":"ES256"})", "{}");
        EXPECT_TRUE(key->verifies(token, *parse_token(token)));
        EXPECT_EQ(set->find("", SignatureAlgorithm::es384), nullptr);
    }
    const auto several = JwkSet::parse(key_set({nameless, TestKey::ec().jwk("other")}));
    ASSERT_TRUE(several);
    EXPECT_EQ(several->find("", SignatureAlgorithm::es256), nullptr);
    EXPECT_EQ(several->find("k", SignatureAlgorithm::es256), nullptr) << "it has no name";
}

TEST(JwkSet, AKeyForOneAlgorithmDoesNotHideAnotherOfItsName) {
    const auto ec = TestKey::ec();
    const auto set = JwkSet::parse(key_set({shared_rsa_key().jwk("k", "RS256"), ec.jwk("k")}));
    ASSERT_TRUE(set);
    EXPECT_NE(set->find("k", SignatureAlgorithm::rs256), nullptr);
    EXPECT_NE(set->find("k", SignatureAlgorithm::es256), nullptr);
    EXPECT_EQ(set->find("k", SignatureAlgorithm::ps256), nullptr);
}

TEST(JwkSet, VerifiesBothAlgorithms) {
    const auto ec = TestKey::ec();
    const auto set = JwkSet::parse(key_set({shared_rsa_key().jwk("r"), ec.jwk("e")}));
    ASSERT_TRUE(set);
    EXPECT_EQ(set->size(), 2U);
    const std::string rsa_token = shared_rsa_key().token(R"({"alg":"RS256","kid":"r"})", "{}");
    const std::string ec_token = ec.token(R"({"alg":"ES256","kid":"e"})", "{}");
    const auto* rsa_key = set->find("r", SignatureAlgorithm::rs256);
    const auto* ec_key = set->find("e", SignatureAlgorithm::es256);
    ASSERT_NE(rsa_key, nullptr);
    ASSERT_NE(ec_key, nullptr);
    EXPECT_TRUE(rsa_key->verifies(rsa_token, *parse_token(rsa_token)));
    EXPECT_TRUE(ec_key->verifies(ec_token, *parse_token(ec_token)));
    EXPECT_FALSE(rsa_key->verifies(ec_token, *parse_token(ec_token)));
    EXPECT_FALSE(ec_key->verifies(rsa_token, *parse_token(rsa_token)));
}

TEST(JwkSet, AKeyAnswersToItsOwnAlgorithmOnly) {
    const auto set = JwkSet::parse(key_set({shared_rsa_key().jwk("r")}));
    ASSERT_TRUE(set);
    EXPECT_EQ(set->find("r", SignatureAlgorithm::es256), nullptr);
    EXPECT_EQ(set->find("R", SignatureAlgorithm::rs256), nullptr);
    EXPECT_EQ(set->find("", SignatureAlgorithm::es256), nullptr);
}

struct UnusableCase {
    const char* name;
    std::string jwk;
};

std::vector<UnusableCase> unusable_keys() {
    const std::string rsa = shared_rsa_key().jwk("k");
    const std::string ec = TestKey::ec().jwk("k");
    const std::string modulus = member(rsa, "n");
    const std::string x = member(ec, "x");
    return {
        {"Symmetric", R"({"kid":"k","kty":"oct","k":"c2VjcmV0","alg":"HS256"})"},
        {"KidEmpty", replaced(rsa, R"("kid":"k",)", R"("kid":"",)")},
        {"KidNotText", replaced(rsa, R"("kid":"k")", R"("kid":1)")},
        {"ForEncryption", replaced(rsa, R"("use":"sig")", R"("use":"enc")")},
        {"OperationsWithoutVerify",
         replaced(rsa, R"("use":"sig")", R"("key_ops":["sign","encrypt"])")},
        {"OperationsNotAList", replaced(rsa, R"("use":"sig")", R"("key_ops":"verify")")},
        {"SymmetricAlgorithm", replaced(rsa, R"("RS256")", R"("HS256")")},
        {"AlgorithmOfAnotherType", replaced(rsa, R"("RS256")", R"("ES256")")},
        {"AlgorithmForEncryption", replaced(rsa, R"("RS256")", R"("RSA-OAEP")")},
        {"AlgorithmOfAnotherCurve", replaced(ec, R"("ES256")", R"("ES384")")},
        {"ShortModulus", TestKey::rsa(1024).jwk("k")},
        {"ModulusBelow2048BitsInBytesOf2048", replaced(rsa, modulus, "AAEB" + modulus.substr(4))},
        {"ExponentOne", replaced(rsa, R"("e":"AQAB")", R"("e":"AQ")")},
        {"ExponentOnePadded", replaced(rsa, R"("e":"AQAB")", R"("e":"AAAB")")},
        {"ExponentEven", replaced(rsa, R"("e":"AQAB")", R"("e":"AQAA")")},
        {"ExponentHuge", replaced(rsa, R"("e":"AQAB")", R"("e":"AQABAQABAQABAQAB")")},
        {"ExponentMissing", replaced(rsa, R"(,"e":"AQAB")", "")},
        {"ModulusNotBase64url", replaced(rsa, modulus, modulus + "==")},
        {"OtherCurve", replaced(ec, "P-256", "secp256k1")},
        {"OtherCurveUnderOurName",
         replaced(replaced(TestKey::ec("P-384").jwk("k"), "P-384", "P-256"), "ES384", "ES256")},
        {"PointOffTheCurve",
         replaced(ec, x, x.substr(0, 5) + (x[5] == 'A' ? "B" : "A") + x.substr(6))},
        {"PointTooShort", replaced(ec, x, x.substr(0, 42))},
        {"UnknownType", replaced(ec, R"("kty":"EC")", R"("kty":"OKP")")},
        {"NotAnObject", "\"k\""},
    };
}

TEST(JwkSet, LeavesOutUnusableKeysAndKeepsTheRest) {
    const auto good = TestKey::ec();
    for (const auto& row : unusable_keys()) {
        const auto set = JwkSet::parse(key_set({row.jwk, good.jwk("good")}));
        ASSERT_TRUE(set) << row.name;
        EXPECT_EQ(set->size(), 1U) << row.name;
        EXPECT_FALSE(JwkSet::parse(key_set({row.jwk}))) << row.name;
    }
}

TEST(JwkSet, TakesKeysWithoutTheOptionalMembers) {
    const std::string bare = replaced(replaced(shared_rsa_key().jwk("k"), R"("use":"sig",)", ""),
                                      R"("alg":"RS256",)", "");
    EXPECT_TRUE(JwkSet::parse(key_set({bare})));
    const std::string operations = replaced(bare, R"("kty")", R"("key_ops":["verify"],"kty")");
    EXPECT_TRUE(JwkSet::parse(key_set({operations})));
}

TEST(JwkSet, OfTwoKeysWithOneIdTheFirstCounts) {
    const auto first = TestKey::ec();
    const auto second = TestKey::ec();
    const auto set = JwkSet::parse(key_set({first.jwk("k"), second.jwk("k")}));
    ASSERT_TRUE(set);
    EXPECT_EQ(set->size(), 1U);
    const std::string token = second.token(R"({"alg":"ES256","kid":"k"})", "{}");
    EXPECT_FALSE(set->find("k", SignatureAlgorithm::es256)->verifies(token, *parse_token(token)));
}

TEST(JwkSet, DocumentsThatAreNotAKeySetAreRefused) {
    const std::string key = TestKey::ec().jwk("k");
    std::string crowd = R"({"keys":[1)";
    for (int i = 0; i < 100; ++i) crowd += ",1";
    crowd += "]}";
    const std::string rows[] = {
        "",
        "[]",
        "{}",
        R"({"keys":{}})",
        R"({"keys":[]})",
        key,
        R"({"keys":[)" + key + R"(],"keys":[]})",
        R"({"keys":[)" + key + "],\"pad\":\"" + std::string(256 * 1024, 'p') + "\"}",
        crowd};
    for (const auto& document : rows) {
        EXPECT_FALSE(JwkSet::parse(document)) << document.substr(0, 60);
    }
}

// The library would split a longer signature in the middle, and could take it for a valid one.
TEST(JwkSet, SignaturesOfAnotherLengthAreRefused) {
    const auto key = TestKey::ec();
    const auto set = JwkSet::parse(key_set({key.jwk("k")}));
    ASSERT_TRUE(set);
    const auto* verifying = set->find("k", SignatureAlgorithm::es256);
    const std::string token = key.token(R"({"alg":"ES256","kid":"k"})", "{}");
    const auto dot = token.rfind('.');
    const std::string signature = *from_base64url(token.substr(dot + 1));
    const std::string zero(1, '\0');
    const std::string rows[] = {signature.substr(0, 63), signature.substr(0, 32),
                                zero + signature.substr(0, 32) + zero + signature.substr(32),
                                signature + zero, signature + signature};
    for (const auto& changed : rows) {
        const std::string forged = token.substr(0, dot + 1) + to_base64url(changed);
        const auto parsed = parse_token(forged);
        ASSERT_TRUE(parsed);
        EXPECT_FALSE(verifying->verifies(forged, *parsed)) << changed.size();
    }
}

TEST(JwkSet, SignaturesOfZerosAreRefused) {
    const auto key = TestKey::ec();
    const auto set = JwkSet::parse(key_set({key.jwk("e"), shared_rsa_key().jwk("r")}));
    ASSERT_TRUE(set);
    const std::string ec = to_base64url(R"({"alg":"ES256","kid":"e"})") + ".e30." +
                           to_base64url(std::string(64, '\0'));
    const std::string rsa = to_base64url(R"({"alg":"RS256","kid":"r"})") + ".e30." +
                            to_base64url(std::string(256, '\0'));
    EXPECT_FALSE(set->find("e", SignatureAlgorithm::es256)->verifies(ec, *parse_token(ec)));
    EXPECT_FALSE(set->find("r", SignatureAlgorithm::rs256)->verifies(rsa, *parse_token(rsa)));
}

// One coordinate in 256 begins with a zero byte, which a careless writer drops.
TEST(JwkSet, CoordinatesThatBeginWithZeroAreRead) {
    for (;;) {
        const auto key = TestKey::ec();
        const std::string jwk = key.jwk("k");
        if (!member(jwk, "x").starts_with("AA") && !member(jwk, "y").starts_with("AA")) continue;
        const auto set = JwkSet::parse(key_set({jwk}));
        ASSERT_TRUE(set);
        const std::string token = key.token(R"({"alg":"ES256","kid":"k"})", "{}");
        EXPECT_TRUE(
            set->find("k", SignatureAlgorithm::es256)->verifies(token, *parse_token(token)));
        return;
    }
}

}  // namespace
}  // namespace ingestor::identity
