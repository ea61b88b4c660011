#include "http/request_body.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>

namespace ingestor::http {

namespace asio = boost::asio;

RequestBody::RequestBody(Connection& connection, RequestParser& parser, const ServerLimits& limits,
                         Deadline& deadline)
    : connection_(connection),
      parser_(parser),
      limits_(limits),
      deadline_(deadline),
      reading_(limits.rate_grace_period, limits.bytes_per_second_min),
      limit_(limits.body_bytes_max),
      awaits_continue_(parser.expects_continue()),
      ended_(!parser.is_chunked() && parser.content_length() == 0) {}

std::optional<std::uint64_t> RequestBody::content_length() const {
    if (parser_.is_chunked()) return std::nullopt;
    return parser_.content_length();
}

std::unexpected<Error> RequestBody::failed(Errc code, std::string message) {
    failure_ = Error{.code = code, .message = std::move(message)};
    return std::unexpected(*failure_);
}

Connection::Clock::time_point RequestBody::latest(Connection::Clock::time_point now) const {
    return now + std::min<Connection::Clock::duration>(limits_.body_stall_timeout, reading_.left());
}

void RequestBody::count_wait(Connection::Clock::time_point since, std::size_t bytes) {
    const auto now = Connection::Clock::now();
    reading_.spend(now - since);
    reading_.earn(bytes);
    const std::chrono::milliseconds storing(
        static_cast<std::int64_t>(received_ / (limits_.stored_bytes_per_second_min / 1000)));
    deadline_ = now + limits_.request_deadline + storing;
}

asio::awaitable<Result<std::size_t>> RequestBody::read_some(std::span<char> buffer) {
    if (failure_) co_return std::unexpected(*failure_);
    if (buffer.empty()) co_return fail(Errc::internal, "a body was read into an empty buffer");
    // An announced length that is too large is refused before the client is asked to send it.
    if (!parser_.is_chunked() && parser_.content_length() > limit_) {
        co_return failed(Errc::too_large, fmt::format("the body is over {} bytes", limit_));
    }
    if (awaits_continue_) {
        awaits_continue_ = false;
        // Even where there is no content: botocore, which asks before it sends an empty file, takes
        // a final status in its place for that of the connection's next answer too.
        if (connection_.input().empty()) {
            const auto sent = co_await connection_.send("HTTP/1.1 100 Continue\r\n\r\n");
            if (!sent) co_return failed(sent.error().code, sent.error().message);
        }
    }
    if (ended_) co_return std::size_t{0};
    Result<std::size_t> count = 0;
    if (parser_.is_chunked()) {
        count = co_await read_chunked(buffer);
    } else {
        count = co_await read_plain(buffer);
    }
    if (!count) co_return failed(count.error().code, std::move(count.error().message));
    received_ += *count;
    if (received_ > limit_) {
        co_return failed(Errc::too_large, fmt::format("the body is over {} bytes", limit_));
    }
    if (!parser_.is_chunked()) ended_ = received_ == parser_.content_length();
    co_return *count;
}

asio::awaitable<Result<std::size_t>> RequestBody::read_plain(std::span<char> buffer) {
    const auto left = parser_.content_length() - received_;
    buffer = buffer.first(static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), left)));
    const auto input = connection_.input();
    if (!input.empty()) {
        const auto count = std::min(input.size(), buffer.size());
        std::memcpy(buffer.data(), input.data(), count);
        connection_.consume(count);
        co_return count;
    }
    const auto since = Connection::Clock::now();
    auto count = co_await connection_.receive_into(buffer, latest(since));
    count_wait(since, count.value_or(0));
    if (count && *count == 0) {
        co_return fail(Errc::unavailable, "the client closed the connection within the body");
    }
    co_return count;
}

asio::awaitable<Result<std::size_t>> RequestBody::read_chunked(std::span<char> buffer) {
    constexpr std::size_t kPieceBytes = std::size_t{16} << 10;
    while (true) {
        const auto chunks = parser_.decode_chunks(connection_.input(), buffer);
        if (!chunks) co_return fail(Errc::invalid_argument, std::string(chunks.error().detail));
        connection_.consume(chunks->taken);
        ended_ = chunks->ended;
        if (ended_ || chunks->produced > 0) co_return chunks->produced;
        if (connection_.input_is_full()) {
            co_return fail(Errc::invalid_argument, "a chunk's head or the trailers are too long");
        }
        const auto since = Connection::Clock::now();
        const auto before = connection_.input().size();
        const auto more = co_await connection_.receive(latest(since), kPieceBytes);
        count_wait(since, connection_.input().size() - before);
        if (!more) co_return std::unexpected(more.error());
        if (!*more) {
            co_return fail(Errc::unavailable, "the client closed the connection within the body");
        }
    }
}

bool RequestBody::is_drainable() const {
    // Whether a client that was not told to continue sends its body is not known.
    if (failure_ || awaits_continue_) return false;
    if (ended_) return true;
    return parser_.is_chunked() || parser_.content_length() - received_ <= limits_.drain_bytes_max;
}

asio::awaitable<bool> RequestBody::drain() {
    limit_ = received_ + limits_.drain_bytes_max;
    std::array<char, 4096> dropped{};
    while (!ended_) {
        const auto count = co_await read_some(dropped);
        if (!count) co_return false;
    }
    co_return true;
}

}  // namespace ingestor::http
