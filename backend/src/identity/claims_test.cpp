#include "identity/claims.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace ingestor::identity {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr TimePoint kNow{1'800'000'000s};

TokenRules cognito_rules() {
    TokenRules rules;
    rules.issuer = "https://issuer.example";
    rules.clients = {"web", "cli"};
    rules.uses = {TokenUse::access};
    return rules;
}

TokenRules plain_rules() {
    TokenRules rules = cognito_rules();
    rules.uses.clear();
    return rules;
}

json::object access_claims() {
    return json::parse(R"({"iss":"https://issuer.example","sub":"ann","token_use":"access",
                           "client_id":"web","iat":1799999000,"exp":1800003600})")
        .as_object();
}

/// Claims with some of them set to other JSON values, or taken away where the value is empty.
struct ClaimCase {
    const char* name;
    const char* claim;
    const char* value;
    const char* refused_for;  ///< The claim that the refusal names; null where it is accepted.
};

void apply(json::object& claims, const ClaimCase& row) {
    const std::string value(row.value);
    if (value.empty()) {
        claims.erase(row.claim);
    } else {
        claims[row.claim] = json::parse(value);
    }
}

void expect_outcome(const Result<VerifiedClaims>& outcome, const ClaimCase& row) {
    if (row.refused_for == nullptr) {
        EXPECT_TRUE(outcome) << outcome.error().message;
        return;
    }
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::unauthenticated);
    EXPECT_EQ(outcome.error().field, row.refused_for);
}

class AccessTokenClaims : public testing::TestWithParam<ClaimCase> {};

