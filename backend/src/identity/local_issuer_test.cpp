#include "identity/local_issuer.hpp"

#include <algorithm>
#include <fstream>
#include <set>
#include <thread>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/encoding.hpp"
#include "identity/jwt_verifier.hpp"
#include "identity/testing/testing.hpp"

namespace ingestor::identity {

using testing::run;
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
namespace json = boost::json;
using testing::HandClock;

constexpr const char* kIssuer = "http://127.0.0.1:8000";

class LocalIssuerTest : public ::testing::Test {
protected:
    std::unique_ptr<LocalIssuer> open() {
        auto issuer = LocalIssuer::open({.directory = keys(), .issuer = kIssuer}, clock_);
        EXPECT_TRUE(issuer) << issuer.error().message;
        return issuer ? std::move(*issuer) : nullptr;
    }
    Result<ports::Principal> verify(LocalIssuer& issuer, const std::string& token) {
        auto verifier = JwtVerifier::create(issuer.rules(), issuer.keys(), clock_);
        EXPECT_TRUE(verifier);
        return run(io_, (*verifier)->verify(token));
    }
    [[nodiscard]] fs::path keys() const { return directory_.path() / "identity" / "keys"; }
    [[nodiscard]] std::vector<fs::path> key_files() const {
        std::vector<fs::path> files;
        for (const auto& entry : fs::directory_iterator(keys())) files.push_back(entry.path());
        std::ranges::sort(files);
        return files;
    }

    TemporaryDirectory directory_;
    HandClock clock_;
    boost::asio::io_context io_;
};

unsigned mode_of(const fs::path& path) {
    struct stat status{};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return status.st_mode & 0777U;
}

TEST_F(LocalIssuerTest, ItsTokensVerify) {
    const auto issuer = open();
    const auto token = issuer->mint("ann", 1h);
    ASSERT_TRUE(token);
    const auto principal = verify(*issuer, *token);
    ASSERT_TRUE(principal) << principal.error().message;
    EXPECT_EQ(principal->user_id.value(), "ann");
    clock_.advance(1h + 61s);
    EXPECT_FALSE(verify(*issuer, *token));
}

TEST_F(LocalIssuerTest, TheUserLocalIsTheOperator) {
    const auto issuer = open();
    EXPECT_TRUE(verify(*issuer, *issuer->mint("local", 1h))->is_operator);
    for (const auto* user : {"ann", "Local", "local ", "local/ann"}) {
        EXPECT_FALSE(verify(*issuer, *issuer->mint(user, 1h))->is_operator) << user;
    }
}

TEST_F(LocalIssuerTest, ATokenSaysWhatCognitosAccessTokensSay) {
    const auto issuer = open();
    const auto parsed = parse_token(*issuer->mint("ann", 90s));
    ASSERT_TRUE(parsed);
    const auto& claims = parsed->claims;
    EXPECT_EQ(claims.at("iss").as_string(), kIssuer);
    EXPECT_EQ(claims.at("sub").as_string(), "ann");
    EXPECT_EQ(claims.at("client_id").as_string(), "agent2-ingestor");
    EXPECT_EQ(claims.at("aud").as_string(), "agent2-ingestor");
    EXPECT_EQ(claims.at("token_use").as_string(), "access");
    EXPECT_EQ(claims.at("iat").as_int64(), clock_.seconds());
    EXPECT_EQ(claims.at("exp").as_int64(), clock_.seconds() + 90);
    EXPECT_FALSE(claims.at("jti").as_string().empty());
    EXPECT_EQ(parsed->algorithm, SignatureAlgorithm::es256);
    EXPECT_EQ(parsed->signature_bytes, 64U);
}

TEST_F(LocalIssuerTest, EveryTokenIsAnother) {
    const auto issuer = open();
    std::set<std::string> tokens;
    for (int i = 0; i < 300; ++i) {
        const std::string token = *issuer->mint("ann", 1h);
        EXPECT_EQ(parse_token(token)->signature_bytes, 64U);
        tokens.insert(token);
    }
    EXPECT_EQ(tokens.size(), 300U);
    for (const auto& token : tokens) EXPECT_TRUE(verify(*issuer, token));
}

TEST_F(LocalIssuerTest, KeysOutliveARestart) {
    const auto token = open()->mint("ann", 1h);
    const auto reopened = open();
    EXPECT_TRUE(verify(*reopened, *token));
    EXPECT_EQ(reopened->signing_keys().size(), 1U);
}

TEST_F(LocalIssuerTest, KeyFilesAreForTheOwnerAlone) {
    open();
    ASSERT_EQ(key_files().size(), 1U) << "no draft may be left behind";
    EXPECT_EQ(mode_of(key_files().front()), 0600U);
    EXPECT_EQ(mode_of(keys()), 0700U);
}

TEST_F(LocalIssuerTest, AKeyThatOthersCanReadIsRefused) {
    open();
    fs::permissions(key_files().front(), fs::perms::group_read, fs::perm_options::add);
    const auto issuer = LocalIssuer::open({.directory = keys(), .issuer = kIssuer}, clock_);
    ASSERT_FALSE(issuer);
    EXPECT_EQ(issuer.error().code, Errc::permission_denied);
    EXPECT_NE(issuer.error().message.find(key_files().front().string()), std::string::npos);
}

TEST_F(LocalIssuerTest, ADamagedKeyIsNamedAndNotReplaced) {
    open();
    const auto file = key_files().front();
    std::ofstream(file) << "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    const auto issuer = LocalIssuer::open({.directory = keys(), .issuer = kIssuer}, clock_);
    ASSERT_FALSE(issuer);
    EXPECT_EQ(issuer.error().code, Errc::corrupt);
    EXPECT_NE(issuer.error().message.find(file.string()), std::string::npos);
    EXPECT_EQ(key_files().size(), 1U);
}

TEST_F(LocalIssuerTest, TheNewestKeySignsAndOldOnesVerifyUntilRemoved) {
    const auto issuer = open();
    const std::string old_token = *issuer->mint("ann", 1h);
    const auto generation = issuer->keys().generation();
    clock_.advance(1s);
    ASSERT_TRUE(issuer->rotate());
    EXPECT_GT(issuer->keys().generation(), generation);
    const std::string new_token = *issuer->mint("ann", 1h);
    EXPECT_NE(parse_token(old_token)->key_id, parse_token(new_token)->key_id);
    EXPECT_TRUE(verify(*issuer, old_token));
    EXPECT_TRUE(verify(*issuer, new_token));
    EXPECT_EQ(json::parse(issuer->jwks_json()).at("keys").as_array().size(), 2U);

    fs::remove(key_files().front());
    ASSERT_TRUE(issuer->reload());
    EXPECT_FALSE(verify(*issuer, old_token));
    EXPECT_TRUE(verify(*issuer, new_token));
}

TEST_F(LocalIssuerTest, ARememberedTokenDiesWithItsKey) {
    const auto issuer = open();
    ASSERT_TRUE(issuer->rotate());
    const std::string token = *issuer->mint("ann", 1h);
    auto verifier = JwtVerifier::create(issuer->rules(), issuer->keys(), clock_);
    ASSERT_TRUE(verifier);
    EXPECT_TRUE(run(io_, (*verifier)->verify(token)));
    fs::remove(key_files().back());
    ASSERT_TRUE(issuer->reload());
    EXPECT_FALSE(run(io_, (*verifier)->verify(token)));
}

TEST_F(LocalIssuerTest, ReloadingTheSameKeysForgetsNothing) {
    const auto issuer = open();
    const auto generation = issuer->keys().generation();
    ASSERT_TRUE(issuer->reload());
    EXPECT_EQ(issuer->keys().generation(), generation);
}

TEST_F(LocalIssuerTest, KeysStayWhenTheDirectoryIsEmptied) {
    const auto issuer = open();
    const std::string token = *issuer->mint("ann", 1h);
    fs::remove(key_files().front());
    EXPECT_FALSE(issuer->reload());
    EXPECT_TRUE(verify(*issuer, token));
}

TEST_F(LocalIssuerTest, TwoThatStartAtOnceShareOneKey) {
    std::vector<std::string> ids(8);
    std::vector<std::thread> starters;
    for (auto& id : ids) {
        starters.emplace_back([this, &id] {
            const auto issuer = LocalIssuer::open({.directory = keys(), .issuer = kIssuer}, clock_);
            if (issuer) id = (*issuer)->signing_keys().back().id();
        });
    }
    for (auto& starter : starters) starter.join();
    EXPECT_FALSE(ids.front().empty());
    EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 1U);
    EXPECT_EQ(key_files().size(), 1U);
}

