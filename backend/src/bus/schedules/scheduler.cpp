#include "bus/schedules/scheduler.hpp"

#include <algorithm>
#include <utility>

#include "base/uuid.hpp"

namespace ingestor::bus::schedules {

namespace asio = boost::asio;
using eventbridge::schedules::Schedule;

namespace {

/// The wall clock may be set at any time, so it is looked at so often.
constexpr std::chrono::seconds kLookEvery{20};
/// Clocks that are set each second are off by less.
constexpr std::chrono::minutes kClockTolerance{1};
/// While the store fails.
constexpr std::chrono::seconds kRetryAfter{1};

}  // namespace

Scheduler::Scheduler(const asio::any_io_executor& executor, Dependencies dependencies)
    : deps_(std::move(dependencies)), looked_at_(deps_.clock.now()), wake_(executor) {}

void Scheduler::stop() {
    stopping_ = true;
    wake_.notify();
}

std::optional<TimePoint> Scheduler::next_firing(const ports::Rule& rule, const Schedule& schedule,
                                                TimePoint now) const {
    const auto after = std::max(rule.scheduled_since, rule.fired_at.value_or(TimePoint()));
    if (after <= now + kClockTolerance) return schedule.next(after, rule.scheduled_since);
    // The clock ran ahead when that was written, and was set right. The rule does not keep still
    // until it is there again: it fires at what lies between two looks.
    const bool made_ahead = rule.scheduled_since > now + kClockTolerance;
    return schedule.next(std::min(looked_at_, now),
                         made_ahead ? TimePoint() : rule.scheduled_since);
}

asio::awaitable<void> Scheduler::run() {
    while (!stopping_) {
        const auto latest = co_await fire_due();
        if (!stopping_) co_await deps_.monotonic.wait(wake_, latest);
    }
}

asio::awaitable<Deadline> Scheduler::fire_due() {
    std::chrono::milliseconds wait = kLookEvery;
    bool any = false;
    const auto looked_at = deps_.clock.now();
    for (const auto& rule : deps_.bus.rules_of(std::string(kDefaultBus))) {
        if (stopping_) break;
        if (!rule.enabled || rule.schedule.empty()) continue;
        const auto schedule = Schedule::parse(rule.schedule);
        if (!schedule) continue;
        any = true;
        auto now = deps_.clock.now();
        auto next = next_firing(rule, *schedule, now);
        if (next && *next <= now) {
            eventbridge::Event event{.bus = rule.bus,
                                     .id = uuid_v4(),
                                     .detail_type = "Scheduled Event",
                                     .source = "aws.events",
                                     .account = deps_.names.account,
                                     .time = now,
                                     .region = deps_.names.region,
                                     .detail = "{}"};
            event.resources.push_back(deps_.names.rule_arn(rule.bus, rule.name));
            ports::RuleKey key{rule.bus, rule.name};
            const auto fired = co_await deps_.bus.fire(std::move(key), now, std::move(event));
            if (!fired) {
                deps_.log.warn("a scheduled rule could not fire and will be tried again",
                               {{"rule", rule.name}, {"error", fired.error().message}});
                wait = std::min<std::chrono::milliseconds>(wait, kRetryAfter);
                continue;
            }
            auto done = rule;
            done.fired_at = now;
            next = next_firing(done, *schedule, now);
            now = deps_.clock.now();
        }
        if (next) wait = std::clamp(*next - now, std::chrono::milliseconds(0), wait);
    }
    looked_at_ = looked_at;
    co_return any ? deps_.monotonic.now() + wait : Deadline::max();
}

}  // namespace ingestor::bus::schedules
