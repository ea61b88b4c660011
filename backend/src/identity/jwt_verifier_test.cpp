#include "identity/jwt_verifier.hpp"

#include <fstream>

#include <boost/asio/thread_pool.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>
#include <openssl/hmac.h>

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "identity/anyone_verifier.hpp"
#include "identity/testing/test_keys.hpp"
#include "identity/testing/testing.hpp"

namespace ingestor::identity {

using testing::run;
namespace {

using namespace std::chrono_literals;
using testing::HandClock;
using testing::key_set;
using testing::shared_rsa_key;
using testing::TestKey;

constexpr const char* kRsaHeader = R"({"alg":"RS256","kid":"rsa","typ":"JWT"})";
constexpr const char* kEcHeader = R"({"alg":"ES256","kid":"ec"})";
constexpr const char* kClaims =
    R"({"iss":"https://issuer.example","sub":"ann","token_use":"access","client_id":"web",)"
    R"("iat":1799999990,"exp":1800003600})";

/// The keys of the issuer, and one of somebody else.
const TestKey& ec_key() {
    static const TestKey kKey = TestKey::ec();
    return kKey;
}
const TestKey& foreign_rsa_key() {
    static const TestKey kKey = TestKey::rsa();
    return kKey;
}

/// Counts how often the verifier had to look a key up: not at all for a remembered token.
class CountingSource final : public JwksSource {
public:
    explicit CountingSource(JwkSet keys) : inner_(std::move(keys)) {}

    boost::asio::awaitable<Result<std::shared_ptr<const VerificationKey>>> find(
        std::string key_id, SignatureAlgorithm algorithm) override {
        ++lookups;
        return inner_.find(std::move(key_id), algorithm);
    }
    [[nodiscard]] std::uint64_t generation() const override { return inner_.generation(); }
    void replace(JwkSet keys) { inner_.replace(std::move(keys)); }

    int lookups = 0;

private:
    StaticJwksSource inner_;
};

class JwtVerifierTest : public ::testing::Test {
protected:
    JwtVerifierTest()
        : keys_(*JwkSet::parse(key_set({shared_rsa_key().jwk("rsa"), ec_key().jwk("ec")}))) {
        TokenRules rules;
        rules.issuer = "https://issuer.example";
        rules.clients = {"web"};
        rules.uses = {TokenUse::access};
        verifier_ = std::move(*JwtVerifier::create(rules, keys_, clock_));
    }
    Result<ports::Principal> verify(std::string_view token) {
        return run(io_, verifier_->verify(token));
    }

