#include "jobs/fair_slots.hpp"

#include <map>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace ingestor::jobs {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// Queues up for slots and notes who was served, one at a time.
struct Line {
    explicit Line(std::size_t slots, std::size_t reserve = 0)
        : fair(io.get_executor(), slots, reserve, [this] { return now; }) {}

    asio::awaitable<void> one(std::string user, std::string job, std::stop_token stop) {
        const auto slot = co_await fair.acquire(domain::UserId(user), domain::JobId(job), stop);
        served.push_back(slot ? user + "/" + job : "stopped");
    }
    void add(const std::string& user, const std::string& job, std::stop_token stop = {}) {
        auto rethrow = [](std::exception_ptr error) {
            if (error) std::rethrow_exception(error);
        };
        asio::co_spawn(io, one(user, job, std::move(stop)), rethrow);
    }
    /// Holds a slot until it is taken out of `held`, by the user's name and in order.
    asio::awaitable<void> hold(std::string user) {
        auto slot = co_await fair.acquire(domain::UserId(user), domain::JobId("job"), {});
        held.emplace(user, std::move(*slot));
    }
    void take(const std::string& user, int times = 1) {
        for (; times > 0; --times) asio::co_spawn(io, hold(user), [](const std::exception_ptr&) {});
        run();
    }
    /// Ends one of the user's turns.
    void end(const std::string& user) {
        held.erase(held.find(user));
        run();
    }
    void run() {
        io.restart();
        io.poll();
    }

    asio::io_context io;
    Deadline now{};
    FairSlots fair;
    std::multimap<std::string, FairSlots::Slot> held;
    std::vector<std::string> served;
};

TEST(FairSlots, GoRoundUsersThenJobs) {
    Line line(1);
    auto holder = std::optional<FairSlots::Slot>();
    auto hold = [&]() -> asio::awaitable<void> {
        auto slot = co_await line.fair.acquire(domain::UserId("x"), domain::JobId("x"), {});
        holder.emplace(std::move(*slot));
    };
    asio::co_spawn(line.io, hold(), [](std::exception_ptr) {});
    line.run();
    for (int n = 0; n < 3; ++n) line.add("ann", "big");
    line.add("ann", "small");
    line.add("bob", "only");
    line.run();
    EXPECT_TRUE(line.served.empty());
    EXPECT_EQ(line.fair.waiting(), 5U);

    holder.reset();
    line.run();
    EXPECT_EQ(line.served,
              (std::vector<std::string>{"ann/big", "bob/only", "ann/small", "ann/big", "ann/big"}));
    EXPECT_EQ(line.fair.idle(), 1U);
    EXPECT_EQ(line.fair.waiting(), 0U);
}

TEST(FairSlots, AStoppedWaiterLeavesTheLine) {
    Line line(0);
    std::stop_source stop;
    line.add("ann", "a", stop.get_token());
    line.add("ann", "a");
    line.run();
    EXPECT_EQ(line.fair.waiting(), 2U);
    stop.request_stop();
    line.run();
    EXPECT_EQ(line.served, std::vector<std::string>{"stopped"});
    EXPECT_EQ(line.fair.waiting(), 1U);
}

TEST(FairSlots, TheReserveIsForWhoHoldsNone) {
    Line line(2, 1);
    line.take("ann", 4);
    EXPECT_EQ(line.held.count("ann"), 2U);
    // At once, although ann's documents take as long as they like.
    line.take("bob", 2);
    EXPECT_EQ(line.held.count("bob"), 1U);
    EXPECT_EQ(line.fair.waiting(), 3U);

    // The reserve is used up, and bob is as good as anyone.
    line.end("ann");
    EXPECT_EQ(line.held.size(), 2U);
    line.now += 1s;
    line.end("ann");
    EXPECT_EQ(line.held.size(), 2U);
    line.take("cid");
    EXPECT_EQ(line.held.count("cid"), 1U);
}

TEST(FairSlots, WhoHasHadLessTimeIsNext) {
    Line line(1);
    line.take("ann", 3);
    line.take("bob", 30);
    std::map<std::string, std::chrono::seconds> time;
    // Ann's documents take twenty times as long as bob's.
    for (int turn = 0; turn < 25; ++turn) {
        ASSERT_EQ(line.held.size(), 1U);
        const auto user = line.held.begin()->first;
        const auto took = user == "ann" ? 20s : 1s;
        line.now += took;
        time[user] += took;
        line.end(user);
    }
    EXPECT_EQ(time["ann"], 40s);
    EXPECT_EQ(time["bob"], 23s);
}

TEST(FairSlots, ATurnThatRunsCountsBeforeItEnds) {
    Line line(3);
    line.take("ann");
    line.take("bob");
    line.take("bob");
    line.now += 100s;
    line.take("bob");
    line.take("ann");
    // Both wait, bob for longer; he holds two slots to ann's one.
    line.end("bob");
    EXPECT_EQ(line.held.count("ann"), 2U);
}

TEST(FairSlots, WhatWasUsedLongAgoIsForgotten) {
    Line line(1);
    line.take("ann");
    line.now += 3600s;
    line.end("ann");
    line.now += 20 * FairSlots::kHalfLife;
    line.take("bob");
    line.now += 1s;
    line.take("bob");
    line.take("ann");
    line.end("bob");
    EXPECT_EQ(line.held.count("ann"), 1U);
}

TEST(FairSlots, ManyUsersWhoCameAndWentDoNotStopNewOnes) {
    Line line(1);
    for (std::size_t n = 0; n < 3 * FairSlots::kUsersKept; ++n) {
        line.take("user " + std::to_string(n));
        line.now += 1s;
        line.end("user " + std::to_string(n));
    }
    EXPECT_EQ(line.fair.idle(), 1U);
}

}  // namespace
}  // namespace ingestor::jobs
