#include "jobs/fair_slots.hpp"

#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace ingestor {
namespace {

namespace asio = boost::asio;

/// Queues up for slots and notes who was served, one at a time.
struct Line {
    explicit Line(std::size_t slots) : fair(io.get_executor(), slots) {}

    asio::awaitable<void> one(std::string user, std::string job, std::stop_token stop) {
        const auto slot = co_await fair.acquire(UserId(user), JobId(job), stop);
        served.push_back(slot ? user + "/" + job : "stopped");
    }
    void add(const std::string& user, const std::string& job, std::stop_token stop = {}) {
        auto rethrow = [](std::exception_ptr error) {
            if (error) std::rethrow_exception(error);
        };
        asio::co_spawn(io, one(user, job, std::move(stop)), rethrow);
    }
    void run() {
        io.restart();
        io.poll();
    }

    asio::io_context io;
    FairSlots fair;
    std::vector<std::string> served;
};

TEST(FairSlots, GoRoundUsersThenJobs) {
    Line line(1);
    auto holder = std::optional<FairSlots::Slot>();
    auto hold = [&]() -> asio::awaitable<void> {
        auto slot = co_await line.fair.acquire(UserId("x"), JobId("x"), {});
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

}  // namespace
}  // namespace ingestor
