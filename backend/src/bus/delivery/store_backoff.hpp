#pragma once

#include <chrono>

#include "base/time.hpp"

namespace ingestor::bus::delivery {

/// One backoff for a store as a whole: while it does not answer, a single call asks now and then
/// whether it does again, and everything else waits. The first wait is `base`; it doubles up to
/// `cap`.
class StoreBackoff {
public:
    struct Options {
        /// Short, as one call in a few hundred may fail on a bad disk that serves the others.
        std::chrono::milliseconds base{10};
        std::chrono::milliseconds cap{30'000};
    };
    explicit StoreBackoff(Options options) : options_(options) {}

    void failed(Deadline now);
    void succeeded() { failures_ = 0; }

    /// Nothing is to be asked of the store but the one call at probe_at().
    [[nodiscard]] bool closed() const { return failures_ > 0; }
    [[nodiscard]] Deadline probe_at() const { return probe_at_; }

private:
    Options options_;
    int failures_ = 0;
    Deadline probe_at_{};
};

}  // namespace ingestor::bus::delivery
