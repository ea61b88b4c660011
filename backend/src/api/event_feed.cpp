#include "api/event_feed.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace ingestor::api {

namespace asio = boost::asio;

EventFeed::EventFeed(asio::any_io_executor executor, Options options)
    : executor_(std::move(executor)),
      options_(options),
      pause_(executor_),
      retry_after_(options.pace) {}

EventFeed::Reader::Reader(EventFeed& feed) : feed_(feed), notifier_(feed.executor_) {
    place_ = feed_.readers_.insert(feed_.readers_.end(), this);
}

EventFeed::Reader::~Reader() {
    feed_.readers_.erase(place_);
}

asio::awaitable<void> EventFeed::Reader::wait(Deadline latest) {
    while (seen_ == feed_.version_ && !feed_.ended_ && std::chrono::steady_clock::now() < latest) {
        if (feed_.advancing_) {
            co_await notifier_.wait(latest);
            continue;
        }
        // However this ends, with the reader's connection too, another one goes on with it.
        struct Advancing {
            EventFeed& feed;
            const Reader& reader;
            const std::uint64_t version;
            ~Advancing() {
                feed.advancing_ = false;
                if (feed.version_ != version || feed.ended_) {
                    feed.wake_all();
                } else {
                    feed.wake_one(reader);
                }
            }
        };
        const Advancing advancing{feed_, *this, feed_.version_};
        feed_.advancing_ = true;
        co_await feed_.advance(latest);
    }
}

std::vector<EventFeed::Text> EventFeed::Reader::take() {
    const auto missed = feed_.version_ - seen_;
    std::vector<Text> events;
    if (missed == 0) return events;
    if (seen_ != 0 && missed <= feed_.kept_.size()) {
        events.assign(feed_.kept_.end() - static_cast<std::ptrdiff_t>(missed), feed_.kept_.end());
    } else if (feed_.unavailable_) {
        // The state may never have been read.
        events.push_back(feed_.kept_.back());
    } else {
        if (!feed_.snapshot_) {
            feed_.snapshot_ = std::make_shared<const std::string>(feed_.snapshot());
        }
        events.push_back(feed_.snapshot_);
    }
    seen_ = feed_.version_;
    return events;
}

asio::awaitable<void> EventFeed::advance(Deadline latest) {
    if (std::chrono::steady_clock::now() < next_read_) {
        pause_.expires_at(next_read_);
        co_await pause_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    if (!changed_) {
        const auto change = co_await wait_for_change(latest);
        changed_ = change == Change::changed;
        if (!changed_) {
            if (std::chrono::steady_clock::now() < latest) end();
            co_return;
        }
    }
    next_read_ = std::chrono::steady_clock::now() + options_.pace;
    if (co_await read()) {
        changed_ = false;
        unreadable_since_.reset();
        retry_after_ = options_.pace;
    } else if (!ended_) {
        put_off();
    }
}

void EventFeed::put_off() {
    const auto now = std::chrono::steady_clock::now();
    if (!unreadable_since_) unreadable_since_ = now;
    if (now - *unreadable_since_ >= options_.unreadable_max) {
        unavailable_ = true;
        publish(std::string(kUnavailable));
        end();
        return;
    }
    next_read_ = now + retry_after_;
    retry_after_ = std::min(2 * retry_after_, options_.retry_max);
}

void EventFeed::publish(std::string events) {
    ++version_;
    snapshot_.reset();
    kept_bytes_ += events.size();
    kept_.push_back(std::make_shared<const std::string>(std::move(events)));
    while (kept_.size() > kKeptEventsMax || (kept_bytes_ > kKeptBytesMax && kept_.size() > 1)) {
        kept_bytes_ -= kept_.front()->size();
        kept_.pop_front();
    }
}

void EventFeed::wake_all() {
    for (auto* reader : readers_) reader->notifier_.notify();
}

void EventFeed::wake_one(const Reader& but) {
    for (auto* reader : readers_) {
        if (reader == &but) continue;
        reader->notifier_.notify();
        return;
    }
}

}  // namespace ingestor::api
