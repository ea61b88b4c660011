#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <variant>

#include "base/result.hpp"
#include "base/time.hpp"
#include "eventbridge/schedules/cron.hpp"

namespace ingestor::eventbridge::schedules {

/// When a rule fires by the clock: `rate(5 minutes)` or `cron(0 12 * * ? *)`. Sources: EventBridge
/// user guide, "Rate expressions" and "Cron expressions".
class Schedule {
public:
    /// Errors: invalid_argument, in EventBridge's words.
    [[nodiscard]] static Result<Schedule> parse(std::string_view expression);

    /// The first firing after `after`. A rate counts from `since`, when the rule was made, changed
    /// or enabled, a whole interval after which it fires first. nullopt: it never fires again.
    [[nodiscard]] std::optional<TimePoint> next(TimePoint after, TimePoint since) const;

private:
    using Rate = std::chrono::minutes;

    explicit Schedule(std::variant<Rate, Cron> when) : when_(when) {}

    std::variant<Rate, Cron> when_;
};

}  // namespace ingestor::eventbridge::schedules
