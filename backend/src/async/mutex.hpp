#pragma once

#include <deque>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

namespace ingestor::async {

/// Lets one coroutine at a time through what it guards, in the order in which they came. Use it
/// from its executor only (one thread); it outlives its locks.
class Mutex {
public:
    explicit Mutex(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}
    Mutex(const Mutex&) = delete;
    Mutex& operator=(const Mutex&) = delete;

    /// Held until it goes.
    class Lock {
    public:
        explicit Lock(Mutex& mutex) : mutex_(&mutex) {}
        Lock(Lock&& other) noexcept : mutex_(std::exchange(other.mutex_, nullptr)) {}
        Lock& operator=(Lock&&) = delete;
        ~Lock() {
            if (mutex_ != nullptr) mutex_->unlock();
        }

    private:
        Mutex* mutex_;
    };

    [[nodiscard]] boost::asio::awaitable<Lock> lock();

private:
    /// Takes itself out of the queue when its coroutine ends, let through or not.
    struct Waiter {
        Mutex& mutex;
        boost::asio::steady_timer timer;
        bool let_through = false;
        explicit Waiter(Mutex& owner);
        ~Waiter();
        Waiter(const Waiter&) = delete;
        Waiter& operator=(const Waiter&) = delete;
    };

    void unlock();

    boost::asio::any_io_executor executor_;
    bool locked_ = false;
    std::deque<Waiter*> waiters_;
};

}  // namespace ingestor::async
