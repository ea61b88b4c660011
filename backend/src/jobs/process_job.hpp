#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "async/monotonic_clock.hpp"
#include "domain/job.hpp"
#include "domain/names.hpp"
#include "eventbridge/event.hpp"
#include "jobs/fair_slots.hpp"
#include "jobs/job_watch.hpp"
#include "jobs/running_jobs.hpp"
#include "jobs/service_trouble.hpp"
#include "jobs/solo_gate.hpp"
#include "ports/clock.hpp"
#include "ports/document_extractor.hpp"
#include "ports/job_store.hpp"
#include "ports/object_store.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace ingestor::jobs {

/// The job store could not be reached, or the attempt was cut short by the end of the service.
/// Whoever invoked the handler retries it.
class AttemptFailed : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The handler of "Document Processing Required".
///
/// An attempt claims the job under a lease, which a heartbeat renews; every write carries the
/// lease, so an attempt that has lost it can do no harm. Documents are worked on side by side, as
/// FairSlots gives them turns; each is stored first and recorded then, so that what is recorded is
/// there. A document that fails is recorded and the others go on. Trouble of the service (no
/// helper, a store that fails) is never counted against a job: the attempt ends, the job waits in
/// the store for a while, and the sweep takes it up again, for as long as it takes.
///
/// Before a document is worked on, that is noted. What was noted when a process died is suspect: it
/// is worked on while no other document is, and fails after the third death.
class ProcessJob {
public:
    /// What the handler works with; all of it outlives the handler.
    struct Dependencies {
        ports::JobStore& jobs;
        ports::ObjectStore& objects;
        ports::DocumentExtractor& extractor;
        const ports::Clock& clock;
        async::MonotonicClock& monotonic;
        RunningJobs& running;
        JobWatch& watch;
        FairSlots& slots;
        ServiceTrouble& trouble;
        telemetry::Log& log;
        telemetry::Metrics& metrics;
    };
    struct Options {
        std::string owner = {};  ///< Names this process in leases; a new name at each start.
        domain::Names names = {};
        ports::ExtractionLimits limits = {};
        std::chrono::milliseconds lease{30'000};
        std::chrono::milliseconds heartbeat{10'000};
        /// How often the progress of a running document is recorded at most.
        std::chrono::milliseconds progress{1'000};
        /// Kept free before a deadline, for what has to be stored and recorded at the end.
        std::chrono::milliseconds end_reserve{3'000};
        /// Further documents are not begun with less than this left before a deadline.
        std::chrono::milliseconds begin_reserve{10'000};
        /// Suspects wait until then. In a restart loop nothing proves that they are its cause.
        Deadline suspects_from = Deadline::min();
    };
    ProcessJob(Dependencies dependencies, Options options);

    /// Works the event's job off. Returning acknowledges the event: the job has ended or waits, or
    /// somebody else is at it. `stop`: the service ends; the attempt is released as interrupted.
    /// `deadline`: the host ends us then; what cannot be done before is left to a further event,
    /// which is published. A document that a whole invocation is too short for fails. Without a
    /// deadline a store that cannot be reached is waited for.
    /// Throws AttemptFailed, so that the event comes again; std::invalid_argument for an event that
    /// names no job.
    boost::asio::awaitable<void> handle(std::shared_ptr<const eventbridge::Event> event,
                                        std::stop_token stop, Deadline deadline = Deadline::max());

private:
    class AttemptRun;
    enum class Ending { finished, lost, interrupted, requeued, waiting };

    /// Waits for the store, where there is time for that.
    boost::asio::awaitable<Result<ports::ClaimOutcome>> claim(domain::JobId job_id,
                                                              std::stop_token stop,
                                                              Deadline deadline);
    boost::asio::awaitable<void> attempt(std::shared_ptr<const eventbridge::Event> event,
                                         ports::Claimed claimed, Deadline lease_until,
                                         RunningJobs::Entry& entry, std::stop_token stop,
                                         Deadline deadline);
    /// Puts the job back and publishes the event that the next attempt starts with.
    boost::asio::awaitable<Result<std::monostate>> requeue(const AttemptRun& run);
    /// Puts the job back for the sweep to take up once it is due.
    boost::asio::awaitable<Result<std::monostate>> wait_out(const AttemptRun& run,
                                                            std::string reason);
    /// Writes the manifest and ends the job as its documents say.
    boost::asio::awaitable<Result<std::monostate>> finish(const AttemptRun& run);
    boost::asio::awaitable<Result<std::monostate>> write_end(const AttemptRun& run,
                                                             ports::JobEnd end);
    void report_trouble(const domain::JobId& job_id, Trouble trouble);

    Dependencies dependencies_;
    Options options_;
    SoloGate gate_;
};

}  // namespace ingestor::jobs
