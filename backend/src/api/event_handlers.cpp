// Server-sent events: changes of jobs as they happen.
#include <boost/asio/this_coro.hpp>

#include "api/answers.hpp"
#include "api/api.hpp"
#include "api/job_feeds.hpp"
#include "api/problem.hpp"

namespace ingestor::api {

namespace asio = boost::asio;

namespace {

/// Proxies drop a connection on which nothing comes for a minute.
constexpr auto kHeartbeatInterval = std::chrono::seconds{15};
constexpr std::string_view kHeartbeat = ": still here\n\n";

/// The feed of that key, if somebody watches it and it goes on.
template <class Key>
std::shared_ptr<EventFeed> find_feed(std::unordered_map<Key, std::weak_ptr<EventFeed>>& feeds,
                                     const Key& key) {
    const auto found = feeds.find(key);
    auto feed = found == feeds.end() ? nullptr : found->second.lock();
    if (feed && feed->ended()) feed = nullptr;
    return feed;
}

template <class Key>
void keep_feed(std::unordered_map<Key, std::weak_ptr<EventFeed>>& feeds, const Key& key,
               const std::shared_ptr<EventFeed>& feed) {
    std::erase_if(feeds, [](const auto& entry) { return entry.second.expired(); });
    feeds[key] = feed;
}

}  // namespace

/// No stream outlives the service, or the sign-in of who reads it.
bool Api::is_over(const ports::Principal& who) const {
    return dependencies_.readiness() == Readiness::stopping ||
           !dependencies_.verifier.still_holds(who);
}

Answering Api::job_events(Call call) {
    auto job_id = job_id_of(call.path);
    if (!job_id) co_return problem(job_id.error(), Place::path);
    // Asked every time: it says whether the job is the caller's.
    auto subscription = co_await dependencies_.jobs.watch(call.who, *job_id);
    if (!subscription) co_return problem(subscription.error());
    auto feed = find_feed(job_feeds_, *job_id);
    if (!feed) {
        feed = std::make_shared<JobFeed>(co_await asio::this_coro::executor, dependencies_.jobs,
                                         call.who, *job_id, std::move(*subscription));
        keep_feed(job_feeds_, *job_id, feed);
    }
    co_return event_stream(std::move(call.who), std::move(feed));
}

Answering Api::jobs_events(Call call) {
    const auto user_id = call.who.user_id;
    auto feed = find_feed(user_feeds_, user_id);
    if (!feed) {
        auto subscription = dependencies_.jobs.watch_all(call.who);
        if (!subscription) co_return problem(subscription.error());
        feed = std::make_shared<UserFeed>(co_await asio::this_coro::executor, dependencies_.jobs,
                                          call.who, std::move(*subscription));
        keep_feed(user_feeds_, user_id, feed);
    }
    co_return event_stream(std::move(call.who), std::move(feed));
}

http::Response Api::event_stream(ports::Principal who, std::shared_ptr<EventFeed> feed) {
    auto ticket = streams_.enter(who.user_id);
    if (!ticket) {
        return problem(Error{.code = Errc::rate_limited,
                             .message = "too many streams are open already, at most " +
                                        std::to_string(kStreamsOfUserMax) +
                                        " of one user: close some, or poll"});
    }
    http::Response response;
    response.set("content-type", "text/event-stream");
    response.set("cache-control", "no-store");
    response.body = http::StreamBody(
        [this, who = std::move(who), feed = std::move(feed),
         held = std::make_shared<ConcurrencyLimiter::Ticket>(std::move(*ticket))](
            http::ResponseWriter& writer) { return send_events(writer, who, feed); });
    return response;
}

asio::awaitable<void> Api::send_events(http::ResponseWriter& writer, ports::Principal who,
                                       std::shared_ptr<EventFeed> feed) {
    EventFeed::Reader reader(*feed);
    while (true) {
        co_await reader.wait(std::chrono::steady_clock::now() + kHeartbeatInterval);
        if (is_over(who)) co_return;
        const auto events = reader.take();
        for (const auto& text : events) {
            if (!co_await writer.write(*text)) co_return;
        }
        if (!events.empty()) continue;
        if (feed->ended()) co_return;
        if (!co_await writer.write(kHeartbeat)) co_return;
    }
}

}  // namespace ingestor::api
