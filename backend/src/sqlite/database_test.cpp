#include "sqlite/database.hpp"

#include <csignal>
#include <fstream>
#include <optional>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "ports/testing/all_due.hpp"
#include "sqlite/backup.hpp"
#include "sqlite/sqlite_job_deletions.hpp"
#include "sqlite/testing/test_database.hpp"

namespace ingestor::sqlite {

using testing::run;

namespace asio = boost::asio;
namespace {

using namespace std::chrono_literals;
using testing::Engine;
using ::testing::HasSubstr;
using testing::job_of;

/// Turned by hand; this module does not see the one of `memory`.
struct HandClock final : ports::Clock {
    TimePoint time{1'767'323'045'678ms};
    [[nodiscard]] TimePoint now() const override { return time; }
};

class DatabaseTest : public ::testing::Test {
protected:
    TemporaryDirectory directory_;
    HandClock clock_;
    asio::io_context io_;
};

TEST_F(DatabaseTest, ASecondServerInTheDirectoryIsRefused) {
    const auto first = testing::open_database(directory_.path(), clock_);
    const auto second = Database::open(directory_.path(), clock_);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Errc::conflict);
    EXPECT_THAT(second.error().message, HasSubstr(std::to_string(::getpid())));
}

TEST_F(DatabaseTest, TheDirectoryIsFreeAgainAfterwards) {
    testing::open_database(directory_.path(), clock_).reset();
    EXPECT_TRUE(Database::open(directory_.path(), clock_));
}

TEST_F(DatabaseTest, AFileThatIsNoDatabaseIsCorrupt) {
    std::ofstream(directory_.path() / kDatabaseFile) << std::string(8192, 'x');
    const auto opened = Database::open(directory_.path(), clock_);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Errc::corrupt);
}

TEST_F(DatabaseTest, ADirectoryThatCannotBeMadeIsUnavailable) {
    std::ofstream(directory_.path() / "file") << "x";
    const auto opened = Database::open(directory_.path() / "file" / "data", clock_);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Errc::unavailable);
}

TEST_F(DatabaseTest, WhatWasAcknowledgedIsThereAfterReopening) {
    const auto job = job_of(clock_.now());
    {
        Engine engine(directory_.path(), clock_);
        ASSERT_TRUE(engine.submit(io_, job));
    }
    Engine engine(directory_.path(), clock_);
    EXPECT_EQ(run(io_, engine.jobs.get(job.job_id))->job_name, job.job_name);
    EXPECT_EQ(run(io_, engine.log.depth()).value(), 1U);
}

TEST_F(DatabaseTest, AReaderCannotWrite) {
    const auto database = testing::open_database(directory_.path(), clock_);
    auto work = [](Connection& connection) -> Result<std::int64_t> {
        return connection.run("DELETE FROM jobs");
    };
    EXPECT_FALSE(run(io_, database->read(work)));
}

TEST_F(DatabaseTest, AFullDiskRefusesWritesLosesNothingAndGoesOnWhenSpaceReturns) {
    DatabaseOptions options;
    options.pages_max = 100;
    Engine engine(directory_.path(), clock_, options);
    std::vector<domain::JobId> acknowledged;
    Result<ports::CreatedJob> created;
    while ((created = engine.submit(io_, job_of(clock_.now())))) {
        acknowledged.push_back(created->job_id);
        ASSERT_LT(acknowledged.size(), 10'000U);
    }
    EXPECT_EQ(created.error().code, Errc::out_of_space);
    EXPECT_THAT(created.error().message, HasSubstr("full"));
    for (const auto& id : acknowledged) EXPECT_TRUE(run(io_, engine.jobs.get(id)));
    EXPECT_EQ(run(io_, engine.log.depth()).value(), acknowledged.size());

    auto give_space = [](Connection& connection) -> Result<int> {
        connection.execute("PRAGMA max_page_count = 1000000");
        return 0;
    };
    ASSERT_TRUE(run(io_, engine.database->write(give_space)));
    EXPECT_TRUE(engine.submit(io_, job_of(clock_.now())));
}

/// No file of this process may grow beyond the limit until it goes.
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t bytes) {
        // The signal that comes with it would end the process; the error is what we want.
        before_handler_ = std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit now{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &now);
    }
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, before_handler_);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

