#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace ingestor {

/// Wall-clock time, in milliseconds, UTC.
using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

/// The latest moment at which a call may still answer.
using Deadline = std::chrono::steady_clock::time_point;

/// `2026-01-02T03:04:05.678Z` (RFC 3339, always milliseconds, always Z).
[[nodiscard]] std::string to_rfc3339(TimePoint time);

/// `2026-01-02T03:04:05Z`, as EventBridge writes an event's time.
[[nodiscard]] std::string to_rfc3339_seconds(TimePoint time);

/// Reads RFC 3339 with any offset and any fraction. Errors: invalid_argument.
[[nodiscard]] Result<TimePoint> parse_rfc3339(std::string_view text);

/// `Wed, 21 Oct 2026 07:28:00 GMT` (RFC 9110 section 5.6.7), as HTTP headers write times.
[[nodiscard]] std::string to_http_date(TimePoint time);

/// Reads the form that to_http_date() writes. Errors: invalid_argument.
[[nodiscard]] Result<TimePoint> parse_http_date(std::string_view text);

/// `20260102T030405Z`, as Signature Version 4 writes times.
[[nodiscard]] std::string to_iso_basic(TimePoint time);

/// Reads `20260102T030405Z`. Errors: invalid_argument.
[[nodiscard]] Result<TimePoint> parse_iso_basic(std::string_view text);

}  // namespace ingestor
