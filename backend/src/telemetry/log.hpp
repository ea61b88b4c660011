#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace ingestor::telemetry {

enum class LogLevel { debug, info, warn, error };
enum class LogFormat { json, human };

/// One name and value of a log line.
struct LogField {
    std::string_view key;
    std::variant<std::string_view, std::int64_t, double, bool> value;

    LogField(std::string_view name, std::string_view text) : key(name), value(text) {}
    LogField(std::string_view name, const std::string& text)
        : key(name), value(std::string_view(text)) {}
    LogField(std::string_view name, const char* text) : key(name), value(std::string_view(text)) {}
    LogField(std::string_view name, bool flag) : key(name), value(flag) {}
    LogField(std::string_view name, double number) : key(name), value(number) {}
    template <std::integral Number>
    LogField(std::string_view name, Number number)
        : key(name), value(static_cast<std::int64_t>(number)) {}
};

/// Hears of the lines of a log. Called from any thread.
class LogReader {
public:
    virtual ~LogReader() = default;
    /// Asked first, so that what nobody wants is not written down for it.
    [[nodiscard]] virtual bool wants(LogLevel level, std::span<const LogField> fields) = 0;
    /// All of the line as a JSON object.
    virtual void hear(std::string_view line) = 0;
};

/// Structured lines on stdout: one JSON object each, or a human form for a terminal. Keys in use:
/// request_id, job_id, event_id, attempt, user_id, error, duration_ms. Never log a token, a key or
/// a query string. Safe from any thread.
///
/// How it works: the caller formats its line and appends it to a buffer; one thread takes the whole
/// buffer and writes it, so a burst costs few system calls. The buffer is bounded: while the reader
/// is stalled, lines are counted and dropped, and the caller never waits for it.
class Log {
public:
    /// Lines below `least` are dropped at once. Colours are used where `descriptor` is a terminal
    /// and the form is human. The descriptor is not closed.
    Log(LogFormat format, LogLevel least, int descriptor = 1);
    /// Writes what is queued, but waits for a stalled reader no longer than two seconds.
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    void write(LogLevel level, std::string_view message, std::span<const LogField> fields);
    void write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
        write(level, message, std::span(fields.begin(), fields.size()));
    }
    /// Whether a line of that level would be written: lets a hot path skip making its fields.
    [[nodiscard]] bool enabled(LogLevel level) const { return level >= least_; }

    void debug(std::string_view message, std::initializer_list<LogField> fields = {}) {
        write(LogLevel::debug, message, fields);
    }
    void info(std::string_view message, std::initializer_list<LogField> fields = {}) {
        write(LogLevel::info, message, fields);
    }
    void warn(std::string_view message, std::initializer_list<LogField> fields = {}) {
        write(LogLevel::warn, message, fields);
    }
    void error(std::string_view message, std::initializer_list<LogField> fields = {}) {
        write(LogLevel::error, message, fields);
    }
    /// Writes a finished line, with its newline, as it is and whatever the level: for lines whose
    /// form is another's to say, as CloudWatch's metrics in the log.
    void write_line(std::string_view line);
    /// From now on lets `reader` have each line of write() too, from the thread that writes it;
    /// nullptr: nobody. Calls that are under way end first.
    void tee(LogReader* reader);
    /// Returns once every line written before is out, or after two seconds with a stalled reader.
    void flush();
    /// Lines lost because the reader did not keep up; the log itself says so when it can again.
    [[nodiscard]] std::uint64_t dropped() const;

private:
    friend class LogScope;
    struct Sink;
    LogLevel least_;
    std::unique_ptr<Sink> sink_;
};

/// Gives fields to every line of a log, from any thread, while it lives; a line that names one of
/// them itself keeps its own. Scopes nest and end inner first: a log has one line of them, so this
/// is for a process that works on one thing at a time.
class LogScope {
public:
    using Fields = std::vector<std::pair<std::string, std::string>>;

    LogScope(Log& log, Fields fields);
    ~LogScope();
    LogScope(const LogScope&) = delete;
    LogScope& operator=(const LogScope&) = delete;

private:
    Log& log_;
    std::shared_ptr<const Fields> outer_;
};

}  // namespace ingestor::telemetry
