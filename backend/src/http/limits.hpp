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
    /// What still arrives after an answer that closes the connection is read and dropped, so that a
    /// reset does not overtake the answer: up to here.
    std::uint64_t linger_bytes_max = std::uint64_t{8} << 20;

    /// Connections of the whole server. One more ends one that is idle, or whose head is still on
    /// its way; where there is none it is answered 503 and closed. See ConnectionTable.
    std::size_t connections_max = 8192;
    /// Connections of one address, where less than a quarter of all is left.
    std::size_t connections_per_address_max = 4096;
    /// Heads of one address of which a part has come: one more ends the oldest.
    std::size_t partial_heads_per_address_max = 512;

    /// From the first byte of a head (of the first request: from the connect) to its last: then
    /// 408.
    std::chrono::milliseconds head_timeout{10'000};
    /// Between an answer and the first byte of the next request: then the connection closes.
    std::chrono::milliseconds idle_timeout{60'000};
    /// Between two bytes of a body: then reads fail as timed_out. There is no limit on the whole
    /// but the least rate.
    std::chrono::milliseconds body_stall_timeout{20'000};
    /// Between two bytes that the client takes of an answer: then the connection is cut.
    std::chrono::milliseconds write_stall_timeout{20'000};
    /// The least rate at which a client sends a body, and takes an answer; see RateAllowance.
    std::uint64_t bytes_per_second_min = 1024;
    /// How much waiting for a client is allowed beyond what the least rate takes.
    std::chrono::milliseconds rate_grace_period{30'000};
    /// How long what still arrives is read and dropped; see linger_bytes_max.
    std::chrono::milliseconds linger_timeout{2'000};
    /// From the last byte that came of a request until the handler has to answer: then the client
    /// is answered 503. A client that is waited for has its own limits, above.
    std::chrono::milliseconds request_deadline{10'000};
    /// What has to be stored may take longer by this much: the deadline is moved on accordingly.
    std::uint64_t stored_bytes_per_second_min = std::uint64_t{16} << 20;
};

}  // namespace ingestor::http
