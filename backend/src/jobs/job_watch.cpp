#include "jobs/job_watch.hpp"

#include <unordered_map>
#include <utility>
#include <variant>

#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

namespace ingestor::jobs {

namespace asio = boost::asio;

/// Who waits, for as long as anybody does.
struct JobWatchHub {
    asio::any_io_executor executor;
    std::unordered_map<domain::JobId, std::list<JobSubscription*>> of_job = {};
    std::unordered_map<domain::UserId, std::list<UserSubscription*>> of_user = {};
    std::size_t count = 0;
    bool stopped = false;
};

namespace {

template <class Key, class Waiting>
auto enter(std::unordered_map<Key, std::list<Waiting*>>& waiting, const Key& key, Waiting* who) {
    auto& others = waiting[key];
    return others.insert(others.end(), who);
}

template <class Key, class Waiting>
void leave(std::unordered_map<Key, std::list<Waiting*>>& waiting, const Key& key,
           typename std::list<Waiting*>::iterator place) {
    const auto others = waiting.find(key);
    others->second.erase(place);
    if (others->second.empty()) waiting.erase(others);
}

Result<std::monostate> check_room(const JobWatchHub& hub) {
    if (hub.count < JobWatch::kSubscriptionsMax) return std::monostate{};
    return fail(Errc::unavailable, fmt::format("{} watchers are connected already: poll instead",
                                               JobWatch::kSubscriptionsMax));
}

}  // namespace

JobSubscription::JobSubscription(std::shared_ptr<JobWatchHub> hub, domain::JobId job_id)
    : hub_(std::move(hub)), job_id_(std::move(job_id)), notifier_(hub_->executor) {
    place_ = enter(hub_->of_job, job_id_, this);
    ++hub_->count;
}

JobSubscription::~JobSubscription() {
    leave(hub_->of_job, job_id_, place_);
    --hub_->count;
}

asio::awaitable<bool> JobSubscription::changed(Deadline latest) {
    while (!pending_ && !hub_->stopped && std::chrono::steady_clock::now() < latest) {
        co_await notifier_.wait(latest);
    }
    co_return std::exchange(pending_, false);
}

UserSubscription::UserSubscription(std::shared_ptr<JobWatchHub> hub, domain::UserId user_id)
    : hub_(std::move(hub)), user_id_(std::move(user_id)), notifier_(hub_->executor) {
    place_ = enter(hub_->of_user, user_id_, this);
    ++hub_->count;
}

UserSubscription::~UserSubscription() {
    leave(hub_->of_user, user_id_, place_);
    --hub_->count;
}

asio::awaitable<std::vector<domain::JobId>> UserSubscription::changed(Deadline latest) {
    while (pending_.empty() && !hub_->stopped && std::chrono::steady_clock::now() < latest) {
        co_await notifier_.wait(latest);
    }
    known_.clear();
    co_return std::exchange(pending_, {});
}

JobWatch::JobWatch(asio::any_io_executor executor)
    : hub_(std::make_shared<JobWatchHub>(JobWatchHub{.executor = std::move(executor)})) {}

JobWatch::~JobWatch() {
    stop();
}

Result<std::unique_ptr<JobSubscription>> JobWatch::subscribe(const domain::JobId& job_id) {
    if (auto room = check_room(*hub_); !room) return std::unexpected(std::move(room.error()));
    return std::unique_ptr<JobSubscription>(new JobSubscription(hub_, job_id));
}

Result<std::unique_ptr<UserSubscription>> JobWatch::subscribe(const domain::UserId& user_id) {
    if (auto room = check_room(*hub_); !room) return std::unexpected(std::move(room.error()));
    return std::unique_ptr<UserSubscription>(new UserSubscription(hub_, user_id));
}

void JobWatch::notify(const domain::UserId& user_id, const domain::JobId& job_id) {
    if (const auto waiting = hub_->of_job.find(job_id); waiting != hub_->of_job.end()) {
        for (auto* subscription : waiting->second) {
            subscription->pending_ = true;
            subscription->notifier_.notify();
        }
    }
    if (const auto waiting = hub_->of_user.find(user_id); waiting != hub_->of_user.end()) {
        for (auto* subscription : waiting->second) {
            auto& pending = subscription->pending_;
            if (pending.size() == UserSubscription::kChangedJobsMax) continue;
            if (subscription->known_.insert(job_id).second) pending.push_back(job_id);
            subscription->notifier_.notify();
        }
    }
}

void JobWatch::stop() {
    hub_->stopped = true;
    for (auto& [job_id, subscriptions] : hub_->of_job) {
        for (auto* subscription : subscriptions) subscription->notifier_.notify();
    }
    for (auto& [user_id, subscriptions] : hub_->of_user) {
        for (auto* subscription : subscriptions) subscription->notifier_.notify();
    }
}

}  // namespace ingestor::jobs