private:
    rlimit before_{};
    void (*before_handler_)(int) = SIG_DFL;
};

TEST_F(DatabaseTest, ALogThatCannotBeWrittenRefusesWritesUntilItCan) {
    std::vector<domain::JobId> acknowledged;
    {
        Engine engine(directory_.path(), clock_);
        Result<ports::CreatedJob> created;
        {
            const FileSizeLimit limit(512 * 1024);
            while ((created = engine.submit(io_, job_of(clock_.now())))) {
                acknowledged.push_back(created->job_id);
                ASSERT_LT(acknowledged.size(), 10'000U);
            }
            EXPECT_EQ(created.error().code, Errc::unavailable);
            EXPECT_EQ(engine.submit(io_, job_of(clock_.now())).error().code, Errc::unavailable);
        }
        created = engine.submit(io_, job_of(clock_.now()));
        ASSERT_TRUE(created) << created.error().message;
        acknowledged.push_back(created->job_id);
    }
    Engine engine(directory_.path(), clock_);
    for (const auto& id : acknowledged) EXPECT_TRUE(run(io_, engine.jobs.get(id)));
    EXPECT_EQ(engine.number(io_, "SELECT count(*) FROM jobs"),
              static_cast<std::int64_t>(acknowledged.size()));
}

TEST_F(DatabaseTest, TheLastFailureIsKnownUntilACommitSucceeds) {
    Engine engine(directory_.path(), clock_);
    EXPECT_FALSE(engine.database->last_failure());
    {
        const FileSizeLimit limit(512 * 1024);
        while (engine.submit(io_, job_of(clock_.now()))) {
        }
        ASSERT_TRUE(engine.database->last_failure());
        EXPECT_TRUE(is_retryable(engine.database->last_failure()->code));
    }
    ASSERT_TRUE(engine.submit(io_, job_of(clock_.now())));
    EXPECT_FALSE(engine.database->last_failure());
}

/// Which of the files is taken away under the server.
class RemovedFile : public DatabaseTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(RemovedFile, NothingIsAcknowledgedUntilItIsBack) {
    Engine engine(directory_.path(), clock_);
    ASSERT_TRUE(engine.submit(io_, job_of(clock_.now())));
    ASSERT_TRUE(engine.database->check_files());
    auto file = engine.database->file();
    file += GetParam();
    auto away = file;
    away += ".away";
    std::filesystem::rename(file, away);
    EXPECT_FALSE(engine.database->check_files());
    const auto refused = engine.submit(io_, job_of(clock_.now()));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::unavailable);
    EXPECT_THAT(refused.error().message, HasSubstr("removed or replaced"));

    std::ofstream(file) << "another";
    EXPECT_FALSE(engine.submit(io_, job_of(clock_.now())));
    EXPECT_TRUE(engine.database->last_failure());

    std::filesystem::rename(away, file);
    EXPECT_TRUE(engine.submit(io_, job_of(clock_.now())));
    EXPECT_FALSE(engine.database->last_failure());
}

INSTANTIATE_TEST_SUITE_P(Database, RemovedFile, ::testing::Values("", "-wal"),
                         [](const auto& row) { return *row.param == 0 ? "Itself" : "ItsLog"; });

TEST_F(DatabaseTest, ADamagedPageIsFoundWithoutAnybodyReadingIt) {
    const auto await_end = [](const Database& database) {
        while (!database.fully_checked() && !database.damage()) std::this_thread::yield();
    };
    std::filesystem::path file;
    {
        Engine engine(directory_.path(), clock_);
        for (int n = 0; n < 50; ++n) ASSERT_TRUE(engine.submit(io_, job_of(clock_.now())));
        file = engine.database->file();
    }
    {
        const auto sound = testing::open_database(directory_.path(), clock_);
        await_end(*sound);
        EXPECT_FALSE(sound->damage());
    }
    constexpr std::streamoff kPageBytes = 4096;
    const auto pages = static_cast<std::streamoff>(std::filesystem::file_size(file)) / kPageBytes;
    {
        std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
        // The header of a page of a tree that the start does not read.
        bytes.seekp((pages - 1) * kPageBytes);
        bytes << std::string(64, '\x5A');
    }
    const auto damaged = testing::open_database(directory_.path(), clock_);
    await_end(*damaged);
    EXPECT_TRUE(damaged->damage());
}

