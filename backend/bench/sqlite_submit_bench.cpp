// What a submit costs: a job of one file, its event and one delivery, some 2 KB, made durable.
// And what a page of the list costs in a small and in a large table.
//
// usage: sqlite_submit_bench DIRECTORY [SECONDS [JOBS]]
// DIRECTORY should lie on the disk in question. One JSON line a measurement.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "sqlite/testing/test_database.hpp"

namespace ingestor::sqlite {

namespace asio = boost::asio;
namespace {

using Steady = std::chrono::steady_clock;
using testing::Engine;

constexpr std::size_t kDetailBytes = 900;
constexpr std::uint32_t kPage = 50;

double seconds_since(Steady::time_point start) {
    return std::chrono::duration<double>(Steady::now() - start).count();
}

/// CPU time of all threads of this process: what stays comparable on a busy machine.
double cpu_seconds() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

struct Load {
    std::vector<double> latencies_us;
    std::size_t jobs_left = 0;
    Steady::time_point until;
};

/// One caller: submits, waits for the answer, and submits again.
asio::awaitable<void> submit_in_turn(Engine& engine, const ports::Clock& clock, Load& load) {
    while (load.jobs_left > 0 && Steady::now() < load.until) {
        --load.jobs_left;
        auto job = testing::job_of(clock.now());
        auto event = testing::event_of(job, kDetailBytes);
        const auto start = Steady::now();
        const auto created =
            co_await engine.jobs.create(std::move(job), std::nullopt, std::move(event));
        if (!created) throw std::runtime_error(created.error().message);
        load.latencies_us.push_back(seconds_since(start) * 1e6);
    }
}

Load run_load(Engine& engine, const ports::Clock& clock, int callers, double seconds,
              std::size_t jobs) {
    asio::io_context io;
    Load load;
    load.jobs_left = jobs;
    load.until = Steady::now() + std::chrono::milliseconds(static_cast<long>(seconds * 1000));
    for (int caller = 0; caller < callers; ++caller) {
        asio::co_spawn(io, submit_in_turn(engine, clock, load),
                       [](const std::exception_ptr& error) {
                           if (error) std::rethrow_exception(error);
                       });
    }
    io.run();
    return load;
}

/// CPU time of the threads of this name; the threads of the database have names of their own.
double thread_cpu_seconds(std::string_view name) {
    double seconds = 0;
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
        std::ifstream stat(task.path() / "stat");
        std::string text;
        std::getline(stat, text);
        const auto open = text.find('(');
        const auto close = text.rfind(')');
        if (open == std::string::npos || text.substr(open + 1, close - open - 1) != name) continue;
        // utime and stime are the 12th and 13th field after the name.
        std::istringstream fields(text.substr(close + 1));
        std::string skipped;
        for (int field = 0; field < 11; ++field) fields >> skipped;
        double user = 0;
        double system = 0;
        fields >> user >> system;
        seconds += (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
    }
    return seconds;
}

void measure_submits(const std::filesystem::path& directory, int callers, double seconds) {
    const ports::SystemClock clock;
    Engine engine(directory / fmt::format("submit-{}", callers), clock);
    const auto commits = engine.database->write_stats().commits;
    const auto start = Steady::now();
    const auto cpu = cpu_seconds();
    auto load = run_load(engine, clock, callers, seconds, SIZE_MAX);
    const auto wall_s = seconds_since(start);
    const auto cpu_s = cpu_seconds() - cpu;
    const auto writer_s = thread_cpu_seconds("db-writer");
    const auto checkpoint_s = thread_cpu_seconds("db-checkpoint");
    auto& latencies = load.latencies_us;
    std::ranges::sort(latencies);
    const auto count = latencies.size();
    const auto quantile = [&](double part) {
        return latencies[static_cast<std::size_t>(part * static_cast<double>(count - 1))];
    };
    auto wal = engine.database->file();
    wal += "-wal";
    const auto groups = engine.database->write_stats().commits - commits;
    fmt::print(
        R"({{"bench":"sqlite_submit","callers":{},"submits":{},"submits_s":{:.0f},"cpu_us_submit":{:.2f},)"
        R"("writer_us_submit":{:.2f},"checkpoint_us_submit":{:.2f},)"
        R"("group":{:.1f},"p50_us":{:.0f},"p99_us":{:.0f},"max_us":{:.0f},"checkpoints":{},"wal_mb":{:.1f}}})"
        "\n",
        callers, count, static_cast<double>(count) / wall_s,
        cpu_s * 1e6 / static_cast<double>(count), writer_s * 1e6 / static_cast<double>(count),
        checkpoint_s * 1e6 / static_cast<double>(count),
        static_cast<double>(count) / static_cast<double>(groups), quantile(0.5), quantile(0.99),
        latencies.back(), engine.database->checkpoints(),
        static_cast<double>(std::filesystem::file_size(wal)) / 1e6);
    std::fflush(stdout);
}

double page_us(Engine& engine, std::optional<domain::JobStatus> status,
               std::optional<domain::JobId> before) {
    constexpr int kRounds = 200;
    asio::io_context io;
    std::vector<double> times;
    for (int round = 0; round < kRounds; ++round) {
        const auto start = Steady::now();
        ports::JobQuery query{.user_id = domain::UserId{"ada"}, .limit = kPage, .before = before};
        if (status) query.statuses = {*status};
        const auto page = testing::run(io, engine.jobs.list(std::move(query)));
        if (!page || page->jobs.size() != kPage) throw std::runtime_error("no full page");
        times.push_back(seconds_since(start) * 1e6);
    }
    std::ranges::nth_element(times, times.begin() + kRounds / 2);
    return times[kRounds / 2];
}

/// An id a tenth of the way up from the oldest job: a page deep down the list.
domain::JobId deep_cursor(Engine& engine, std::size_t jobs) {
    asio::io_context io;
    auto work = [jobs](Connection& connection) -> Result<domain::JobId> {
        auto row = connection.query("SELECT job_id FROM jobs ORDER BY job_id LIMIT 1 OFFSET ?1",
                                    std::uint64_t{jobs / 10});
        row.next();
        return job_id_of(row.blob(0));
    };
    return testing::run(io, engine.database->read(work)).value();
}

void measure_pages(const std::filesystem::path& directory, std::size_t jobs) {
    const ports::SystemClock clock;
    Engine engine(directory / fmt::format("list-{}", jobs), clock);
    run_load(engine, clock, 256, 3600, jobs);
    const auto deep = deep_cursor(engine, jobs);
    fmt::print(R"({{"bench":"sqlite_list","jobs":{},"page":{},"first_us":{:.0f},"deep_us":{:.0f},)"
               R"("first_of_status_us":{:.0f},"deep_of_status_us":{:.0f}}})"
               "\n",
               jobs, kPage, page_us(engine, std::nullopt, std::nullopt),
               page_us(engine, std::nullopt, deep),
               page_us(engine, domain::JobStatus::queued, std::nullopt),
               page_us(engine, domain::JobStatus::queued, deep));
    std::fflush(stdout);
}

}  // namespace
}  // namespace ingestor::sqlite

int main(int count, char** arguments) {
    if (count < 2) {
        fmt::print(stderr, "usage: sqlite_submit_bench DIRECTORY [SECONDS [JOBS]]\n");
        return 2;
    }
    const ingestor::TemporaryDirectory scratch(arguments[1]);
    const double seconds = count > 2 ? std::stod(arguments[2]) : 5;
    const std::size_t jobs = count > 3 ? std::stoul(arguments[3]) : 1'000'000;
    for (const int callers : {1, 16, 64, 256, 1024}) {
        ingestor::sqlite::measure_submits(scratch.path(), callers, seconds);
    }
    ingestor::sqlite::measure_pages(scratch.path(), 1'000);
    if (jobs > 0) ingestor::sqlite::measure_pages(scratch.path(), jobs);
    return 0;
}
