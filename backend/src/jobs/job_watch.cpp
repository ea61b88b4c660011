#include "jobs/job_watch.hpp"

#include <utility>

#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

namespace ingestor {

namespace asio = boost::asio;

struct JobSubscription::Hub {
    asio::any_io_executor executor;
    std::unordered_map<JobId, std::list<JobSubscription*>> waiting = {};
    std::size_t count = 0;
    bool stopped = false;
};

JobSubscription::JobSubscription(std::shared_ptr<Hub> hub, JobId job_id)
    : hub_(std::move(hub)), job_id_(std::move(job_id)), notifier_(hub_->executor) {
    auto& others = hub_->waiting[job_id_];
    place_ = others.insert(others.end(), this);
    ++hub_->count;
}

JobSubscription::~JobSubscription() {
    const auto others = hub_->waiting.find(job_id_);
    others->second.erase(place_);
    if (others->second.empty()) hub_->waiting.erase(others);
    --hub_->count;
}

asio::awaitable<bool> JobSubscription::changed(Deadline latest) {
    while (!pending_ && !hub_->stopped && std::chrono::steady_clock::now() < latest) {
        co_await notifier_.wait(latest);
    }
    co_return std::exchange(pending_, false);
}

JobWatch::JobWatch(asio::any_io_executor executor)
    : hub_(std::make_shared<JobSubscription::Hub>(
          JobSubscription::Hub{.executor = std::move(executor)})) {}

JobWatch::~JobWatch() {
    stop();
}

Result<std::unique_ptr<JobSubscription>> JobWatch::subscribe(const JobId& job_id) {
    if (hub_->count >= kSubscriptionsMax) {
        return fail(Errc::unavailable,
                    fmt::format("{} watchers are connected already: poll the job instead",
                                kSubscriptionsMax));
    }
    return std::unique_ptr<JobSubscription>(new JobSubscription(hub_, job_id));
}

void JobWatch::notify(const JobId& job_id) {
    const auto waiting = hub_->waiting.find(job_id);
    if (waiting == hub_->waiting.end()) return;
    for (auto* subscription : waiting->second) {
        subscription->pending_ = true;
        subscription->notifier_.notify();
    }
}

void JobWatch::stop() {
    hub_->stopped = true;
    for (auto& [job_id, subscriptions] : hub_->waiting) {
        for (auto* subscription : subscriptions) subscription->notifier_.notify();
    }
}

}  // namespace ingestor
