#include <algorithm>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "async/testing/spawned_task.hpp"
#include "base/testing/temporary_directory.hpp"
#include "base/uuid.hpp"
#include "memory/manual_clock.hpp"
#include "queues/message_moves.hpp"
#include "queues/queue_messages.hpp"
#include "queues/queue_registry.hpp"
#include "sqlite/database.hpp"
#include "sqlite/sqlite_queue_store.hpp"

namespace ingestor::queues {
namespace {

using namespace std::chrono_literals;

const ports::Principal kOperator{.user_id = domain::UserId("local"), .is_operator = true};
const ports::Principal kUser{.user_id = domain::UserId("ada")};

class QueuesTest : public testing::Test {
protected:
    template <class Value>
    Value run(boost::asio::awaitable<Value> task) {
        async::testing::SpawnedTask<Value> spawned(io, std::move(task));
        while (!spawned.done()) {
            io.restart();
            io.run_one_for(50ms);
        }
        return spawned.get();
    }
    void make(const std::string& name, ports::QueueSettings settings = {}) {
        auto set = [settings](ports::QueueSettings& to) -> Result<std::monostate> {
            to = settings;
            return std::monostate{};
        };
        ASSERT_TRUE(run(registry.create(kOperator, name, set, {})));
    }
    void send(const std::string& queue, const std::string& body) {
        ASSERT_TRUE(run(messages.send(queue, {.id = uuid_v4(), .body = body})));
    }
    std::vector<ports::ReceivedMessage> receive(const std::string& queue, std::uint32_t most = 10) {
        return run(messages.receive(kOperator, queue, {.messages_max = most})).value();
    }
    std::vector<std::string> bodies(const std::string& queue) {
        std::vector<std::string> found;
        for (const auto& message : receive(queue)) found.push_back(message.body);
        std::ranges::sort(found);
        return found;
    }
    void expect_depth(const std::string& queue, std::uint64_t visible, std::uint64_t in_flight,
                      std::uint64_t delayed) {
        const auto depth = run(messages.depth(kOperator, queue)).value();
        EXPECT_EQ(depth.visible, visible);
        EXPECT_EQ(depth.in_flight, in_flight);
        EXPECT_EQ(depth.delayed, delayed);
    }
    static ports::QueueSettings with_dead_letters(std::uint32_t receives_max) {
        return {.redrive =
                    ports::RedrivePolicy{"arn:aws:sqs:us-east-1:000000000000:dead", receives_max}};
    }

