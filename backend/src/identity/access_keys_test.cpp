#include "identity/access_keys.hpp"

#include <algorithm>
#include <fstream>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "identity/testing/testing.hpp"

namespace ingestor::identity {
namespace {

namespace fs = std::filesystem;
using testing::HandClock;

class AccessKeysTest : public ::testing::Test {
protected:
    Result<AccessKeys> open() { return AccessKeys::open(file(), clock_, domain::UserId("local")); }
    [[nodiscard]] fs::path file() const { return directory_.path() / "identity" / "access.json"; }

    TemporaryDirectory directory_;
    HandClock clock_;
};

TEST_F(AccessKeysTest, TheFirstStartMakesAKeyShapedLikeAwss) {
    const auto keys = open();
    ASSERT_TRUE(keys) << keys.error().message;
    const auto& key = keys->first();
    EXPECT_EQ(key.access_key_id.size(), 20U);
    EXPECT_TRUE(key.access_key_id.starts_with("AKIA"));
    EXPECT_TRUE(std::ranges::all_of(key.access_key_id, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7');
    }));
    EXPECT_EQ(key.secret_access_key.size(), 40U);
    EXPECT_EQ(key.secret_access_key.find('='), std::string::npos);
    EXPECT_EQ(key.user.value(), "local");
    EXPECT_EQ(fs::status(file()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(AccessKeysTest, KeysOutliveARestart) {
    const auto keys = open();
    const auto reopened = open();
    ASSERT_TRUE(reopened);
    EXPECT_EQ(reopened->first().access_key_id, keys->first().access_key_id);
    EXPECT_EQ(reopened->first().secret_access_key, keys->first().secret_access_key);
}

TEST_F(AccessKeysTest, AreFoundByTheirExactId) {
    auto keys = open();
    ASSERT_TRUE(keys);
    const auto added = keys->add(domain::UserId("ann"), AccessKeyRole::user, clock_);
    ASSERT_TRUE(added);
    const auto found = keys->find(added->access_key_id);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->secret_access_key, added->secret_access_key);
    EXPECT_EQ(found->user.value(), "ann");
    EXPECT_FALSE(keys->find(added->access_key_id.substr(0, 19)));
    EXPECT_FALSE(keys->find(""));
    EXPECT_EQ(open()->size(), 3U);
}

TEST_F(AccessKeysTest, AddingKeepsWhatAnotherProcessAdded) {
    auto one = open();
    auto other = open();
    ASSERT_TRUE(one->add(domain::UserId("ann"), AccessKeyRole::user, clock_));
    ASSERT_TRUE(other->add(domain::UserId("bob"), AccessKeyRole::user, clock_));
    EXPECT_EQ(open()->size(), 4U);
}

TEST_F(AccessKeysTest, TwoThatStartAtOnceShareOneKey) {
    std::vector<std::string> ids(8);
    std::vector<std::thread> starters;
    for (auto& id : ids) {
        starters.emplace_back([this, &id] {
            if (const auto keys = open()) id = keys->first().access_key_id;
        });
    }
    for (auto& starter : starters) starter.join();
    EXPECT_FALSE(ids.front().empty());
    EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 1U);
}

TEST_F(AccessKeysTest, TheLinksKeyIsNobodysAndTheUsersIsNotTheOperators) {
    auto keys = open();
    ASSERT_TRUE(keys);
    EXPECT_EQ(keys->first().role, AccessKeyRole::user);
    EXPECT_EQ(keys->links().role, AccessKeyRole::links);
    const auto made = keys->operator_key(domain::UserId("local"), clock_);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->role, AccessKeyRole::service_operator);
    EXPECT_EQ(open()->operator_key(domain::UserId("local"), clock_)->access_key_id,
              made->access_key_id);
    EXPECT_EQ(open()->first().access_key_id, keys->first().access_key_id);
    EXPECT_EQ(open()->links().access_key_id, keys->links().access_key_id);
}

TEST_F(AccessKeysTest, AKeyThatAnotherProcessMadeIsFoundAtOnce) {
    auto serving = open();
    auto command = open();
    for (int i = 0; i < 3; ++i) {
        const auto made = command->add(domain::UserId("ann"), AccessKeyRole::user, clock_);
        ASSERT_TRUE(made);
        const auto found = serving->find(made->access_key_id);
        ASSERT_TRUE(found) << i;
        EXPECT_EQ(found->secret_access_key, made->secret_access_key);
    }
    fs::remove(file());
    EXPECT_FALSE(serving->find("AKIAUNKNOWNUNKNOWN12"));
    EXPECT_TRUE(serving->find(serving->first().access_key_id));
}

TEST_F(AccessKeysTest, AKeyWithoutARoleIsAUsers) {
    ASSERT_TRUE(open());
    std::ofstream(file()) << R"({"keys":[{"access_key_id":"AKIAOLD","secret_access_key":"s",)"
                          << R"("user_id":"local","created_at":"2026-01-01T00:00:00Z"}]})";
    auto keys = open();
    ASSERT_TRUE(keys);
    EXPECT_EQ(keys->first().access_key_id, "AKIAOLD");
    EXPECT_EQ(keys->find("AKIAOLD")->role, AccessKeyRole::user);
    EXPECT_NE(keys->links().access_key_id, "AKIAOLD");
}

TEST_F(AccessKeysTest, ADamagedFileIsNamedAndNotReplaced) {
    ASSERT_TRUE(open());
    for (const char* content : {"", "{}", R"({"keys":[]})", R"({"keys":[1]})",
                                R"({"keys":[{"access_key_id":"AKIA","user_id":"a"}]})",
                                R"({"keys":[{"access_key_id":"AKIA"}],"keys":[]})",
                                R"({"keys":[{"access_key_id":"A","secret_access_key":"s",)"
                                R"("user_id":"a","role":"root"}]})"}) {
        std::ofstream(file()) << content;
        const auto keys = open();
        ASSERT_FALSE(keys) << content;
        EXPECT_EQ(keys.error().code, Errc::corrupt) << content;
        EXPECT_NE(keys.error().message.find(file().string()), std::string::npos);
    }
}

TEST_F(AccessKeysTest, AFileThatOthersCanReadIsRefused) {
    ASSERT_TRUE(open());
    fs::permissions(file(), fs::perms::others_read, fs::perm_options::add);
    const auto keys = open();
    ASSERT_FALSE(keys);
    EXPECT_EQ(keys.error().code, Errc::permission_denied);
}

}  // namespace
}  // namespace ingestor::identity
