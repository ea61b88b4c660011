#pragma once

#include <bitset>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.hpp"

namespace ingestor::eventbridge::schedules {

/// The six fields of `cron(...)`: minutes, hours, day of month, month, day of week, year, in UTC.
/// One of the two fields of days is `?`. Source: EventBridge user guide, "Cron expressions".
class Cron {
public:
    static constexpr int kYearMin = 1970;
    static constexpr int kYearMax = 2199;

    /// What stands between the parentheses. nullopt: it is no such thing.
    [[nodiscard]] static std::optional<Cron> parse(std::string_view fields);

    /// The first minute after the one that `after` lies in; nullopt: there is none until the end of
    /// kYearMax.
    [[nodiscard]] std::optional<TimePoint> next(TimePoint after) const;

private:
    /// `15W`, `LW`, `L` (of the month), `6L`, `SAT#3`: days that depend on the month.
    enum class Special : std::uint8_t {
        none,
        last_day,
        nearest_weekday,
        last_weekday,
        last_of,
        nth
    };

    [[nodiscard]] bool parse_day_of_month(std::string_view text);
    [[nodiscard]] bool parse_day_of_week(std::string_view text);
    [[nodiscard]] bool has_day(std::chrono::year_month_day date) const;
    [[nodiscard]] std::optional<std::chrono::minutes> next_time_of_day(
        std::chrono::minutes from) const;

    std::bitset<60> minutes_;
    std::bitset<24> hours_;
    std::bitset<32> days_;     ///< Of the month, from 1.
    std::bitset<13> months_;   ///< From 1.
    std::bitset<8> weekdays_;  ///< From 1, which is Sunday.
    std::bitset<kYearMax - kYearMin + 1> years_;
    bool by_weekday_ = false;  ///< The day of the month is `?`.
    Special special_ = Special::none;
    unsigned special_day_ = 0;  ///< Of the month, or of the week.
    unsigned special_nth_ = 0;
};

}  // namespace ingestor::eventbridge::schedules
