#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "telemetry/log.hpp"

namespace ingestor::telemetry {

enum class Colours { off, on };

/// Appends one line with its newline: `{"time":…,"level":…,"msg":…, fields…}`. Text is printable
/// (see base/printable.hpp), numbers that JSON cannot write become null.
void append_json_line(std::string& out, TimePoint time, LogLevel level, std::string_view message,
                      std::span<const LogField> fields);

/// Appends one line with its newline: `05:17:51.123 INFO  message key=value`. Text is printable, so
/// that a field cannot forge a line or drive the terminal.
void append_human_line(std::string& out, TimePoint time, LogLevel level, std::string_view message,
                       std::span<const LogField> fields, Colours colours);

}  // namespace ingestor::telemetry
