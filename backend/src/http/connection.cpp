#include "http/connection.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <fcntl.h>
#include <poll.h>
#include <sys/sendfile.h>

namespace ingestor::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::deferred);

/// Turns that a connection takes before others have theirs: reads that found something, and bytes.
constexpr unsigned kReadsAtOnceMax = 16;
constexpr std::size_t kSentAtOnceMax = std::size_t{256} << 10;

bool would_block(const error_code& error) {
    return error == asio::error::would_block || error == asio::error::try_again;
}

}  // namespace

Connection::Connection(asio::ip::tcp::socket socket, const ServerLimits& limits)
    : socket_(std::move(socket)),
      limits_(limits),
      input_(std::max(limits.header_bytes_max, kHeadBytes)),
      writing_(limits.rate_grace_period, limits.bytes_per_second_min) {
    error_code ignored;
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    socket_.non_blocking(true, ignored);
    const auto remote = socket_.remote_endpoint(ignored);
    if (ignored) return;
    peer_ = remote.address();
    remote_address_ = peer_.to_string();
}

std::string_view Connection::input() const {
    const auto data = input_.data();
    return {static_cast<const char*>(data.data()), data.size()};
}

void Connection::shrink_input() {
    if (input_.capacity() > kHeadBytes && input_.size() == 0) input_.shrink_to_fit();
}

void Connection::wake_at(Clock::time_point time) {
    expired_ = false;
    wake_at_ = time;
}

void Connection::wake_never() {
    wake_at(Clock::time_point::max());
}

void Connection::expire_if_due(Clock::time_point now) {
    if (now < wake_at_) return;
    wake_never();
    expired_ = true;
    error_code ignored;
    socket_.cancel(ignored);
}

void Connection::interrupt() {
    error_code ignored;
    socket_.cancel(ignored);
}

Error Connection::why(const error_code& error) const {
    if (expired_) return {.code = Errc::timed_out, .message = "the client is too slow"};
    return {.code = Errc::unavailable,
            .message = "the connection to the client is broken: " + error.message()};
}

std::unexpected<Error> Connection::end_wait(const error_code& error) {
    auto reason = why(error);
    wake_never();
    return std::unexpected(std::move(reason));
}

asio::awaitable<Result<bool>> Connection::receive(Clock::time_point latest, std::size_t wish) {
    const auto free = input_.capacity() - input_.size();
    const auto space =
        input_.prepare(std::max(free, std::min(wish, input_.max_size() - input_.size())));
    wake_at(latest);
    auto reading = socket_.async_read_some(space, kAwait);
    const auto [error, count] = co_await std::move(reading);
    if (error && error != asio::error::eof) co_return end_wait(error);
    wake_never();
    input_.commit(count);
    co_return !error;
}

asio::awaitable<Result<std::size_t>> Connection::receive_into(std::span<char> buffer,
                                                              Clock::time_point latest) {
    const auto space = asio::buffer(buffer.data(), buffer.size());
    error_code error;
    // A fast sender has filled the socket meanwhile: taking that needs no round of the scheduler,
    // but for now and then one, as such a sender may never let it run empty.
    auto count = socket_.read_some(space, error);
    if (!error && ++reads_at_once_ >= kReadsAtOnceMax) co_await yield();
    if (would_block(error)) {
        reads_at_once_ = 0;
        wake_at(latest);
        auto reading = socket_.async_read_some(space, kAwait);
        std::tie(error, count) = co_await std::move(reading);
        if (error && error != asio::error::eof) co_return end_wait(error);
        wake_never();
    }
    if (error == asio::error::eof) co_return std::size_t{0};
    if (error) co_return std::unexpected(why(error));
    co_return count;
}

Result<bool> Connection::send_now(std::string_view& head, std::string_view& body) {
    std::size_t sent_at_once = 0;
    while (!head.empty() || !body.empty()) {
        if (sent_at_once >= kSentAtOnceMax) return false;
        const std::array<asio::const_buffer, 2> pieces = {
            asio::const_buffer(head.data(), head.size()),
            asio::const_buffer(body.data(), body.size())};
        error_code error;
        const auto sent = socket_.write_some(pieces, error);
        if (would_block(error)) return false;
        if (error) return std::unexpected(why(error));
        sent_at_once += sent;
        writing_.earn(sent);
        const auto of_head = std::min(sent, head.size());
        head.remove_prefix(of_head);
        body.remove_prefix(sent - of_head);
    }
    return true;
}

