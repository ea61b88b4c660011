#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "async/monotonic_clock.hpp"
#include "ports/clock.hpp"
#include "ports/log_store.hpp"

namespace ingestor::logs {

/// What Lambda writes around each run of a function, into a stream of this process's own. Source:
/// Lambda developer guide, "Viewing logs for functions".
class FunctionLog {
public:
    /// `store` and the clocks outlive it.
    FunctionLog(ports::LogStore& store, const ports::Clock& clock,
                async::MonotonicClock& monotonic);

    /// A run from its START to its END and REPORT, which the end of this writes.
    class Run {
    public:
        Run(FunctionLog& log, std::string request_id);
        Run(const Run&) = delete;
        Run& operator=(const Run&) = delete;
        ~Run();

    private:
        FunctionLog& log_;
        std::string request_id_;
        Deadline begun_;
    };

    /// A line of the function's own.
    void write(std::string_view line);

private:
    ports::LogStore& store_;
    const ports::Clock& clock_;
    async::MonotonicClock& monotonic_;
    std::string stream_;
};

}  // namespace ingestor::logs
