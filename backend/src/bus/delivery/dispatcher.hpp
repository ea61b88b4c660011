#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <expected>
#include <functional>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "async/monotonic_clock.hpp"
#include "async/notifier.hpp"
#include "async/task_group.hpp"
#include "bus/delivery/delivery_log.hpp"
#include "bus/delivery/fair_places.hpp"
#include "bus/delivery/lane.hpp"
#include "bus/delivery/ready_window.hpp"
#include "bus/delivery/retry.hpp"
#include "bus/delivery/settlement.hpp"
#include "bus/delivery/store_backoff.hpp"
#include "bus/rules/rule_table.hpp"
#include "bus/targets/target_set.hpp"
#include "domain/names.hpp"
#include "ports/clock.hpp"
#include "ports/event_log.hpp"
#include "ports/message_sender.hpp"
#include "telemetry/lasting_state.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace ingestor::bus::delivery {

/// Hands the deliveries of one lane to their targets. A delivery that was just committed starts at
/// once, without another look into the log; retries, what a restart left over and what found no
/// room in memory are loaded from the log. A delivery is forgotten when it is acknowledged there,
/// so a crash means a duplicate at worst. Use from the I/O executor only.
///
/// How it works: a look goes through the log group by group and takes the head of each; a group
/// that has more than is in memory is `behind`, and is filled up when what it has in memory runs
/// low. ReadyWindow gives the groups turns, FairPlaces the places in flight; nothing is taken that
/// its function has no room for, so being full costs no attempt. While the log fails, nothing is
/// handed out: StoreBackoff says when the next call may try, and deliveries that have run keep
/// their places until their end is written.
class Dispatcher {
public:
    struct Options {
        Lane lane = Lane::functions;
        std::size_t in_flight_max = 1'000;  ///< Invocations that run at once.
        std::size_t window_max = 10'000;    ///< Due deliveries kept in memory.
        Backoff backoff = {};               ///< Between tries to hand an event over.
        /// The log is looked through at least so often, whatever else happens.
        std::chrono::milliseconds poll{10'000};
        StoreBackoff::Options store_backoff = {};
        std::uint64_t jitter_seed = std::random_device{}();
    };
    /// What the dispatcher works with; all of it outlives it.
    struct Dependencies {
        ports::EventLog& event_log;
        const rules::RuleTable& rules;
        targets::TargetSet& targets;
        const ports::Clock& clock;
        async::MonotonicClock& monotonic;
        telemetry::Log& log;
        telemetry::Metrics& metrics;
        DeliveryLog& deliveries;
        domain::Names names;
        ports::MessageSender* queues = nullptr;  ///< nullptr: there are no dead-letter queues.
        /// Hears now and then how many deliveries are under way, of all lanes.
        std::function<void(std::uint64_t)> on_depth = [](std::uint64_t) {};
    };
    Dispatcher(boost::asio::any_io_executor executor, Dependencies dependencies, Options options);

    /// Takes up what the log holds, and then whatever comes.
    void start();
    /// Of the lane. Before start() and after stop() nothing is lost by it: the log has them.
    void accept(std::vector<ports::Delivery> deliveries);
    /// Looks into the log now, even if it failed a moment ago.
    void wake();
    /// Hands out nothing more, and asks running functions to stop.
    void begin_stop();
    /// begin_stop(), and waits for what runs. False: at `latest` some still ran.
    boost::asio::awaitable<bool> stop(Deadline latest);

    [[nodiscard]] std::size_t in_flight() const { return places_.taken(); }
    [[nodiscard]] std::size_t ready() const { return window_.size(); }

private:
    using MaybePermit = std::expected<targets::Permit, targets::DeliveryFailure>;

    boost::asio::awaitable<void> load();
    boost::asio::awaitable<void> look();
    boost::asio::awaitable<void> fill(std::string group);
    /// Takes in the deliveries of these ids that nothing else has settled since, and sets those
    /// aside whose event is corrupt. False: the log failed.
    boost::asio::awaitable<bool> take_in(std::vector<std::int64_t> ids);
    boost::asio::awaitable<void> report_depth();
    /// The one call that asks whether the log answers again.
    boost::asio::awaitable<void> probe();

