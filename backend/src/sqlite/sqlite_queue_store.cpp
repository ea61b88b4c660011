#include "sqlite/sqlite_queue_store.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "base/uuid.hpp"
#include "sqlite/queries.hpp"
#include "sqlite/queue_rows.hpp"
#include "sqlite/row_codec.hpp"

namespace ingestor::sqlite {

namespace {

/// So many messages one unit of work deletes: some 5 ms of the writer's time.
constexpr std::int64_t kDeletedAtOnce = 500;
constexpr auto kNoBound = std::numeric_limits<std::int64_t>::max();
/// So many messages one call looks at, of which some may go to a dead-letter queue.
constexpr std::uint32_t kLookedAtMax = 1'000;

std::unexpected<Error> no_queue(const std::string& name) {
    return fail(Errc::not_found, fmt::format("The queue {} does not exist.", name));
}

struct Queue {
    std::int64_t id = 0;
    std::uint64_t messages = 0;
    std::uint64_t bytes = 0;
};

std::optional<Queue> find_queue(Connection& connection, const std::string& name) {
    auto row = connection.query(kFindQueue, name);
    if (!row.next()) return std::nullopt;
    return Queue{.id = row.integer(0),
                 .messages = static_cast<std::uint64_t>(row.integer(1)),
                 .bytes = static_cast<std::uint64_t>(row.integer(2))};
}

/// As the table counts them.
std::uint64_t bytes_of(const ports::OutgoingMessage& message, const std::string& attributes) {
    return message.body.size() + attributes.size();
}

/// Reads the columns of kVisibleMessages, as the message is once it has been received.
ports::ReceivedMessage read_received(const Query& row, TimePoint now) {
    ports::ReceivedMessage message;
    message.receipt = {.place = row.integer(0),
                       .message_id = row.text(1),
                       .receive_count = static_cast<std::uint32_t>(row.integer(2) + 1)};
    message.sent_at = row.time(3);
    message.first_received_at = row.time_or_none(4).value_or(now);
    message.source = row.text_or_none(5).value_or("");
    message.trace_header = row.text(6);
    message.attributes = message_attributes_of(row.text(7));
    message.body = row.text(8);
    return message;
}

}  // namespace

auto SqliteQueueStore::queues() -> Answer<std::vector<ports::QueueRecord>> {
    auto work = [](Connection& connection) -> Result<std::vector<ports::QueueRecord>> {
        std::vector<ports::QueueRecord> found;
        auto rows = connection.query(kQueues);
        while (rows.next()) {
            found.push_back({.name = rows.text(0),
                             .created_at = rows.time(1),
                             .modified_at = rows.time(2),
                             .settings = settings_of(rows.text(3)),
                             .tags = split_tags(rows.text(4))});
        }
        return found;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteQueueStore::put_queue(ports::QueueRecord queue) -> Answer<std::monostate> {
    auto unit = [queue = std::move(queue)](Connection& connection) -> Result<std::monostate> {
        connection.run(kPutQueue, queue.name, queue.created_at, queue.modified_at,
                       settings_text(queue.settings), join_tags(queue.tags));
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteQueueStore::remove_queue(std::string name) -> Answer<std::monostate> {
    auto emptied = co_await purge(name);
    if (!emptied) co_return emptied;
    auto unit = [name = std::move(name)](Connection& connection) -> Result<std::monostate> {
        const auto queue = find_queue(connection, name);
        if (!queue) return no_queue(name);
        // What came since.
        connection.run(kDeleteMessagesOfQueue, queue->id, kNoBound, kNoBound);
        connection.run(kDeleteQueue, queue->id);
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteQueueStore::send(std::string name, std::vector<ports::OutgoingMessage> messages,
                            TimePoint now) -> Answer<std::monostate> {
    auto unit = [name = std::move(name), messages = std::move(messages),
                 now](Connection& connection) -> Result<std::monostate> {
        const auto queue = find_queue(connection, name);
        if (!queue) return no_queue(name);
        std::vector<std::string> attributes;
        std::uint64_t bytes = queue->bytes;
        for (const auto& message : messages) {
            attributes.push_back(message_attributes_text(message.attributes));
            bytes += bytes_of(message, attributes.back());
        }
        if (queue->messages + messages.size() > ports::kQueueMessagesMax ||
            bytes > ports::kQueueBytesMax) {
            return fail(Errc::too_large,
                        fmt::format("The queue {} is full: it holds {} messages of {} bytes in all",
                                    name, queue->messages, queue->bytes));
        }
        for (std::size_t at = 0; at < messages.size(); ++at) {
            const auto& message = messages[at];
            connection.run(kInsertMessage, queue->id, message.id, now, now + message.delay,
                           message.trace_header, attributes[at], message.body);
        }
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteQueueStore::receive(ports::ReceiveRequest request) -> Answer<ports::ReceiveAnswer> {
    auto unit = [request =
                     std::move(request)](Connection& connection) -> Result<ports::ReceiveAnswer> {
        const auto queue = find_queue(connection, request.queue);
        if (!queue) return no_queue(request.queue);
        const auto dead_letters = request.dead_letter_queue.empty()
                                      ? std::nullopt
                                      : find_queue(connection, request.dead_letter_queue);
        connection.run(kDeleteExpiredMessages, queue->id, request.now - request.retention,
                       kDeletedAtOnce);
        ports::ReceiveAnswer answer;
        std::vector<std::int64_t> exhausted;
        auto rows = connection.query(kVisibleMessages, queue->id, request.now, kLookedAtMax);
        while (answer.messages.size() < request.messages_max && rows.next()) {
            if (dead_letters && rows.integer(2) >= std::int64_t{request.receives_max}) {
                exhausted.push_back(rows.integer(0));
            } else {
                answer.messages.push_back(read_received(rows, request.now));
            }
        }
        const auto visible_at = request.now + request.visibility_timeout;
        for (const auto& message : answer.messages) {
            connection.run(kTakeMessage, message.receipt.place, visible_at, request.now);
        }
        for (const auto place : exhausted) {
            connection.run(kMoveToDeadLetterQueue, place, dead_letters->id, request.now,
                           request.queue);
        }
        answer.dead_letters = exhausted.size();
        return answer;
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteQueueStore::remove(std::string name, std::vector<ports::MessageReceipt> receipts)
    -> Answer<std::monostate> {
    auto unit = [name = std::move(name),
                 receipts = std::move(receipts)](Connection& connection) -> Result<std::monostate> {
        const auto queue = find_queue(connection, name);
        if (!queue) return no_queue(name);
        for (const auto& receipt : receipts) {
            connection.run(kDeleteMessage, receipt.place, queue->id, receipt.message_id,
                           receipt.receive_count);
        }
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteQueueStore::change_visibility(std::string name, ports::MessageReceipt receipt,
                                         TimePoint now, TimePoint visible_at) -> Answer<bool> {
    auto unit = [name = std::move(name), receipt = std::move(receipt), now,
                 visible_at](Connection& connection) -> Result<bool> {
        const auto queue = find_queue(connection, name);
        if (!queue) return no_queue(name);
        return connection.run(kChangeVisibility, receipt.place, queue->id, receipt.message_id,
                              receipt.receive_count, now, visible_at) > 0;
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteQueueStore::purge(std::string name) -> Answer<std::monostate> {
    auto newest = [](Connection& connection) -> Result<std::int64_t> {
        auto row = connection.query(kNewestMessage);
        row.next();
        return row.integer_or_none(0).value_or(0);
    };
    const auto bound = co_await database_.read(std::move(newest));
    if (!bound) co_return std::unexpected(bound.error());
    for (auto deleted = kDeletedAtOnce; deleted == kDeletedAtOnce;) {
        auto unit = [name, last = *bound](Connection& connection) -> Result<std::int64_t> {
            const auto queue = find_queue(connection, name);
            if (!queue) return no_queue(name);
            return connection.run(kDeleteMessagesOfQueue, queue->id, last, kDeletedAtOnce);
        };
        const auto step = co_await database_.write(std::move(unit));
        if (!step) co_return std::unexpected(step.error());
        deleted = *step;
    }
    co_return std::monostate{};
}

auto SqliteQueueStore::depth(std::string name, TimePoint now) -> Answer<ports::QueueDepth> {
    auto work = [name = std::move(name), now](Connection& connection) -> Result<ports::QueueDepth> {
        const auto queue = find_queue(connection, name);
        if (!queue) return no_queue(name);
        ports::QueueDepth depth;
        auto row = connection.query(kHiddenMessages, queue->id, now);
        row.next();
        depth.delayed = static_cast<std::uint64_t>(row.integer(0));
        depth.in_flight = static_cast<std::uint64_t>(row.integer(1));
        depth.visible = queue->messages - depth.delayed - depth.in_flight;
        return depth;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteQueueStore::next_visible(std::string name, TimePoint now)
    -> Answer<std::optional<TimePoint>> {
    auto work = [name = std::move(name),
                 now](Connection& connection) -> Result<std::optional<TimePoint>> {
        const auto queue = find_queue(connection, name);
        if (!queue) return no_queue(name);
        auto row = connection.query(kNextVisible, queue->id, now);
        if (!row.next()) return std::nullopt;
        return row.time(0);
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteQueueStore::move(ports::MoveRequest request) -> Answer<std::vector<std::string>> {
    auto unit =
        [request = std::move(request)](Connection& connection) -> Result<std::vector<std::string>> {
        const auto from = find_queue(connection, request.from);
        if (!from) return no_queue(request.from);
        struct Moving {
            std::int64_t place;
            std::int64_t queue;
            std::string name;
        };
        std::vector<Moving> moving;
        auto rows = connection.query(kVisibleMessages, from->id, request.now, kLookedAtMax);
        while (moving.size() < request.messages_max && rows.next()) {
            auto name = request.to.empty() ? rows.text_or_none(5).value_or("") : request.to;
            const auto queue = find_queue(connection, name);
            // Its queue has gone, or is this very one: the message stays.
            if (!queue || queue->id == from->id) continue;
            moving.push_back({rows.integer(0), queue->id, std::move(name)});
        }
        std::vector<std::string> moved;
        for (auto& message : moving) {
            connection.run(kMoveMessage, message.place, message.queue, request.now, uuid_v4());
            moved.push_back(std::move(message.name));
        }
        return moved;
    };
    co_return co_await database_.write(std::move(unit));
}

}  // namespace ingestor::sqlite
