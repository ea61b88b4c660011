#include "jobs/running_jobs.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace ingestor::jobs {

RunningJobs::Entry::Entry(RunningJobs& jobs, domain::JobId job_id)
    : jobs_(jobs), job_id_(std::move(job_id)) {
    jobs_.entries_.emplace(job_id_, this);
}

RunningJobs::Entry::~Entry() {
    auto [place, end] = jobs_.entries_.equal_range(job_id_);
    while (place != end && place->second != this) ++place;
    if (place != end) jobs_.entries_.erase(place);
}

void RunningJobs::Entry::begin(int attempt) {
    attempt_ = attempt;
    if (attempt <= stopped_) stop_.request_stop();
}

void RunningJobs::stop(const domain::JobId& job_id, int last_attempt) {
    // What hears of the stop may end an entry: take the sources first.
    std::vector<std::stop_source> sources;
    const auto [first, end] = entries_.equal_range(job_id);
    for (auto place = first; place != end; ++place) {
        auto& entry = *place->second;
        entry.stopped_ = std::max(entry.stopped_, last_attempt);
        if (entry.attempt_ && *entry.attempt_ <= last_attempt) sources.push_back(entry.stop_);
    }
    for (auto& source : sources) source.request_stop();
}

}  // namespace ingestor::jobs
