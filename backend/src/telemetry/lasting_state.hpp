#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "telemetry/log.hpp"

namespace ingestor::telemetry {

/// Logs a fault that lasts, such as a store that does not answer: a line when it begins, one each
/// `every` while it is reported, with how often it was, and one when it is over. A fault that comes
/// and goes makes no more lines than one that stays. Use from one thread.
class LastingState {
public:
    /// `log` outlives this.
    LastingState(Log& log, LogLevel level, std::string message,
                 std::chrono::milliseconds every = std::chrono::minutes(1))
        : log_(log), level_(level), message_(std::move(message)), every_(every) {}

    void report(Deadline now, std::string_view error);
    /// Nothing, where nothing was reported since the last time.
    void over(Deadline now);

private:
    Log& log_;
    LogLevel level_;
    std::string message_;
    std::chrono::milliseconds every_;
    std::uint64_t unsaid_ = 0;  ///< Reports since the last line.
    std::optional<Deadline> last_line_;
    std::optional<Deadline> since_;  ///< Of the state whose beginning was said.
};

}  // namespace ingestor::telemetry
