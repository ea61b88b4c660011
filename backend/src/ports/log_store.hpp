#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "base/time.hpp"

namespace ingestor::ports {

/// A line of a log. Lines are numbered in the order in which they were written; a number never
/// stands for another line, over restarts too.
struct LogLine {
    std::uint64_t number = 0;
    TimePoint at;
    std::string stream;
    std::string message;
};

/// A log stream: what one process wrote.
struct LogStream {
    std::string name;
    TimePoint first_at;
    TimePoint last_at;
};

/// Which lines are asked for, in the order of their numbers.
struct LogQuery {
    std::uint64_t from = 0;  ///< The first number that counts.
    std::optional<TimePoint> begin = {};
    std::optional<TimePoint> end = {};  ///< Not included.
    /// Whether a line is wanted; empty: each.
    std::function<bool(const LogLine&)> wanted = {};
    std::size_t lines_max = 10'000;
    std::size_t bytes_max = std::size_t{1} << 20;  ///< Of messages.
};

struct LogPage {
    std::vector<LogLine> lines;
    std::optional<std::uint64_t> next;  ///< Where the query goes on; nullopt: that was all.
};

/// The lines of one log group. What is kept is bounded: the oldest go. A line is no promise: it may
/// be lost by a crash of the machine.
class LogStore {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;

    virtual ~LogStore() = default;

    /// Never waits. Safe from any thread. False: lines come faster than they are written, and this
    /// one is lost.
    virtual bool append(std::string_view stream, TimePoint at, std::string_view message) = 0;
    /// What was appended before outlives this process from now on, though not the machine. Errors:
    /// unavailable (it could not be written yet, and will be tried again).
    virtual Answer<std::monostate> flush() = 0;
    /// What was appended before is found. Errors: unavailable.
    virtual Answer<LogPage> read(LogQuery query) = 0;
    /// By name. Errors: unavailable.
    virtual Answer<std::vector<LogStream>> streams() = 0;
    /// When the group was made.
    [[nodiscard]] virtual TimePoint created_at() const = 0;
    /// Bytes that are kept.
    [[nodiscard]] virtual std::uint64_t bytes() const = 0;
};

}  // namespace ingestor::ports