TEST_P(AccessTokenClaims, MatchTable) {
    auto claims = access_claims();
    apply(claims, GetParam());
    expect_outcome(check_claims(claims, cognito_rules(), kNow), GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Claims, AccessTokenClaims,
    testing::Values(ClaimCase{"OtherIssuer", "iss", R"("https://evil.example")", "iss"},
                    ClaimCase{"IssuerWithSlash", "iss", R"("https://issuer.example/")", "iss"},
                    ClaimCase{"IssuerInCapitals", "iss", R"("HTTPS://issuer.example")", "iss"},
                    ClaimCase{"IssuerAnArray", "iss", R"(["https://issuer.example"])", "iss"},
                    ClaimCase{"NoIssuer", "iss", "", "iss"},
                    ClaimCase{"IdToken", "token_use", R"("id")", "token_use"},
                    ClaimCase{"UnknownUse", "token_use", R"("refresh")", "token_use"},
                    ClaimCase{"NoUse", "token_use", "", "token_use"},
                    ClaimCase{"OtherNamedClient", "client_id", R"("cli")", nullptr},
                    ClaimCase{"ForeignClient", "client_id", R"("other")", "client_id"},
                    ClaimCase{"EmptyClient", "client_id", R"("")", "client_id"},
                    ClaimCase{"NoClient", "client_id", "", "client_id"},
                    ClaimCase{"ClientAnArray", "client_id", R"(["web"])", "client_id"},
                    ClaimCase{"JustExpiredWithinLeeway", "exp", "1799999941", nullptr},
                    ClaimCase{"ExpiredBeyondLeeway", "exp", "1799999940", "exp"},
                    ClaimCase{"NoExpiry", "exp", "", "exp"},
                    ClaimCase{"ExpiryAsText", "exp", R"("1800003600")", "exp"},
                    ClaimCase{"ExpiryAsFraction", "exp", "1800003600.5", "exp"},
                    ClaimCase{"ExpiryAsExponent", "exp", "1e300", "exp"},
                    ClaimCase{"ExpiryBeyond64Bits", "exp", "99999999999999999999999", "exp"},
                    ClaimCase{"ExpiryAtTheEndOf64Bits", "exp", "18446744073709551615", "exp"},
                    ClaimCase{"ExpiryAtTheEndOf63Bits", "exp", "9223372036854775807", "exp"},
                    ClaimCase{"ExpiryNegative", "exp", "-1", "exp"},
                    ClaimCase{"ExpiryNull", "exp", "null", "exp"},
                    ClaimCase{"ExpiryTrue", "exp", "true", "exp"},
                    ClaimCase{"NotYetWithinLeeway", "nbf", "1800000060", nullptr},
                    ClaimCase{"NotYet", "nbf", "1800000061", "nbf"},
                    ClaimCase{"NotBeforeAsText", "nbf", R"("0")", "nbf"},
                    ClaimCase{"IssuedInTheFuture", "iat", "1800000061", "iat"},
                    ClaimCase{"IssuedAtMissing", "iat", "", nullptr},
                    ClaimCase{"NoSubject", "sub", "", "sub"},
                    ClaimCase{"EmptySubject", "sub", R"("")", "sub"},
                    ClaimCase{"SubjectANumber", "sub", "7", "sub"},
                    ClaimCase{"SubjectWithNewline", "sub", R"("a\nb")", "sub"}),
    [](const auto& row) { return std::string(row.param.name); });

class PlainTokenClaims : public testing::TestWithParam<ClaimCase> {};

TEST_P(PlainTokenClaims, MatchTable) {
    auto claims = access_claims();
    claims.erase("token_use");
    claims.erase("client_id");
    apply(claims, GetParam());
    expect_outcome(check_claims(claims, plain_rules(), kNow), GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Claims, PlainTokenClaims,
    testing::Values(ClaimCase{"Audience", "aud", R"("web")", nullptr},
                    ClaimCase{"OneOfTheAudiences", "aud", R"(["account","web"])", nullptr},
                    ClaimCase{"AuthorizedParty", "azp", R"("cli")", nullptr},
                    ClaimCase{"AMessageOfLogout", "events",
                              R"({"http://schemas.openid.net/event/backchannel-logout":{}})",
                              "events"},
                    ClaimCase{"ForeignAudience", "aud", R"("other")", "aud"},
                    ClaimCase{"ForeignAudiences", "aud", R"(["other",1,null,["web"]])", "aud"},
                    ClaimCase{"ForeignParty", "azp", R"("other")", "aud"},
                    ClaimCase{"AudienceAnObject", "aud", R"({"web":1})", "aud"},
                    ClaimCase{"NoAudience", "aud", "", "aud"},
                    ClaimCase{"AudienceAsAPart", "aud", R"("website")", "aud"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Claims, ThePartyCountsOnlyWhereNoAudienceIsNamed) {
    auto claims = access_claims();
    claims.erase("token_use");
    claims.erase("client_id");
    claims["azp"] = "web";
    EXPECT_TRUE(check_claims(claims, plain_rules(), kNow));
    const boost::json::value others[] = {"other", boost::json::array{"other"}, boost::json::array{},
                                         nullptr};
    for (const auto& audience : others) {
        claims["aud"] = audience;
        EXPECT_FALSE(check_claims(claims, plain_rules(), kNow));
    }
    claims["aud"] = "web";
    claims["azp"] = "other";
    EXPECT_TRUE(check_claims(claims, plain_rules(), kNow));
}

TEST(Claims, ALogoutTokenOfAPoolSignsNobodyIn) {
    auto claims = access_claims();
    claims["events"] = boost::json::object{};
    const auto refused = check_claims(claims, cognito_rules(), kNow);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().field, "events");
}

TEST(Claims, MembersOfTheGroupAreOperators) {
    auto rules = cognito_rules();
    const auto is_operator = [&rules](const char* claim, boost::json::value value) {
        auto claims = access_claims();
        claims[claim] = std::move(value);
        return check_claims(claims, rules, kNow)->principal.is_operator;
    };
    const boost::json::array groups{"people", "operators"};
    EXPECT_FALSE(is_operator("groups", groups)) << "no group is named";
    rules.operators_group = "operators";
    for (const auto* claim : {"groups", "cognito:groups", "roles"}) {
        EXPECT_TRUE(is_operator(claim, groups)) << claim;
        EXPECT_FALSE(is_operator(claim, boost::json::array{"people", "operators2", 1, nullptr}));
        EXPECT_FALSE(is_operator(claim, "operators")) << "a text is no list";
    }
    EXPECT_FALSE(is_operator("group", groups));
}

TEST(Claims, AScraperMayDoNothingElse) {
    auto claims = access_claims();
    EXPECT_EQ(check_claims(claims, cognito_rules(), kNow)->principal.scope,
              ports::TokenScope::everything);
    claims["scope"] = "openid email";
    EXPECT_EQ(check_claims(claims, cognito_rules(), kNow)->principal.scope,
              ports::TokenScope::everything);
    claims["scope"] = "metrics";
    EXPECT_EQ(check_claims(claims, cognito_rules(), kNow)->principal.scope,
              ports::TokenScope::metrics);
}

TEST(Claims, ATokenGivesItsUserAndItsEnd) {
    const auto verified = check_claims(access_claims(), cognito_rules(), kNow);
    ASSERT_TRUE(verified);
    EXPECT_EQ(verified->principal.user_id.value(), "ann");
    EXPECT_EQ(verified->principal.expires_at, TimePoint(1'800'003'600s));
    EXPECT_EQ(verified->valid_until, TimePoint(1'800'003'660s));
}

TEST(Claims, IdTokensNameTheirClientInAud) {
    auto rules = cognito_rules();
    rules.uses = {TokenUse::id};
    auto claims = access_claims();
    EXPECT_FALSE(check_claims(claims, rules, kNow));
    claims["token_use"] = "id";
    EXPECT_FALSE(check_claims(claims, rules, kNow)) << "client_id must not stand in for aud";
    claims["aud"] = "web";
    EXPECT_TRUE(check_claims(claims, rules, kNow));
}

TEST(Claims, APoolOfOneApplicationMayTakeEveryClient) {
    auto rules = cognito_rules();
    rules.clients.clear();
    rules.client_check = ClientCheck::any_of_pool;
    ASSERT_TRUE(check_rules(rules));
    auto claims = access_claims();
    claims["client_id"] = "whatever";
    EXPECT_TRUE(check_claims(claims, rules, kNow));
    claims["token_use"] = "id";
    EXPECT_FALSE(check_claims(claims, rules, kNow));
}

TEST(Claims, RulesThatTakeAnybodysTokensAreRefused) {
    EXPECT_TRUE(check_rules(cognito_rules()));
    EXPECT_TRUE(check_rules(plain_rules()));
    auto no_issuer = cognito_rules();
    no_issuer.issuer.clear();
    EXPECT_FALSE(check_rules(no_issuer));
    auto no_client = plain_rules();
    no_client.clients.clear();
    EXPECT_FALSE(check_rules(no_client));
    auto empty_client = plain_rules();
    empty_client.clients = {""};
    EXPECT_FALSE(check_rules(empty_client));
    auto anybody = plain_rules();
    anybody.client_check = ClientCheck::any_of_pool;
    EXPECT_FALSE(check_rules(anybody));
}

struct SubjectCase {
    const char* subject;
    const char* user;
};

TEST(Claims, ASubjectBecomesOneSegmentOfAKey) {
    const SubjectCase rows[] = {
        {"3f2a9c1e-0000-4000-8000-5b6c7d8e9f00", "3f2a9c1e-0000-4000-8000-5b6c7d8e9f00"},
        {"auth0|5f7c8ec7c33c6c004bbafe82", "auth0|5f7c8ec7c33c6c004bbafe82"},
        {"ann@example.com", "ann@example.com"},
        {"ann/private", "ann%2Fprivate"},
        {"ann%2Fprivate", "ann%252Fprivate"},
        {"..", "%2E%2E"},
        {".", "%2E"},
        {"../bob", "..%2Fbob"},
        {"a b", "a%20b"},
        {"J\xC3\xB6rg", "J%C3%B6rg"}};
    for (const auto& row : rows) {
        const auto user = user_of_subject(row.subject);
        ASSERT_TRUE(user) << row.subject;
        EXPECT_EQ(user->value(), row.user);
    }
}

TEST(Claims, SubjectsThatAreNotTextAreRefused) {
    EXPECT_FALSE(user_of_subject(""));
    EXPECT_FALSE(user_of_subject(std::string(256, 'a')));
    EXPECT_TRUE(user_of_subject(std::string(255, 'a')));
    EXPECT_FALSE(user_of_subject("a\x7F"));
    EXPECT_FALSE(user_of_subject("\xFF"));
}

}  // namespace
}  // namespace ingestor::identity
