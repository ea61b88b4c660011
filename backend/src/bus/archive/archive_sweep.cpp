#include "bus/archive/archive_sweep.hpp"

#include <utility>

namespace ingestor::bus::archive {

namespace asio = boost::asio;

ArchiveSweep::ArchiveSweep(const asio::any_io_executor& executor, Dependencies dependencies,
                           Options options)
    : deps_(dependencies), options_(options), wake_(executor) {}

void ArchiveSweep::stop() {
    stopping_ = true;
    wake_.notify();
}

asio::awaitable<void> ArchiveSweep::run() {
    while (!stopping_) {
        co_await sweep();
        if (stopping_) co_return;
        co_await deps_.monotonic.wait(wake_, deps_.monotonic.now() + options_.interval);
    }
}

asio::awaitable<void> ArchiveSweep::sweep() {
    const auto now = deps_.clock.now();
    const auto ended_before = now - kReplaysKept;
    std::size_t deleted = 1;
    while (deleted > 0 && !stopping_) {
        const auto rows =
            co_await deps_.store.sweep(now, kArchiveBytesMax, ended_before, options_.rows);
        if (!rows) {
            deps_.log.warn("archives could not be swept; trying again later",
                           {{"error", rows.error().message}});
            co_return;
        }
        deleted = *rows;
    }
    deps_.replays.forget_ended_before(ended_before);
}

}  // namespace ingestor::bus::archive
