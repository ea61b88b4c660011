#pragma once

#include <algorithm>
#include <atomic>
#include <utility>
#include <vector>

#include "async/monotonic_clock.hpp"

namespace ingestor::memory {

/// A monotonic clock that stands still until it is turned. Waits and turns are for one thread.
class ManualMonotonicClock final : public async::MonotonicClock {
public:
    [[nodiscard]] Deadline now() const override { return Deadline{Deadline::duration{now_}}; }
    boost::asio::awaitable<void> wait(async::Notifier& wake, Deadline latest) override {
        if (latest <= now()) co_return;
        waits_.push_back({&wake, latest});
        co_await wake.wait(Deadline::max());
        std::erase_if(waits_, [&wake](const Wait& wait) { return wait.wake == &wake; });
    }
    /// When the next one of those that wait is due; Deadline::max(): never.
    [[nodiscard]] Deadline next_wait() const {
        auto next = Deadline::max();
        for (const auto& wait : waits_) next = std::min(next, wait.latest);
        return next;
    }
    void advance(std::chrono::milliseconds by) {
        now_ += std::chrono::duration_cast<Deadline::duration>(by).count();
        for (const auto& wait : waits_) {
            if (wait.latest <= now()) wait.wake->notify();
        }
    }

private:
    struct Wait {
        async::Notifier* wake;
        Deadline latest;
    };
    std::atomic<Deadline::rep> now_{
        std::chrono::duration_cast<Deadline::duration>(std::chrono::hours(1)).count()};
    std::vector<Wait> waits_;
};

}  // namespace ingestor::memory
