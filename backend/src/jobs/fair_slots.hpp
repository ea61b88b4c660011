#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <optional>
#include <stop_token>
#include <unordered_map>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "async/notifier.hpp"
#include "base/time.hpp"
#include "domain/ids.hpp"

namespace ingestor::jobs {

/// Hands out a fixed number of slots so that users get the same *time*, not the same number of
/// turns: the next free slot goes to the user who waits and has held slots for the least time
/// lately (least attained service; what was held counts half after kHalfLife). Between the jobs of
/// a user it goes in turn, within a job first come, first served. So a job of a thousand documents
/// holds up a job of one for at most the document that runs, and a user whose documents take long
/// gets turns as much more seldom.
///
/// No slot is taken away from who holds it, and one user may hold them all while nobody else waits.
/// So that whoever comes then need not wait for the end of a long document, there is a reserve:
/// slots beyond the others that go only to a user who holds none.
///
/// Use from the I/O executor only. It outlives every slot and every waiter.
class FairSlots {
public:
    using Now = std::function<Deadline()>;

    /// By when half of the time that a user held slots is forgotten.
    static constexpr std::chrono::seconds kHalfLife{60};

    /// So many users are remembered before those are looked for whose time no longer counts.
    static constexpr std::size_t kUsersKept = 1024;

    /// `now`: monotonic.
    FairSlots(boost::asio::any_io_executor executor, std::size_t slots, std::size_t reserve = 0,
              Now now = std::chrono::steady_clock::now);
    FairSlots(const FairSlots&) = delete;
    FairSlots& operator=(const FairSlots&) = delete;

    /// The right to work; given back when it goes.
    class Slot {
    public:
        Slot(FairSlots& slots, domain::UserId user_id)
            : slots_(&slots), user_id_(std::move(user_id)) {}
        Slot(Slot&& other) noexcept
            : slots_(std::exchange(other.slots_, nullptr)), user_id_(std::move(other.user_id_)) {}
        Slot& operator=(Slot&&) = delete;
        ~Slot();

    private:
        FairSlots* slots_;
        domain::UserId user_id_;
    };

    /// Waits for a turn. nullopt: `stop` was requested first (on the I/O executor).
    boost::asio::awaitable<std::optional<Slot>> acquire(domain::UserId user_id,
                                                        domain::JobId job_id, std::stop_token stop);

    /// Without the reserve.
    [[nodiscard]] std::size_t idle() const { return held_ < slots_ ? slots_ - held_ : 0; }
    [[nodiscard]] std::size_t waiting() const { return waiting_; }

private:
    struct Waiter {
        explicit Waiter(const boost::asio::any_io_executor& executor) : turn(executor) {}
        async::Notifier turn;
        bool granted = false;
    };
    struct JobLine {
        domain::JobId job_id;
        std::deque<Waiter*> waiters = {};
    };
    struct User {
        std::list<JobLine> jobs = {};  ///< Only those with a waiter; the first is next.
        std::unordered_map<domain::JobId, std::list<JobLine>::iterator> places = {};
        std::size_t held = 0;
        /// The time that slots were held, the running turns so far included, as of `as_of`.
        std::chrono::duration<double> attained{};
        Deadline as_of = {};
    };

    void line_up(const domain::UserId& user_id, const domain::JobId& job_id, Waiter& waiter);
    void leave(const domain::UserId& user_id, const domain::JobId& job_id, Waiter& waiter);
    void give_back(const domain::UserId& user_id);
    /// Gives free slots to those whose turn it is.
    void grant();
    /// The place in line_ of whose turn it is; end(): of nobody who may have what is free.
    [[nodiscard]] std::list<User*>::iterator next_in_line();
    void account(User& user, Deadline now) const;
    /// Forgets users who neither wait nor hold anything, and whose time no longer counts.
    void forget_users();

    boost::asio::any_io_executor executor_;
    std::size_t slots_;
    std::size_t reserve_;
    Now now_;
    std::size_t held_ = 0;
    std::size_t waiting_ = 0;
    std::unordered_map<domain::UserId, User> users_;
    std::list<User*> line_;  ///< Those with a waiter, who was served last at the end.
    std::size_t forget_at_ = kUsersKept;
};

}  // namespace ingestor::jobs
