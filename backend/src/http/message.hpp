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

    /// The rest of the body in memory; sets the limit to `bytes_max`. Errors: as read_some.
    boost::asio::awaitable<Result<std::string>> read_all(std::uint64_t bytes_max);
};

struct Response;

/// What a route's template took out of the path, percent-decoded, in the template's order.
class PathParameters {
public:
    /// Empty if the template has no parameter of that name.
    [[nodiscard]] std::string_view get(std::string_view name) const;
    [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& all() const {
        return values_;
    }
    void add(std::string_view name, std::string value) {
        values_.emplace_back(std::string(name), std::move(value));
    }
    void clear() { values_.clear(); }

private:
    std::vector<std::pair<std::string, std::string>> values_;
};

/// A request whose head has been read.
///
/// A target in absolute form (`GET http://host/path`, sent to proxies) arrives here as RFC 9112
/// section 3.2.2 asks: `target` is its path and query, and its authority has replaced `Host`.
struct Request {
    boost::beast::http::verb method = boost::beast::http::verb::unknown;
    std::string method_text;  ///< As sent.
    std::string target;       ///< As sent: path and query, never decoded or normalised.
    /// As sent, in order; those of one name stand together.
    boost::beast::http::fields headers;
    std::string remote_address;
    /// The client's own `x-request-id` where that is a plain token, else a UUIDv4; goes back as
    /// `x-request-id` and into the log.
    std::string request_id;
    /// The template of the route that was found, for metrics and the access log.
    std::string_view route = "unmatched";
    PathParameters path_parameters;
    Body* body = nullptr;  ///< Never null while a handler runs.
    /// When the client is answered in the handler's place. Moves on as the body comes.
    Deadline deadline{};
    /// What the client is then told; null: failure_response(). The handler runs on, so that what it
    /// has begun may take effect all the same.
    Response (*late_answer)(const Request&) = nullptr;

    /// The target up to `?`.
    [[nodiscard]] std::string_view path() const;
    /// The target after `?`; empty if there is none.
    [[nodiscard]] std::string_view query() const;
    /// The first header of that name (any case); empty if absent.
    [[nodiscard]] std::string_view header(std::string_view name) const;
    /// The first query parameter of that name, decoded (`+` is a blank); nullopt if absent.
    [[nodiscard]] std::optional<std::string> query_parameter(std::string_view name) const;
    /// All of that name, decoded, in order.
    [[nodiscard]] std::vector<std::string> query_parameters(std::string_view name) const;
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
    /// Set it to have the request counted under another name than Request::route.
    std::string_view route = {};
    /// What went wrong with us, for the access log alone: it is never sent.
    std::string failure = {};

    Response& set(std::string name, std::string value) {
        headers.emplace_back(std::move(name), std::move(value));
        return *this;
    }
};

/// `{"detail": …}`, the shape of every error.
[[nodiscard]] Response detail_response(unsigned status, std::string_view detail);

/// What a client can do about a failure of ours (500, 503, 507); says nothing of its cause.
[[nodiscard]] std::string_view failure_advice(unsigned status);

/// The answer to a failure of ours: advice, and the request's id, under which the log has the
/// cause. 503 and 507 say when to come back.
[[nodiscard]] Response failure_response(unsigned status, std::string_view request_id);

/// Answers one request. It may leave the body unread: the session drains a little or closes.
using Handler = std::function<boost::asio::awaitable<Response>(Request&)>;

}  // namespace ingestor::http
