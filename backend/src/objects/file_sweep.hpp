#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "async/monotonic_clock.hpp"
#include "async/notifier.hpp"
#include "ports/clock.hpp"
#include "ports/object_index.hpp"
#include "ports/object_store.hpp"
#include "ports/object_walk.hpp"
#include "telemetry/log.hpp"

namespace ingestor::objects {

/// Brings the files of the objects to what the index says: removes those on its list, and those
/// that a crash has left and nothing leads to; and takes objects of before there was an index into
/// it, a batch at a time, beside all else that goes on. What was taken in stays so, so that a
/// restart goes on where it was. Call from the I/O executor only.
class FileSweep {
public:
    static constexpr std::size_t kBatchMax = 256;

    struct Options {
        std::chrono::milliseconds interval{5'000};  ///< Of looks at the list of files to remove.
        /// All files are gone through at the start, and so often …
        std::chrono::milliseconds walk_interval = std::chrono::hours{24};
        /// … with a rest after every kBatchMax of them.
        std::chrono::milliseconds walk_rest{20};
        /// A file to which nothing leads may belong to a change under way.
        std::chrono::milliseconds keep_unknown = std::chrono::hours{24};
    };
    /// Held while files are removed; null: not now (a backup is under way).
    using Permit = std::function<std::shared_ptr<void>()>;
    /// All of it outlives the sweep.
    struct Dependencies {
        ports::ObjectIndex& index;
        ports::ObjectStore& files;
        ports::WalkableObjects& walkable_files;
        Permit permit;
        const ports::Clock& clock;
        async::MonotonicClock& monotonic;
        telemetry::Log& log;
    };
    FileSweep(const boost::asio::any_io_executor& executor, Dependencies dependencies)
        : FileSweep(executor, std::move(dependencies), Options{}) {}
    FileSweep(const boost::asio::any_io_executor& executor, Dependencies dependencies,
              Options options);

    struct Walked {
        std::uint64_t adopted = 0;
        std::uint64_t removed = 0;
    };

    /// Removes what is on the list. Errors: unavailable.
    boost::asio::awaitable<Result<std::monostate>> remove_listed();
    /// Goes through all files. Errors: unavailable.
    boost::asio::awaitable<Result<Walked>> walk();
    /// Both, at once and then again and again, until stop().
    boost::asio::awaitable<void> run();
    void stop();

private:
    boost::asio::awaitable<void> look_at(std::string file,
                                         std::vector<ports::IndexedObject>& objects,
                                         std::optional<Error>& failure);
    boost::asio::awaitable<Result<std::monostate>> adopt(std::vector<domain::ObjectKey> keys,
                                                         Walked& walked);
    boost::asio::awaitable<Result<std::monostate>> remove_unknown(std::vector<std::string> files,
                                                                  Walked& walked);

    Dependencies dependencies_;
    Options options_;
    async::Notifier wake_;
    bool adopted_ = false;
    bool stopped_ = false;
};

}  // namespace ingestor::objects
