#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <list>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/time.hpp"

namespace ingestor::async {

/// Owns coroutines, so that none is detached: shutdown asks them to stop and waits for them.
/// Use it from its executor only (one thread).
class TaskGroup {
public:
    /// `on_error` gets what a task threw, other than its own cancellation.
    TaskGroup(boost::asio::any_io_executor executor,
              std::function<void(std::exception_ptr)> on_error);

    void spawn(boost::asio::awaitable<void> task);
    /// Asks every task to stop at its next suspension (terminal cancellation).
    void cancel();
    /// Returns once no task is left or at `latest`; true in the first case.
    boost::asio::awaitable<bool> join(Deadline latest);
    [[nodiscard]] std::size_t size() const { return signals_.size(); }

private:
    boost::asio::any_io_executor executor_;
    std::function<void(std::exception_ptr)> on_error_;
    std::list<boost::asio::cancellation_signal> signals_;
    boost::asio::steady_timer emptied_;
};

}  // namespace ingestor::async
