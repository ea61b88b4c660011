#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "async/monotonic_clock.hpp"
#include "async/notifier.hpp"
#include "bus/archive/replays.hpp"
#include "ports/archive_store.hpp"
#include "ports/clock.hpp"
#include "telemetry/log.hpp"

namespace ingestor::bus::archive {

/// An archive holds so many bytes of envelopes; the oldest events go when there are more.
inline constexpr std::uint64_t kArchiveBytesMax = std::uint64_t{1} << 30;
/// "Records of replays are kept 90 days" (EventBridge user guide).
inline constexpr std::chrono::days kReplaysKept{90};

/// Deletes, now and then, what archives need not keep any more, a few rows at a time.
class ArchiveSweep {
public:
    struct Options {
        std::chrono::milliseconds interval{std::chrono::minutes(5)};
        std::size_t rows = 500;
    };
    /// All outlive it. `clock` is the one that deletion goes by.
    struct Dependencies {
        ports::ArchiveStore& store;
        Replays& replays;
        const ports::Clock& clock;
        async::MonotonicClock& monotonic;
        telemetry::Log& log;
    };
    ArchiveSweep(const boost::asio::any_io_executor& executor, Dependencies dependencies,
                 Options options);

    /// Sweeps every interval until stop().
    boost::asio::awaitable<void> run();
    void stop();

private:
    boost::asio::awaitable<void> sweep();

    Dependencies deps_;
    Options options_;
    bool stopping_ = false;
    async::Notifier wake_;
};

}  // namespace ingestor::bus::archive
