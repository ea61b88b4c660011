// Events that a bus takes a second, durable: each is checked, matched by the rules of its bus and
// stored together with its delivery. And how soon after the call its target starts, at a steady
// rate. In process, so that what is measured is the bus.
//
// usage: put_events_bench DIRECTORY [SECONDS]
// DIRECTORY should lie on the disk in question. One JSON line a measurement.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "async/monotonic_clock.hpp"
#include "async/testing/spawned_task.hpp"
#include "bus/delivery/lanes.hpp"
#include "bus/event_bus.hpp"
#include "bus/event_ingestion.hpp"
#include "bus/rules/rule_table.hpp"
#include "bus/targets/function_host.hpp"
#include "bus/targets/target_set.hpp"
#include "ports/clock.hpp"
#include "sqlite/database.hpp"
#include "sqlite/outbox.hpp"
#include "sqlite/sqlite_event_log.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace asio = boost::asio;
using namespace ingestor;
using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

namespace {

constexpr std::size_t kPadding = 900;
constexpr double kRate = 500;
constexpr const char* kFunction = "arn:aws:lambda:us-east-1:000000000000:function:f";

double seconds_since(Steady::time_point start) {
    return std::chrono::duration<double>(Steady::now() - start).count();
}

/// CPU time of all threads of this process: what stays comparable on a busy machine.
double cpu_seconds() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

double quantile(std::vector<double>& values, double q) {
    std::ranges::sort(values);
    const auto place = static_cast<std::size_t>(q * static_cast<double>(values.size()));
    return values.at(std::min(place, values.size() - 1));
}

/// A bus with one rule, whose target notes when it starts.
class World {
public:
    explicit World(const std::filesystem::path& directory) {
        std::filesystem::create_directories(directory);
        auto opened = sqlite::Database::open(directory, clock_);
        if (!opened) throw std::runtime_error(opened.error().message);
        database_ = std::move(*opened);
        outbox_.emplace(table_, clock_, [this](std::vector<ports::Delivery> deliveries) {
            lanes_->accept(std::move(deliveries));
        });
        event_log_.emplace(*database_, *outbox_);
        bus_.emplace(io_.get_executor(), *event_log_, table_);
        auto handler = [this](bus::targets::Invocation invocation) {
            return note_start(std::move(invocation));
        };
        functions_.add(kFunction, std::move(handler), {});
        targets_.add(bus::targets::TargetKind::function, functions_);
        lanes_.emplace(io_.get_executor(),
                       bus::delivery::Dispatcher::Dependencies{.event_log = *event_log_,
                                                               .rules = table_,
                                                               .targets = targets_,
                                                               .clock = clock_,
                                                               .monotonic = monotonic_,
                                                               .log = log_,
                                                               .metrics = metrics_,
                                                               .deliveries = delivery_log_,
                                                               .names = names_},
                       bus::delivery::Dispatcher::Options{});
        run(bus_->open(clock_.now()));
        ports::Rule rule{.bus = "default", .name = "all"};
        rule.event_pattern = R"({"source":["depot.scale"]})";
        rule.targets = {{.id = "f", .arn = kFunction}};
        run(bus_->put_rule(std::move(rule)));
    }

    /// Callers that each put an event, wait for the answer, and put the next. Nothing is delivered.
    void take(std::size_t in_flight, double seconds) {
        times_ms_.clear();
        const auto start = Steady::now();
        const auto cpu = cpu_seconds();
        const auto until = start + std::chrono::microseconds(static_cast<int64_t>(seconds * 1e6));
        for (std::size_t n = 0; n < in_flight; ++n) spawn(put_until(until));
        io_.restart();
        io_.run();
        const auto took = seconds_since(start);
        const auto count = static_cast<double>(times_ms_.size());
        fmt::print(R"({{"in_flight":{},"events_s":{:.0f},"p50_ms":{:.3f},"p99_ms":{:.3f},)"
                   R"("cpu_us":{:.1f}}})"
                   "\n",
                   in_flight, count / took, quantile(times_ms_, 0.5), quantile(times_ms_, 0.99),
                   (cpu_seconds() - cpu) * 1e6 / count);
    }

