#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <variant>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "domain/job.hpp"
#include "ports/clock.hpp"
#include "ports/job_deletions.hpp"
#include "ports/object_store.hpp"
#include "telemetry/log.hpp"

namespace ingestor::jobs {

/// Deletes jobs with their objects, safe against a crash at every step: see JobDeletions. What
/// cannot be removed just now is left to a later resume(). Call from the I/O executor only.
class JobDeleter {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;

    /// Held while objects are being removed. Null: none may be removed just now (a backup copies
    /// them).
    using Permit = std::shared_ptr<void>;

    /// All of it outlives the deleter.
    struct Dependencies {
        ports::JobDeletions& deletions;
        ports::ObjectStore& objects;
        const ports::Clock& clock;
        telemetry::Log& log;
        std::function<Permit()> permit;
    };
    explicit JobDeleter(Dependencies dependencies) : dependencies_(std::move(dependencies)) {}

    /// On return the job is off the record; its objects are gone, or will be with the next sweep.
    /// Errors: not_found, conflict (not ended), unavailable.
    Answer<std::monostate> remove(const domain::Job& job);

    /// Removes those of `uploads` that no job uses; returns how many these are.
    /// Errors: unavailable.
    Answer<std::size_t> remove_unused(std::vector<domain::ObjectKey> uploads);

    /// Removes what stands under the keys of jobs that are on no record any more.
    /// Errors: unavailable.
    Answer<std::monostate> remove_outputs(std::vector<domain::ObjectKey> keys);

    /// Goes on with removals that a crash, or trouble of a store, has left behind. Returns how many
    /// are done. Errors: unavailable.
    Answer<std::uint32_t> resume();

private:
    Answer<std::monostate> carry_out(std::vector<ports::Removal> removals);

    Dependencies dependencies_;
};

}  // namespace ingestor::jobs
