#include "eventbridge/schedules/schedule.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <string>

namespace ingestor::eventbridge::schedules {
namespace {

using std::chrono::minutes;

struct Unit {
    std::string_view one;
    std::string_view many;
    minutes length;
};
constexpr std::array<Unit, 3> kUnits = {{{"minute", "minutes", minutes(1)},
                                         {"hour", "hours", minutes(60)},
                                         {"day", "days", minutes(24 * 60)}}};

/// What stands in `name(...)`; nullopt where the text is no such call.
std::optional<std::string_view> argument_of(std::string_view text, std::string_view name) {
    if (!text.starts_with(name) || !text.ends_with(')')) return std::nullopt;
    text.remove_prefix(name.size());
    if (!text.starts_with('(')) return std::nullopt;
    return text.substr(1, text.size() - 2);
}

std::optional<minutes> rate_of(std::string_view text) {
    const auto blank = text.find(' ');
    if (blank == std::string_view::npos) return std::nullopt;
    const std::string_view digits = text.substr(0, blank);
    const std::string_view name = text.substr(blank + 1);
    std::int32_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + blank, value);
    if (error != std::errc{} || end != digits.data() + blank || value < 1) return std::nullopt;
    const auto unit = std::ranges::find(kUnits, name, value == 1 ? &Unit::one : &Unit::many);
    if (unit == kUnits.end()) return std::nullopt;
    return unit->length * value;
}

}  // namespace

Result<Schedule> Schedule::parse(std::string_view expression) {
    if (const auto text = argument_of(expression, "rate")) {
        if (const auto rate = rate_of(*text)) return Schedule(*rate);
    } else if (const auto fields = argument_of(expression, "cron")) {
        if (const auto cron = Cron::parse(*fields)) return Schedule(*cron);
    }
    return fail(Errc::invalid_argument, "Parameter ScheduleExpression is not valid.",
                "ScheduleExpression");
}

std::optional<TimePoint> Schedule::next(TimePoint after, TimePoint since) const {
    if (const auto* const cron = std::get_if<Cron>(&when_)) return cron->next(after);
    const std::chrono::milliseconds interval = std::get<Rate>(when_);
    if (after < since) return since + interval;
    return since + ((after - since) / interval + 1) * interval;
}

}  // namespace ingestor::eventbridge::schedules