    /// Events at a steady rate, each timed from the call to the start of its target.
    void deliver(double seconds) {
        lanes_->start();
        const auto wanted = static_cast<std::size_t>(kRate * seconds);
        const auto begun = Steady::now();
        for (std::size_t put = 0; starts_ms_.size() < wanted;) {
            const auto due = static_cast<std::size_t>(seconds_since(begun) * kRate);
            for (; put < std::min(due, wanted); ++put) spawn(put_one());
            io_.restart();
            io_.run_for(200us);
        }
        run(end());
        fmt::print(R"({{"rate":{:.0f},"p50_ms":{:.3f},"p99_ms":{:.3f}}})"
                   "\n",
                   kRate, quantile(starts_ms_, 0.5), quantile(starts_ms_, 0.99));
    }

private:
    void spawn(asio::awaitable<void> task) {
        asio::co_spawn(io_, std::move(task), [](const std::exception_ptr& thrown) {
            if (thrown) std::rethrow_exception(thrown);
        });
    }
    template <class Value>
    void run(asio::awaitable<Result<Value>> task) {
        const auto done = async::testing::run_to_end(io_, std::move(task));
        if (!done) throw std::runtime_error(done.error().message);
    }

    asio::awaitable<void> put_one() {
        const ports::Principal who{.user_id = domain::UserId("local"), .is_operator = true};
        std::vector<bus::EventEntry> entries(1);
        entries[0].bus = "default";
        entries[0].source = "depot.scale";
        entries[0].detail_type = "Parcel Weighed";
        entries[0].detail = fmt::format(R"({{"at":{},"pad":"{:x<{}}"}})",
                                        Steady::now().time_since_epoch().count(), "", kPadding);
        const auto put = co_await bus::put_events(*bus_, who, std::move(entries), clock_, names_);
        if (!put || put->at(0).event_id.empty()) throw std::runtime_error("not taken");
    }
    asio::awaitable<void> put_until(Steady::time_point until) {
        while (Steady::now() < until) {
            const auto start = Steady::now();
            co_await put_one();
            times_ms_.push_back(seconds_since(start) * 1e3);
        }
    }
    asio::awaitable<void> note_start(bus::targets::Invocation invocation) {
        constexpr std::string_view kAt = R"({"at":)";
        const std::string_view detail = invocation.event->detail;
        Steady::rep at = 0;
        std::from_chars(detail.begin() + kAt.size(), detail.end(), at);
        starts_ms_.push_back(seconds_since(Steady::time_point(Steady::duration(at))) * 1e3);
        co_return;
    }
    asio::awaitable<Result<std::monostate>> end() {
        co_await lanes_->stop(Steady::now() + 10s);
        co_return std::monostate{};
    }

    asio::io_context io_;
    ports::SystemClock clock_;
    async::SteadyClock monotonic_;
    domain::Names names_;
    telemetry::Log log_{telemetry::LogFormat::json, telemetry::LogLevel::error};
    bus::delivery::DeliveryLog delivery_log_;
    telemetry::Metrics metrics_;
    bus::rules::RuleTable table_;
    std::unique_ptr<sqlite::Database> database_;
    std::optional<sqlite::Outbox> outbox_;
    std::optional<sqlite::SqliteEventLog> event_log_;
    std::optional<bus::EventBus> bus_;
    bus::targets::FunctionHost functions_;
    bus::targets::TargetSet targets_;
    std::optional<bus::delivery::Lanes> lanes_;
    std::vector<double> times_ms_;
    std::vector<double> starts_ms_;
};

}  // namespace

int main(int argc, char** argv) try {
    if (argc < 2) {
        fmt::print(stderr, "usage: put_events_bench DIRECTORY [SECONDS]\n");
        return 2;
    }
    const std::filesystem::path directory = argv[1];
    const double seconds = argc > 2 ? std::strtod(argv[2], nullptr) : 4;
    {
        World world(directory / "take");
        for (const std::size_t in_flight : {1U, 64U}) world.take(in_flight, seconds);
    }
    World(directory / "deliver").deliver(seconds);
    return 0;
} catch (const std::exception& error) {
    fmt::print(stderr, "put_events_bench: {}\n", error.what());
    return 1;
}
