#include "jobs/fair_slots.hpp"

#include <algorithm>

namespace ingestor {

namespace asio = boost::asio;

FairSlots::FairSlots(asio::any_io_executor executor, std::size_t slots)
    : executor_(std::move(executor)), idle_(slots) {}

FairSlots::Slot::~Slot() {
    if (slots_ != nullptr) slots_->give_back();
}

asio::awaitable<std::optional<FairSlots::Slot>> FairSlots::acquire(UserId user_id, JobId job_id,
                                                                   std::stop_token stop) {
    if (stop.stop_requested()) co_return std::nullopt;
    Waiter waiter(executor_);
    line_up(user_id, job_id, waiter);
    grant();
    if (!waiter.granted) {
        auto wake = [&waiter] { waiter.turn.notify(); };
        const std::stop_callback on_stop(stop, wake);
        while (!waiter.granted && !stop.stop_requested()) {
            co_await waiter.turn.wait(Deadline::max());
        }
    }
    if (!waiter.granted) {
        leave(user_id, job_id, waiter);
        co_return std::nullopt;
    }
    co_return std::optional<Slot>(std::in_place, *this);
}

void FairSlots::line_up(const UserId& user_id, const JobId& job_id, Waiter& waiter) {
    auto user = places_.find(user_id);
    if (user == places_.end()) {
        user = places_.emplace(user_id, users_.insert(users_.end(), UserLine{user_id})).first;
    }
    auto& line = *user->second;
    auto job = line.places.find(job_id);
    if (job == line.places.end()) {
        job = line.places.emplace(job_id, line.jobs.insert(line.jobs.end(), JobLine{job_id})).first;
    }
    job->second->waiters.push_back(&waiter);
    ++waiting_;
}

void FairSlots::leave(const UserId& user_id, const JobId& job_id, Waiter& waiter) {
    const auto user = places_.find(user_id);
    auto& line = *user->second;
    const auto job = line.places.find(job_id);
    std::erase(job->second->waiters, &waiter);
    --waiting_;
    if (!job->second->waiters.empty()) return;
    line.jobs.erase(job->second);
    line.places.erase(job);
    if (!line.jobs.empty()) return;
    users_.erase(user->second);
    places_.erase(user);
}

void FairSlots::give_back() {
    ++idle_;
    grant();
}

void FairSlots::grant() {
    while (idle_ > 0 && !users_.empty()) {
        auto& line = users_.front();
        auto& job = line.jobs.front();
        auto& waiter = *job.waiters.front();
        --idle_;
        waiter.granted = true;
        waiter.turn.notify();
        // Who had a turn goes to the end of each line, or out of it.
        job.waiters.pop_front();
        --waiting_;
        if (job.waiters.empty()) {
            line.places.erase(job.job_id);
            line.jobs.pop_front();
        } else {
            line.jobs.splice(line.jobs.end(), line.jobs, line.jobs.begin());
        }
        if (line.jobs.empty()) {
            places_.erase(line.user_id);
            users_.pop_front();
        } else {
            users_.splice(users_.end(), users_, users_.begin());
        }
    }
}

}  // namespace ingestor
