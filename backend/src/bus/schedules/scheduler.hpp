#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "async/monotonic_clock.hpp"
#include "async/notifier.hpp"
#include "bus/event_bus.hpp"
#include "domain/names.hpp"
#include "eventbridge/schedules/schedule.hpp"
#include "ports/clock.hpp"
#include "ports/event_log.hpp"
#include "telemetry/log.hpp"

namespace ingestor::bus::schedules {

/// Fires the rules that have a schedule: gives their targets a "Scheduled Event", whatever their
/// pattern. That a rule has fired is stored together with the event and its deliveries, so a crash
/// neither repeats a firing nor loses one. Of the firings that fell into a time when the service
/// did not run, one is made up for at the start. Use from the I/O executor only.
class Scheduler {
public:
    /// All outlive it.
    struct Dependencies {
        EventBus& bus;
        const ports::Clock& clock;
        async::MonotonicClock& monotonic;
        telemetry::Log& log;
        domain::Names names;
    };
    Scheduler(const boost::asio::any_io_executor& executor, Dependencies dependencies);

    /// Until stop().
    boost::asio::awaitable<void> run();
    void stop();
    /// The rules have changed.
    void wake() { wake_.notify(); }

private:
    /// Fires what is due; returns when to look again.
    boost::asio::awaitable<Deadline> fire_due();
    /// When the rule fires next, or was to fire; nullopt: never again.
    [[nodiscard]] std::optional<TimePoint> next_firing(
        const ports::Rule& rule, const eventbridge::schedules::Schedule& schedule,
        TimePoint now) const;

    Dependencies deps_;
    TimePoint looked_at_;  ///< The last time, by the wall clock.
    bool stopping_ = false;
    async::Notifier wake_;
};

}  // namespace ingestor::bus::schedules
