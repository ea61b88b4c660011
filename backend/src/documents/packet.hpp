#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace ingestor::documents {

inline constexpr std::size_t kDescriptorsMax = 2;

enum class WhenFull { wait, fail };

/// Sends one message, with at most kDescriptorsMax open descriptors beside it, over a
/// SOCK_SEQPACKET socket. Errors: unavailable.
[[nodiscard]] Result<void> send_packet(int socket, std::string_view message,
                                       std::span<const int> descriptors, WhenFull when_full);

struct Packet {
    std::string_view message;      ///< In the buffer given; empty at the end of the connection.
    std::vector<int> descriptors;  ///< Close-on-exec, the caller's to close.
};

/// Waits for one message that fits into `buffer`, and at most kDescriptorsMax descriptors.
/// Errors: unavailable, corrupt (more than that).
[[nodiscard]] Result<Packet> receive_packet(int socket, std::span<char> buffer);

}  // namespace ingestor::documents
