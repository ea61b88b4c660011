#pragma once

#include <string>
#include <variant>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "ports/queue_store.hpp"

namespace ingestor::ports {

/// Puts messages on queues, for whoever may: the service itself.
class MessageSender {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;

    virtual ~MessageSender() = default;

    /// The message is durable on return. Errors: not_found (no such queue), invalid_argument (the
    /// message is too large for it), too_large (the queue is full), unavailable.
    virtual Answer<std::monostate> send(std::string queue, OutgoingMessage message) = 0;
};

}  // namespace ingestor::ports