    boost::asio::awaitable<void> deliver(ReadyDelivery ready, MaybePermit permit);
    /// Invokes the target and says how that ends; nullopt: it was cut short by our own stop.
    boost::asio::awaitable<std::optional<Settlement>> hand_over(const ReadyDelivery& ready,
                                                                MaybePermit permit);
    /// What the target is given; nullopt: the event itself.
    [[nodiscard]] std::expected<std::optional<std::string>, targets::DeliveryFailure> input_of(
        const ports::Delivery& delivery) const;
    [[nodiscard]] Settlement settlement_of(const ports::Delivery& delivery,
                                           targets::Outcome outcome);
    [[nodiscard]] Settlement refused(const ports::Delivery& delivery,
                                     targets::DeliveryFailure failure);
    [[nodiscard]] Settlement failed(const ports::Delivery& delivery,
                                    targets::FunctionFailure failure);
    boost::asio::awaitable<void> settle(Settlement settlement);
    /// False: the log failed.
    boost::asio::awaitable<bool> write(const Settlement& settlement);
    /// What cannot be written stays unsettled.
    boost::asio::awaitable<void> write_again(const Settlement& settlement);
    boost::asio::awaitable<Result<std::monostate>> write_to_log(const Settlement& settlement);
    /// To the target's dead-letter queue. False: it has none, or there is none of that name.
    boost::asio::awaitable<Result<bool>> send_to_queue(const Settlement& settlement,
                                                       const SendToDlq& reason);
    void tell(const Settlement& settlement);
    void release(const ports::Delivery& delivery);

    void offer(ports::Delivery delivery);
    void pump();
    void begin(ReadyDelivery ready);
    void expect_due(TimePoint at);
    void log_failed(const Error& error);
    void log_answers();
    [[nodiscard]] bool is_new(std::int64_t id) const;
    [[nodiscard]] std::size_t fill_max() const;
    /// Where a look begins; nullopt: with the first group of all.
    [[nodiscard]] std::optional<std::string> first_after() const;
    /// Where it goes on behind a page; nullopt: that was the last of the lane.
    [[nodiscard]] std::optional<std::string> next_after(
        const std::vector<ports::DueGroup>& page) const;
    [[nodiscard]] bool look_wanted() const;
    [[nodiscard]] Deadline next_look() const;
    [[nodiscard]] double jitter();

    Dependencies deps_;
    Options options_;
    std::mt19937_64 random_;
    ReadyWindow window_;
    FairPlaces places_;
    std::stop_source stop_;
    bool started_ = false;
    bool stopping_ = false;

    std::unordered_set<std::int64_t> known_;  ///< In the window or in flight.
    /// Settled while the log was being read: what was read may still show them as due.
    std::unordered_set<std::int64_t> settled_;
    bool reading_ = false;

    /// What happened to a group that is behind while it was being read.
    struct Behind {
        bool grew = false;     ///< The log has more of it since.
        bool no_room = false;  ///< Some of it found no room in memory.
    };
    std::unordered_map<std::string, Behind> behind_;  ///< May have more due than is in memory.
    std::unordered_set<std::string> hungry_;  ///< Those of them that are to be filled up now.
    bool look_now_ = true;
    bool look_when_room_ = false;            ///< There are groups that nothing is in memory of.
    std::optional<std::string> look_after_;  ///< Where that look goes on.
    std::optional<TimePoint> next_due_;
    Deadline poll_at_{};
    /// When a target that has no room will have it by time alone.
    Deadline room_at_ = Deadline::max();
    Deadline waits_until_ = Deadline::min();  ///< min(): it does not wait.
    Deadline look_not_before_{};  ///< Unless it is asked for: looking takes its share of the time.

    StoreBackoff store_;
    telemetry::LastingState store_state_;
    std::deque<Settlement> unsettled_;  ///< They could not be written; each holds its place.
    async::Notifier wake_;
    async::TaskGroup tasks_;
};

}  // namespace ingestor::bus::delivery
