#include "aws/credentials_chain.hpp"

#include <deque>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>

#include "aws/testing/aws_fixture.hpp"

namespace ingestor::aws {

namespace {

using namespace std::chrono_literals;

/// Gives what a test has lined up, and counts.
class ScriptedSource final : public CredentialsSource {
public:
    boost::asio::awaitable<Result<Found>> fetch() override {
        ++fetches;
        co_await boost::asio::post(boost::asio::use_awaitable);
        if (answers.empty()) co_return Absent{"nothing is lined up"};
        auto answer = std::move(answers.front());
        answers.pop_front();
        co_return answer;
    }
    std::deque<Result<Found>> answers;
    int fetches = 0;
};

class CredentialsChainTest : public ::testing::Test {
protected:
    CredentialsChainTest() {
        std::vector<std::unique_ptr<CredentialsSource>> sources;
        for (auto** place : {&first_, &second_}) {
            auto source = std::make_unique<ScriptedSource>();
            *place = source.get();
            sources.push_back(std::move(source));
        }
        chain_.emplace(io_.get_executor(), std::move(sources), clock_, log_);
    }
    CredentialsSource::Found keys(const std::string& id, std::chrono::minutes good_for) {
        return ExpiringCredentials{.keys = {id, "secret"}, .expires_at = clock_.now() + good_for};
    }
    static CredentialsSource::Found lasting(const std::string& id) {
        return ExpiringCredentials{.keys = {id, "secret"}};
    }
    std::string get() {
        const auto keys = async::testing::run_to_end(io_, chain_->get());
        return keys ? keys->access_key_id : keys.error().message;
    }

    boost::asio::io_context io_;
    memory::ManualClock clock_;
    telemetry::Log log_{telemetry::LogFormat::json, telemetry::LogLevel::error, 2};
    ScriptedSource* first_ = nullptr;
    ScriptedSource* second_ = nullptr;
    std::optional<CredentialsChain> chain_;
};

TEST_F(CredentialsChainTest, TakesTheFirstSourceThatHasKeysAndStaysWithIt) {
    second_->answers = {keys("one", 60min)};
    EXPECT_EQ(get(), "one");
    clock_.advance(61min);
    second_->answers = {keys("two", 60min)};
    first_->answers = {keys("other", 60min)};
    EXPECT_EQ(get(), "two");
    EXPECT_EQ(first_->fetches, 1);
}

TEST_F(CredentialsChainTest, SaysWhereItHasLooked) {
    EXPECT_EQ(get(), "there are no AWS credentials: nothing is lined up; nothing is lined up");
    EXPECT_EQ(async::testing::run_to_end(io_, chain_->get()).error().code, Errc::unauthenticated);
}

TEST_F(CredentialsChainTest, ASourceThatFailsIsNotPassedOver) {
    first_->answers = {fail(Errc::invalid_argument, "half of a key")};
    second_->answers = {lasting("other")};
    EXPECT_EQ(get(), "half of a key");
}

TEST_F(CredentialsChainTest, KeysThatDoNotExpireAreFetchedOnce) {
    first_->answers = {lasting("one")};
    EXPECT_EQ(get(), "one");
    clock_.advance(std::chrono::hours(10'000));
    EXPECT_EQ(get(), "one");
    EXPECT_EQ(first_->fetches, 1);
}

TEST_F(CredentialsChainTest, ManyWhoAskAtOnceShareOneFetch) {
    first_->answers = {keys("one", 60min)};
    std::vector<async::testing::SpawnedTask<Result<sigv4::Credentials>>> tasks;
    tasks.reserve(20);
    for (int i = 0; i < 20; ++i) tasks.emplace_back(io_, chain_->get());
    io_.run();
    for (auto& task : tasks) EXPECT_EQ(task.get().value().access_key_id, "one");
    EXPECT_EQ(first_->fetches, 1);
}

TEST_F(CredentialsChainTest, AgeingKeysAreRenewedBehindTheBack) {
    first_->answers = {keys("one", 60min)};
    EXPECT_EQ(get(), "one");
    clock_.advance(46min);
    first_->answers = {keys("two", 60min)};
    EXPECT_EQ(get(), "one");
    EXPECT_EQ(get(), "two");
    EXPECT_EQ(first_->fetches, 2);
}

TEST_F(CredentialsChainTest, OldKeysAreRenewedBeforeTheyAreUsed) {
    first_->answers = {keys("one", 60min)};
    EXPECT_EQ(get(), "one");
    clock_.advance(51min);
    first_->answers = {keys("two", 60min)};
    EXPECT_EQ(get(), "two");
}

TEST_F(CredentialsChainTest, KeysLastThroughRenewalsThatFail) {
    first_->answers = {keys("one", 60min)};
    EXPECT_EQ(get(), "one");
    clock_.advance(51min);
    first_->answers = {fail(Errc::unavailable, "no answer")};
    EXPECT_EQ(get(), "one");
    // The next try is a while later, or every request would wait for it.
    EXPECT_EQ(get(), "one");
    EXPECT_EQ(first_->fetches, 2);
    clock_.advance(CredentialsChain::kRetryInterval);
    first_->answers = {fail(Errc::unavailable, "still no answer")};
    EXPECT_EQ(get(), "one");
    EXPECT_EQ(first_->fetches, 3);
    clock_.advance(9min);
    first_->answers = {fail(Errc::unavailable, "and none again")};
    EXPECT_EQ(get(), "and none again");
}

TEST_F(CredentialsChainTest, LastDoesNotFetch) {
    EXPECT_EQ(chain_->last(), std::nullopt);
    first_->answers = {keys("one", 60min)};
    EXPECT_EQ(get(), "one");
    EXPECT_EQ(chain_->last().value().access_key_id, "one");
    clock_.advance(61min);
    EXPECT_EQ(chain_->last(), std::nullopt);
    EXPECT_EQ(first_->fetches, 1);
}

}  // namespace
}  // namespace ingestor::aws
