#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "async/monotonic_clock.hpp"
#include "async/notifier.hpp"
#include "base/result.hpp"
#include "ports/clock.hpp"
#include "ports/message_sender.hpp"
#include "ports/queue_store.hpp"
#include "ports/token_verifier.hpp"
#include "queues/queue_registry.hpp"

namespace ingestor::queues {

/// How messages are asked for; what is not said is as the queue has it.
struct ReceiveOptions {
    std::uint32_t messages_max = 1;
    std::optional<std::chrono::seconds> visibility_timeout = {};
    std::optional<std::chrono::seconds> wait = {};  ///< For the first message.
};

/// Sending, receiving and deleting of messages. All but what MessageSender has is for operators.
/// Errors of all: permission_denied, not_found (the queue), unavailable.
class QueueMessages final : public ports::MessageSender {
public:
    /// All outlive it.
    struct Dependencies {
        QueueRegistry& registry;
        ports::QueueStore& store;
        const ports::Clock& clock;
        async::MonotonicClock& monotonic;
    };
    QueueMessages(boost::asio::any_io_executor executor, Dependencies dependencies)
        : executor_(std::move(executor)), deps_(dependencies) {}

    Answer<std::monostate> send(std::string queue, ports::OutgoingMessage message) override;
    /// All of them or none. Errors: too_large (kQueueMessagesMax, kQueueBytesMax).
    Answer<std::monostate> send_all(ports::Principal who, std::string queue,
                                    std::vector<ports::OutgoingMessage> messages);
    /// Waits for the first message, as long as is asked for ("Long polling").
    Answer<std::vector<ports::ReceivedMessage>> receive(ports::Principal who, std::string queue,
                                                        ReceiveOptions options);
    Answer<std::monostate> remove(ports::Principal who, std::string queue,
                                  std::vector<ports::MessageReceipt> receipts);
    /// False: the message is not in flight under this receipt.
    Answer<bool> change_visibility(ports::Principal who, std::string queue,
                                   ports::MessageReceipt receipt, std::chrono::seconds timeout);
    Answer<std::monostate> purge(ports::Principal who, std::string queue);
    Answer<ports::QueueDepth> depth(ports::Principal who, std::string queue);

    /// Messages may be visible now that were not: wakes who waits for them.
    void arrived(const std::string& queue);
    /// Whoever waits goes with what there is, which is nothing.
    void stop();

private:
    /// Somebody who waits for messages of a queue.
    class Waiter {
    public:
        Waiter(QueueMessages& owner, std::string queue);
        ~Waiter();
        Waiter(const Waiter&) = delete;
        Waiter& operator=(const Waiter&) = delete;

        async::Notifier wake;

    private:
        QueueMessages& owner_;
        std::string queue_;
    };

    Answer<ports::ReceiveAnswer> receive_now(const ports::QueueRecord& queue,
                                             const ReceiveOptions& options);

    boost::asio::any_io_executor executor_;
    Dependencies deps_;
    std::map<std::string, std::set<Waiter*>> waiters_;
    bool stopping_ = false;
};

}  // namespace ingestor::queues
