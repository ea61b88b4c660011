#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <utility>

#include "base/result.hpp"

namespace ingestor::async {

/// Keeps calls from piling up before a few threads that have stopped answering (a disk that hangs,
/// say): a call is let in only while there is room and something moves. Safe from any thread.
class Admission {
public:
    using Clock = std::chrono::steady_clock;

    struct Options {
        std::string what;           ///< Is named in the refusal: "the database".
        std::size_t threads = 1;    ///< So many calls are served at once.
        std::size_t calls_max = 1;  ///< So many may be served or wait.
        /// All threads are busy and no call has ended for so long: it hangs.
        Clock::duration stall{std::chrono::seconds{5}};
    };

    /// A call that was let in; it ends when this goes.
    class Ticket {
    public:
        explicit Ticket(Admission& admission) : admission_(&admission) {}
        Ticket(Ticket&& other) noexcept : admission_(std::exchange(other.admission_, nullptr)) {}
        Ticket& operator=(Ticket&&) = delete;
        ~Ticket() {
            if (admission_ != nullptr) admission_->leave(Clock::now());
        }

    private:
        Admission* admission_;
    };

    explicit Admission(Options options) : options_(std::move(options)) {}

    /// Errors: unavailable.
    [[nodiscard]] Result<Ticket> enter(Clock::time_point now = Clock::now());
    [[nodiscard]] bool stalled(Clock::time_point now = Clock::now()) const;

private:
    void leave(Clock::time_point now);
    [[nodiscard]] bool stalled_locked(Clock::time_point now) const;

    const Options options_;
    mutable std::mutex mutex_;
    std::size_t calls_ = 0;
    Clock::time_point last_progress_;
};

}  // namespace ingestor::async
