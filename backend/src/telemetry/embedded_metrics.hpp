#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "telemetry/metrics.hpp"

namespace ingestor::telemetry {

/// What a function tells CloudWatch of each invocation: lines in its log that CloudWatch reads as
/// metrics ("Embedded metric format specification"), since nobody can ask a frozen process for its
/// `/metrics`. Safe from any thread.
///
/// Namespace `agent2-ingestor`, dimension `environment`: InvocationDuration and DocumentDuration
/// (in milliseconds), ColdStart; Republished and OldestQueuedAge (in seconds) of a sweep;
/// JobsEnded, which stands once for each `status` too, and Documents, for each `outcome`.
class EmbeddedMetrics final : public MetricsListener {
public:
    /// Listens to `metrics`, which outlives it.
    EmbeddedMetrics(Metrics& metrics, std::string environment);
    ~EmbeddedMetrics() override;
    EmbeddedMetrics(const EmbeddedMetrics&) = delete;
    EmbeddedMetrics& operator=(const EmbeddedMetrics&) = delete;

    void job_ended(std::string_view status) override;
    void document_done(std::string_view outcome, std::chrono::nanoseconds took) override;
    /// The first invocation of the process.
    void cold_start();
    /// A sweep: how many jobs it published again, how long the oldest queued one has waited.
    void swept(std::uint32_t republished, std::chrono::milliseconds oldest_queued);

    /// Lines, each with its newline, of an invocation that took so long and of all that was
    /// recorded since the last call. `request_id` stands beside the metrics, to find the rest.
    [[nodiscard]] std::string take_lines(TimePoint now, std::string_view request_id,
                                         std::chrono::nanoseconds took);

private:
    struct Recorded {
        bool cold_start = false;
        std::optional<std::uint32_t> republished = {};  ///< Set where there was a sweep.
        std::chrono::milliseconds oldest_queued{0};
        std::map<std::string, std::uint64_t, std::less<>> jobs_ended = {};
        std::map<std::string, std::uint64_t, std::less<>> documents = {};
        std::vector<double> document_milliseconds = {};
    };

    Metrics& metrics_;
    const std::string environment_;
    std::mutex mutex_;
    Recorded recorded_;
};

}  // namespace ingestor::telemetry
