#include "jobs/running_jobs.hpp"

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

void RunningJobs::stop(const domain::JobId& job_id) {
    // What hears of the stop may end an entry: take the sources first.
    std::vector<std::stop_source> sources;
    const auto [first, end] = entries_.equal_range(job_id);
    for (auto place = first; place != end; ++place) sources.push_back(place->second->stop());
    for (auto& source : sources) source.request_stop();
}

}  // namespace ingestor::jobs