    boost::asio::io_context io;
    TemporaryDirectory directory;
    memory::ManualClock clock;
    std::unique_ptr<sqlite::Database> database =
        std::move(sqlite::Database::open(directory.path(), clock)).value();
    async::SteadyClock monotonic;
    sqlite::SqliteQueueStore store{*database};
    QueueRegistry registry{io.get_executor(), store, clock, domain::Names{}};
    QueueMessages messages{io.get_executor(), {registry, store, clock, monotonic}};
    telemetry::Log log{telemetry::LogFormat::json, telemetry::LogLevel::error};
    MessageMoves moves{io.get_executor(), {registry, messages, store, clock, monotonic, log}};
};

TEST_F(QueuesTest, AMessageIsHiddenOnceReceivedAndComesAgainUnlessItIsDeleted) {
    make("q");
    send("q", "a");
    expect_depth("q", 1, 0, 0);
    const auto first = receive("q");
    ASSERT_EQ(first.size(), 1U);
    EXPECT_EQ(first[0].body, "a");
    EXPECT_EQ(first[0].receipt.receive_count, 1U);
    expect_depth("q", 0, 1, 0);
    EXPECT_TRUE(receive("q").empty());
    clock.advance(30s);
    const auto second = receive("q");
    ASSERT_EQ(second.size(), 1U);
    EXPECT_EQ(second[0].receipt.receive_count, 2U);
    EXPECT_EQ(second[0].first_received_at, first[0].first_received_at);
    // The receipt of the first time is void.
    ASSERT_TRUE(run(messages.remove(kOperator, "q", {first[0].receipt})));
    expect_depth("q", 0, 1, 0);
    ASSERT_TRUE(run(messages.remove(kOperator, "q", {second[0].receipt})));
    expect_depth("q", 0, 0, 0);
    clock.advance(1h);
    EXPECT_TRUE(receive("q").empty());
}

TEST_F(QueuesTest, VisibilityIsChangedForAsLongAsTheMessageIsInFlight) {
    make("q");
    send("q", "a");
    const auto receipt = receive("q")[0].receipt;
    EXPECT_EQ(run(messages.change_visibility(kOperator, "q", receipt, 1h)), true);
    clock.advance(59min);
    EXPECT_TRUE(receive("q").empty());
    EXPECT_EQ(run(messages.change_visibility(kOperator, "q", receipt, 0s)), true);
    EXPECT_EQ(run(messages.change_visibility(kOperator, "q", receipt, 1s)), false);
    EXPECT_EQ(receive("q").size(), 1U);
    EXPECT_EQ(run(messages.change_visibility(kOperator, "q", receipt, 1s)), false);
}

TEST_F(QueuesTest, MessagesAreDelayedAndExpire) {
    make("q", {.delay = 10s, .retention = 60s});
    send("q", "a");
    expect_depth("q", 0, 0, 1);
    EXPECT_TRUE(receive("q").empty());
    clock.advance(10s);
    EXPECT_EQ(receive("q").size(), 1U);
    clock.advance(51s);
    EXPECT_TRUE(receive("q").empty());
    expect_depth("q", 0, 0, 0);
}

TEST_F(QueuesTest, WhatIsReceivedTooOftenGoesToTheDeadLetterQueue) {
    make("dead");
    make("q", with_dead_letters(2));
    send("q", "a");
    for (int n = 0; n < 2; ++n) {
        EXPECT_EQ(receive("q").size(), 1U);
        clock.advance(30s);
    }
    EXPECT_TRUE(receive("q").empty());
    expect_depth("q", 0, 0, 0);
    const auto dead = receive("dead");
    ASSERT_EQ(dead.size(), 1U);
    EXPECT_EQ(dead[0].body, "a");
    EXPECT_EQ(dead[0].source, "q");
    EXPECT_EQ(registry.sources_of("dead"), std::vector<std::string>{"q"});
}

TEST_F(QueuesTest, DeadLettersAreMovedBackToWhereTheyCameFrom) {
    make("dead");
    make("q", with_dead_letters(1));
    make("other");
    for (int n = 0; n < 250; ++n) send("q", fmt::format("{}", n));
    while (!receive("q").empty()) {
    }
    clock.advance(30s);
    while (run(messages.depth(kOperator, "q"))->visible > 0) EXPECT_TRUE(receive("q").empty());
    expect_depth("dead", 250, 0, 0);
    const auto handle = run(moves.start(kOperator, "dead", "", std::nullopt));
    ASSERT_TRUE(handle);
    while (moves.list(kOperator, "dead")->at(0).status == MoveStatus::running) {
        io.restart();
        io.run_one_for(50ms);
    }
    const auto moved = moves.list(kOperator, "dead")->at(0);
    EXPECT_EQ(moved.status, MoveStatus::completed);
    EXPECT_EQ(moved.moved, 250U);
    expect_depth("q", 250, 0, 0);
    EXPECT_EQ(receive("q", 1)[0].receipt.receive_count, 1U);
    EXPECT_EQ(run(moves.start(kOperator, "other", "", std::nullopt)).error().code,
              Errc::invalid_argument);
    EXPECT_TRUE(run(moves.start(kOperator, "other", "q", std::nullopt)));
}

TEST_F(QueuesTest, AReceiverWaitsForTheFirstMessage) {
    make("q");
    async::testing::SpawnedTask<Result<std::vector<ports::ReceivedMessage>>> waiting(
        io, messages.receive(kOperator, "q", {.wait = 20s}));
    io.restart();
    io.run_for(50ms);
    ASSERT_FALSE(waiting.done());
    send("q", "a");
    while (!waiting.done()) {
        io.restart();
        io.run_one_for(50ms);
    }
    EXPECT_EQ(waiting.get()->at(0).body, "a");
}

TEST_F(QueuesTest, WhoWaitsWhenTheServiceEndsGoesWithNothing) {
    make("q", {.receive_wait = 20s});
    async::testing::SpawnedTask<Result<std::vector<ports::ReceivedMessage>>> waiting(
        io, messages.receive(kOperator, "q", {}));
    io.restart();
    io.run_for(50ms);
    ASSERT_FALSE(waiting.done());
    messages.stop();
    while (!waiting.done()) {
        io.restart();
        io.run_one_for(50ms);
    }
    EXPECT_TRUE(waiting.get()->empty());
}

TEST_F(QueuesTest, AQueueIsMadeOnceAndOutlivesTheProcess) {
    make("q", {.delay = 5s});
    make("q", {.delay = 5s});
    auto other = [](ports::QueueSettings& to) -> Result<std::monostate> {
        to.delay = 6s;
        return std::monostate{};
    };
    EXPECT_EQ(run(registry.create(kOperator, "q", other, {})).error().code, Errc::conflict);
    ASSERT_TRUE(run(registry.change_tags(kOperator, "q", {{"a", "1"}, {"b", "2"}}, {"b"})));
    send("q", "a");
    QueueRegistry fresh(io.get_executor(), store, clock, domain::Names{});
    ASSERT_TRUE(run(fresh.open()));
    const auto* record = fresh.find("q");
    ASSERT_NE(record, nullptr);
    EXPECT_EQ(*record, *registry.find("q"));
    EXPECT_EQ(record->tags, (std::map<std::string, std::string>{{"a", "1"}}));
    ASSERT_TRUE(run(registry.remove(kOperator, "q")));
    make("q", {.delay = 6s});
    expect_depth("q", 0, 0, 0);
}

TEST_F(QueuesTest, AQueueHoldsNoMoreThanItsLimits) {
    make("q", {.message_bytes_max = 1'024});
    EXPECT_TRUE(run(messages.send("q", {.id = "1", .body = std::string(1'024, 'x')})));
    EXPECT_EQ(run(messages.send("q", {.id = "2", .body = std::string(1'025, 'x')})).error().code,
              Errc::invalid_argument);
    const std::string large(std::size_t{1} << 20, 'x');
    make("full");
    for (std::uint64_t bytes = 0; bytes < ports::kQueueBytesMax; bytes += 8 * large.size()) {
        std::vector<ports::OutgoingMessage> eight(8, {.id = "m", .body = large});
        ASSERT_TRUE(run(messages.send_all(kOperator, "full", std::move(eight))));
    }
    EXPECT_EQ(run(messages.send("full", {.id = "m", .body = "x"})).error().code, Errc::too_large);
    ASSERT_TRUE(run(messages.purge(kOperator, "full")));
    EXPECT_TRUE(run(messages.send("full", {.id = "m", .body = "x"})));
}

TEST_F(QueuesTest, AllIsForOperatorsAndOfQueuesThatThereAre) {
    make("q");
    const auto denied = Errc::permission_denied;
    EXPECT_EQ(run(registry.create(kUser, "r", {}, {})).error().code, denied);
    EXPECT_EQ(run(registry.remove(kUser, "q")).error().code, denied);
    EXPECT_EQ(registry.queue(kUser, "q").error().code, denied);
    EXPECT_EQ(registry.queues(kUser).error().code, denied);
    EXPECT_EQ(run(registry.change(kUser, "q", {})).error().code, denied);
    EXPECT_EQ(run(registry.change_tags(kUser, "q", {}, {})).error().code, denied);
    EXPECT_EQ(run(messages.send_all(kUser, "q", {})).error().code, denied);
    EXPECT_EQ(run(messages.receive(kUser, "q", {})).error().code, denied);
    EXPECT_EQ(run(messages.remove(kUser, "q", {})).error().code, denied);
    EXPECT_EQ(run(messages.change_visibility(kUser, "q", {}, 1s)).error().code, denied);
    EXPECT_EQ(run(messages.purge(kUser, "q")).error().code, denied);
    EXPECT_EQ(run(messages.depth(kUser, "q")).error().code, denied);
    EXPECT_EQ(run(moves.start(kUser, "q", "", std::nullopt)).error().code, denied);
    EXPECT_EQ(moves.list(kUser, "q").error().code, denied);
    EXPECT_EQ(moves.cancel(kUser, "h").error().code, denied);
    EXPECT_EQ(run(messages.send("none", {.id = "1", .body = "a"})).error().code, Errc::not_found);
    EXPECT_EQ(run(messages.receive(kOperator, "none", {})).error().code, Errc::not_found);
    EXPECT_EQ(run(registry.remove(kOperator, "none")).error().code, Errc::not_found);
}

}  // namespace
}  // namespace ingestor::queues
