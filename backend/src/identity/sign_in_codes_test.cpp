#include "identity/sign_in_codes.hpp"

#include <set>

#include <gtest/gtest.h>

#include "identity/testing/testing.hpp"

namespace ingestor::identity {
namespace {

using namespace std::chrono_literals;
using testing::HandClock;

std::string message_of(const Result<std::string>& outcome) {
    return outcome ? "accepted" : outcome.error().message;
}

TEST(SignInCodes, ACodeSignsInItsUserOnce) {
    const HandClock clock;
    SignInCodes codes(clock);
    const auto code = codes.create("ann");
    ASSERT_TRUE(code);
    EXPECT_EQ(code->size(), 32U);
    const auto user = codes.exchange(*code);
    ASSERT_TRUE(user);
    EXPECT_EQ(*user, "ann");
    const auto again = codes.exchange(*code);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, Errc::unauthenticated);
    EXPECT_NE(again.error().message.find("already used"), std::string::npos);
}

TEST(SignInCodes, ACodeLivesFifteenMinutes) {
    HandClock clock;
    SignInCodes codes(clock);
    const auto early = codes.create("ann");
    const auto late = codes.create("ann");
    clock.advance(15min - 1ms);
    EXPECT_TRUE(codes.exchange(*early));
    clock.advance(1ms);
    EXPECT_NE(message_of(codes.exchange(*late)).find("expired"), std::string::npos);
}

TEST(SignInCodes, UnknownCodesAreCalledUnknown) {
    const HandClock clock;
    SignInCodes codes(clock);
    EXPECT_NE(message_of(codes.exchange("guess")).find("not known"), std::string::npos);
    EXPECT_NE(message_of(codes.exchange("")).find("not known"), std::string::npos);
}

TEST(SignInCodes, CodesDifferAndDoNotDisturbOneAnother) {
    const HandClock clock;
    SignInCodes codes(clock);
    std::set<std::string> all;
    for (int i = 0; i < 100; ++i) all.insert(*codes.create("user" + std::to_string(i)));
    EXPECT_EQ(all.size(), 100U);
    std::set<std::string> users;
    for (const auto& code : all) users.insert(*codes.exchange(code));
    EXPECT_EQ(users.size(), 100U);
}

TEST(SignInCodes, OnlySoManyAreKept) {
    HandClock clock;
    SignInCodes codes(clock);
    const auto oldest = codes.create("ann");
    clock.advance(1ms);
    std::string newest;
    for (std::size_t i = 0; i < SignInCodes::kCodesMax; ++i) newest = *codes.create("ann");
    EXPECT_NE(message_of(codes.exchange(*oldest)).find("not known"), std::string::npos);
    EXPECT_TRUE(codes.exchange(newest));
}

TEST(SignInCodes, EndedCodesAreForgottenAfterADay) {
    HandClock clock;
    SignInCodes codes(clock);
    const auto code = codes.create("ann");
    clock.advance(24h + 15min);
    ASSERT_TRUE(codes.create("bob"));
    EXPECT_NE(message_of(codes.exchange(*code)).find("not known"), std::string::npos);
}

TEST(SignInCodes, AUserMustBeSomebody) {
    const HandClock clock;
    SignInCodes codes(clock);
    EXPECT_FALSE(codes.create(""));
}

}  // namespace
}  // namespace ingestor::identity
