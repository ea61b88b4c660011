#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "async/monotonic_clock.hpp"
#include "async/notifier.hpp"
#include "domain/names.hpp"
#include "jobs/service_trouble.hpp"
#include "ports/clock.hpp"
#include "ports/job_store.hpp"
#include "telemetry/lasting_state.hpp"
#include "telemetry/log.hpp"

namespace ingestor::jobs {

/// What a sweep found and did.
struct SweepResult {
    std::uint32_t republished = 0;
    /// How long the oldest queued job that nothing drove has waited; 0 where there was none.
    std::chrono::milliseconds oldest_queued{0};
};

/// Publishes jobs again that nothing drives any more: their event was lost, or the process that
/// worked on them is gone, or they have waited long enough. While trouble of the service lasts, one
/// waiting job a sweep tries whether it is over. A job that is driven after all takes no harm:
/// claims see to that.
class Sweeper {
public:
    static constexpr std::uint32_t kJobsInBatchMax = 100;

    struct Options {
        domain::Names names = {};
        std::chrono::milliseconds interval{5'000};
        /// A queued job without an event is taken up after this.
        std::chrono::milliseconds queued_for{60'000};
        /// An orphaned job that was published again is left alone for this long.
        std::chrono::milliseconds grace_period{60'000};
        /// No further batch is begun after this, so that a sweep ends before the next one is due
        /// where something else starts them.
        std::chrono::milliseconds time_max{30'000};
    };
    /// What the sweeper works with; all of it outlives it.
    struct Dependencies {
        ports::JobStore& jobs;
        const ports::Clock& clock;
        async::MonotonicClock& monotonic;
        ServiceTrouble& trouble;
        telemetry::Log& log;
    };
    Sweeper(const boost::asio::any_io_executor& executor, Dependencies dependencies,
            Options options);

    /// Goes on, batch by batch, until no job is orphaned or due any more. Errors: unavailable.
    boost::asio::awaitable<Result<SweepResult>> sweep();
    /// Sweeps every interval until stop().
    boost::asio::awaitable<void> run();
    void stop();

private:
    /// Returns how many orphaned jobs it found.
    boost::asio::awaitable<Result<std::size_t>> sweep_orphaned(SweepResult& result);
    /// Returns how many of at most `limit` jobs had waited long enough.
    boost::asio::awaitable<Result<std::size_t>> sweep_waiting(std::uint32_t limit,
                                                              SweepResult& result);
    std::unexpected<Error> failed(const Error& error);
    /// Publishes the job once more; `failure`: what keeps all of them from it.
    boost::asio::awaitable<void> take_up(const domain::JobId& job_id, TimePoint now,
                                         SweepResult& result, std::optional<Error>& failure);

    Dependencies dependencies_;
    Options options_;
    async::Notifier wake_;
    telemetry::LastingState state_;  ///< Sweeps that fail one after the other.
    bool stopped_ = false;
    std::unordered_map<domain::JobId, Deadline> republished_;  ///< Within the last `grace_period`.
};

}  // namespace ingestor::jobs
