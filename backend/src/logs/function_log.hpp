#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "async/monotonic_clock.hpp"
#include "ports/clock.hpp"
#include "ports/log_store.hpp"

namespace ingestor::logs {

/// What Lambda writes around each run of a function, into a stream of this process's own. Source:
/// Lambda developer guide, "Viewing logs for functions".
///
/// A busy service does more in a second than anybody reads, and its log must cost it nothing: of
/// what comes beyond kLinesASecondMax the log tells only how many lines it was. Safe from any
/// thread.
class FunctionLog {
public:
    static constexpr std::uint32_t kLinesASecondMax = 1'000;

    /// `store` and the clocks outlive it.
    FunctionLog(ports::LogStore& store, const ports::Clock& clock,
                async::MonotonicClock& monotonic);

    /// A run from its START to its END and REPORT, which finish() writes, or else the end of this.
    class Run {
    public:
        Run(FunctionLog& log, std::string_view request_id);
        Run(const Run&) = delete;
        Run& operator=(const Run&) = delete;
        ~Run();

        /// What the log has of it; empty where it is left out.
        std::string finish();

    private:
        void write(std::string line);

        FunctionLog* log_;  ///< nullptr: it is left out, or finished.
        std::string request_id_;
        Deadline begun_{};
        std::string lines_;
    };

    /// Whether there is room for so many lines; they count as written, or as left out.
    [[nodiscard]] bool admit(std::uint32_t lines);
    /// A line of the function's own.
    void write(std::string_view line);

private:
    ports::LogStore& store_;
    const ports::Clock& clock_;
    async::MonotonicClock& monotonic_;
    std::string stream_;

    std::mutex mutex_;
    Deadline second_end_{};
    std::uint32_t admitted_ = 0;  ///< In this second.
    std::uint64_t left_out_ = 0;  ///< Not told yet.
};

}  // namespace ingestor::logs
