#include "identity/revoked_tokens.hpp"

#include <fstream>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "identity/testing/testing.hpp"

namespace ingestor::identity {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HandClock;

class RevokedTokensTest : public ::testing::Test {
protected:
    [[nodiscard]] fs::path file() const { return directory_.path() / "revoked.json"; }
    [[nodiscard]] ports::TokenIdentity token(std::string id, std::string user = "ann") const {
        return {.id = std::move(id),
                .user_id = domain::UserId(std::move(user)),
                .issued_at = clock_.now()};
    }
    Result<void> revoke(const ports::TokenIdentity& what) {
        return RevokedTokens::revoke(file(), what, clock_.now() + 1h, clock_.now());
    }
    bool contains(const ports::TokenIdentity& what) {
        const auto answer = revoked_.contains(what);
        EXPECT_TRUE(answer);
        return answer && *answer;
    }

    TemporaryDirectory directory_;
    HandClock clock_;
    RevokedTokens revoked_{file()};
};

TEST_F(RevokedTokensTest, NothingIsRevokedAtFirst) {
    EXPECT_FALSE(contains(token("a")));
}

TEST_F(RevokedTokensTest, OneTokenIsAndNoOther) {
    EXPECT_FALSE(contains(token("a")));
    ASSERT_TRUE(revoke(token("a")));
    EXPECT_TRUE(contains(token("a")));
    EXPECT_FALSE(contains(token("b")));
    EXPECT_TRUE(contains(token("a", "another name of the same")));
    EXPECT_EQ(fs::status(file()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    // The file holds no name by which a token could be made out.
    std::ifstream in(file());
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(text.find("ann"), std::string::npos);
}

TEST_F(RevokedTokensTest, AnotherProcessSeesItAtOnceAndSoDoesTheNextStart) {
    RevokedTokens other(file());
    EXPECT_FALSE(*other.contains(token("a")));
    for (const auto* id : {"a", "b", "c"}) {
        ASSERT_TRUE(revoke(token(id)));
        EXPECT_TRUE(*other.contains(token(id))) << id;
    }
    EXPECT_TRUE(*RevokedTokens(file()).contains(token("a")));
}

TEST_F(RevokedTokensTest, ATokenIsForgottenADayAfterItHasExpired) {
    ASSERT_TRUE(revoke(token("a")));
    clock_.advance(25h);
    ASSERT_TRUE(revoke(token("b")));
    EXPECT_TRUE(contains(token("a")));
    clock_.advance(1s);
    ASSERT_TRUE(revoke(token("c")));
    EXPECT_FALSE(contains(token("a")));
    EXPECT_TRUE(contains(token("b")));
}

TEST_F(RevokedTokensTest, AllThatWereIssuedUntilNowAreRevokedAtOnce) {
    const auto before = token("a");
    clock_.advance(400ms);
    ASSERT_TRUE(RevokedTokens::revoke_all(file(), clock_.now()));
    EXPECT_TRUE(contains(before));
    ports::TokenIdentity undated = token("b");
    undated.issued_at = {};
    EXPECT_TRUE(contains(undated));
    clock_.advance(1s);
    EXPECT_FALSE(contains(token("c")));
}

TEST_F(RevokedTokensTest, AUserWithTooManyLosesAllAndNobodyElseDoes) {
    const auto kept = token("kept");
    const auto of_bob = token("of bob", "bob");
    for (std::size_t i = 0; i < RevokedTokens::kTokensOfUserMax; ++i) {
        ASSERT_TRUE(revoke(token(std::to_string(i))));
    }
    EXPECT_FALSE(contains(kept));
    ASSERT_TRUE(revoke(token("one more")));
    EXPECT_TRUE(contains(kept));
    EXPECT_TRUE(contains(token("0")));
    EXPECT_FALSE(contains(of_bob));
    clock_.advance(1s);
    EXPECT_FALSE(contains(token("later")));
}

TEST_F(RevokedTokensTest, AFullFileSaysSoAndRevokingAllEmptiesIt) {
    {
        std::ofstream out(file());
        out << R"({"all_issued_until":-1,"users":[],"tokens":[)";
        for (std::size_t i = 0; i < RevokedTokens::kTokensMax; ++i) {
            out << (i == 0 ? "" : ",") << R"({"id":")" << i << R"(","user":"","expires_at":)"
                << clock_.seconds() + 60 << "}";
        }
        out << "]}";
    }
    fs::permissions(file(), fs::perms::owner_read | fs::perms::owner_write);
    const auto full = revoke(token("a"));
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().code, Errc::too_large);
    EXPECT_FALSE(contains(token("a")));
    ASSERT_TRUE(RevokedTokens::revoke_all(file(), clock_.now()));
    EXPECT_TRUE(contains(token("a")));
    clock_.advance(1s);
    EXPECT_TRUE(revoke(token("b")));
}

TEST_F(RevokedTokensTest, ADamagedFileRevokesEverythingUntilItIsMended) {
    for (const char* content : {"", "[]", "{}", R"({"all_issued_until":-1,"users":[],"tokens":{}})",
                                R"({"all_issued_until":-1,"users":[],"tokens":[{"id":"a"}]})",
                                R"({"all_issued_until":-1,"users":[{"user":"a"}],"tokens":[]})",
                                R"({"all_issued_until":"-1","users":[],"tokens":[]})"}) {
        fs::remove(file());
        std::ofstream(file()) << content;
        fs::permissions(file(), fs::perms::owner_read | fs::perms::owner_write);
        const auto answer = RevokedTokens(file()).contains(token("a"));
        ASSERT_FALSE(answer) << content;
        EXPECT_EQ(answer.error().code, Errc::unavailable);
        EXPECT_FALSE(revoke(token("a")));
    }
    ASSERT_TRUE(RevokedTokens::revoke_all(file(), clock_.now()));
    EXPECT_TRUE(contains(token("a")));
}

TEST_F(RevokedTokensTest, ThoseWhoRevokeAtOnceLoseNothing) {
    std::vector<std::thread> revokers;
    for (int i = 0; i < 8; ++i) {
        revokers.emplace_back([this, i] { EXPECT_TRUE(revoke(token(std::to_string(i)))); });
    }
    for (auto& revoker : revokers) revoker.join();
    for (int i = 0; i < 8; ++i) EXPECT_TRUE(contains(token(std::to_string(i)))) << i;
}

}  // namespace
}  // namespace ingestor::identity
