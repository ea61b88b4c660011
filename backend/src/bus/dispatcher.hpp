#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <unordered_set>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "async/notifier.hpp"
#include "async/task_group.hpp"
#include "bus/function_host.hpp"
#include "bus/ready_window.hpp"
#include "bus/retry.hpp"
#include "bus/rule_table.hpp"
#include "ports/clock.hpp"
#include "ports/event_log.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace ingestor {

/// Hands deliveries to their targets. A delivery that was just committed starts at once, without
/// another look into the log; retries, what a restart left over and what found no room in memory
/// are loaded from the log. A delivery is forgotten when it is acknowledged there, so a crash means
/// a duplicate at worst. Use from the I/O executor only.
class Dispatcher {
public:
    struct Options {
        std::size_t in_flight_max = 1'000;  ///< Invocations that run at once.
        std::size_t window_max = 10'000;    ///< Due deliveries kept in memory.
        Backoff backoff = {};               ///< Between tries to hand an event over.
        /// The log is looked through at least so often, whatever else happens.
        std::chrono::milliseconds poll{10'000};
        /// After a failure of the log itself.
        std::chrono::milliseconds log_retry{1'000};
        std::uint64_t jitter_seed = std::random_device{}();
    };
    /// What the dispatcher works with; all of it outlives it.
    struct Parts {
        EventLog& event_log;
        const RuleTable& rules;
        FunctionHost& functions;
        const Clock& clock;
        Log& log;
        Metrics& metrics;
    };
    Dispatcher(boost::asio::any_io_executor executor, Parts parts, Options options);

    /// Takes up what the log holds, and then whatever comes.
    void start();
    /// For the stores' DeliveriesCommitted. Before start() and after stop() nothing is lost by it:
    /// the log has the deliveries.
    void accept(std::vector<Delivery> deliveries);
    /// Looks into the log now, e.g. after a dead letter was redriven.
    void wake();
    /// Hands out nothing more, asks running functions to stop and waits for them. False: at
    /// `latest` some still ran.
    boost::asio::awaitable<bool> stop(Deadline latest);

    [[nodiscard]] std::size_t in_flight() const { return in_flight_; }
    [[nodiscard]] std::size_t ready() const { return window_.size(); }

private:
    boost::asio::awaitable<void> load();
    boost::asio::awaitable<void> refill();
    boost::asio::awaitable<void> deliver(ReadyDelivery ready);
    boost::asio::awaitable<void> hand_over(const ReadyDelivery& ready);
    boost::asio::awaitable<void> settle_refused(const Delivery& delivery, DeliveryFailure failure);
    boost::asio::awaitable<void> settle_failed(const Delivery& delivery, AsyncInvokeConfig config,
                                               std::string message);
    boost::asio::awaitable<void> settle(const Delivery& delivery, DeliveryStage stage, int failures,
                                        NextStep step, std::string message);

    void offer(Delivery delivery);
    void pump();
    void expect_due(TimePoint at);
    [[nodiscard]] bool refill_wanted() const;
    [[nodiscard]] Deadline next_look() const;
    [[nodiscard]] double jitter();

    Parts parts_;
    Options options_;
    std::mt19937_64 random_;
    ReadyWindow window_;
    std::stop_source stop_;
    bool started_ = false;
    bool stopping_ = false;
    std::size_t in_flight_ = 0;

    std::unordered_set<std::int64_t> known_;  ///< In the window or in flight.
    /// Settled while a page of the log was being read: the page may still show them as due.
    std::unordered_set<std::int64_t> settled_;
    bool reading_ = false;

    std::int64_t cursor_ = 0;  ///< How far the log has been looked through in this round.
    /// Goes through the whole log: one group's backlog must not hide what others left.
    bool first_look_ = true;
    bool behind_ = true;  ///< The log may hold due deliveries that are not in memory.
    bool skipped_in_round_ = false;
    bool look_now_ = false;
    std::optional<TimePoint> next_due_;
    Deadline poll_at_{};
    Notifier wake_;
    TaskGroup tasks_;
};

}  // namespace ingestor
