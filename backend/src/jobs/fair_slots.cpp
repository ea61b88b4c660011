#include "jobs/fair_slots.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>

namespace ingestor::jobs {

namespace asio = boost::asio;

namespace {

using Seconds = std::chrono::duration<double>;

/// Time below this decides nothing any more.
constexpr Seconds kNegligible{0.001};

}  // namespace

FairSlots::FairSlots(asio::any_io_executor executor, std::size_t slots, std::size_t reserve,
                     Now now)
    : executor_(std::move(executor)), slots_(slots), reserve_(reserve), now_(std::move(now)) {}

FairSlots::Slot::~Slot() {
    if (slots_ != nullptr) slots_->give_back(user_id_);
}

asio::awaitable<std::optional<FairSlots::Slot>> FairSlots::acquire(domain::UserId user_id,
                                                                   domain::JobId job_id,
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
    co_return std::optional<Slot>(std::in_place, *this, std::move(user_id));
}

void FairSlots::line_up(const domain::UserId& user_id, const domain::JobId& job_id,
                        Waiter& waiter) {
    if (users_.size() >= forget_at_) forget_users();
    auto& user = users_[user_id];
    if (user.jobs.empty()) line_.push_back(&user);
    auto job = user.places.find(job_id);
    if (job == user.places.end()) {
        job = user.places.emplace(job_id, user.jobs.insert(user.jobs.end(), JobLine{job_id})).first;
    }
    job->second->waiters.push_back(&waiter);
    ++waiting_;
}

void FairSlots::leave(const domain::UserId& user_id, const domain::JobId& job_id, Waiter& waiter) {
    auto& user = users_.at(user_id);
    const auto job = user.places.find(job_id);
    std::erase(job->second->waiters, &waiter);
    --waiting_;
    if (!job->second->waiters.empty()) return;
    user.jobs.erase(job->second);
    user.places.erase(job);
    if (user.jobs.empty()) line_.remove(&user);
}

void FairSlots::give_back(const domain::UserId& user_id) {
    auto& user = users_.at(user_id);
    account(user, now_());
    --user.held;
    --held_;
    grant();
}

void FairSlots::grant() {
    while (true) {
        const auto place = next_in_line();
        if (place == line_.end()) return;
        auto& user = **place;
        auto& job = user.jobs.front();
        auto& waiter = *job.waiters.front();
        ++user.held;
        ++held_;
        waiter.granted = true;
        waiter.turn.notify();
        // Who had a turn goes to the end of each line, or out of it.
        job.waiters.pop_front();
        --waiting_;
        if (job.waiters.empty()) {
            user.places.erase(job.job_id);
            user.jobs.pop_front();
        } else {
            user.jobs.splice(user.jobs.end(), user.jobs, user.jobs.begin());
        }
        if (user.jobs.empty()) {
            line_.erase(place);
        } else {
            line_.splice(line_.end(), line_, place);
        }
    }
}

std::list<FairSlots::User*>::iterator FairSlots::next_in_line() {
    if (held_ >= slots_ + reserve_) return line_.end();
    const bool only_reserve = held_ >= slots_;
    const auto now = now_();
    auto next = line_.end();
    for (auto place = line_.begin(); place != line_.end(); ++place) {
        auto& user = **place;
        if (only_reserve && user.held > 0) continue;
        account(user, now);
        if (next == line_.end() || user.attained < (*next)->attained) next = place;
    }
    return next;
}

void FairSlots::account(User& user, Deadline now) const {
    const Seconds passed = now - user.as_of;
    user.as_of = now;
    const double kept = std::exp2(-passed / Seconds(kHalfLife));
    // Each held slot adds time at a rate of one, and what it has added fades as it goes.
    const auto added = Seconds(kHalfLife) / std::numbers::ln2 * (1 - kept);
    user.attained = user.attained * kept + added * static_cast<double>(user.held);
}

void FairSlots::forget_users() {
    const auto now = now_();
    for (auto entry = users_.begin(); entry != users_.end();) {
        auto& user = entry->second;
        account(user, now);
        const bool idle = user.jobs.empty() && user.held == 0;
        entry = idle && user.attained < kNegligible ? users_.erase(entry) : std::next(entry);
    }
    forget_at_ = std::max(kUsersKept, users_.size() * 2);
}

}  // namespace ingestor::jobs
