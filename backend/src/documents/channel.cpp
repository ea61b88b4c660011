#include "documents/channel.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/encoding.hpp"
#include "documents/packet.hpp"

namespace ingestor::documents {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kStderrBytesMax = 2 * 1024;

std::unexpected<Error> system_failure(std::string_view what) {
    return fail(Errc::unavailable, fmt::format("{}: {}", what, std::strerror(errno)));
}

/// What a helper writes is not to be trusted with a terminal.
std::string printable(std::string_view text) {
    const bool sound = is_utf8(text);
    std::string line;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = byte >= 0x20 && byte != 0x7F && (sound || byte < 0x80);
        line += plain ? c : (c == '\n' ? ' ' : '?');
    }
    return line;
}

}  // namespace

Result<std::pair<std::unique_ptr<Channel>, Channel::Ends>> Channel::open(
    asio::any_io_executor executor) {
    std::array<int, 2> pair{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0) {
        return system_failure("socketpair");
    }
    FileDescriptor theirs(pair[1]);
    std::array<int, 2> pipe{};
    // Who writes without end loses words; it neither waits nor keeps the server busy.
    if (::pipe2(pipe.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
        auto failure = system_failure("pipe");
        ::close(pair[0]);
        return failure;
    }
    FileDescriptor reading(pipe[0]);
    FileDescriptor writing(pipe[1]);
    std::unique_ptr<Channel> channel(new Channel(std::move(executor), pair[0], std::move(reading)));
    return std::pair(std::move(channel),
                     Ends{.socket = std::move(theirs), .stderr_pipe = std::move(writing)});
}

Channel::Channel(asio::any_io_executor executor, int socket, FileDescriptor stderr_pipe)
    : socket_(std::move(executor), asio::generic::seq_packet_protocol(AF_UNIX, 0), socket),
      stderr_pipe_(std::move(stderr_pipe)),
      buffer_(kReplyMessageBytesMax) {}

Result<void> Channel::send(std::string_view message, std::span<const int> descriptors) {
    return send_packet(socket_.native_handle(), message, descriptors, WhenFull::fail);
}

asio::awaitable<Result<Reply>> Channel::receive() {
    asio::socket_base::message_flags flags = 0;
    // No room is given for descriptors: the kernel closes any that the helper may send.
    auto token = asio::as_tuple(asio::use_awaitable);
    const auto [error, size] =
        co_await socket_.async_receive(asio::buffer(buffer_), 0, flags, token);
    if (error || size == 0) co_return fail(Errc::unavailable, "the process is gone");
    if ((flags & MSG_TRUNC) != 0) co_return fail(Errc::corrupt, "a reply over the limit");
    co_return decode_reply(std::string_view(buffer_.data(), size));
}

void Channel::shut() {
    boost::system::error_code ignored;
    socket_.shutdown(asio::socket_base::shutdown_both, ignored);
}

std::string Channel::take_stderr() {
    std::array<char, kStderrBytesMax> text{};
    const auto got = ::read(stderr_pipe_.get(), text.data(), text.size());
    if (got <= 0) return {};
    std::array<char, 64 * 1024> rest{};
    while (::read(stderr_pipe_.get(), rest.data(), rest.size()) ==
           static_cast<ssize_t>(rest.size())) {
    }
    return printable(std::string_view(text.data(), static_cast<std::size_t>(got)));
}

}  // namespace ingestor::documents
