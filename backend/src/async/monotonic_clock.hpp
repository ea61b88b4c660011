#pragma once

#include <boost/asio/awaitable.hpp>

#include "async/notifier.hpp"
#include "base/time.hpp"

namespace ingestor::async {

/// Time that only goes forward, whatever happens to the wall clock, and waiting by it; so that
/// tests and simulations can turn both by hand.
class MonotonicClock {
public:
    virtual ~MonotonicClock() = default;
    /// Safe from any thread.
    [[nodiscard]] virtual Deadline now() const = 0;
    /// Returns after a notice to `wake`, or at `latest` by this clock. Call on the executor of
    /// `wake`, which outlives the wait.
    virtual boost::asio::awaitable<void> wait(Notifier& wake, Deadline latest) = 0;
};

class SteadyClock final : public MonotonicClock {
public:
    [[nodiscard]] Deadline now() const override { return std::chrono::steady_clock::now(); }
    boost::asio::awaitable<void> wait(Notifier& wake, Deadline latest) override {
        return wake.wait(latest);
    }
};

}  // namespace ingestor::async
