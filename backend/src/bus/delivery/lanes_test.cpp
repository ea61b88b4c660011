#include "bus/delivery/lanes.hpp"

#include <map>
#include <memory>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "async/testing/spawned_task.hpp"
#include "bus/rules/rule_table.hpp"
#include "bus/targets/target_places.hpp"
#include "memory/in_memory_event_log.hpp"
#include "memory/manual_clock.hpp"

namespace ingestor::bus::delivery {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

/// Targets that answer at once, but for one, which does not before it is told to.
class SlowOne final : public targets::TargetWithPlaces {
public:
    SlowOne(asio::io_context& io, std::string slow)
        : TargetWithPlaces(8), slow_(std::move(slow)), gate(io) {
        gate.expires_at(asio::steady_timer::time_point::max());
    }
    asio::awaitable<targets::Outcome> invoke(targets::Invocation invocation) override {
        if (invocation.target_arn == slow_) {
            boost::system::error_code ignored;
            co_await gate.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        }
        ++delivered[invocation.target_arn];
        co_return targets::Outcome();
    }

private:
    std::string slow_;

public:
    asio::steady_timer gate;
    std::map<std::string, int> delivered;
};

class LanesTest : public testing::Test {
protected:
    static constexpr auto kFunction = "arn:aws:lambda:us-east-1:000000000000:function:f";
    static constexpr auto kBus = "arn:aws:events:us-east-1:000000000000:event-bus/b";
    static constexpr auto kOther = "arn:aws:events:us-east-1:000000000000:event-bus/c";

    /// Each event goes to all three.
    void make(const std::string& slow) {
        ports::Rule rule{.bus = "bus", .name = "r", .event_pattern = R"({"source":["s"]})"};
        rule.targets = {
            {.id = "f", .arn = kFunction}, {.id = "b", .arn = kBus}, {.id = "c", .arn = kOther}};
        ASSERT_TRUE(table.put(std::move(rule)));
        target.emplace(io, slow);
        target_set.add(targets::TargetKind::function, *target);
        target_set.add(targets::TargetKind::bus, *target);
        lanes = std::make_unique<Lanes>(
            io.get_executor(),
            Dispatcher::Dependencies{
                event_log, table, target_set, clock, monotonic, log, metrics, delivery_log, {}},
            Dispatcher::Options{.in_flight_max = 16, .window_max = 64, .jitter_seed = 1});
    }
    template <class Value>
    Value run(asio::awaitable<Value> task) {
        async::testing::SpawnedTask<Value> spawned(io, std::move(task));
        while (!spawned.done()) {
            io.restart();
            io.run_one_for(50ms);
        }
        return spawned.get();
    }
    void settle() {
        io.restart();
        while (io.poll() > 0) io.restart();
    }
    void publish(int count, const std::string& user) {
        std::vector<eventbridge::Event> events;
        for (int n = 0; n < count; ++n) {
            events.push_back({.bus = "bus",
                              .fairness_group = user,
                              .id = fmt::format("{}{}", user, n),
                              .source = "s",
                              .detail = "{}"});
        }
        EXPECT_TRUE(run(event_log.append(std::move(events))));
        settle();
    }
    void open_gate() {
        target->gate.cancel();
        target->gate.expires_at(asio::steady_timer::time_point::min());
        settle();
    }
    void expect_all_delivered(int count) {
        EXPECT_EQ(target->delivered,
                  (std::map<std::string, int>{{kFunction, count}, {kBus, count}, {kOther, count}}));
        EXPECT_EQ(run(event_log.depth()).value(), 0U);
    }
    void TearDown() override {
        open_gate();
        EXPECT_TRUE(run(lanes->stop(std::chrono::steady_clock::now() + 10s)));
    }

    asio::io_context io;
    memory::ManualClock clock;
    DeliveryLog delivery_log;
    async::SteadyClock monotonic;
    rules::RuleTable table;
    std::unique_ptr<Lanes> lanes;
    memory::InMemoryEventLog event_log{table, clock, [this](std::vector<ports::Delivery> fresh) {
                                           if (lanes) lanes->accept(std::move(fresh));
                                       }};
    std::optional<SlowOne> target;
    targets::TargetSet target_set;
    telemetry::Log log{telemetry::LogFormat::json, telemetry::LogLevel::error};
    telemetry::Metrics metrics;
};

TEST_F(LanesTest, ATargetThatDoesNotAnswerHoldsNothingElseUp) {
    make(kBus);
    lanes->start();
    publish(300, "ann");
    publish(5, "bob");
    EXPECT_EQ(target->delivered[kFunction], 305);
    EXPECT_EQ(target->delivered[kOther], 305);
    EXPECT_EQ(target->delivered[kBus], 0);
    open_gate();
    expect_all_delivered(305);
}

TEST_F(LanesTest, RunningFunctionsHoldNoOtherTargetUp) {
    make(kFunction);
    lanes->start();
    publish(300, "ann");
    EXPECT_EQ(target->delivered[kFunction], 0);
    EXPECT_EQ(target->delivered[kBus], 300);
    EXPECT_EQ(target->delivered[kOther], 300);
    open_gate();
    expect_all_delivered(300);
}

TEST_F(LanesTest, EachLaneFindsItsOwnInTheLog) {
    make("none");
    for (int user = 0; user < 300; ++user) publish(2, fmt::format("u{:03}", user));
    lanes->start();
    settle();
    expect_all_delivered(600);
}

}  // namespace
}  // namespace ingestor::bus::delivery