TEST_F(DatabaseTest, AQueryWithoutAnEndDoesNotKeepTheWalFromBeingBegunAnew) {
    DatabaseOptions options;
    options.checkpoints = {.pages_wanted = 16, .pages_restart = 64, .pages_max = 128};
    Engine engine(directory_.path(), clock_, options);
    ASSERT_TRUE(engine.submit(io_, job_of(clock_.now())));
    std::optional<Result<std::int64_t>> endless;
    auto count = [](Connection& connection) -> Result<std::int64_t> {
        auto jobs = connection.query("SELECT count(*) FROM jobs");
        jobs.next();
        auto row = connection.query(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
            "SELECT max(i) FROM n");
        row.next();
        return row.integer(0);
    };
    asio::co_spawn(io_, engine.database->read(count),
                   [&](std::exception_ptr, Result<std::int64_t> answer) { endless = answer; });
    const auto submit = [&] {
        auto job = job_of(clock_.now());
        auto event = testing::event_of(job);
        bool accepted = false;
        asio::co_spawn(io_, engine.jobs.create(std::move(job), std::nullopt, std::move(event)),
                       [&](std::exception_ptr, const Result<ports::CreatedJob>& created) {
                           accepted = created.has_value();
                       });
        io_.restart();
        while (!accepted && io_.run_one() > 0) {
        }
        ASSERT_TRUE(accepted);
    };
    while (!endless) submit();
    EXPECT_EQ(endless->error().code, Errc::unavailable);
    constexpr std::uint64_t kFrameBytes = 4'096 + 24;
    for (int n = 0; n < 200; ++n) {
        submit();
        if (n > 50) {
            EXPECT_LT(engine.database->wal_bytes(), (128U + 64U) * kFrameBytes);
        }
    }
}

TEST_F(DatabaseTest, TheWalStaysBoundedUnderLoad) {
    DatabaseOptions options;
    options.checkpoints = {.pages_wanted = 16, .pages_restart = 64, .pages_max = 64};
    Engine engine(directory_.path(), clock_, options);
    auto wal = engine.database->file();
    wal += "-wal";
    for (int round = 0; round < 100; ++round) {
        for (int n = 0; n < 10; ++n) {
            auto job = job_of(clock_.now());
            auto event = testing::event_of(job);
            asio::co_spawn(io_, engine.jobs.create(std::move(job), std::nullopt, std::move(event)),
                           [](std::exception_ptr, const Result<ports::CreatedJob>& created) {
                               EXPECT_TRUE(created);
                           });
        }
        io_.restart();
        io_.run();
    }
    EXPECT_EQ(engine.number(io_, "SELECT count(*) FROM jobs"), 1000);
    EXPECT_GT(engine.database->checkpoints(), 0U);
    // The limit, and what one group of ten may add before the limit is looked at.
    EXPECT_LT(std::filesystem::file_size(wal), 200U * 4120U);
}

