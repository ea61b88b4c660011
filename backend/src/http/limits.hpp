#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace ingestor::http {

/// What a client may cost the server. Every limit is per connection unless its name says otherwise.
struct ServerLimits {
    /// A request's head, from its first byte to the blank line: beyond it 431.
    std::size_t header_bytes_max = std::size_t{16} << 10;
    /// The request-target: beyond it 414.
    std::size_t target_bytes_max = std::size_t{8} << 10;
    /// A body, where the handler does not set its own limit: beyond it reads fail as too_large.
    std::uint64_t body_bytes_max = std::uint64_t{1} << 20;
    /// What a handler left unread of a body and is read off to keep the connection: beyond it the
    /// connection closes after the answer.
    std::uint64_t drain_bytes_max = std::uint64_t{64} << 10;
    /// Connections of the whole server: one more is answered 503 and closed.
    std::size_t connections_max = 8192;

    /// From the first byte of a head (of the first request: from the connect) to its last: then
    /// 408.
    std::chrono::milliseconds head_timeout{10'000};
    /// Between an answer and the first byte of the next request: then the connection closes.
    std::chrono::milliseconds idle_timeout{60'000};
    /// Between two bytes of a body: then reads fail as timed_out. There is no limit on the whole.
    std::chrono::milliseconds body_stall_timeout{20'000};
    /// Between two bytes that the client takes of an answer: then the connection is cut.
    std::chrono::milliseconds write_stall_timeout{20'000};
    /// How long what still arrives is read and dropped after an answer that closes the connection,
    /// so that a reset does not overtake the answer.
    std::chrono::milliseconds linger_timeout{2'000};
    /// What Request::deadline is set to, from the head's last byte. A handler that streams extends
    /// it as bytes come: the limit is for stores and services behind it.
    std::chrono::milliseconds request_deadline{60'000};
};

}  // namespace ingestor::http
