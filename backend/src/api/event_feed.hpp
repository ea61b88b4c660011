#pragma once

#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "async/notifier.hpp"
#include "base/time.hpp"

namespace ingestor::api {

struct EventFeedOptions {
    std::chrono::milliseconds pace{500};
    /// Between two tries to read what could not be read: doubles from `pace` up to this.
    std::chrono::milliseconds retry_max{10'000};
    /// The feed ends where nothing could be read for so long.
    std::chrono::milliseconds unreadable_max{60'000};
};

/// Server-sent events about one subject, for all who watch it.
///
/// How it works: of those who wait for news, one waits for the subject to change, reads it and
/// writes the event, once for all; the others wait for that one. It does so at most once in
/// Options::pace, so that many changes come as one. A subject that cannot be read is tried again,
/// less and less often; in the end the event `unavailable` is the last, so that nobody takes
/// silence for news. Events are numbered and the last few are kept; each reader knows the number it
/// has seen and is given what came since, or, being new or too far behind, the state as it is. So a
/// slow reader holds nothing but what it is being sent.
///
/// Use it from the I/O executor only; hold it by shared_ptr.
class EventFeed {
public:
    using Text = std::shared_ptr<const std::string>;

    using Options = EventFeedOptions;
    static constexpr std::string_view kUnavailable =
        "event: unavailable\ndata: {\"detail\":\"the service cannot read its store at present: ask "
        "again later\"}\n\n";

    static constexpr std::size_t kKeptEventsMax = 8;
    static constexpr std::size_t kKeptBytesMax = std::size_t{256} << 10;

    /// One who watches. The feed outlives it.
    class Reader {
    public:
        explicit Reader(EventFeed& feed);
        ~Reader();
        Reader(const Reader&) = delete;
        Reader& operator=(const Reader&) = delete;

        /// Returns once there is something to take or the feed has ended, at the latest at
        /// `latest`.
        boost::asio::awaitable<void> wait(Deadline latest);
        /// What came since the last call.
        [[nodiscard]] std::vector<Text> take();

    private:
        friend class EventFeed;
        EventFeed& feed_;
        async::Notifier notifier_;
        std::uint64_t seen_ = 0;
        std::list<Reader*>::iterator place_;
    };

    explicit EventFeed(boost::asio::any_io_executor executor, Options options = {});
    virtual ~EventFeed() = default;
    EventFeed(const EventFeed&) = delete;
    EventFeed& operator=(const EventFeed&) = delete;

    /// Nothing comes any more; what there is can still be taken.
    [[nodiscard]] bool ended() const { return ended_; }

protected:
    enum class Change { none, changed };

    /// Returns once the subject has changed since the last call; none at `latest`, or before that
    /// where no change will be told of any more.
    virtual boost::asio::awaitable<Change> wait_for_change(Deadline latest) = 0;
    /// Reads the subject and publishes what is new, or ends the feed. False: it cannot be read now.
    virtual boost::asio::awaitable<bool> read() = 0;
    /// The state as of the last event, as one or more events.
    [[nodiscard]] virtual std::string snapshot() const = 0;

    void publish(std::string events);
    void end() { ended_ = true; }

private:
    boost::asio::awaitable<void> advance(Deadline latest);
    void wake_all();
    void wake_one(const Reader& but);

    void put_off();

    boost::asio::any_io_executor executor_;
    Options options_;
    boost::asio::steady_timer pause_;
    std::list<Reader*> readers_;
    /// The last one's number is version_.
    std::deque<Text> kept_;
    std::size_t kept_bytes_ = 0;
    std::uint64_t version_ = 0;
    Text snapshot_;  ///< Of version_, if somebody has asked for it.
    Deadline next_read_{};
    std::chrono::milliseconds retry_after_;
    std::optional<Deadline> unreadable_since_;
    bool unavailable_ = false;  ///< It has ended by that; the last event says so.
    bool changed_ = false;      ///< And not read yet.
    bool advancing_ = false;
    bool ended_ = false;
};

}  // namespace ingestor::api
