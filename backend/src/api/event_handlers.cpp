// Server-sent events: changes of jobs as they happen.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>

#include "api/answers.hpp"
#include "api/api.hpp"
#include "api/job_json.hpp"
#include "api/problem.hpp"

namespace ingestor::api {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

/// Proxies drop a connection on which nothing comes for a minute.
constexpr auto kBeat = std::chrono::seconds{15};
constexpr std::string_view kStillHere = ": still here\n\n";
/// A job of a thousand documents changes a thousand times: nobody can look that fast.
constexpr auto kPace = std::chrono::milliseconds{200};

http::Response event_stream(http::StreamBody body) {
    http::Response response;
    response.set("content-type", "text/event-stream");
    response.set("cache-control", "no-store");
    response.body = std::move(body);
    return response;
}

std::string job_event(const json::object& job) {
    return "event: job\ndata: " + json::serialize(job) + "\n\n";
}

}  // namespace

/// No stream outlives the service, or the sign-in of who reads it.
bool Api::is_over(const Principal& who) const {
    return dependencies_.readiness() == Readiness::stopping || !dependencies_.verifier.still_holds(who);
}

Api::Answering Api::job_events(Call call) {
    auto job_id = job_id_of(call.path);
    if (!job_id) co_return problem(job_id.error(), Place::path);
    auto subscription = co_await dependencies_.jobs.watch(call.who, *job_id);
    if (!subscription) co_return problem(subscription.error());
    co_return event_stream(
        [this, who = call.who, id = *job_id,
         shared = std::shared_ptr<JobSubscription>(std::move(*subscription))](
            http::ResponseWriter& writer) { return stream_job(writer, who, id, shared); });
}

asio::awaitable<void> Api::stream_job(http::ResponseWriter& writer, Principal who, JobId job_id,
                                      std::shared_ptr<JobSubscription> subscription) {
    while (true) {
        const auto view = co_await dependencies_.jobs.get(who, job_id);
        if (!view) co_return;
        const auto event = job_event(to_json(*view));
        if (!co_await writer.write(event)) co_return;
        if (is_terminal(view->job.status)) co_return;
        while (!co_await subscription->changed(std::chrono::steady_clock::now() + kBeat)) {
            if (is_over(who)) co_return;
            if (!co_await writer.write(kStillHere)) co_return;
        }
        if (is_over(who)) co_return;
    }
}

Api::Answering Api::jobs_events(Call call) {
    auto subscription = dependencies_.jobs.watch_all(call.who);
    if (!subscription) co_return problem(subscription.error());
    co_return event_stream(
        [this, who = call.who,
         shared = std::shared_ptr<UserSubscription>(std::move(*subscription))](
            http::ResponseWriter& writer) { return stream_jobs(writer, who, shared); });
}

asio::awaitable<void> Api::stream_jobs(http::ResponseWriter& writer, Principal who,
                                       std::shared_ptr<UserSubscription> subscription) {
    constexpr std::string_view kReady = "event: ready\ndata: {}\n\n";
    if (!co_await writer.write(kReady)) co_return;
    asio::steady_timer pause(co_await asio::this_coro::executor);
    while (true) {
        auto changed = co_await subscription->changed(std::chrono::steady_clock::now() + kBeat);
        if (is_over(who)) co_return;
        if (changed.empty()) {
            if (!co_await writer.write(kStillHere)) co_return;
            continue;
        }
        const auto jobs = co_await dependencies_.jobs.list_named(who, std::move(changed));
        if (!jobs) co_return;
        std::string events;
        for (const auto& job : *jobs) events += job_event(to_summary(job));
        if (!co_await writer.write(events)) co_return;
        pause.expires_after(kPace);
        co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

}  // namespace ingestor::api
