#include "base/time.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <ctime>

#include <fmt/format.h>

namespace ingestor {
namespace {

struct Fields {
    std::chrono::year_month_day date{};
    std::chrono::hh_mm_ss<std::chrono::milliseconds> time;
};

Fields split(TimePoint time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    return {.date = day, .time = std::chrono::hh_mm_ss{time - day}};
}

/// The last `width` digits of it.
void append_digits(std::string& out, std::int64_t value, std::size_t width) {
    out.append(width, '0');
    for (auto place = out.rbegin(); width > 0; --width, ++place, value /= 10) {
        *place = static_cast<char>('0' + value % 10);
    }
}

/// `YYYY-MM-DDTHH:MM:SS`. By hand: with fmt it was 1 % of the work of a submit.
std::string date_and_time(const Fields& fields) {
    const auto& [date, clock] = fields;
    std::string out;
    out.reserve(sizeof "YYYY-MM-DDTHH:MM:SS.mmmZ");
    append_digits(out, static_cast<int>(date.year()), 4);
    out += '-';
    append_digits(out, static_cast<unsigned>(date.month()), 2);
    out += '-';
    append_digits(out, static_cast<unsigned>(date.day()), 2);
    out += 'T';
    append_digits(out, clock.hours().count(), 2);
    out += ':';
    append_digits(out, clock.minutes().count(), 2);
    out += ':';
    append_digits(out, clock.seconds().count(), 2);
    return out;
}

/// Takes `width` digits off the front of `text`; -1 where they are not all digits.
int take_digits(std::string_view& text, std::size_t width) {
    int value = -1;
    if (text.size() < width) return -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + width, value);
    if (error != std::errc{} || end != text.data() + width || text.front() == '-') return -1;
    text.remove_prefix(width);
    return value;
}

bool take(std::string_view& text, char wanted) {
    if (text.empty() || text.front() != wanted) return false;
    text.remove_prefix(1);
    return true;
}

Result<TimePoint> assemble(int year, int month, int day, int hour, int minute, int second,
                           std::string_view original) {
    const std::chrono::year_month_day date{std::chrono::year{year},
                                           std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    // A leap second is read as the last second of its minute: the clock of POSIX has none.
    if (year < 0 || month < 1 || day < 1 || !date.ok() || hour < 0 || hour > 23 || minute < 0 ||
        minute > 59 || second < 0 || second > 60) {
        return fail(Errc::invalid_argument, fmt::format("not a time: '{}'", original));
    }
    return TimePoint{std::chrono::sys_days{date}} + std::chrono::hours{hour} +
           std::chrono::minutes{minute} + std::chrono::seconds{std::min(second, 59)};
}

}  // namespace

std::string to_rfc3339(TimePoint time) {
    const auto fields = split(time);
    auto out = date_and_time(fields);
    out += '.';
    append_digits(out, fields.time.subseconds().count(), 3);
    out += 'Z';
    return out;
}

std::string to_rfc3339_seconds(TimePoint time) {
    return date_and_time(split(time)) + 'Z';
}

Result<TimePoint> parse_rfc3339(std::string_view text) {
    const auto original = text;
    const auto refuse = [original] {
        return fail(Errc::invalid_argument,
                    fmt::format("not an RFC 3339 time: '{}'", original.substr(0, 64)));
    };
    const int year = take_digits(text, 4);
    if (!take(text, '-')) return refuse();
    const int month = take_digits(text, 2);
    if (!take(text, '-')) return refuse();
    const int day = take_digits(text, 2);
    if (!take(text, 'T') && !take(text, 't') && !take(text, ' ')) return refuse();
    const int hour = take_digits(text, 2);
    if (!take(text, ':')) return refuse();
    const int minute = take_digits(text, 2);
    if (!take(text, ':')) return refuse();
    const int second = take_digits(text, 2);
    auto time = assemble(year, month, day, hour, minute, second, original);
    if (!time) return time;

    if (take(text, '.')) {
        int scale = 100;
        bool any = false;
        while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
            *time += std::chrono::milliseconds{(text.front() - '0') * scale};
            scale /= 10;
            any = true;
            text.remove_prefix(1);
        }
        if (!any) return refuse();
    }
    if (text == "Z" || text == "z") return time;
    const bool east = take(text, '+');
    if (!east && !take(text, '-')) return refuse();
    const int offset_hours = take_digits(text, 2);
    if (!take(text, ':')) return refuse();
    const int offset_minutes = take_digits(text, 2);
    if (offset_hours < 0 || offset_hours > 23 || offset_minutes < 0 || offset_minutes > 59 ||
        !text.empty()) {
        return refuse();
    }
    const auto offset = std::chrono::hours{offset_hours} + std::chrono::minutes{offset_minutes};
    return east ? *time - offset : *time + offset;
}

std::string to_http_date(TimePoint time) {
    static constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                              "Thu", "Fri", "Sat"};
    static constexpr std::array<std::string_view, 12> kMonths = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto [date, clock] = split(time);
    const std::chrono::weekday weekday{std::chrono::sys_days{date}};
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[weekday.c_encoding()],
                       static_cast<unsigned>(date.day()),
                       kMonths[static_cast<unsigned>(date.month()) - 1],
                       static_cast<int>(date.year()), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count());
}

Result<TimePoint> parse_http_date(std::string_view text) {
    std::tm parts{};
    const std::string terminated(text);
    const char* end = ::strptime(terminated.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    if (end == nullptr || *end != '\0') {
        return fail(Errc::invalid_argument, "not a date as HTTP writes it: " + terminated);
    }
    return TimePoint{std::chrono::seconds{::timegm(&parts)}};
}

std::string to_iso_basic(TimePoint time) {
    const auto [date, clock] = split(time);
    return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

Result<TimePoint> parse_iso_basic(std::string_view text) {
    const auto original = text;
    const int year = take_digits(text, 4);
    const int month = take_digits(text, 2);
    const int day = take_digits(text, 2);
    const bool has_t = take(text, 'T');
    const int hour = take_digits(text, 2);
    const int minute = take_digits(text, 2);
    const int second = take_digits(text, 2);
    if (!has_t || text != "Z") {
        return fail(
            Errc::invalid_argument,
            fmt::format("not a time of the form YYYYMMDDTHHMMSSZ: '{}'", original.substr(0, 64)));
    }
    return assemble(year, month, day, hour, minute, second, original);
}

}  // namespace ingestor
