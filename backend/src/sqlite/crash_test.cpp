#include <csignal>
#include <random>
#include <set>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/uuid.hpp"
#include "ports/clock.hpp"
#include "sqlite/testing/test_database.hpp"

namespace ingestor::sqlite {

using testing::run;

namespace asio = boost::asio;
namespace {

using testing::Engine;
using testing::job_of;

constexpr std::size_t kIdBytes = 36;
constexpr int kCrashes = 20;
constexpr int kSubmitters = 16;

/// Submits without an end and writes each acknowledged id into the pipe.
asio::awaitable<void> submit_for_ever(Engine& engine, const ports::Clock& clock, int acknowledged) {
    for (;;) {
        auto job = job_of(clock.now());
        auto event = testing::event_of(job);
        const auto created =
            co_await engine.jobs.create(std::move(job), std::nullopt, std::move(event));
        if (!created) ::_exit(2);
        if (::write(acknowledged, created->job_id.value().data(), kIdBytes) != kIdBytes) ::_exit(3);
    }
}

[[noreturn]] void be_the_server(const std::filesystem::path& directory, int acknowledged) {
    const ports::SystemClock clock;
    asio::io_context io;
    DatabaseOptions options;
    // Small, so that a crash may come in the middle of a checkpoint too.
    options.checkpoints = {.pages_wanted = 32, .pages_restart = 64, .pages_max = 128};
    Engine engine(directory, clock, options);
    for (int n = 0; n < kSubmitters; ++n) {
        asio::co_spawn(io, submit_for_ever(engine, clock, acknowledged),
                       [](const std::exception_ptr&) { ::_exit(4); });
    }
    io.run();
    ::_exit(5);
}

/// Ids from the pipe; after `kill_after` of them the child is killed, and what it had written until
/// then is read to the end.
void collect(int acknowledged, pid_t child, std::size_t kill_after, std::set<std::string>& ids) {
    std::string id(kIdBytes, '\0');
    std::size_t count = 0;
    std::size_t filled = 0;
    for (;;) {
        const auto bytes = ::read(acknowledged, id.data() + filled, kIdBytes - filled);
        if (bytes <= 0) return;
        filled += static_cast<std::size_t>(bytes);
        if (filled < kIdBytes) continue;
        filled = 0;
        ids.insert(id);
        if (++count == kill_after) ::kill(child, SIGKILL);
    }
}

TEST(SqliteCrash, NothingAcknowledgedIsLost) {
    const TemporaryDirectory directory;
    const ports::SystemClock clock;
    std::mt19937 random(20'261'123);
    std::set<std::string> acknowledged;
    for (int crash = 0; crash < kCrashes; ++crash) {
        SCOPED_TRACE(crash);
        int ends[2];
        ASSERT_EQ(::pipe(ends), 0);
        const auto child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            ::close(ends[0]);
            be_the_server(directory.path(), ends[1]);
        }
        ::close(ends[1]);
        collect(ends[0], child, 1 + random() % 150, acknowledged);
        ::close(ends[0]);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status)) << "the server ended by itself: " << status;

        asio::io_context io;
        Engine engine(directory.path(), clock);
        EXPECT_EQ(engine.number(io,
                                "SELECT count(*) FROM pragma_integrity_check "
                                "WHERE integrity_check <> 'ok'"),
                  0);
        // A job has its file, its event and its delivery, whether it was acknowledged or not.
        EXPECT_EQ(
            engine.number(io,
                          "SELECT count(*) FROM jobs AS j WHERE NOT EXISTS (SELECT 1 "
                          "FROM events AS e JOIN deliveries AS d ON d.id >> 12 = e.seq "
                          "WHERE e.seq = j.pending_event AND e.job_id = j.job_id) OR NOT EXISTS "
                          "(SELECT 1 FROM job_files AS f WHERE f.job_id = j.job_id)"),
            0);
        EXPECT_EQ(engine.number(io,
                                "SELECT (SELECT count(*) FROM events) - (SELECT count(*) FROM "
                                "jobs)"),
                  0);
        for (const auto& id : acknowledged) {
            ASSERT_TRUE(run(io, engine.jobs.get(domain::JobId{id}))) << id;
        }
    }
    EXPECT_GE(acknowledged.size(), static_cast<std::size_t>(kCrashes));
}

TEST(SqliteCrash, WhatAProcessWasAtWorkOnWhenItWasKilledIsSuspect) {
    const TemporaryDirectory directory;
    const ports::SystemClock clock;
    auto job = job_of(clock.now(), "ada", 3);
    const auto job_id = job.job_id;
    for (std::uint32_t crash = 1; crash <= 3; ++crash) {
        const auto child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            asio::io_context io;
            const auto owner = std::to_string(crash);
            Engine engine(directory.path(), clock, {}, owner);
            if (crash == 1 && !engine.submit(io, job)) ::_exit(2);
            const domain::ClaimRequest request{
                .job_id = job_id,
                .owner = owner,
                .now = clock.now(),
                .lease_until = clock.now() + std::chrono::seconds(60)};
            const auto outcome = run(io, engine.jobs.claim(request));
            if (!outcome || !std::holds_alternative<ports::Claimed>(*outcome)) ::_exit(3);
            const auto& lease = std::get<ports::Claimed>(*outcome).lease;
            if (!run(io, engine.jobs.note_at_work(lease, {0, 1}))) ::_exit(4);
            if (!run(io, engine.jobs.note_at_work(lease, {1}))) ::_exit(5);
            ::raise(SIGKILL);
        }
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << status;
        {
            // A process that takes over and dies before it claims anything loses nothing.
            const Engine passing_by(directory.path(), clock, {}, "passing by");
        }
        asio::io_context io;
        Engine engine(directory.path(), clock, {}, "reader");
        const auto stored = run(io, engine.jobs.get(job_id)).value();
        EXPECT_EQ(stored.at_work, std::vector<std::uint32_t>{1});
        std::map<std::uint32_t, std::uint32_t> suspects;
        if (crash > 1) suspects[1] = crash - 1;
        EXPECT_EQ(stored.suspects, suspects);
    }
}

}  // namespace
}  // namespace ingestor::sqlite
