#include "async/mutex.hpp"

#include <algorithm>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace ingestor::async {

namespace asio = boost::asio;

Mutex::Waiter::Waiter(Mutex& owner) : mutex(owner), timer(owner.executor_) {
    timer.expires_at(asio::steady_timer::time_point::max());
    mutex.waiters_.push_back(this);
}

Mutex::Waiter::~Waiter() {
    if (!let_through) std::erase(mutex.waiters_, this);
}

asio::awaitable<Mutex::Lock> Mutex::lock() {
    if (locked_) {
        Waiter waiter(*this);
        while (!waiter.let_through) {
            co_await waiter.timer.async_wait(asio::as_tuple(asio::use_awaitable));
        }
    } else {
        locked_ = true;
    }
    co_return Lock(*this);
}

void Mutex::unlock() {
    if (waiters_.empty()) {
        locked_ = false;
        return;
    }
    // It stays locked, for the next.
    auto& next = *waiters_.front();
    waiters_.pop_front();
    next.let_through = true;
    next.timer.cancel();
}

}  // namespace ingestor::async
