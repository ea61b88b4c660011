#include "eventbridge/schedules/cron.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <vector>

namespace ingestor::eventbridge::schedules {
namespace {

using std::chrono::days;
using std::chrono::minutes;
using std::chrono::sys_days;
using std::chrono::weekday;
using std::chrono::year_month_day;
using std::chrono::year_month_day_last;

constexpr std::array<std::string_view, 12> kMonths = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                      "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<std::string_view, 7> kWeekdays = {"SUN", "MON", "TUE", "WED",
                                                       "THU", "FRI", "SAT"};

/// What a field may hold.
struct Range {
    int min;
    int max;
    std::span<const std::string_view> names = {};
    bool wraps = true;  ///< `FRI-MON`.
};

std::vector<std::string_view> split(std::string_view text, char by) {
    std::vector<std::string_view> parts;
    while (true) {
        const auto end = text.find(by);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

bool equal_ignoring_case(std::string_view text, std::string_view upper) {
    return std::ranges::equal(text, upper, [](char a, char b) {
        return (a >= 'a' && a <= 'z' ? static_cast<char>(a - 'a' + 'A') : a) == b;
    });
}

std::optional<int> number(std::string_view text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = end == text.data() + text.size();
    if (error != std::errc{} || !whole || text.front() == '-') return std::nullopt;
    return value;
}

/// A number or a name of the range.
std::optional<int> value_of(std::string_view text, const Range& range) {
    const auto name = std::ranges::find_if(
        range.names, [text](std::string_view known) { return equal_ignoring_case(text, known); });
    if (name != range.names.end()) {
        return range.min + static_cast<int>(name - range.names.begin());
    }
    const auto value = number(text);
    if (!value || *value < range.min || *value > range.max) return std::nullopt;
    return value;
}

/// `*`, `5`, `1-5`, `*/10`, `5/10`, `1-30/10`: adds what it names.
template <std::size_t Size>
bool add_item(std::string_view item, const Range& range, int base, std::bitset<Size>& out) {
    int step = 0;
    if (const auto slash = item.find('/'); slash != std::string_view::npos) {
        const auto parsed = number(item.substr(slash + 1));
        if (!parsed || *parsed < 1) return false;
        step = *parsed;
        item = item.substr(0, slash);
    }
    int first = range.min;
    int last = range.max;
    if (item != "*") {
        const auto dash = item.find('-');
        const auto begin = value_of(item.substr(0, dash), range);
        if (!begin) return false;
        first = *begin;
        if (dash != std::string_view::npos) {
            const auto end = value_of(item.substr(dash + 1), range);
            if (!end) return false;
            last = *end;
        } else if (step == 0) {
            last = first;
        }
    }
    const int count = range.max - range.min + 1;
    if (last < first) {
        if (!range.wraps) return false;
        last += count;
    }
    for (int at = first; at <= last; at += std::clamp(step, 1, count)) {
        out.set(static_cast<std::size_t>((at - range.min) % count + range.min - base));
    }
    return true;
}

template <std::size_t Size>
bool add_list(std::string_view text, const Range& range, std::bitset<Size>& out, int base = 0) {
    return std::ranges::all_of(split(text, ','), [&](std::string_view item) {
        return !item.empty() && add_item(item, range, base, out);
    });
}

bool is_working_day(sys_days day) {
    const weekday of(day);
    return of != std::chrono::Saturday && of != std::chrono::Sunday;
}

/// The working day nearest to `day`, within its month.
sys_days nearest_working_day(year_month_day day, sys_days last) {
    const sys_days at{day};
    if (is_working_day(at)) return at;
    if (weekday(at) == std::chrono::Saturday) {
        return day.day() == std::chrono::day(1) ? at + days(2) : at - days(1);
    }
    return at == last ? at - days(2) : at + days(1);
}

constexpr Range kDayOfMonth{.min = 1, .max = 31};
constexpr Range kDayOfWeek{.min = 1, .max = 7, .names = kWeekdays};

}  // namespace

std::optional<Cron> Cron::parse(std::string_view fields) {
    const auto parts = split(fields, ' ');
    if (parts.size() != 6) return std::nullopt;
    Cron cron;
    const bool times = add_list(parts[0], {.min = 0, .max = 59}, cron.minutes_) &&
                       add_list(parts[1], {.min = 0, .max = 23}, cron.hours_) &&
                       add_list(parts[3], {.min = 1, .max = 12, .names = kMonths}, cron.months_) &&
                       add_list(parts[5], {.min = kYearMin, .max = kYearMax, .wraps = false},
                                cron.years_, kYearMin);
    if (!times || (parts[2] == "?") == (parts[4] == "?")) return std::nullopt;
    cron.by_weekday_ = parts[2] == "?";
    const bool day =
        cron.by_weekday_ ? cron.parse_day_of_week(parts[4]) : cron.parse_day_of_month(parts[2]);
    if (!day) return std::nullopt;
    return cron;
}

bool Cron::parse_day_of_month(std::string_view text) {
    if (text == "L") {
        special_ = Special::last_day;
        return true;
    }
    if (text == "LW") {
        special_ = Special::last_weekday;
        return true;
    }
    if (text.ends_with('W')) {
        const auto day = value_of(text.substr(0, text.size() - 1), kDayOfMonth);
        special_ = Special::nearest_weekday;
        special_day_ = static_cast<unsigned>(day.value_or(0));
        return day.has_value();
    }
    return add_list(text, kDayOfMonth, days_);
}

bool Cron::parse_day_of_week(std::string_view text) {
    if (text == "L") return add_list("7", kDayOfWeek, weekdays_);
    const auto hash = text.find('#');
    if (hash == std::string_view::npos && !text.ends_with('L')) {
        return add_list(text, kDayOfWeek, weekdays_);
    }
    const bool is_nth = hash != std::string_view::npos;
    const auto day = value_of(text.substr(0, is_nth ? hash : text.size() - 1), kDayOfWeek);
    const auto nth = is_nth ? value_of(text.substr(hash + 1), {.min = 1, .max = 5}) : 1;
    special_ = is_nth ? Special::nth : Special::last_of;
    special_day_ = static_cast<unsigned>(day.value_or(0));
    special_nth_ = static_cast<unsigned>(nth.value_or(0));
    return day && nth;
}

bool Cron::has_day(year_month_day date) const {
    const auto day = static_cast<unsigned>(date.day());
    const sys_days at{date};
    // From 1, which is Sunday.
    const unsigned of_week = weekday(at).c_encoding() + 1;
    const sys_days last{year_month_day_last(date.year(), date.month() / std::chrono::last)};
    switch (special_) {
        case Special::none:
            return by_weekday_ ? weekdays_.test(of_week) : days_.test(day);
        case Special::last_day:
            return at == last;
        case Special::last_weekday:
            return at == nearest_working_day(year_month_day(last), last);
        case Special::nearest_weekday: {
            const year_month_day wanted(date.year(), date.month(), std::chrono::day(special_day_));
            return wanted.ok() && at == nearest_working_day(wanted, last);
        }
        case Special::last_of:
            return of_week == special_day_ && at + days(7) > last;
        case Special::nth:
            return of_week == special_day_ && (day - 1) / 7 + 1 == special_nth_;
    }
    return false;
}

std::optional<minutes> Cron::next_time_of_day(minutes from) const {
    const auto start = static_cast<std::size_t>(from.count());
    for (std::size_t hour = start / 60; hour < hours_.size(); ++hour) {
        if (!hours_.test(hour)) continue;
        for (std::size_t minute = hour == start / 60 ? start % 60 : 0; minute < minutes_.size();
             ++minute) {
            if (minutes_.test(minute)) return minutes(hour * 60 + minute);
        }
    }
    return std::nullopt;
}

std::optional<TimePoint> Cron::next(TimePoint after) const {
    const auto from = std::chrono::floor<minutes>(after) + minutes(1);
    sys_days day = std::chrono::floor<days>(from);
    auto time_of_day = from - day;
    const sys_days end{
        year_month_day(std::chrono::year(kYearMax), std::chrono::December, std::chrono::day(31))};
    while (day <= end) {
        const year_month_day date(day);
        const int year = static_cast<int>(date.year());
        const bool in_year =
            year >= kYearMin && years_.test(static_cast<std::size_t>(year - kYearMin));
        if (!in_year) {
            day = sys_days{(date.year() + std::chrono::years(1)) / std::chrono::January / 1};
        } else if (!months_.test(static_cast<unsigned>(date.month()))) {
            day = sys_days{(date.year() / date.month() + std::chrono::months(1)) / 1};
        } else {
            if (has_day(date)) {
                if (const auto time = next_time_of_day(time_of_day)) return day + *time;
            }
            day += days(1);
        }
        time_of_day = minutes(0);
    }
    return std::nullopt;
}

}  // namespace ingestor::eventbridge::schedules
