#include "telemetry/log_line.hpp"

#include <cmath>
#include <cstdint>
#include <iterator>
#include <variant>

#include <fmt/format.h>

#include "base/printable.hpp"

namespace ingestor::telemetry {
namespace {

std::string_view name_of(LogLevel level) {
    switch (level) {
        case LogLevel::debug:
            return "debug";
        case LogLevel::info:
            return "info";
        case LogLevel::warn:
            return "warn";
        case LogLevel::error:
            return "error";
    }
    return "error";
}

std::string_view label_of(LogLevel level) {
    switch (level) {
        case LogLevel::debug:
            return "DEBUG";
        case LogLevel::info:
            return "INFO ";
        case LogLevel::warn:
            return "WARN ";
        case LogLevel::error:
            return "ERROR";
    }
    return "ERROR";
}

std::string_view colour_of(LogLevel level) {
    switch (level) {
        case LogLevel::debug:
            return "\x1b[2m";
        case LogLevel::info:
            return "\x1b[32m";
        case LogLevel::warn:
            return "\x1b[33m";
        case LogLevel::error:
            return "\x1b[31m";
    }
    return "\x1b[31m";
}

void append_quoted(std::string& out, std::string_view text) {
    out.push_back('"');
    append_printable_json(out, text);
    out.push_back('"');
}

struct JsonValue {
    std::string& out;

    void operator()(std::string_view text) const { append_quoted(out, text); }
    void operator()(std::int64_t number) const { append_number(number); }
    void operator()(bool flag) const { out.append(flag ? "true" : "false"); }
    void operator()(double number) const {
        if (std::isfinite(number)) {
            append_number(number);
        } else {
            out.append("null");
        }
    }

private:
    template <class Number>
    void append_number(Number number) const {
        fmt::format_to(std::back_inserter(out), "{}", number);
    }
};

struct HumanValue {
    std::string& out;

    void operator()(std::string_view text) const {
        const bool bare = !text.empty() && text.find_first_of(" \"=\\") == std::string_view::npos;
        if (bare) {
            out.append(printable(text));
        } else {
            append_quoted(out, text);
        }
    }
    void operator()(std::int64_t number) const { JsonValue{out}(number); }
    void operator()(bool flag) const { JsonValue{out}(flag); }
    void operator()(double number) const { JsonValue{out}(number); }
};

}  // namespace

void append_json_line(std::string& out, TimePoint time, LogLevel level, std::string_view message,
                      std::span<const LogField> fields) {
    out.append("{\"time\":\"").append(to_rfc3339(time));
    out.append("\",\"level\":\"").append(name_of(level)).append("\",\"msg\":");
    append_quoted(out, message);
    for (const auto& field : fields) {
        out.push_back(',');
        append_quoted(out, field.key);
        out.push_back(':');
        std::visit(JsonValue{out}, field.value);
    }
    out.append("}\n");
}

void append_human_line(std::string& out, TimePoint time, LogLevel level, std::string_view message,
                       std::span<const LogField> fields, Colours colours) {
    const bool coloured = colours == Colours::on;
    constexpr std::size_t kTimeOfDay = 11;
    out.append(std::string_view(to_rfc3339(time)).substr(kTimeOfDay, 12));
    out.push_back(' ');
    if (coloured) out.append(colour_of(level));
    out.append(label_of(level));
    if (coloured) out.append("\x1b[0m");
    out.push_back(' ');
    out.append(printable(message));
    for (const auto& field : fields) {
        out.push_back(' ');
        if (coloured) out.append("\x1b[2m");
        out.append(field.key).push_back('=');
        if (coloured) out.append("\x1b[0m");
        std::visit(HumanValue{out}, field.value);
    }
    out.push_back('\n');
}

}  // namespace ingestor::telemetry
