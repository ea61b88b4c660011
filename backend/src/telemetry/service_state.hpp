#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace ingestor::telemetry {

/// Why work would not proceed at present.
struct UnavailableReason {
    std::string code;     ///< For machines: `storage_full`.
    std::string message;  ///< For whoever asks, signed in or not.
    std::string detail;   ///< For the log alone: paths, vendors' words. Empty: none.
};

/// Whether the service is able to work, as `/ready`, `/health`, the metrics and the log tell it.
/// Use it from one thread.
class ServiceState {
public:
    using Time = std::chrono::steady_clock::time_point;
    /// Says at once what it knows; never waits for what it tells of.
    using Check = std::function<std::vector<UnavailableReason>()>;

    /// A reason that lasts is logged again after so long.
    static constexpr std::chrono::seconds kLoggedAgain{60};

    /// Both outlive this.
    ServiceState(Log& log, Metrics& metrics) : log_(log), metrics_(metrics) {}

    void add(Check check) { checks_.push_back(std::move(check)); }
    /// Asks all checks, and tells of what has changed.
    void refresh(Time now);
    /// As of the last refresh(), each code once; empty: work proceeds.
    [[nodiscard]] const std::vector<UnavailableReason>& reasons() const { return reasons_; }

private:
    [[nodiscard]] std::vector<UnavailableReason> ask() const;

    Log& log_;
    Metrics& metrics_;
    std::vector<Check> checks_;
    std::vector<UnavailableReason> reasons_;
    Time next_log_;
};

}  // namespace ingestor::telemetry
