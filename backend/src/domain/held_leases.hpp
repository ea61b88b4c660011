#pragma once

#include <mutex>
#include <unordered_map>

#include "base/time.hpp"
#include "domain/ids.hpp"

namespace ingestor::domain {

/// The leases that this process holds and when each runs out, on monotonic time: a step of the wall
/// clock ends no lease and keeps none alive. At a start there are none. Safe from any thread.
class HeldLeases {
public:
    /// A late renewal of an earlier lease changes nothing.
    void hold(const JobId& job_id, std::int64_t fence, Deadline until) {
        const std::scoped_lock lock(mutex_);
        auto& held = leases_.try_emplace(job_id, Held{fence, until}).first->second;
        if (held.fence <= fence) held = {fence, until};
    }
    /// Drops this lease or an earlier one: the next attempt may hold the job by now.
    void drop(const JobId& job_id, std::int64_t fence) {
        const std::scoped_lock lock(mutex_);
        const auto place = leases_.find(job_id);
        if (place != leases_.end() && place->second.fence <= fence) leases_.erase(place);
    }
    void clear() {
        const std::scoped_lock lock(mutex_);
        leases_.clear();
    }
    /// `fence`: the job's current one.
    [[nodiscard]] bool is_live(const JobId& job_id, std::int64_t fence, Deadline now) const {
        const std::scoped_lock lock(mutex_);
        const auto place = leases_.find(job_id);
        return place != leases_.end() && place->second.fence == fence && place->second.until > now;
    }

private:
    struct Held {
        std::int64_t fence;
        Deadline until;
    };
    mutable std::mutex mutex_;
    std::unordered_map<JobId, Held> leases_;
};

}  // namespace ingestor::domain
