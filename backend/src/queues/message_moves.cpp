#include "queues/message_moves.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include "base/uuid.hpp"

namespace ingestor::queues {

namespace {

constexpr std::uint32_t kMovedAtOnce = 100;
/// Of all sources.
constexpr std::size_t kMovesKeptMax = 100;

}  // namespace

MessageMoves::MessageMoves(boost::asio::any_io_executor executor, Dependencies dependencies)
    : executor_(executor),
      deps_(dependencies),
      tasks_(executor, [this](const std::exception_ptr& thrown) {
          try {
              std::rethrow_exception(thrown);
          } catch (const std::exception& fault) {
              deps_.log.error("a move of messages ended", {{"error", fault.what()}});
          }
      }) {}

auto MessageMoves::start(ports::Principal who, std::string source, std::string destination,
                         std::optional<std::uint32_t> per_second) -> Answer<std::string> {
    const auto from = deps_.registry.queue(who, source);
    if (!from) co_return std::unexpected(from.error());
    if (destination.empty() && deps_.registry.sources_of(source).empty()) {
        co_return fail(Errc::invalid_argument,
                       "Source queue must be configured as a Dead Letter Queue.");
    }
    if (!destination.empty()) {
        const auto to = deps_.registry.queue(who, destination);
        if (!to) co_return std::unexpected(to.error());
    }
    const auto depth = co_await deps_.messages.depth(who, source);
    if (!depth) co_return std::unexpected(depth.error());
    const bool busy = std::ranges::any_of(moves_, [&source](const Task& task) {
        return task.move.source == source && !task.ended();
    });
    if (busy) {
        co_return fail(Errc::invalid_argument,
                       "There is already a task running. Only one active task is allowed for a "
                       "source queue arn at a given time.");
    }
    auto& task = moves_.emplace_front(MessageMove{.handle = uuid_v4(),
                                                  .source = std::move(source),
                                                  .destination = std::move(destination),
                                                  .per_second = per_second,
                                                  .to_move = depth->visible,
                                                  .started_at = deps_.clock.now()},
                                      executor_);
    while (moves_.size() > kMovesKeptMax && moves_.back().ended()) moves_.pop_back();
    tasks_.spawn(run(task));
    co_return task.move.handle;
}

boost::asio::awaitable<void> MessageMoves::run(Task& task) {
    auto& move = task.move;
    while (!stopping_) {
        if (move.status == MoveStatus::cancelling) {
            move.status = MoveStatus::cancelled;
            co_return;
        }
        const auto left = move.to_move - std::min(move.moved, move.to_move);
        const auto at_once = std::min<std::uint64_t>(
            left, std::min(kMovedAtOnce, move.per_second.value_or(kMovedAtOnce)));
        ports::MoveRequest request{.from = move.source,
                                   .to = move.destination,
                                   .now = deps_.clock.now(),
                                   .messages_max = static_cast<std::uint32_t>(at_once)};
        const auto moved = co_await deps_.store.move(std::move(request));
        if (!moved) {
            move.status = MoveStatus::failed;
            move.failure = moved.error().message;
            co_return;
        }
        move.moved += moved->size();
        for (const auto& queue : *moved) deps_.messages.arrived(queue);
        if (moved->size() < at_once || move.moved >= move.to_move) {
            move.status = MoveStatus::completed;
            co_return;
        }
        if (move.per_second) {
            const auto pause = std::chrono::milliseconds(1'000 * at_once / *move.per_second);
            co_await deps_.monotonic.wait(task.wake, deps_.monotonic.now() + pause);
        }
    }
}

Result<std::vector<MessageMove>> MessageMoves::list(const ports::Principal& who,
                                                    const std::string& source) const {
    const auto queue = deps_.registry.queue(who, source);
    if (!queue) return std::unexpected(queue.error());
    std::vector<MessageMove> found;
    for (const auto& task : moves_) {
        if (task.move.source == source && found.size() < kMovesListedMax) {
            found.push_back(task.move);
        }
    }
    return found;
}

Result<std::uint64_t> MessageMoves::cancel(const ports::Principal& who, const std::string& handle) {
    if (const auto allowed = check_operator(who); !allowed) {
        return std::unexpected(allowed.error());
    }
    const auto task = std::ranges::find(
        moves_, handle, [](const Task& each) -> const auto& { return each.move.handle; });
    if (task == moves_.end() || task->move.status != MoveStatus::running) {
        return fail(Errc::not_found, "Task does not exist.", "TaskHandle");
    }
    task->move.status = MoveStatus::cancelling;
    task->wake.notify();
    return task->move.moved;
}

void MessageMoves::stop() {
    stopping_ = true;
    for (auto& task : moves_) task.wake.notify();
}

}  // namespace ingestor::queues
