#pragma once

#include <optional>
#include <stop_token>
#include <unordered_map>

#include "domain/ids.hpp"

namespace ingestor::jobs {

/// The attempts that run in this process, so that a cancelled job's work can be stopped at once.
/// Another process learns it from its next write, which the store refuses.
/// Use from the I/O executor only.
class RunningJobs {
public:
    /// One attempt, from before its claim on; going out of scope takes it off the list.
    class Entry {
    public:
        Entry(RunningJobs& jobs, domain::JobId job_id);
        ~Entry();
        Entry(const Entry&) = delete;
        Entry& operator=(const Entry&) = delete;

        /// The claim has come through as this attempt, which may have been stopped already.
        void begin(int attempt);
        [[nodiscard]] std::stop_source& stop() { return stop_; }

    private:
        friend RunningJobs;

        RunningJobs& jobs_;
        domain::JobId job_id_;
        std::stop_source stop_;
        std::optional<int> attempt_;  ///< None while it is being claimed.
        int stopped_ = 0;             ///< Attempts up to this one are to stop.
    };

    /// Asks the attempts of that job up to this one to stop, where any runs here: a later one may
    /// have begun already, after the user's retry.
    void stop(const domain::JobId& job_id, int last_attempt);
    [[nodiscard]] std::size_t size() const { return entries_.size(); }

private:
    std::unordered_multimap<domain::JobId, Entry*> entries_;
};

}  // namespace ingestor::jobs
