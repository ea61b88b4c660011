#include "sqlite/sqlite_queue_store.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "memory/manual_clock.hpp"
#include "sqlite/testing/test_database.hpp"

namespace ingestor::sqlite {
namespace {

using namespace std::chrono_literals;
using testing::run;

class SqliteQueueStoreTest : public ::testing::Test {
protected:
    void put(const std::string& name, std::chrono::seconds retention = 96h) {
        ports::QueueRecord queue;
        queue.name = name;
        queue.settings.retention = retention;
        ASSERT_TRUE(run(io_, store_.put_queue(std::move(queue))));
    }
    void send(const std::string& name, int count) {
        std::vector<ports::OutgoingMessage> messages;
        for (int i = 0; i < count; ++i) {
            messages.push_back({.id = fmt::format("{}", i), .body = "body"});
        }
        ASSERT_TRUE(run(io_, store_.send(name, std::move(messages), clock_.now())));
    }
    std::uint64_t visible(const std::string& name) {
        return run(io_, store_.depth(name, clock_.now())).value().visible;
    }

    TemporaryDirectory directory_;
    boost::asio::io_context io_;
    memory::ManualClock clock_;
    std::unique_ptr<Database> database_ = testing::open_database(directory_.path(), clock_);
    SqliteQueueStore store_{*database_};
};

TEST_F(SqliteQueueStoreTest, PurgesMoreThanOneStepHolds) {
    put("full");
    put("other");
    send("full", 1'201);
    send("other", 3);
    EXPECT_EQ(visible("full"), 1'201U);
    ASSERT_TRUE(run(io_, store_.purge("full")));
    EXPECT_EQ(visible("full"), 0U);
    EXPECT_EQ(visible("other"), 3U);
    EXPECT_EQ(run(io_, store_.purge("none")).error().code, Errc::not_found);
}

TEST_F(SqliteQueueStoreTest, RemovesAQueueWithAllItsMessages) {
    put("full");
    send("full", 1'201);
    ASSERT_TRUE(run(io_, store_.remove_queue("full")));
    EXPECT_EQ(run(io_, store_.depth("full", clock_.now())).error().code, Errc::not_found);
    put("full");
    EXPECT_EQ(visible("full"), 0U);
    EXPECT_EQ(run(io_, store_.remove_queue("none")).error().code, Errc::not_found);
}

TEST_F(SqliteQueueStoreTest, ForgetsWhatNobodyReceivedWithinItsRetention) {
    put("short", 60s);
    put("long");
    send("short", 1'201);
    send("long", 2);
    clock_.advance(60s);
    database_->sweep_now();
    EXPECT_EQ(visible("short"), 1'201U);
    clock_.advance(1ms);
    send("short", 1);
    database_->sweep_now();
    EXPECT_EQ(visible("short"), 1U);
    EXPECT_EQ(visible("long"), 2U);
}

}  // namespace
}  // namespace ingestor::sqlite
