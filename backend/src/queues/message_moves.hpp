#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "async/monotonic_clock.hpp"
#include "async/notifier.hpp"
#include "async/task_group.hpp"
#include "base/result.hpp"
#include "ports/clock.hpp"
#include "ports/queue_store.hpp"
#include "ports/token_verifier.hpp"
#include "queues/queue_messages.hpp"
#include "queues/queue_registry.hpp"
#include "telemetry/log.hpp"

namespace ingestor::queues {

enum class MoveStatus { running, completed, cancelling, cancelled, failed };

/// A task that moves the messages of a dead-letter queue on.
struct MessageMove {
    std::string handle;  ///< UUIDv4.
    MoveStatus status = MoveStatus::running;
    std::string source;       ///< The name of the queue.
    std::string destination;  ///< Empty: each message's own source.
    std::optional<std::uint32_t> per_second = {};
    std::uint64_t moved = 0;
    std::uint64_t to_move = 0;  ///< When it began.
    std::string failure = {};
    TimePoint started_at;
};

/// Redrive of dead-letter queues ("StartMessageMoveTask"). What was moved is moved for good; a task
/// ends with the process, and can be started again. For operators. Errors of all:
/// permission_denied, not_found (the queue), unavailable.
class MessageMoves {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;
    static constexpr std::size_t kMovesListedMax = 10;

    /// All outlive it.
    struct Dependencies {
        QueueRegistry& registry;
        QueueMessages& messages;
        ports::QueueStore& store;
        const ports::Clock& clock;
        async::MonotonicClock& monotonic;
        telemetry::Log& log;
    };
    MessageMoves(boost::asio::any_io_executor executor, Dependencies dependencies);

    /// Returns the handle. Errors: invalid_argument (the source is nobody's dead-letter queue and
    /// no destination is named, or one of its tasks is running).
    Answer<std::string> start(ports::Principal who, std::string source, std::string destination,
                              std::optional<std::uint32_t> per_second);
    /// The last ones of a source, newest first.
    [[nodiscard]] Result<std::vector<MessageMove>> list(const ports::Principal& who,
                                                        const std::string& source) const;
    /// Returns how many messages were moved. Errors: not_found (no such task is running).
    Result<std::uint64_t> cancel(const ports::Principal& who, const std::string& handle);

    /// Asks all to end.
    void stop();
    boost::asio::awaitable<bool> join(Deadline latest) { return tasks_.join(latest); }

private:
    struct Task {
        Task(MessageMove wanted, const boost::asio::any_io_executor& executor)
            : move(std::move(wanted)), wake(executor) {}
        [[nodiscard]] bool ended() const {
            return move.status != MoveStatus::running && move.status != MoveStatus::cancelling;
        }

        MessageMove move;
        async::Notifier wake;
    };

    /// `task` is kept until it has ended.
    boost::asio::awaitable<void> run(Task& task);

    boost::asio::any_io_executor executor_;
    Dependencies deps_;
    std::list<Task> moves_;  ///< Newest first.
    bool stopping_ = false;
    async::TaskGroup tasks_;
};

}  // namespace ingestor::queues
