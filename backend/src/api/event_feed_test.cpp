#include "api/event_feed.hpp"

#include <algorithm>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ingestor::api {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using testing::ElementsAre;

constexpr auto kTestTimeout = 20s;

/// A number that changes; it ends at kLast.
class NumberFeed final : public EventFeed {
public:
    static constexpr int kLast = 1000;

    explicit NumberFeed(asio::any_io_executor executor, Options options = {})
        : EventFeed(executor, options), change_(executor) {}

    /// So many reads from now on fail.
    void fail_reads(int count) { failing_ = count; }

    void set(int number) {
        number_ = number;
        pending_ = true;
        change_.notify();
    }
    [[nodiscard]] int reads() const { return reads_; }
    using EventFeed::publish;

private:
    asio::awaitable<Change> wait_for_change(Deadline latest) override {
        while (!pending_ && std::chrono::steady_clock::now() < latest) {
            co_await change_.wait(latest);
        }
        co_return std::exchange(pending_, false) ? Change::changed : Change::none;
    }
    asio::awaitable<bool> read() override {
        ++reads_;
        if (failing_ > 0 && failing_-- > 0) co_return false;
        read_ = number_;
        publish("changed to " + std::to_string(read_));
        if (read_ == kLast) end();
        co_return true;
    }
    [[nodiscard]] std::string snapshot() const override { return "is " + std::to_string(read_); }

    async::Notifier change_;
    int number_ = 0;
    int read_ = 0;
    int reads_ = 0;
    int failing_ = 0;
    bool pending_ = false;
};

asio::awaitable<void> follow(NumberFeed& feed, std::vector<EventFeed::Text>& into) {
    EventFeed::Reader reader(feed);
    const auto latest = std::chrono::steady_clock::now() + kTestTimeout;
    while (std::chrono::steady_clock::now() < latest) {
        co_await reader.wait(latest);
        const auto events = reader.take();
        if (events.empty()) co_return;
        into.insert(into.end(), events.begin(), events.end());
    }
}

class EventFeedTest : public testing::Test {
protected:
    void spawn(std::vector<EventFeed::Text>& into) {
        auto rethrow = [](const std::exception_ptr& error) {
            if (error) std::rethrow_exception(error);
        };
        asio::co_spawn(io_, follow(*feed_, into), std::move(rethrow));
    }

    asio::io_context io_;
    std::shared_ptr<NumberFeed> feed_ = std::make_shared<NumberFeed>(io_.get_executor());
};

TEST_F(EventFeedTest, HoweverManyWatchAChangeIsReadAndWrittenOnce) {
    std::vector<std::vector<EventFeed::Text>> seen(500);
    for (auto& into : seen) spawn(into);
    for (int number = 1; number <= NumberFeed::kLast; ++number) {
        asio::post(io_, [this, number] { feed_->set(number); });
    }
    io_.run();
    EXPECT_LE(feed_->reads(), 3);
    for (const auto& events : seen) {
        ASSERT_FALSE(events.empty());
        EXPECT_TRUE(events.back()->ends_with(" 1000"));
        EXPECT_EQ(events.back(), seen.front().back()) << "one text for all";
    }
}

TEST_F(EventFeedTest, WhoFallsBehindIsGivenTheStateAndNotAllThatCame) {
    EventFeed::Reader reader(*feed_);
    const auto texts = [&reader] {
        std::vector<std::string> out;
        for (const auto& text : reader.take()) out.push_back(*text);
        return out;
    };
    feed_->publish("a");
    EXPECT_THAT(texts(), ElementsAre("is 0")) << "a new reader";
    feed_->publish("b");
    feed_->publish("c");
    EXPECT_THAT(texts(), ElementsAre("b", "c"));
    for (std::size_t i = 0; i < EventFeed::kKeptEventsMax; ++i) feed_->publish("d");
    EXPECT_EQ(texts().size(), EventFeed::kKeptEventsMax);
    for (std::size_t i = 0; i <= EventFeed::kKeptEventsMax; ++i) feed_->publish("e");
    EXPECT_THAT(texts(), ElementsAre("is 0"));
    feed_->publish("f");
    feed_->publish(std::string(EventFeed::kKeptBytesMax, 'x'));
    EXPECT_THAT(texts(), ElementsAre("is 0")) << "too much to keep both";
}

TEST_F(EventFeedTest, WhatCannotBeReadIsTriedAgainAndComesOnce) {
    feed_ = std::make_shared<NumberFeed>(io_.get_executor(),
                                         EventFeed::Options{.pace = 1ms, .retry_max = 4ms});
    feed_->fail_reads(5);
    std::vector<EventFeed::Text> seen;
    spawn(seen);
    feed_->set(NumberFeed::kLast);
    io_.run();
    EXPECT_EQ(feed_->reads(), 6);
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_EQ(*seen.front(), "is 1000");
}

TEST_F(EventFeedTest, WhatCannotBeReadForLongEndsTheFeedWithAnEventThatSaysSo) {
    constexpr auto kFailing = 1'000'000;
    feed_ = std::make_shared<NumberFeed>(
        io_.get_executor(),
        EventFeed::Options{.pace = 1ms, .retry_max = 4ms, .unreadable_max = 50ms});
    feed_->fail_reads(kFailing);
    std::vector<std::vector<EventFeed::Text>> seen(20);
    for (auto& into : seen) spawn(into);
    feed_->set(1);
    io_.run();
    EXPECT_TRUE(feed_->ended());
    // Less and less often: at most 1 + 2 + 4 + 4 + … ms.
    EXPECT_LE(feed_->reads(), 16);
    for (const auto& events : seen) {
        ASSERT_EQ(events.size(), 1U);
        EXPECT_EQ(*events.front(), EventFeed::kUnavailable);
    }
}

TEST_F(EventFeedTest, WhoHasSeenTheStateIsToldToo) {
    feed_ = std::make_shared<NumberFeed>(
        io_.get_executor(),
        EventFeed::Options{.pace = 1ms, .retry_max = 4ms, .unreadable_max = 20ms});
    feed_->publish("changed to 0");
    std::vector<EventFeed::Text> seen;
    spawn(seen);
    asio::post(io_, [this] {
        feed_->fail_reads(1'000'000);
        feed_->set(1);
    });
    io_.run();
    ASSERT_EQ(seen.size(), 2U);
    EXPECT_EQ(*seen[0], "is 0");
    EXPECT_EQ(*seen[1], EventFeed::kUnavailable);
}

TEST_F(EventFeedTest, WhenTheReaderThatWaitsForAllGoesAnotherGoesOn) {
    asio::cancellation_signal cancel;
    std::vector<EventFeed::Text> first;
    std::vector<EventFeed::Text> second;
    auto ended = [this](const std::exception_ptr& error) {
        EXPECT_TRUE(error) << "it was cancelled";
        feed_->set(NumberFeed::kLast);
    };
    asio::co_spawn(io_, follow(*feed_, first),
                   asio::bind_cancellation_slot(cancel.slot(), std::move(ended)));
    spawn(second);
    asio::post(io_, [this, &cancel] {
        asio::post(io_, [&cancel] { cancel.emit(asio::cancellation_type::terminal); });
    });
    io_.run();
    EXPECT_TRUE(first.empty());
    ASSERT_EQ(second.size(), 1U);
    EXPECT_EQ(*second.front(), "is 1000");
}

}  // namespace
}  // namespace ingestor::api
