#include "api/job_feeds.hpp"

#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "api/job_json.hpp"

namespace ingestor::api {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr std::string_view kReady = "event: ready\ndata: {}\n\n";

std::string event(std::string_view name, std::string_view data) {
    return fmt::format("event: {}\ndata: {}\n\n", name, data);
}

/// `job` as text, with `files` (JSON texts) as its last member.
std::string with_files(const json::object& job, const std::vector<std::string>& files) {
    auto text = json::serialize(job);
    text.pop_back();
    return fmt::format("{},\"files\":[{}]}}", text, fmt::join(files, ","));
}

}  // namespace

JobFeed::JobFeed(asio::any_io_executor executor, jobs::JobService& jobs, ports::Principal who,
                 domain::JobId job_id, std::unique_ptr<jobs::JobSubscription> subscription)
    : EventFeed(std::move(executor)),
      jobs_(jobs),
      who_(std::move(who)),
      job_id_(std::move(job_id)),
      subscription_(std::move(subscription)) {}

asio::awaitable<EventFeed::Change> JobFeed::wait_for_change(Deadline latest) {
    if (!std::exchange(was_read_, true)) co_return Change::changed;
    const bool changed = co_await subscription_->changed(latest);
    co_return changed ? Change::changed : Change::none;
}

asio::awaitable<bool> JobFeed::read() {
    const auto view = co_await jobs_.get(who_, job_id_);
    if (!view) {
        if (view.error().code == Errc::not_found) end();
        co_return false;
    }
    job_ = to_json(*view);
    const auto files = std::move(job_.at("files").as_array());
    job_.erase("files");
    const bool is_first = files_.empty();
    files_.resize(files.size());
    std::vector<std::string> changed;
    for (std::size_t n = 0; n < files.size(); ++n) {
        auto text = json::serialize(files[n]);
        if (text == files_[n]) continue;
        if (!is_first) {
            changed.push_back(fmt::format("{{\"n\":{},{}", n, std::string_view(text).substr(1)));
        }
        files_[n] = std::move(text);
    }
    publish(event("changes", with_files(job_, changed)));
    if (domain::is_terminal(view->job.status)) end();
    co_return true;
}

std::string JobFeed::snapshot() const {
    return event("job", with_files(job_, files_));
}

UserFeed::UserFeed(asio::any_io_executor executor, jobs::JobService& jobs, ports::Principal who,
                   std::unique_ptr<jobs::UserSubscription> subscription)
    : EventFeed(std::move(executor)),
      jobs_(jobs),
      who_(std::move(who)),
      subscription_(std::move(subscription)) {
    publish(std::string(kReady));
}

asio::awaitable<EventFeed::Change> UserFeed::wait_for_change(Deadline latest) {
    changed_jobs_ = co_await subscription_->changed(latest);
    co_return changed_jobs_.empty() ? Change::none : Change::changed;
}

asio::awaitable<bool> UserFeed::read() {
    const auto jobs = co_await jobs_.list_named(who_, changed_jobs_);
    if (!jobs) co_return false;
    std::string events;
    // There were more, which are not named.
    if (changed_jobs_.size() == jobs::UserSubscription::kChangedJobsMax) events += kReady;
    for (const auto& job : *jobs) events += event("job", json::serialize(to_summary(job)));
    publish(std::move(events));
    co_return true;
}

std::string UserFeed::snapshot() const {
    return std::string(kReady);
}

}  // namespace ingestor::api
