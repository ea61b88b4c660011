#include "sqlite/sqlite_archive_store.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "sqlite/testing/test_database.hpp"

namespace ingestor::sqlite {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::run;

class NoClock final : public ports::Clock {
public:
    [[nodiscard]] TimePoint now() const override { return {}; }
};

constexpr TimePoint kNoon{std::chrono::hours(12)};
constexpr std::uint64_t kNoLimit = ~std::uint64_t{0};

class SqliteArchiveStoreTest : public ::testing::Test {
protected:
    static eventbridge::Event event(const std::string& id, TimePoint time) {
        return {.id = id,
                .detail_type = "Parcel Weighed",
                .source = "depot.scale",
                .account = "000000000000",
                .time = time,
                .region = "us-east-1",
                .resources = {"arn:a", "two\nlines"},
                .detail = R"({"grams":1250})"};
    }
    void put(const std::string& name, std::int64_t retention_days = 0) {
        ASSERT_TRUE(run(io_, store_->put_archive({.name = name,
                                                  .bus = "depot",
                                                  .retention_days = retention_days,
                                                  .created_at = kNoon})));
    }
    void append(const std::string& archive, const std::string& id, TimePoint time,
                TimePoint now = kNoon) {
        ASSERT_TRUE(run(io_, store_->append(archive, event(id, time), now)));
    }
    std::vector<std::string> ids(const std::string& archive, TimePoint from, TimePoint to,
                                 std::optional<ports::ArchivePosition> after = std::nullopt,
                                 std::size_t count = 100) {
        std::vector<std::string> out;
        const auto events = run(io_, store_->events(archive, from, to, std::move(after), count));
        for (const auto& each : events.value()) out.push_back(each.id);
        return out;
    }
    std::vector<std::string> all(const std::string& archive) {
        return ids(archive, TimePoint{}, kNoon + std::chrono::days(1'000));
    }
    ports::Archive only() {
        const auto archives = run(io_, store_->archives()).value();
        EXPECT_EQ(archives.size(), 1U);
        return archives.at(0);
    }
    std::size_t sweep(TimePoint now, std::uint64_t bytes_max = kNoLimit,
                      TimePoint ended_before = TimePoint{}, std::size_t count = 100) {
        return run(io_, store_->sweep(now, bytes_max, ended_before, count)).value();
    }
    void reopen() {
        store_.reset();
        database_.reset();
        database_ = testing::open_database(directory_.path(), clock_);
        store_.emplace(*database_);
    }

    TemporaryDirectory directory_;
    boost::asio::io_context io_;
    NoClock clock_;
    std::unique_ptr<Database> database_ = testing::open_database(directory_.path(), clock_);
    std::optional<SqliteArchiveStore> store_ = SqliteArchiveStore(*database_);
};

TEST_F(SqliteArchiveStoreTest, GivesEventsBackAsTheyWereInTheOrderOfTheirTimes) {
    put("a");
    append("a", "late", kNoon + std::chrono::seconds(2));
    append("a", "b", kNoon);
    append("a", "a", kNoon);
    reopen();
    const auto found =
        run(io_, store_->events("a", kNoon, kNoon + std::chrono::seconds(1), std::nullopt, 10))
            .value();
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(eventbridge::to_json(found[0]), eventbridge::to_json(event("a", kNoon)));
    EXPECT_EQ(eventbridge::to_json(found[1]), eventbridge::to_json(event("b", kNoon)));
    EXPECT_THAT(ids("a", kNoon, kNoon + std::chrono::seconds(3)), ElementsAre("a", "b", "late"));
}

TEST_F(SqliteArchiveStoreTest, TakesTheBeginningOfATimeInAndItsEndNot) {
    put("a");
    for (int second = 0; second < 4; ++second) {
        append("a", fmt::format("{}", second), kNoon + std::chrono::seconds(second));
    }
    EXPECT_THAT(ids("a", kNoon + std::chrono::seconds(1), kNoon + std::chrono::seconds(3)),
                ElementsAre("1", "2"));
    EXPECT_THAT(ids("a", kNoon, kNoon), IsEmpty());
}

TEST_F(SqliteArchiveStoreTest, GoesOnBehindAPosition) {
    put("a");
    for (const char* id : {"a", "b", "c"}) append("a", id, kNoon);
    append("a", "d", kNoon + std::chrono::milliseconds(1));
    const TimePoint end = kNoon + std::chrono::hours(1);
    EXPECT_THAT(ids("a", kNoon, end, std::nullopt, 2), ElementsAre("a", "b"));
    EXPECT_THAT(ids("a", kNoon, end, ports::ArchivePosition{kNoon, "b"}, 2), ElementsAre("c", "d"));
    EXPECT_THAT(
        ids("a", kNoon, end, ports::ArchivePosition{kNoon + std::chrono::milliseconds(1), "d"}),
        IsEmpty());
}

TEST_F(SqliteArchiveStoreTest, KeepsAnEventOnceAndCountsIt) {
    put("a");
    append("a", "x", kNoon);
    append("a", "x", kNoon);
    append("a", "y", kNoon);
    EXPECT_THAT(all("a"), ElementsAre("x", "y"));
    EXPECT_EQ(only().events, 2U);
    EXPECT_EQ(only().bytes, 2 * eventbridge::to_json(event("x", kNoon)).size());
}

TEST_F(SqliteArchiveStoreTest, ChangesAnArchiveWithoutTouchingItsEvents) {
    put("a");
    append("a", "x", kNoon);
    ASSERT_TRUE(run(io_, store_->put_archive({.name = "a",
                                              .bus = "depot",
                                              .description = "d",
                                              .event_pattern = R"({"source":["x"]})",
                                              .retention_days = 7,
                                              .created_at = kNoon + std::chrono::hours(1)})));
    const auto archive = only();
    EXPECT_EQ(archive.description, "d");
    EXPECT_EQ(archive.event_pattern, R"({"source":["x"]})");
    EXPECT_EQ(archive.retention_days, 7);
    EXPECT_EQ(archive.created_at, kNoon);
    EXPECT_EQ(archive.events, 1U);
}

TEST_F(SqliteArchiveStoreTest, HasNothingOfADeletedArchiveWhenItsNameComesBack) {
    put("a");
    append("a", "x", kNoon);
    ASSERT_TRUE(run(io_, store_->delete_archive("a")));
    EXPECT_THAT(all("a"), IsEmpty());
    put("a");
    EXPECT_THAT(all("a"), IsEmpty());
    EXPECT_EQ(only().events, 0U);
    // Its events, and then the record that there were some.
    EXPECT_EQ(sweep(kNoon), 1U);
    EXPECT_EQ(sweep(kNoon), 1U);
    EXPECT_EQ(sweep(kNoon), 0U);
}

TEST_F(SqliteArchiveStoreTest, SaysThatAnArchiveIsNotThere) {
    const auto deleted = run(io_, store_->delete_archive("a"));
    ASSERT_FALSE(deleted);
    EXPECT_EQ(deleted.error().code, Errc::not_found);
    EXPECT_EQ(deleted.error().message, "Archive a does not exist.");
    EXPECT_EQ(run(io_, store_->append("a", event("x", kNoon), kNoon)).error().code,
              Errc::not_found);
    EXPECT_THAT(all("a"), IsEmpty());
}

TEST_F(SqliteArchiveStoreTest, ForgetsWhatWasKeptForItsRetention) {
    put("a", 2);
    append("a", "old", kNoon, kNoon);
    // By the time it came in, and not by its own.
    append("a", "of long ago", TimePoint{}, kNoon + std::chrono::days(1));
    EXPECT_EQ(sweep(kNoon + std::chrono::days(2)), 0U);
    EXPECT_EQ(sweep(kNoon + std::chrono::days(2) + std::chrono::milliseconds(1)), 1U);
    EXPECT_THAT(all("a"), ElementsAre("of long ago"));
    EXPECT_EQ(only().events, 1U);
}

TEST_F(SqliteArchiveStoreTest, KeepsTheNewestWithinItsBytes) {
    put("a");
    for (int i = 0; i < 10; ++i) {
        append("a", fmt::format("{}", i), kNoon + std::chrono::seconds(i));
    }
    const auto each = only().bytes / 10;
    EXPECT_EQ(sweep(kNoon, 4 * each), 6U);
    EXPECT_THAT(all("a"), ElementsAre("6", "7", "8", "9"));
    EXPECT_EQ(only().bytes, 4 * each);
    EXPECT_EQ(sweep(kNoon, 4 * each), 0U);
    EXPECT_EQ(sweep(kNoon, 4 * each - 1), 1U);
}

TEST_F(SqliteArchiveStoreTest, SweepsSoManyRowsAtATime) {
    put("a", 1);
    for (int i = 0; i < 10; ++i) append("a", fmt::format("{}", i), kNoon);
    EXPECT_EQ(sweep(kNoon + std::chrono::days(2), kNoLimit, TimePoint{}, 4), 4U);
    EXPECT_EQ(only().events, 6U);
}

TEST_F(SqliteArchiveStoreTest, KeepsReplaysAsTheyWerePut) {
    ports::Replay replay{.name = "r",
                         .archive = "a",
                         .bus = "depot",
                         .description = "again",
                         .rules = {"one", "two"},
                         .from = kNoon,
                         .to = kNoon + std::chrono::hours(1),
                         .started_at = kNoon + std::chrono::days(1)};
    ASSERT_TRUE(run(io_, store_->put_replay(replay)));
    reopen();
    EXPECT_THAT(run(io_, store_->replays()).value(), ElementsAre(replay));
    replay.state = ports::ReplayState::completed;
    replay.state_reason = "done";
    replay.replayed = ports::ArchivePosition{.time = kNoon, .event_id = "x"};
    replay.ended_at = kNoon + std::chrono::days(2);
    ASSERT_TRUE(run(io_, store_->put_replay(replay)));
    EXPECT_THAT(run(io_, store_->replays()).value(), ElementsAre(replay));
    EXPECT_EQ(sweep(kNoon, kNoLimit, *replay.ended_at), 0U);
    EXPECT_EQ(sweep(kNoon, kNoLimit, *replay.ended_at + std::chrono::milliseconds(1)), 1U);
    EXPECT_THAT(run(io_, store_->replays()).value(), IsEmpty());
}

}  // namespace
}  // namespace ingestor::sqlite
