#include "sqlite/group_commit.hpp"

#include <latch>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ports/clock.hpp"
#include "sqlite/testing/test_database.hpp"

namespace ingestor::sqlite {

using testing::run;

namespace asio = boost::asio;
namespace {

using ::testing::ElementsAre;

class GroupCommitTest : public ::testing::Test {
protected:
    void SetUp() override {
        auto make = [](Connection& connection) -> Result<std::int64_t> {
            return connection.run("CREATE TABLE notes (n INTEGER PRIMARY KEY) STRICT");
        };
        ASSERT_TRUE(run(io_, database_->write(make)));
        before_ = database_->write_stats();
    }

    /// Holds the writer inside a unit until release(), so that what comes next shares a group.
    void hold_writer() {
        auto wait = [this](Connection&) -> Result<int> {
            held_.count_down();
            release_.wait();
            return 0;
        };
        spawn(wait);
        held_.wait();
    }
    /// Starts a write; its outcome goes into outcomes_ in the order of resumption.
    template <class Unit>
    void spawn(Unit unit) {
        auto note = [this](std::exception_ptr, auto answer) {
            outcomes_.push_back(answer ? "ok" : answer.error().message);
        };
        asio::co_spawn(io_, database_->write(unit), note);
        io_.restart();
        io_.poll();
    }
    void insert(int n) {
        spawn([n](Connection& connection) -> Result<std::int64_t> {
            return connection.run("INSERT INTO notes (n) VALUES (?1)", n);
        });
    }
    void release_and_finish() {
        release_.count_down();
        io_.restart();
        io_.run();
    }
    [[nodiscard]] std::vector<std::int64_t> notes() {
        auto work = [](Connection& connection) -> Result<std::vector<std::int64_t>> {
            std::vector<std::int64_t> found;
            auto rows = connection.query("SELECT n FROM notes ORDER BY n");
            while (rows.next()) found.push_back(rows.integer(0));
            return found;
        };
        return run(io_, database_->read(work)).value();
    }
    [[nodiscard]] std::uint64_t commits() const {
        return database_->write_stats().commits - before_.commits;
    }

    TemporaryDirectory directory_;
    ports::SystemClock clock_;
    asio::io_context io_;
    std::unique_ptr<Database> database_ = testing::open_database(directory_.path(), clock_);
    GroupCommitStats before_;
    std::latch held_{1};
    std::latch release_{1};
    std::vector<std::string> outcomes_;
};

TEST_F(GroupCommitTest, WhatWaitsTogetherIsCommittedTogether) {
    hold_writer();
    for (int n = 1; n <= 20; ++n) insert(n);
    release_and_finish();
    EXPECT_EQ(commits(), 2U);
    EXPECT_EQ(notes().size(), 20U);
    EXPECT_EQ(outcomes_, std::vector<std::string>(21, "ok"));
}

TEST_F(GroupCommitTest, ALoneWriteIsCommittedAtOnce) {
    for (int n = 1; n <= 3; ++n) {
        insert(n);
        io_.restart();
        io_.run();
    }
    EXPECT_EQ(commits(), 3U);
}

TEST_F(GroupCommitTest, AGroupHasALimit) {
    hold_writer();
    const int units = static_cast<int>(kUnitsInGroupMax) + 1;
    for (int n = 1; n <= units; ++n) insert(n);
    release_and_finish();
    EXPECT_EQ(commits(), 3U);
    EXPECT_EQ(notes().size(), kUnitsInGroupMax + 1);
}

TEST_F(GroupCommitTest, ARefusalLeavesItsNeighboursInTheGroup) {
    hold_writer();
    insert(1);
    spawn([](Connection&) -> Result<int> { return fail(Errc::conflict, "refused"); });
    insert(2);
    release_and_finish();
    EXPECT_EQ(commits(), 2U);
    EXPECT_EQ(database_->write_stats().replays, 0U);
    EXPECT_THAT(notes(), ElementsAre(1, 2));
    EXPECT_THAT(outcomes_, ElementsAre("ok", "ok", "refused", "ok"));
}

TEST_F(GroupCommitTest, AUnitThatThrowsIsTakenBackAlone) {
    hold_writer();
    insert(1);
    spawn([](Connection& connection) -> Result<int> {
        connection.run("INSERT INTO notes (n) VALUES (100)");
        throw std::runtime_error("half-way");
    });
    insert(2);
    release_and_finish();
    EXPECT_THAT(notes(), ElementsAre(1, 2));
    EXPECT_THAT(outcomes_, ElementsAre("ok", "ok", "half-way", "ok"));
    EXPECT_EQ(database_->write_stats().replays, 3U);
}

TEST_F(GroupCommitTest, AStatementThatFailsTellsTheCause) {
    hold_writer();
    insert(1);
    insert(1);
    insert(2);
    release_and_finish();
    EXPECT_THAT(notes(), ElementsAre(1, 2));
    EXPECT_THAT(outcomes_[2], ::testing::HasSubstr("UNIQUE constraint failed"));
}

TEST_F(GroupCommitTest, WritesQueuedAtTheEndAreCommitted) {
    hold_writer();
    for (int n = 1; n <= 5; ++n) insert(n);
    release_.count_down();
    database_.reset();
    io_.restart();
    io_.run();
    EXPECT_EQ(outcomes_.size(), 6U);
    database_ = testing::open_database(directory_.path(), clock_);
    EXPECT_EQ(notes().size(), 5U);
}

TEST_F(GroupCommitTest, NothingPilesUpBehindACommitThatHangs) {
    using namespace std::chrono_literals;
    hold_writer();
    insert(1);
    const auto now = std::chrono::steady_clock::now();
    EXPECT_FALSE(database_->stalled(now));
    EXPECT_TRUE(database_->stalled(now + kCommitTimeMax + 1s));
    database_->refuse_overdue(now + kUnitWaitMax - 1s);
    io_.restart();
    io_.poll();
    EXPECT_TRUE(outcomes_.empty());

    database_->refuse_overdue(now + kUnitWaitMax + 1s);
    io_.restart();
    io_.poll();
    EXPECT_THAT(outcomes_, ElementsAre(::testing::HasSubstr("did not answer in time")));
    insert(2);
    release_and_finish();
    EXPECT_FALSE(database_->stalled());
    // What was refused is not written later, behind its caller's back.
    EXPECT_THAT(notes(), ElementsAre(2));
}

TEST_F(GroupCommitTest, AResumedCallerThatThrowsDoesNotKeepTheOthersWaiting) {
    hold_writer();
    auto unit = [](Connection&) -> Result<int> { return 1; };
    auto burst = [](std::exception_ptr, Result<int>) { throw std::runtime_error("caller"); };
    asio::co_spawn(io_, database_->write(unit), burst);
    io_.restart();
    io_.poll();
    insert(1);
    insert(2);
    release_.count_down();
    io_.restart();
    EXPECT_THROW(io_.run(), std::runtime_error);
    io_.run();
    EXPECT_EQ(outcomes_.size(), 3U);
}

}  // namespace
}  // namespace ingestor::sqlite
