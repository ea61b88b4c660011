#include "identity/jwt.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"

namespace ingestor::identity {
namespace {

constexpr const char* kHeader = R"({"alg":"ES256","kid":"one"})";

std::string assemble(std::string_view header, std::string_view claims = "{}",
                     std::string_view signature = "signature") {
    return to_base64url(header) + "." + to_base64url(claims) + "." + to_base64url(signature);
}

struct RefusedCase {
    const char* name;
    std::string token;
    const char* reason;  ///< A part of the message.
};

class JwtRefused : public testing::TestWithParam<RefusedCase> {};

TEST_P(JwtRefused, SaysWhy) {
    const auto& row = GetParam();
    const auto parsed = parse_token(row.token);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, Errc::unauthenticated);
    EXPECT_NE(parsed.error().message.find(row.reason), std::string::npos) << parsed.error().message;
}

const std::string kGood = assemble(kHeader);

INSTANTIATE_TEST_SUITE_P(
    Jwt, JwtRefused,
    testing::Values(
        RefusedCase{"Empty", "", "no token"},
        RefusedCase{"OneByteOver8Kb",
                    assemble(kHeader, R"({"a":")" + std::string(8193, 'a') + "\"}"), "8 KB"},
        RefusedCase{"OnePart", "abcd", "three parts"},
        RefusedCase{"TwoParts", "abcd.abcd", "three parts"},
        RefusedCase{"FourParts", kGood + ".abcd", "three parts"},
        RefusedCase{"FivePartsAsEncryptedTokensHave", kGood + ".abcd.abcd", "three parts"},
        RefusedCase{"EmptyHeader", "." + to_base64url("{}") + ".abcd", "header"},
        RefusedCase{"EmptyClaims", to_base64url(kHeader) + "..abcd", "claims"},
        RefusedCase{"EmptySignature", assemble(kHeader, "{}", ""), "signature"},
        RefusedCase{"Padding", kGood + "=", "signature"},
        RefusedCase{"PaddedHeader", to_base64(R"({"alg":"ES256","kid":"on"})") + ".e30.abcd",
                    "header"},
        RefusedCase{"StandardAlphabet", to_base64url(kHeader) + ".e30.ab+/", "signature"},
        RefusedCase{"SpaceInside", to_base64url(kHeader) + ".e3 0.abcd", "claims"},
        RefusedCase{"NewlineAtTheEnd", kGood + "\n", "signature"},
        RefusedCase{"ImpossibleLength", to_base64url(kHeader) + ".e30.abcde", "signature"},
        RefusedCase{"StrayBits", to_base64url(kHeader) + ".e30.ab9", "signature"},
        RefusedCase{"HeaderNotJson", assemble("alg=ES256"), "header"},
        RefusedCase{"HeaderAnArray", assemble(R"(["ES256"])"), "header"},
        RefusedCase{"ClaimsNotJson", assemble(kHeader, "sub"), "claims"},
        RefusedCase{"AlgTwice", assemble(R"({"alg":"ES256","kid":"one","alg":"none"})"), "twice"},
        RefusedCase{"ClaimTwice", assemble(kHeader, R"({"sub":"a","sub":"b"})"), "twice"},
        RefusedCase{"NulInClaim", assemble(kHeader, R"({"sub":"admin\u0000x"})"), "NUL"},
        RefusedCase{"AlgMissing", assemble(R"({"kid":"one"})"), "alg"},
        RefusedCase{"AlgNone", assemble(R"({"alg":"none","kid":"one"})"), "alg"},
        RefusedCase{"AlgNoneCapital", assemble(R"({"alg":"None","kid":"one"})"), "alg"},
        RefusedCase{"AlgNoneMixed", assemble(R"({"alg":"nOnE","kid":"one"})"), "alg"},
        RefusedCase{"AlgEmpty", assemble(R"({"alg":"","kid":"one"})"), "alg"},
        RefusedCase{"AlgHs256", assemble(R"({"alg":"HS256","kid":"one"})"), "alg"},
        RefusedCase{"AlgHs512", assemble(R"({"alg":"HS512","kid":"one"})"), "alg"},
        RefusedCase{"AlgEs256K", assemble(R"({"alg":"ES256K","kid":"one"})"), "alg"},
        RefusedCase{"AlgRs1", assemble(R"({"alg":"RS1","kid":"one"})"), "alg"},
        RefusedCase{"AlgLowerCase", assemble(R"({"alg":"es256","kid":"one"})"), "alg"},
        RefusedCase{"AlgNotText", assemble(R"({"alg":["ES256"],"kid":"one"})"), "alg"},
        RefusedCase{"TypeOfALogoutToken",
                    assemble(R"({"alg":"ES256","kid":"one","typ":"logout+jwt"})"), "typ"},
        RefusedCase{"TypeOfAnEvent", assemble(R"({"alg":"ES256","typ":"secevent+jwt"})"), "typ"},
        RefusedCase{"TypeOfAProof", assemble(R"({"alg":"ES256","typ":"dpop+jwt"})"), "typ"},
        RefusedCase{"TypeJws", assemble(R"({"alg":"ES256","typ":"JOSE"})"), "typ"},
        RefusedCase{"TypeEmpty", assemble(R"({"alg":"ES256","typ":""})"), "typ"},
        RefusedCase{"TypeNotText", assemble(R"({"alg":"ES256","typ":["JWT"]})"), "typ"},
        RefusedCase{"TypeWithPrefixTwice",
                    assemble(R"({"alg":"ES256","typ":"application/application/jwt"})"), "typ"},
        RefusedCase{"KidEmpty", assemble(R"({"alg":"ES256","kid":""})"), "kid"},
        RefusedCase{"KidNotText", assemble(R"({"alg":"ES256","kid":1})"), "kid"},
        RefusedCase{"KidTooLong",
                    assemble(R"({"alg":"ES256","kid":")" + std::string(257, 'k') + "\"}"), "kid"},
        RefusedCase{"Critical", assemble(R"({"alg":"ES256","kid":"one","crit":["exp"]})"), "crit"},
        RefusedCase{"CriticalEmpty", assemble(R"({"alg":"ES256","kid":"one","crit":[]})"), "crit"},
        RefusedCase{"UnencodedPayload",
                    assemble(R"({"alg":"ES256","kid":"one","b64":false,"crit":["b64"]})"), "crit"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Jwt, AWellFormedTokenIsReadAndNotJudged) {
    const auto parsed = parse_token(assemble(
        R"({"typ":"JWT","alg":"RS256","kid":"../../dev/null"})", R"({"sub":"a"})", "1234"));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->algorithm, SignatureAlgorithm::rs256);
    EXPECT_EQ(parsed->key_id, "../../dev/null");
    EXPECT_EQ(parsed->signature_bytes, 4U);
    EXPECT_EQ(parsed->claims.at("sub").as_string(), "a");
}

TEST(Jwt, EveryAsymmetricAlgorithmIsKnownByItsName) {
    for (const std::string kind : {"RS", "PS", "ES"}) {
        for (const std::string bits : {"256", "384", "512"}) {
            const auto parsed = parse_token(assemble(R"({"alg":")" + kind + bits + R"("})"));
            ASSERT_TRUE(parsed) << kind << bits;
            EXPECT_EQ(to_string(parsed->algorithm), kind + bits);
            EXPECT_EQ(parsed->key_id, "");
        }
    }
}

TEST(Jwt, TypesOfTokensAreKnownInEveryForm) {
    for (const std::string type :
         {"JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt", "application/JWT"}) {
        EXPECT_TRUE(parse_token(assemble(R"({"alg":"ES256","typ":")" + type + R"("})"))) << type;
    }
}

TEST(Jwt, NoMessageRepeatsTheToken) {
    const std::string secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQ";
    const auto parsed = parse_token(secret + "." + secret + "." + secret);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().message.find("secret"), std::string::npos);
    EXPECT_EQ(parsed.error().message.find(secret), std::string::npos);
}

}  // namespace
}  // namespace ingestor::identity
