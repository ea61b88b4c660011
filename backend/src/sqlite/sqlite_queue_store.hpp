#pragma once

#include <variant>

#include "ports/queue_store.hpp"
#include "sqlite/database.hpp"

namespace ingestor::sqlite {

/// The QueueStore of the embedded engine.
class SqliteQueueStore : public ports::QueueStore {
public:
    /// `database` outlives this.
    explicit SqliteQueueStore(Database& database) : database_(database) {}

    Answer<std::vector<ports::QueueRecord>> queues() override;
    Answer<std::monostate> put_queue(ports::QueueRecord queue) override;
    Answer<std::monostate> remove_queue(std::string name) override;
    Answer<std::monostate> send(std::string queue, std::vector<ports::OutgoingMessage> messages,
                                TimePoint now) override;
    Answer<ports::ReceiveAnswer> receive(ports::ReceiveRequest request) override;
    Answer<std::monostate> remove(std::string queue,
                                  std::vector<ports::MessageReceipt> receipts) override;
    Answer<bool> change_visibility(std::string queue, ports::MessageReceipt receipt, TimePoint now,
                                   TimePoint visible_at) override;
    Answer<std::monostate> purge(std::string queue) override;
    Answer<ports::QueueDepth> depth(std::string queue, TimePoint now) override;
    Answer<std::optional<TimePoint>> next_visible(std::string queue, TimePoint now) override;
    Answer<std::vector<std::string>> move(ports::MoveRequest request) override;

private:
    Database& database_;
};

}  // namespace ingestor::sqlite