asio::awaitable<Result<std::monostate>> Connection::wait_until_writable() {
    const auto since = Clock::now();
    wake_at(since + std::min<Clock::duration>(limits_.write_stall_timeout, writing_.left()));
    auto waiting = socket_.async_wait(asio::ip::tcp::socket::wait_write, kAwait);
    const auto [error] = co_await std::move(waiting);
    if (error) co_return end_wait(error);
    writing_.spend(Clock::now() - since);
    wake_never();
    co_return std::monostate{};
}

asio::awaitable<Result<std::monostate>> Connection::send(std::string_view head,
                                                         std::string_view body) {
    while (true) {
        const auto all = send_now(head, body);
        if (!all) co_return std::unexpected(all.error());
        if (*all) co_return std::monostate{};
        const auto writable = co_await wait_until_writable();
        if (!writable) co_return std::unexpected(writable.error());
    }
}

asio::awaitable<Result<std::monostate>> Connection::send_file(const FileBody& file) {
    // Small enough that reading a piece that is not in the page cache holds up others only for
    // moments, and that a fast client does not keep the thread to itself.
    constexpr std::uint64_t kPieceBytes = kSentAtOnceMax;
    constexpr std::uint64_t kReadAheadBytes = std::uint64_t{1} << 20;
    auto at = static_cast<off_t>(file.offset);
    auto left = file.length;
    std::uint64_t until_read_ahead = 0;
    while (left > 0) {
        if (until_read_ahead == 0 && left > kPieceBytes) {
            posix_fadvise(file.fd, at, static_cast<off_t>(2 * kReadAheadBytes),
                          POSIX_FADV_WILLNEED);
            until_read_ahead = kReadAheadBytes;
        }
        const auto piece = static_cast<std::size_t>(std::min(left, kPieceBytes));
        const auto sent = ::sendfile(socket_.native_handle(), file.fd, &at, piece);
        if (sent > 0) {
            const auto count = static_cast<std::uint64_t>(sent);
            left -= count;
            writing_.earn(count);
            until_read_ahead -= std::min(until_read_ahead, count);
            if (left > 0 && count == piece) co_await yield();
            continue;
        }
        if (sent == 0) co_return fail(Errc::corrupt, "the file is shorter than announced");
        if (errno == EINTR) continue;
        if (errno == EAGAIN) {
            const auto writable = co_await wait_until_writable();
            if (!writable) co_return std::unexpected(writable.error());
            continue;
        }
        const error_code error(errno, boost::system::system_category());
        const bool of_client = errno == EPIPE || errno == ECONNRESET || errno == ETIMEDOUT;
        if (of_client) co_return std::unexpected(why(error));
        co_return fail(Errc::corrupt, "the file cannot be read: " + error.message());
    }
    co_return std::monostate{};
}

bool Connection::is_gone() {
    pollfd state{.fd = socket_.native_handle(), .events = POLLRDHUP, .revents = 0};
    return poll(&state, 1, 0) > 0 && (state.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

asio::awaitable<void> Connection::yield() {
    reads_at_once_ = 0;
    auto yielding = asio::post(socket_.get_executor(), asio::deferred);
    co_await std::move(yielding);
}

asio::awaitable<void> Connection::drain_and_close() {
    end_sending();
    const auto latest = Clock::now() + limits_.linger_timeout;
    std::array<char, kHeadBytes> dropped{};
    std::uint64_t count = 0;
    while (count < limits_.linger_bytes_max && Clock::now() < latest) {
        const auto more = co_await receive_into(dropped, latest);
        if (!more || *more == 0) co_return;
        count += *more;
    }
    // Closed over what has not been read, the connection is reset: the kernel takes no more of it.
    cut();
}

void Connection::end_sending() {
    error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

void Connection::cut() {
    error_code ignored;
    socket_.close(ignored);
}

}  // namespace ingestor::http
