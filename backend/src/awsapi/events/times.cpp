#include "awsapi/events/times.hpp"

#include <cmath>
#include <string>

namespace ingestor::awsapi::events {

namespace {

constexpr double kTimeMax = 253'402'300'799;  // The end of the year 9999.

}  // namespace

std::optional<TimePoint> read_time(json::Input& input, std::string_view member) {
    const auto time = input.number(member);
    if (!time) return std::nullopt;
    if (*time >= 0 && *time <= kTimeMax) {
        return TimePoint(std::chrono::milliseconds(std::llround(*time * 1'000)));
    }
    std::string path(member);
    path.front() = static_cast<char>(path.front() - 'A' + 'a');
    input.violations().add(path, std::to_string(*time), "Member must be a time");
    return std::nullopt;
}

}  // namespace ingestor::awsapi::events
