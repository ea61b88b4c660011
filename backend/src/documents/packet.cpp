#include "documents/packet.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

namespace ingestor::documents {
namespace {

constexpr std::size_t kControlBytes = CMSG_SPACE(sizeof(int) * kDescriptorsMax);

std::vector<int> take_descriptors(msghdr& header) {
    std::vector<int> descriptors;
    for (auto* part = CMSG_FIRSTHDR(&header); part != nullptr; part = CMSG_NXTHDR(&header, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
        const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        descriptors.resize(count);
        std::memcpy(descriptors.data(), CMSG_DATA(part), count * sizeof(int));
    }
    return descriptors;
}

}  // namespace

Result<void> send_packet(int socket, std::string_view message, std::span<const int> descriptors,
                         WhenFull when_full) {
    const int flags = MSG_NOSIGNAL | (when_full == WhenFull::fail ? MSG_DONTWAIT : 0);
    iovec bytes{.iov_base = const_cast<char*>(message.data()), .iov_len = message.size()};
    alignas(cmsghdr) std::array<char, kControlBytes> control{};
    msghdr header{};
    header.msg_iov = &bytes;
    header.msg_iovlen = 1;
    if (!descriptors.empty() && descriptors.size() <= kDescriptorsMax) {
        header.msg_control = control.data();
        header.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
        auto* part = CMSG_FIRSTHDR(&header);
        part->cmsg_level = SOL_SOCKET;
        part->cmsg_type = SCM_RIGHTS;
        part->cmsg_len = CMSG_LEN(descriptors.size_bytes());
        std::memcpy(CMSG_DATA(part), descriptors.data(), descriptors.size_bytes());
    }
    ssize_t sent = 0;
    do {
        sent = ::sendmsg(socket, &header, flags);
    } while (sent < 0 && errno == EINTR);
    if (sent != static_cast<ssize_t>(message.size())) {
        return fail(Errc::unavailable, fmt::format("send to the peer: {}", std::strerror(errno)));
    }
    return {};
}

Result<Packet> receive_packet(int socket, std::span<char> buffer) {
    Packet packet;
    iovec bytes{.iov_base = buffer.data(), .iov_len = buffer.size()};
    alignas(cmsghdr) std::array<char, kControlBytes> control{};
    msghdr header{};
    header.msg_iov = &bytes;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    ssize_t got = 0;
    do {
        got = ::recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return fail(Errc::unavailable, fmt::format("receive: {}", std::strerror(errno)));
    }
    packet.descriptors = take_descriptors(header);
    if ((header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
        for (const int descriptor : packet.descriptors) ::close(descriptor);
        return fail(Errc::corrupt, "a message over the limit");
    }
    packet.message = std::string_view(buffer.data(), static_cast<std::size_t>(got));
    return packet;
}

}  // namespace ingestor::documents
