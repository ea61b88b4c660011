#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/verb.hpp>

#include "base/result.hpp"
#include "base/time.hpp"

namespace ingestor::http {

/// The body of a request while it arrives. Bytes are those after HTTP's own chunking was undone.
class Body {
public:
    virtual ~Body() = default;
    /// Fills some of `buffer`; 0: the body has ended. A client that expects `100 Continue` gets it
    /// at the first read. Errors: timed_out (the client is too slow), unavailable (it went away),
    /// invalid_argument (malformed framing), too_large (over the limit set).
    virtual boost::asio::awaitable<Result<std::size_t>> read_some(std::span<char> buffer) = 0;
    /// The length announced; nullopt where the body is chunked.
    [[nodiscard]] virtual std::optional<std::uint64_t> content_length() const = 0;
    /// From now on reads fail as too_large once more than this many bytes came. Every request
    /// starts with the server's default (ServerLimits::body_bytes_max).
    virtual void set_limit(std::uint64_t bytes_max) = 0;

    /// The rest of the body in memory. Errors: as read_some.
    boost::asio::awaitable<Result<std::string>> read_all(std::uint64_t bytes_max);
};

/// A request whose head has been read.
struct Request {
    boost::beast::http::verb method = boost::beast::http::verb::unknown;
    std::string method_text;   ///< As sent.
    std::string target;        ///< As sent: path and query, never decoded or normalised.
    boost::beast::http::fields headers;  ///< As sent, in order.
    std::string remote_address;
    std::string request_id;    ///< UUIDv4; goes back as `x-request-id` and into the log.
    Body* body = nullptr;      ///< Never null while a handler runs.
    Deadline deadline{};

    /// The target up to `?`.
    [[nodiscard]] std::string_view path() const;
    /// The target after `?`; empty if there is none.
    [[nodiscard]] std::string_view query() const;
    /// The first header of that name (any case); empty if absent.
    [[nodiscard]] std::string_view header(std::string_view name) const;
    /// The first query parameter of that name, decoded (`+` is a blank); nullopt if absent.
    [[nodiscard]] std::optional<std::string> query_parameter(std::string_view name) const;
};

/// Part of a file as a response body; the descriptor is closed when the response has gone.
struct FileBody {
    int fd = -1;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    std::shared_ptr<void> owner;  ///< Closes `fd` when it goes.
};

/// Writes pieces of a body whose length is not known; see StreamBody.
class ResponseWriter {
public:
    virtual ~ResponseWriter() = default;
    /// Errors: unavailable (the client went away), timed_out.
    virtual boost::asio::awaitable<Result<std::monostate>> write(std::string_view bytes) = 0;
};
using StreamBody = std::function<boost::asio::awaitable<void>(ResponseWriter&)>;

struct Response {
    unsigned status = 200;
    std::vector<std::pair<std::string, std::string>> headers;
    std::variant<std::string, FileBody, StreamBody> body;
    /// For metrics and the access log: the route's template, never the raw path.
    std::string_view route = "unmatched";

    Response& set(std::string name, std::string value) {
        headers.emplace_back(std::move(name), std::move(value));
        return *this;
    }
};

/// Answers one request. It may leave the body unread: the session drains a little or closes.
using Handler = std::function<boost::asio::awaitable<Response>(Request&)>;

}  // namespace ingestor::http
