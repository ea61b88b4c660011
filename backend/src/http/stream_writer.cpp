#include "http/stream_writer.hpp"

#include <iterator>

#include <fmt/format.h>

namespace ingestor::http {

namespace asio = boost::asio;

StreamWriter::StreamWriter(Connection& connection, Delimiter delimiter)
    : connection_(connection), delimiter_(delimiter) {}

asio::awaitable<Result<std::monostate>> StreamWriter::write(std::string_view bytes) {
    if (failure_) co_return std::unexpected(*failure_);
    // An empty chunk would end the body.
    if (bytes.empty()) co_return std::monostate{};
    if (connection_.is_gone()) {
        failure_ = Error{.code = Errc::unavailable, .message = "the client went away"};
        co_return std::unexpected(*failure_);
    }
    Result<std::monostate> sent;
    if (delimiter_ == Delimiter::chunks) {
        framed_.clear();
        fmt::format_to(std::back_inserter(framed_), "{:x}\r\n", bytes.size());
        // What is large is not copied for each of its readers.
        constexpr std::size_t kCopiedBytesMax = std::size_t{16} << 10;
        if (bytes.size() <= kCopiedBytesMax) {
            framed_.append(bytes).append("\r\n");
            sent = co_await connection_.send(framed_);
        } else {
            sent = co_await connection_.send(framed_, bytes);
            if (sent) sent = co_await connection_.send("\r\n");
        }
    } else {
        sent = co_await connection_.send(bytes);
    }
    if (!sent) failure_ = sent.error();
    co_return sent;
}

asio::awaitable<Result<std::monostate>> StreamWriter::finish() {
    if (failure_) co_return std::unexpected(*failure_);
    if (delimiter_ == Delimiter::chunks) {
        constexpr std::string_view kLastChunk = "0\r\n\r\n";
        co_return co_await connection_.send(kLastChunk);
    }
    co_return std::monostate{};
}

}  // namespace ingestor::http
