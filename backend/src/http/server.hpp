#pragma once

#include <memory>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "base/result.hpp"
#include "base/time.hpp"
#include "http/limits.hpp"
#include "http/message.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace ingestor::http {

/// An HTTP/1.1 server (RFC 9112) on one listening socket.
///
/// How it works: each connection is one coroutine that reads a head, lets the handler answer and
/// writes the answer, request after request. Beast parses; heads are checked more strictly than it
/// does where a proxy in front could read them differently (request smuggling). Bodies are pulled
/// by the handler, so a slow handler slows its client and no body is ever held whole. Files go out
/// with sendfile(2) in pieces; the kernel is told to read ahead, so that a piece is normally in the
/// page cache when its turn comes. Time limits cost nothing on the way of a request: a connection
/// notes when it wants to be woken, and one timer for all looks at the notes. A handler that does
/// not answer in time is answered for, and its connection closed. No connection keeps the thread to
/// itself: after a bounded number of reads, bytes or requests the others have their turn.
class Server {
public:
    /// `handler`, `log` and `metrics` are used until stop() has returned. One thread runs
    /// `executor`.
    Server(boost::asio::any_io_executor executor, boost::asio::ip::tcp::endpoint listen_on,
           ServerLimits limits, Handler handler, telemetry::Log& log, telemetry::Metrics& metrics);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Listens and begins to serve; after a failure it may be called again. Has the process ignore
    /// SIGPIPE, if nobody handles it. Errors: conflict (the address is in use),
    /// unavailable (the address cannot be had: in words).
    Result<std::monostate> start();

    /// Where it listens; tells the port where 0 was asked for. Only after start().
    [[nodiscard]] boost::asio::ip::tcp::endpoint local_endpoint() const;

    /// Connections open now.
    [[nodiscard]] std::size_t connections() const;

    /// Stops: listens no more, closes idle connections at once, lets requests under way finish
    /// until `latest`, then cancels their handlers and cuts their connections. Returns when no
    /// connection is left. May be called again.
    boost::asio::awaitable<void> stop(Deadline latest);

private:
    class State;
    std::shared_ptr<State> state_;
};

}  // namespace ingestor::http