TEST_F(LocalIssuerTest, TheKeySetShowsNothingPrivate) {
    const auto issuer = open();
    const auto document = json::parse(issuer->jwks_json());
    const auto& key = document.at("keys").at(0).as_object();
    const std::set<std::string> expected = {"kty", "crv", "x", "y", "kid", "use", "alg"};
    std::set<std::string> members;
    for (const auto& member : key) members.emplace(member.key());
    EXPECT_EQ(members, expected);
    EXPECT_EQ(key.at("kid").as_string(), issuer->signing_keys().back().id().c_str());
}

TEST_F(LocalIssuerTest, DiscoveryLeadsToTheKeySet) {
    const auto issuer = open();
    const auto document = json::parse(issuer->discovery_json());
    EXPECT_EQ(document.at("issuer").as_string(), kIssuer);
    EXPECT_EQ(document.at("jwks_uri").as_string(), std::string(kIssuer) + "/.well-known/jwks.json");
}

TEST_F(LocalIssuerTest, OddUsersAndLifetimesAreRefused) {
    const auto issuer = open();
    EXPECT_FALSE(issuer->mint("", 1h));
    EXPECT_FALSE(issuer->mint("a\nb", 1h));
    EXPECT_FALSE(issuer->mint("ann", 0s));
    EXPECT_FALSE(issuer->mint("ann", -1h));
    EXPECT_FALSE(issuer->mint("ann", std::chrono::years(11)));
    EXPECT_TRUE(issuer->mint("J\xC3\xB6rg \"the\" user", 1h));
}

TEST_F(LocalIssuerTest, AnotherServicesTokensAreRefused) {
    const auto issuer = open();
    auto other = LocalIssuer::open(
        {.directory = keys(), .issuer = kIssuer, .client_id = "another-service"}, clock_);
    ASSERT_TRUE(other);
    EXPECT_FALSE(verify(*issuer, *(*other)->mint("ann", 1h)));
}

}  // namespace
}  // namespace ingestor::identity