TEST_F(DatabaseTest, EventsGoOnceTheirTimeIsUpAndNoDeliveryIsLeft) {
    Engine engine(directory_.path(), clock_);
    for (int n = 0; n < 4; ++n) ASSERT_TRUE(engine.submit(io_, job_of(clock_.now())));
    const auto due = run(io_, ports::testing::all_due(engine.log, clock_.now())).value();
    ASSERT_EQ(due.size(), 4U);
    // The first stays under way, the second is a dead letter, the third is done; the fourth is the
    // newest.
    ports::GivenUp reason;
    reason.at = clock_.now();
    ASSERT_TRUE(run(io_, engine.log.move_to_dead_letters(due[1].id, reason)));
    ASSERT_TRUE(run(io_, engine.log.acknowledge(due[2].id)));
    ASSERT_TRUE(run(io_, engine.log.acknowledge(due[3].id)));

    engine.database->sweep_now();
    EXPECT_EQ(engine.number(io_, "SELECT count(*) FROM events"), 4);
    clock_.time += kEventRetention + 1s;
    engine.database->sweep_now();
    EXPECT_EQ(engine.number(io_, "SELECT count(*) FROM events"), 3);
    clock_.time += kDeadLetterRetention;
    engine.database->sweep_now();
    EXPECT_EQ(engine.number(io_, "SELECT count(*) FROM dead_letters"), 0);
    EXPECT_EQ(engine.number(io_, "SELECT count(*) FROM events"), 2);
    EXPECT_EQ(run(io_, ports::testing::all_due(engine.log, clock_.now()))->size(), 1U);
}

TEST_F(DatabaseTest, ASweepGoesThroughMoreThanOneUnit) {
    Engine engine(directory_.path(), clock_);
    constexpr int kEvents = 2 * kSweepRows + 10;
    auto publish = engine.log.append(std::vector<eventbridge::Event>(kEvents));
    ASSERT_TRUE(run(io_, std::move(publish)));
    const auto due = run(io_, ports::testing::all_due(engine.log, clock_.now())).value();
    ASSERT_EQ(due.size(), static_cast<std::size_t>(kEvents));
    for (const auto& delivery : due) {
        asio::co_spawn(
            io_, engine.log.acknowledge(delivery.id),
            [](std::exception_ptr, const Result<std::monostate>& done) { EXPECT_TRUE(done); });
    }
    io_.restart();
    io_.run();
    clock_.time += 2h;
    engine.database->sweep_now();
    EXPECT_EQ(engine.number(io_, "SELECT count(*) FROM events"), 1);
}

TEST_F(DatabaseTest, IdempotencyKeysGoWhenTheyExpire) {
    Engine engine(directory_.path(), clock_);
    const auto job = job_of(clock_.now());
    const ports::IdempotencyKey key{"key", "hash"};
    ASSERT_TRUE(run(io_, engine.jobs.create(job, key, testing::event_of(job))));
    clock_.time += ports::kIdempotencyKeyLifetime - 1ms;
    engine.database->sweep_now();
    EXPECT_EQ(engine.number(io_, "SELECT count(*) FROM idempotency_keys"), 1);
    clock_.time += 1ms;
    engine.database->sweep_now();
    EXPECT_EQ(engine.number(io_, "SELECT count(*) FROM idempotency_keys"), 0);
}

TEST_F(DatabaseTest, UsageIsThatOfTheJobsWhateverHappensToThem) {
    Engine engine(directory_.path(), clock_);
    SqliteUsageLedger ledger(*engine.database);
    SqliteJobDeletions deletions(*engine.database);
    const domain::UserId ada{"ada"};
    const auto usage = [&] { return run(io_, ledger.usage(ada)).value(); };
    EXPECT_EQ(usage(), ports::Usage{});
    const auto first = job_of(clock_.now(), "ada", 2);
    const auto second = job_of(clock_.now());
    const ports::IdempotencyKey key{"key", "hash"};
    for (int repeats = 0; repeats < 2; ++repeats) {
        ASSERT_TRUE(run(io_, engine.jobs.create(first, key, testing::event_of(first))));
    }
    ASSERT_TRUE(engine.submit(io_, second));
    ASSERT_TRUE(engine.submit(io_, job_of(clock_.now(), "bob")));
    constexpr std::uint64_t kBytes = 123'456;
    EXPECT_EQ(usage(), (ports::Usage{.jobs = 2, .bytes = 3 * kBytes}));
    // Its true size is known once it was read.
    domain::ClaimRequest request{first.job_id, "owner", clock_.now(), clock_.now() + 60s};
    const auto claimed = run(io_, engine.jobs.claim(std::move(request))).value();
    auto file = first.files.at(0);
    file.size_bytes = 100;
    file.status = domain::FileStatus::completed;
    ASSERT_TRUE(run(io_, engine.jobs.record_file(std::get<ports::Claimed>(claimed).lease, 0, file,
                                                 clock_.now())));
    EXPECT_EQ(usage(), (ports::Usage{.jobs = 2, .bytes = 2 * kBytes + 100}));
    ASSERT_TRUE(run(io_, engine.jobs.cancel(first.job_id, clock_.now())));
    ASSERT_TRUE(run(io_, deletions.remove_job(first.job_id, {}, clock_.now())));
    EXPECT_EQ(usage(), (ports::Usage{.jobs = 1, .bytes = kBytes}));
    ASSERT_TRUE(run(io_, engine.jobs.cancel(second.job_id, clock_.now())));
    ASSERT_TRUE(run(io_, deletions.remove_job(second.job_id, {}, clock_.now())));
    EXPECT_EQ(usage(), ports::Usage{});
    EXPECT_EQ(engine.number(io_, "SELECT count(*) FROM usage"), 1);
}

