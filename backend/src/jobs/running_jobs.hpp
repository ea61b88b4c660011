#pragma once

#include <stop_token>
#include <unordered_map>

#include "domain/ids.hpp"

namespace ingestor::jobs {

/// The attempts that run in this process, so that a cancelled job's work can be stopped at once.
/// Another process learns it from its next write, which the store refuses.
/// Use from the I/O executor only.
class RunningJobs {
public:
    /// One running attempt; going out of scope takes it off the list.
    class Entry {
    public:
        Entry(RunningJobs& jobs, domain::JobId job_id);
        ~Entry();
        Entry(const Entry&) = delete;
        Entry& operator=(const Entry&) = delete;

        [[nodiscard]] std::stop_source& stop() { return stop_; }

    private:
        RunningJobs& jobs_;
        domain::JobId job_id_;
        std::stop_source stop_;
    };

    /// Asks the attempt of that job, if any runs here, to stop.
    void stop(const domain::JobId& job_id);
    [[nodiscard]] std::size_t size() const { return entries_.size(); }

private:
    std::unordered_multimap<domain::JobId, Entry*> entries_;
};

}  // namespace ingestor::jobs
