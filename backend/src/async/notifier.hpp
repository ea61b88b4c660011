#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/time.hpp"

namespace ingestor::async {

/// Wakes one coroutine that waits for something to do. A notice given while nobody waits is kept,
/// so none is lost. Use it from its executor only (one thread).
class Notifier {
public:
    explicit Notifier(const boost::asio::any_io_executor& executor);

    void notify();
    /// Returns after a notice, or at `latest`, whichever comes first.
    boost::asio::awaitable<void> wait(Deadline latest);

private:
    boost::asio::steady_timer timer_;
    bool noticed_ = false;
};

}  // namespace ingestor::async
