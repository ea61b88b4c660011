#pragma once

#include <cstddef>
#include <deque>
#include <list>
#include <optional>
#include <stop_token>
#include <unordered_map>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "async/notifier.hpp"
#include "domain/ids.hpp"

namespace ingestor {

/// Hands out a fixed number of slots in turn: first between users, then between the jobs of a
/// user, then first come, first served. So a job of a thousand documents holds up a job of one for
/// at most the document that runs, and a user with many jobs holds up nobody else.
/// Use from the I/O executor only. It outlives every slot and every waiter.
class FairSlots {
public:
    FairSlots(boost::asio::any_io_executor executor, std::size_t slots);
    FairSlots(const FairSlots&) = delete;
    FairSlots& operator=(const FairSlots&) = delete;

    /// The right to work; given back when it goes.
    class Slot {
    public:
        explicit Slot(FairSlots& slots) : slots_(&slots) {}
        Slot(Slot&& other) noexcept : slots_(std::exchange(other.slots_, nullptr)) {}
        Slot& operator=(Slot&&) = delete;
        ~Slot();

    private:
        FairSlots* slots_;
    };

    /// Waits for a turn. nullopt: `stop` was requested first (on the I/O executor).
    boost::asio::awaitable<std::optional<Slot>> acquire(UserId user_id, JobId job_id,
                                                        std::stop_token stop);

    [[nodiscard]] std::size_t idle() const { return idle_; }
    [[nodiscard]] std::size_t waiting() const { return waiting_; }

private:
    struct Waiter {
        explicit Waiter(const boost::asio::any_io_executor& executor) : turn(executor) {}
        Notifier turn;
        bool granted = false;
    };
    struct JobLine {
        JobId job_id;
        std::deque<Waiter*> waiters = {};
    };
    struct UserLine {
        UserId user_id;
        std::list<JobLine> jobs = {};
        std::unordered_map<JobId, std::list<JobLine>::iterator> places = {};
    };

    void line_up(const UserId& user_id, const JobId& job_id, Waiter& waiter);
    void leave(const UserId& user_id, const JobId& job_id, Waiter& waiter);
    void give_back();
    /// Gives idle slots to those whose turn it is.
    void grant();

    boost::asio::any_io_executor executor_;
    std::size_t idle_;
    std::size_t waiting_ = 0;
    std::list<UserLine> users_;  ///< Only those with a waiter; the first is next.
    std::unordered_map<UserId, std::list<UserLine>::iterator> places_;
};

}  // namespace ingestor