    HandClock clock_;
    CountingSource keys_;
    boost::asio::io_context io_;
    std::unique_ptr<JwtVerifier> verifier_;
};

std::string hs256_token(std::string_view header, std::string_view claims, std::string_view key) {
    const std::string text = to_base64url(header) + "." + to_base64url(claims);
    return text + "." + to_base64url(hmac_sha256(key, text));
}

std::string with_claim(const char* name, std::string_view value) {
    auto claims = boost::json::parse(kClaims).as_object();
    claims[name] = boost::json::parse(boost::json::string_view(value.data(), value.size()));
    return boost::json::serialize(claims);
}

std::string signature_of(const std::string& token) {
    return token.substr(token.rfind('.') + 1);
}
std::string without_signature(const std::string& token) {
    return token.substr(0, token.rfind('.') + 1);
}

TEST_F(JwtVerifierTest, TokensOfTheIssuerVerify) {
    for (const auto& token :
         {shared_rsa_key().token(kRsaHeader, kClaims), ec_key().token(kEcHeader, kClaims)}) {
        const auto principal = verify(token);
        ASSERT_TRUE(principal) << principal.error().message;
        EXPECT_EQ(principal->user_id.value(), "ann");
    }
}

TEST_F(JwtVerifierTest, ATokenNeedNotNameItsKeyWhereThereIsOneForItsAlgorithm) {
    EXPECT_TRUE(verify(shared_rsa_key().token(R"({"alg":"RS256"})", kClaims)));
    keys_.replace(*JwkSet::parse(key_set(
        {shared_rsa_key().jwk("rsa"), foreign_rsa_key().jwk("other"), ec_key().jwk("ec")})));
    const auto refused = verify(shared_rsa_key().token(R"({"alg":"RS256"})", kClaims));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().field, "kid");
    EXPECT_TRUE(verify(ec_key().token(R"({"alg":"ES256"})", kClaims)));
}

TEST_F(JwtVerifierTest, KeysThatAHeaderBringsAlongAreNotLookedAt) {
    const std::string header =
        R"({"alg":"ES256","kid":"ec","jku":"https://evil.example/keys","jwk":)" +
        foreign_rsa_key().jwk("ec") + "}";
    EXPECT_TRUE(verify(ec_key().token(header, kClaims)));
}

struct Attack {
    const char* name;
    std::string token;
    const char* reason;  ///< A part of the message.
};

std::vector<Attack> attacks() {
    const auto& rsa = shared_rsa_key();
    const auto& ec = ec_key();
    const auto& evil = foreign_rsa_key();
    const auto evil_ec = TestKey::ec();
    const std::string good = rsa.token(kRsaHeader, kClaims);
    const std::string good_ec = ec.token(kEcHeader, kClaims);
    const std::string pem = rsa.public_pem();
    const std::string none = R"({"alg":"none","kid":"rsa"})";
    const std::string confused = R"({"alg":"HS256","kid":"rsa"})";
    const auto rsa_token = [&rsa](const std::string& claims) {
        return rsa.token(kRsaHeader, claims);
    };
    const auto header_token = [&](const std::string& header) { return rsa.token(header, kClaims); };
    const auto evil_token = [&](const std::string& header) { return evil.token(header, kClaims); };
    return {
        {"AlgNone", rsa.token(none, kClaims), "alg"},
        {"AlgNoneUnsigned", to_base64url(none) + "." + to_base64url(kClaims) + ".", "signature"},
        {"AlgNoneCapital", header_token(R"({"alg":"None","kid":"rsa"})"), "alg"},
        {"AlgNoneMixed", header_token(R"({"alg":"nOnE","kid":"rsa"})"), "alg"},
        {"Hs256WithThePublicPem", hs256_token(confused, kClaims, pem), "alg"},
        {"Hs256WithThePublicKeySet", hs256_token(confused, kClaims, key_set({rsa.jwk("rsa")})),
         "alg"},
        {"Hs256WithNoKey", hs256_token(confused, kClaims, ""), "alg"},
        {"HmacCalledRs256", hs256_token(kRsaHeader, kClaims, pem), "signature"},
        {"RsaSignatureCalledEs256", header_token(R"({"alg":"ES256","kid":"ec"})"), "signature"},
        {"RsaKeyCalledEs256", header_token(R"({"alg":"ES256","kid":"rsa"})"), "kid"},
        {"EcKeyCalledRs256", ec.token(R"({"alg":"RS256","kid":"ec"})", kClaims), "kid"},
        {"AlgTwiceLastGood", header_token(R"({"alg":"none","kid":"rsa","alg":"RS256"})"), "twice"},
        {"AlgTwiceFirstGood", header_token(R"({"alg":"RS256","kid":"rsa","alg":"none"})"), "twice"},
        {"KidMissingFromAForeignKey", evil_token(R"({"alg":"RS256"})"), "signature"},
        {"Hs384WithThePublicPem", hs256_token(R"({"alg":"HS384","kid":"rsa"})", kClaims, pem),
         "alg"},
        {"HmacCalledPs256", hs256_token(R"({"alg":"PS256","kid":"rsa"})", kClaims, pem), "kid"},
        {"Pkcs1CalledPss", rsa.token(R"({"alg":"PS256","kid":"rsa"})", kClaims), "kid"},
        {"AlgorithmThatTheKeyIsNotFor",
         rsa.token(R"({"alg":"RS512","kid":"rsa"})", kClaims, "RS512"), "kid"},
        {"LogoutTokenByType", header_token(R"({"alg":"RS256","kid":"rsa","typ":"logout+jwt"})"),
         "typ"},
        {"LogoutTokenByClaim", rsa_token(with_claim("events", "{}")), "events"},
        {"KidAPath", header_token(R"({"alg":"RS256","kid":"../../dev/null"})"), "kid"},
        {"KidSql", header_token(R"({"alg":"RS256","kid":"x' UNION SELECT 'rsa"})"), "kid"},
        {"KidAnAddress", evil_token(R"({"alg":"RS256","kid":"https://evil.example/k"})"), "kid"},
        {"KidWithNul", header_token(R"({"alg":"RS256","kid":"rsa\u0000x"})"), "NUL"},
        {"EmbeddedJwk", evil_token(R"({"alg":"RS256","kid":"rsa","jwk":)" + evil.jwk("rsa") + "}"),
         "signature"},
        {"EmbeddedJwkOfItsOwnName",
         evil_token(R"({"alg":"RS256","kid":"evil","jwk":)" + evil.jwk("evil") + "}"), "kid"},
        {"JkuElsewhere",
         evil_token(R"({"alg":"RS256","kid":"rsa","jku":"https://evil.example/jwks.json"})"),
         "signature"},
        {"X5uElsewhere",
         evil_token(R"({"alg":"RS256","kid":"rsa","x5u":"https://evil.example/cert"})"),
         "signature"},
        {"X5cEmbedded", evil_token(R"({"alg":"RS256","kid":"rsa","x5c":["MIIB"]})"), "signature"},
        {"Critical", header_token(R"({"alg":"RS256","kid":"rsa","crit":["exp"],"exp":1})"), "crit"},
        {"SignedBySomebodyElse", evil.token(kRsaHeader, kClaims), "signature"},
        {"SignedBySomebodyElseEc", evil_ec.token(kEcHeader, kClaims), "signature"},
        {"SignatureOfAnotherToken",
         without_signature(good) + signature_of(rsa_token(with_claim("sub", "\"bob\""))),
         "signature"},
        {"ClaimsOfAnotherToken",
         to_base64url(kRsaHeader) + "." + to_base64url(with_claim("sub", "\"root\"")) + "." +
             signature_of(good),
         "signature"},
        {"SignatureCutByFourCharacters", good.substr(0, good.size() - 4), "signature"},
        {"SignatureCutInHalf", without_signature(good_ec) + signature_of(good_ec).substr(0, 43 - 3),
         "signature"},
        {"SignatureEmpty", without_signature(good), "signature"},
        {"SignaturePadded", good_ec + "==", "signature"},
        {"SignatureLonger", good + "AAAA", "signature"},
        {"PartsMore", good + ".AAAA", "three parts"},
        {"PartsFewer", without_signature(good).substr(0, without_signature(good).size() - 1),
         "three parts"},
        {"SpaceBefore", " " + good, "header"},
        {"Over8Kb", rsa_token(with_claim("pad", "\"" + std::string(8192, 'p') + "\"")), "8 KB"},
        {"IdTokenWhereAccessIsWanted", rsa_token(with_claim("token_use", "\"id\"")), "token_use"},
        {"OtherIssuer", rsa_token(with_claim("iss", "\"https://evil.example\"")), "iss"},
        {"OtherRegionsPool", rsa_token(with_claim("iss", "\"https://issuer.example/eu\"")), "iss"},
        {"OtherClient", rsa_token(with_claim("client_id", "\"other\"")), "client_id"},
        {"Expired", rsa_token(with_claim("exp", "1799999940")), "exp"},
        {"ExpiryAsText", rsa_token(with_claim("exp", "\"1800003600\"")), "exp"},
        {"ExpiryAsFraction", rsa_token(with_claim("exp", "1800003600.25")), "exp"},
        {"ExpiryOverflow", rsa_token(with_claim("exp", "36893488147419103232")), "exp"},
        {"NotYet", rsa_token(with_claim("nbf", "1800000061")), "nbf"},
        {"NulInSubject", rsa_token(R"({"sub":"ann\u0000root"})"), "NUL"},
        {"SubjectTwice", rsa_token(R"({"sub":"ann","sub":"root"})"), "twice"},
    };
}

TEST_F(JwtVerifierTest, EveryAttackIsRefusedAndNothingOfItRemembered) {
    for (const auto& row : attacks()) {
        // Twice: what was refused once must not slip through as remembered.
        for (int round = 0; round < 2; ++round) {
            const auto outcome = verify(row.token);
            ASSERT_FALSE(outcome) << row.name;
            EXPECT_EQ(outcome.error().code, Errc::unauthenticated) << row.name;
            EXPECT_NE(outcome.error().message.find(row.reason), std::string::npos)
                << row.name << ": " << outcome.error().message;
            const auto signature = signature_of(row.token);
            if (signature.size() > 8) {
                EXPECT_EQ(outcome.error().message.find(signature), std::string::npos) << row.name;
            }
        }
    }
}

TEST_F(JwtVerifierTest, EveryFlippedCharacterIsNoticed) {
    const std::string good = ec_key().token(kEcHeader, kClaims);
    ASSERT_TRUE(verify(good));
    for (std::size_t i = 0; i < good.size(); ++i) {
        std::string changed = good;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(verify(changed)) << i;
    }
}

TEST_F(JwtVerifierTest, ARememberedTokenCostsNoSecondLookup) {
    const std::string token = ec_key().token(kEcHeader, kClaims);
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(verify(token));
    EXPECT_EQ(keys_.lookups, 1);
}

TEST_F(JwtVerifierTest, ARememberedTokenIsLookedAtAgainAfterTenMinutes) {
    const std::string token = ec_key().token(kEcHeader, kClaims);
    EXPECT_TRUE(verify(token));
    clock_.advance(10min - 1ms);
    EXPECT_TRUE(verify(token));
    EXPECT_EQ(keys_.lookups, 1);
    clock_.advance(1ms);
    EXPECT_TRUE(verify(token));
    EXPECT_EQ(keys_.lookups, 2);
}

TEST_F(JwtVerifierTest, ARememberedTokenExpiresOnTime) {
    const std::string token = ec_key().token(kEcHeader, with_claim("exp", "1800000010"));
    EXPECT_TRUE(verify(token));
    clock_.advance(69999ms);
    EXPECT_TRUE(verify(token));
    clock_.advance(1ms);
    EXPECT_FALSE(verify(token));
}

TEST_F(JwtVerifierTest, ARememberedTokenDiesWithItsKey) {
    const std::string token = ec_key().token(kEcHeader, kClaims);
    EXPECT_TRUE(verify(token));
    keys_.replace(*JwkSet::parse(key_set({shared_rsa_key().jwk("rsa")})));
    EXPECT_FALSE(verify(token));
}

class RevocableTokens : public JwtVerifierTest {
protected:
    RevocableTokens() {
        TokenRules rules;
        rules.issuer = "https://issuer.example";
        rules.clients = {"web"};
        rules.uses = {TokenUse::access};
        const JwtVerifier::Revocation revocation{.file = file_, .blocking = pool_};
        verifier_ = std::move(*JwtVerifier::create(rules, keys_, clock_, revocation));
    }
    ~RevocableTokens() override { pool_.join(); }

    TemporaryDirectory directory_;
    std::filesystem::path file_ = directory_.path() / "revoked.json";
    boost::asio::thread_pool pool_{1};
};

TEST_F(RevocableTokens, ARevokedTokenIsRefusedHoweverItIsWritten) {
    const std::string token = shared_rsa_key().token(kRsaHeader, kClaims);
    const auto who = verify(token);
    ASSERT_TRUE(who);
    EXPECT_TRUE(verifier_->still_holds(*who));
    ASSERT_TRUE(run(io_, verifier_->revoke(*who)));
    EXPECT_FALSE(verifier_->still_holds(*who));
    const auto refused = verify(token);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::unauthenticated);
    // A second signature of the same claims is the same token: it has no name of its own.
    const std::string ec = ec_key().token(kEcHeader, kClaims);
    const auto again = verify(ec);
    ASSERT_TRUE(again) << "another header, another token";
    ASSERT_TRUE(run(io_, verifier_->revoke(*again)));
    EXPECT_FALSE(verify(ec_key().token(kEcHeader, kClaims)));
}

TEST_F(RevocableTokens, AreToldApartByTheirNames) {
    const auto one = ec_key().token(kEcHeader, with_claim("jti", "\"one\""));
    const auto two = ec_key().token(kEcHeader, with_claim("jti", "\"two\""));
    ASSERT_TRUE(run(io_, verifier_->revoke(*verify(one))));
    EXPECT_FALSE(verify(one));
    EXPECT_TRUE(verify(two));
}

TEST_F(RevocableTokens, WhatCannotBeToldIsRefusedForTheTime) {
    const std::string token = ec_key().token(kEcHeader, kClaims);
    const auto who = verify(token);
    ASSERT_TRUE(who);
    std::ofstream(file_) << "damaged";
    const auto refused = verify(token);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::unavailable);
    EXPECT_FALSE(verifier_->still_holds(*who));
    std::filesystem::remove(file_);
    EXPECT_TRUE(verify(token));
}

TEST_F(JwtVerifierTest, WhatVerifiedHoldsUntilItExpires) {
    const auto who = verify(ec_key().token(kEcHeader, with_claim("exp", "1800000010")));
    ASSERT_TRUE(who);
    EXPECT_TRUE(verifier_->still_holds(*who));
    clock_.advance(10s);
    EXPECT_FALSE(verifier_->still_holds(*who));
}

TEST_F(JwtVerifierTest, RulesThatTakeAnybodysTokensAreRefused) {
    EXPECT_FALSE(JwtVerifier::create({}, keys_, clock_));
}

TEST(AnyoneVerifier, TakesEveryoneForLocal) {
    boost::asio::io_context io;
    AnyoneVerifier verifier;
    for (const char* token : {"", "whatever"}) {
        const auto principal = run(io, verifier.verify(token));
        ASSERT_TRUE(principal);
        EXPECT_EQ(principal->user_id.value(), "local");
        EXPECT_TRUE(principal->is_operator);
    }
}

}  // namespace
}  // namespace ingestor::identity
