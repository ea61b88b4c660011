#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "base/time.hpp"

namespace ingestor::ports {

/// Of one queue.
inline constexpr std::uint64_t kQueueMessagesMax = 100'000;
inline constexpr std::uint64_t kQueueBytesMax = std::uint64_t{256} << 20;

/// Where a message goes that was received so often and never deleted.
struct RedrivePolicy {
    std::string dead_letter_arn;
    std::uint32_t receives_max = 10;
    friend bool operator==(const RedrivePolicy&, const RedrivePolicy&) = default;
};

/// The attributes of a queue that can be set ("SetQueueAttributes" of the SQS API).
struct QueueSettings {
    std::chrono::seconds delay{0};
    std::chrono::seconds retention{345'600};
    std::chrono::seconds receive_wait{0};
    std::chrono::seconds visibility_timeout{30};
    std::uint32_t message_bytes_max = 1'048'576;
    std::optional<RedrivePolicy> redrive = {};
    std::string policy = {};                ///< Kept and told; nothing is done with it.
    std::string redrive_allow_policy = {};  ///< Likewise.
    friend bool operator==(const QueueSettings&, const QueueSettings&) = default;
};

struct QueueRecord {
    std::string name;
    TimePoint created_at;
    TimePoint modified_at;
    QueueSettings settings = {};
    std::map<std::string, std::string> tags = {};
    friend bool operator==(const QueueRecord&, const QueueRecord&) = default;
};

/// `type` is String, Number or Binary, and what the sender put behind it after a dot; the value of
/// Binary is its bytes.
struct MessageAttribute {
    std::string type;
    std::string value;
    friend bool operator==(const MessageAttribute&, const MessageAttribute&) = default;
};
using MessageAttributes = std::map<std::string, MessageAttribute>;

/// A message as it is sent.
struct OutgoingMessage {
    std::string id;  ///< UUIDv4.
    std::string body;
    MessageAttributes attributes = {};
    std::string trace_header = {};
    std::chrono::seconds delay{0};  ///< It cannot be received before.
};

/// What proves that a message was received. Void once it is received again.
struct MessageReceipt {
    std::int64_t place = 0;
    std::string message_id;
    std::uint32_t receive_count = 0;
    friend bool operator==(const MessageReceipt&, const MessageReceipt&) = default;
};

struct ReceivedMessage {
    MessageReceipt receipt;
    std::string body;
    MessageAttributes attributes;
    std::string trace_header;
    TimePoint sent_at;
    TimePoint first_received_at;
    std::string source;  ///< The name of the queue whose redrive policy brought it here; or empty.
};

/// How messages are taken from a queue.
struct ReceiveRequest {
    std::string queue;
    TimePoint now;
    std::uint32_t messages_max = 1;
    std::chrono::seconds visibility_timeout{30};
    /// Messages older than that are deleted.
    std::chrono::seconds retention{345'600};
    /// Messages that were received so often go to that queue; empty: nowhere.
    std::string dead_letter_queue = {};
    std::uint32_t receives_max = 0;
};
struct ReceiveAnswer {
    std::vector<ReceivedMessage> messages;
    std::uint64_t dead_letters = 0;  ///< Went to the dead-letter queue.
};

struct QueueDepth {
    std::uint64_t visible = 0;
    std::uint64_t in_flight = 0;
    std::uint64_t delayed = 0;
};

/// Which messages are moved on from a dead-letter queue.
struct MoveRequest {
    std::string from;
    std::string to;  ///< Empty: each to the queue that it came from.
    TimePoint now;
    std::uint32_t messages_max = 100;
};

/// Durable queues of messages. A write that returned success is on disk. Call from the I/O executor
/// only. Any call may fail as `unavailable`; those that name a queue, as `not_found`.
class QueueStore {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;

    virtual ~QueueStore() = default;

    /// By name.
    virtual Answer<std::vector<QueueRecord>> queues() = 0;
    /// Adds or replaces; the messages stay.
    virtual Answer<std::monostate> put_queue(QueueRecord queue) = 0;
    /// With its messages, a few at a time: what a crash leaves is a queue of fewer.
    virtual Answer<std::monostate> remove_queue(std::string name) = 0;

    /// All of them or none. Errors: too_large (kQueueMessagesMax, kQueueBytesMax).
    virtual Answer<std::monostate> send(std::string queue, std::vector<OutgoingMessage> messages,
                                        TimePoint now) = 0;
    /// The messages that have been visible for longest. They are not until the timeout has passed.
    virtual Answer<ReceiveAnswer> receive(ReceiveRequest request) = 0;
    /// Receipts that are void are passed over.
    virtual Answer<std::monostate> remove(std::string queue,
                                          std::vector<MessageReceipt> receipts) = 0;
    /// When the message is visible again. False: the receipt is void, or it is visible already.
    virtual Answer<bool> change_visibility(std::string queue, MessageReceipt receipt, TimePoint now,
                                           TimePoint visible_at) = 0;
    /// The messages of now, a few at a time.
    virtual Answer<std::monostate> purge(std::string queue) = 0;

    virtual Answer<QueueDepth> depth(std::string queue, TimePoint now) = 0;
    /// When the first message that is not visible now will be; nullopt: there is none.
    virtual Answer<std::optional<TimePoint>> next_visible(std::string queue, TimePoint now) = 0;
    /// Moves visible messages, as fresh ones, with new ids. Returns the names of the queues that
    /// they went to, each once a message; fewer than asked for: there are no more that can go.
    virtual Answer<std::vector<std::string>> move(MoveRequest request) = 0;
};

}  // namespace ingestor::ports
