#pragma once

#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "http/connection.hpp"
#include "http/connection_table.hpp"
#include "http/limits.hpp"
#include "http/message.hpp"
#include "http/request_body.hpp"
#include "http/request_parser.hpp"
#include "http/response_head.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace ingestor::http {

/// What the sessions of a server have in common.
struct SessionContext {
    const ServerLimits limits;
    const Handler handler;
    telemetry::Log& log;
    telemetry::Metrics& metrics;
    ConnectionTable table;
    bool stopping = false;
};

/// One connection and the requests that come over it. Its storage serves one request after another.
class Session {
public:
    using Clock = Connection::Clock;

    Session(boost::asio::ip::tcp::socket socket, SessionContext& context);

    /// Answers requests until the connection ends.
    boost::asio::awaitable<void> run();
    /// Answers 503 to whatever comes, and closes: there are too many connections.
    boost::asio::awaitable<void> reject_over_capacity();

    /// Ends what has lasted too long: the wait for the client, or the handler's time to answer.
    void expire_if_due(Clock::time_point now);
    /// Closes the connection if no request is under way.
    void close_if_idle();
    /// Cancels the handler and cuts the connection.
    void force_close();
    [[nodiscard]] bool is_cancelled() const { return force_closed_; }
    [[nodiscard]] boost::asio::cancellation_slot slot() { return cancel_.slot(); }

private:
    /// False: more bytes are needed.
    std::expected<bool, Rejection> take_head();
    void reset_request();
    void begin_request(Clock::time_point now);
    /// What a handler is not asked: `OPTIONS *`. Nullopt otherwise.
    [[nodiscard]] std::optional<Response> own_answer() const;
    /// A body that could not be read is no failure of ours.
    void map_to_client_error(Response& response) const;
    ResponseFraming frame(const Response& response) const;
    void append_head(Response& response, ResponseFraming& framing);
    boost::asio::awaitable<bool> send_body(Response& response, const ResponseFraming& framing);
    boost::asio::awaitable<bool> send_stream(const StreamBody& stream, Delimiter delimiter);
    boost::asio::awaitable<void> refuse(Rejection rejection);
    void record(const Response& response, Clock::time_point now);
    void report_failure(std::string_view what);
    void answer_late();
    void evict();

    SessionContext& context_;
    Connection connection_;
    boost::asio::cancellation_signal cancel_;
    Request request_;
    std::optional<RequestParser> parser_;
    std::optional<RequestBody> body_;
    std::string head_;  ///< Of the response.
    Clock::time_point started_{};
    unsigned answered_at_once_ = 0;
    bool idle_ = true;
    bool handling_ = false;
    /// Until when the connection of a request that was answered late stays open.
    std::optional<Clock::time_point> late_until_;
    bool force_closed_ = false;
    std::optional<ConnectionTable::Place> place_;
};

}  // namespace ingestor::http