TEST_F(DatabaseTest, ASweepGivesTheWriterNothingThatIsYoung) {
    Engine engine(directory_.path(), clock_);
    ASSERT_TRUE(run(io_, engine.log.append(std::vector<eventbridge::Event>(3))));
    const auto due = run(io_, ports::testing::all_due(engine.log, clock_.now())).value();
    for (const auto& delivery : due) ASSERT_TRUE(run(io_, engine.log.acknowledge(delivery.id)));
    const auto units = engine.database->write_stats().units;
    engine.database->sweep_now();
    // Keys and dead letters; of events there are none to delete, so the writer is not asked.
    EXPECT_EQ(engine.database->write_stats().units - units, 2U);
}

TEST_F(DatabaseTest, AnEventOfAClockThatRanAheadKeepsNoOther) {
    Engine engine(directory_.path(), clock_);
    const auto append = [&](std::size_t events) {
        ASSERT_TRUE(run(io_, engine.log.append(std::vector<eventbridge::Event>(events))));
        const auto due = run(io_, ports::testing::all_due(engine.log, clock_.now())).value();
        for (const auto& delivery : due) ASSERT_TRUE(run(io_, engine.log.acknowledge(delivery.id)));
    };
    clock_.time += 1000h;
    append(1);
    clock_.time -= 1000h;
    append(3);
    clock_.time += kEventRetention + 1s;
    engine.database->sweep_now();
    // The one of the future, and the newest of all.
    EXPECT_EQ(engine.number(io_, "SELECT count(*) FROM events"), 2);
}

TEST_F(DatabaseTest, ACopyHoldsWhatTheDatabaseHeld) {
    Engine engine(directory_.path(), clock_);
    const auto job = job_of(clock_.now(), "ada", 2);
    ASSERT_TRUE(engine.submit(io_, job));
    const auto copy = directory_.path() / "copy.db";
    ASSERT_TRUE(copy_database(directory_.path() / kDatabaseFile, copy));
    ASSERT_TRUE(engine.submit(io_, job_of(clock_.now())));
    std::vector<domain::JobId> jobs;
    std::vector<domain::ObjectKey> objects;
    const BackupWalk walk{
        .job = [&](const domain::JobId& id) -> Result<std::monostate> {
            jobs.push_back(id);
            return std::monostate{};
        },
        .object = [](std::uint64_t, const std::string*) -> Result<std::monostate> {
            return std::monostate{};
        },
        .older_object = [&](const domain::ObjectKey& key) -> Result<std::monostate> {
            objects.push_back(key);
            return std::monostate{};
        }};
    const auto walked = walk_database(copy, walk);
    ASSERT_TRUE(walked) << walked.error().message;
    EXPECT_THAT(jobs, ::testing::ElementsAre(job.job_id));
    EXPECT_THAT(objects, ::testing::ElementsAre(job.files[0].file_key, job.files[1].file_key));
    EXPECT_FALSE(copy_database(directory_.path() / kDatabaseFile, copy));
}

}  // namespace
}  // namespace ingestor::sqlite
