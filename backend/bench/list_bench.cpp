// Pages of a user's jobs in a table of N jobs. Usage: list_bench DIR JOBS; one JSON object on
// stdout, the medians in microseconds of: the first page, the thousandth page (or the last), the
// first of a status, the first of two statuses, the first of a search that finds every job, and of
// one that finds none.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "base/uuid.hpp"
#include "sqlite/sqlite_job_store.hpp"

namespace asio = boost::asio;
using namespace ingestor;
using Clock_ = std::chrono::steady_clock;

namespace {

constexpr int kRounds = 300;
constexpr int kScans = 5;  ///< Of the whole table.
constexpr std::uint32_t kPage = 50;
constexpr long kDeepPage = 1'000;
constexpr long kWaiting = 256;

class Nowhere final : public ports::EventRouter {
public:
    [[nodiscard]] std::vector<ports::NewDelivery> route(const eventbridge::Event&) const override {
        return {};
    }
};

domain::Job job_of(TimePoint now) {
    domain::Job job;
    job.job_id = domain::JobId(uuid_v7(now));
    job.user_id = domain::UserId("ada");
    job.job_name = "bench";
    job.total_documents = 1;
    job.created_at = job.updated_at = now;
    job.files.push_back({.file_key = domain::ObjectKey("uploads/ada/x/a.md"), .filename = "a.md"});
    return job;
}

asio::awaitable<void> create(sqlite::SqliteJobStore& store, long& left) {
    const ports::SystemClock clock;
    while (left > 0) {
        --left;
        eventbridge::Event event;
        event.id = uuid_v4();
        event.detail = "{}";
        event.time = clock.now();
        auto job = job_of(event.time);
        const auto created = co_await store.create(std::move(job), std::nullopt, std::move(event));
        if (!created) std::abort();
    }
}

asio::awaitable<double> time_page(sqlite::SqliteJobStore& store, ports::JobQuery query,
                                  int rounds) {
    std::vector<double> times;
    for (int i = 0; i < rounds; ++i) {
        const auto start = Clock_::now();
        const auto page = co_await store.list(query);
        if (!page) std::abort();
        times.push_back(std::chrono::duration<double, std::micro>(Clock_::now() - start).count());
    }
    std::ranges::sort(times);
    co_return times[times.size() / 2];
}

asio::awaitable<void> measure(sqlite::SqliteJobStore& store, long jobs) {
    const ports::JobQuery first{.user_id = domain::UserId("ada"), .limit = kPage};
    auto deep = first;
    for (long page = 1; page < std::min(kDeepPage, jobs / kPage); ++page) {
        const auto found = co_await store.list(deep);
        if (!found) std::abort();
        deep.before = found->jobs.back().job_id;
    }
    auto queued = first;
    queued.statuses = {domain::JobStatus::queued};
    auto two = first;
    two.statuses = {domain::JobStatus::failed, domain::JobStatus::queued};
    auto common = first;
    common.text = "ENC";
    auto rare = first;
    rare.text = "no such name";
    const auto two_us = co_await time_page(store, two, kRounds);
    const auto common_us = co_await time_page(store, common, kRounds);
    const auto rare_us = co_await time_page(store, rare, kScans);
    const auto first_us = co_await time_page(store, first, kRounds);
    const auto deep_us = co_await time_page(store, deep, kRounds);
    const auto status_us = co_await time_page(store, queued, kRounds);
    fmt::print(
        "{{\"first_us\":{:.1f},\"deep_us\":{:.1f},\"status_us\":{:.1f},\"two_statuses_us\":{:.1f},"
        "\"search_us\":{:.1f},\"search_in_vain_us\":{:.1f}}}\n",
        first_us, deep_us, status_us, two_us, common_us, rare_us);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    const ports::SystemClock clock;
    const Nowhere router;
    auto database = sqlite::Database::open(argv[1], clock);
    if (!database) {
        fmt::print(stderr, "{}\n", database.error().message);
        return 1;
    }
    const async::SteadyClock monotonic;
    sqlite::Outbox outbox(router, clock, [](std::vector<ports::Delivery>) {});
    sqlite::SqliteJobStore store(**database, outbox, monotonic, "bench");
    const auto report = [](const std::exception_ptr& error) {
        if (error) std::rethrow_exception(error);
    };
    asio::io_context io(1);
    long left = std::atol(argv[2]);
    for (long i = 0; i < kWaiting; ++i) asio::co_spawn(io, create(store, left), report);
    io.run();
    io.restart();
    asio::co_spawn(io, measure(store, std::atol(argv[2])), report);
    io.run();
    return 0;
}
