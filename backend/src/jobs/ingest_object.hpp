#pragma once

#include <boost/asio/awaitable.hpp>

#include "domain/names.hpp"
#include "eventbridge/event.hpp"
#include "jobs/job_service.hpp"
#include "ports/object_store.hpp"
#include "telemetry/log.hpp"

namespace ingestor::jobs {

/// Whether it is "Object Created" of Amazon S3.
[[nodiscard]] bool tells_of_an_object(const eventbridge::Event& event);

/// Makes a job of an object that was put into a user's inbox, `inbox/{user id}/...`. The same
/// object, by key and entity tag, makes one job, however often its event comes within the lifetime
/// of an idempotency key.
class IngestObject {
public:
    /// All of it outlives this.
    struct Dependencies {
        JobService& jobs;
        ports::ObjectStore& objects;
        telemetry::Log& log;
    };
    IngestObject(Dependencies dependencies, domain::Names names)
        : dependencies_(dependencies), names_(std::move(names)) {}

    /// Returning acknowledges the event: there is a job, or there is nothing to make one of, which
    /// the log says. Throws AttemptFailed for what may pass.
    boost::asio::awaitable<void> handle(const eventbridge::Event& event);

private:
    Dependencies dependencies_;
    domain::Names names_;
};

}  // namespace ingestor::jobs
