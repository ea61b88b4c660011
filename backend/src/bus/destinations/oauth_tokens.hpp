#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "async/mutex.hpp"
#include "async/task_group.hpp"
#include "base/result.hpp"
#include "bus/destinations/api_destinations.hpp"
#include "ports/api_destination_store.hpp"
#include "ports/clock.hpp"
#include "ports/http_caller.hpp"
#include "telemetry/log.hpp"

namespace ingestor::bus::destinations {

/// The access tokens of connections with OAuth, got with their client's credentials (RFC 6749,
/// section 4.4) and kept until shortly before they expire. What comes of asking is noted on the
/// connection. Use from the I/O executor only.
class OAuthTokens {
public:
    /// All but the executor outlive it.
    struct Dependencies {
        boost::asio::any_io_executor executor;
        ports::HttpCaller& caller;
        ApiDestinations& destinations;
        const ports::Clock& clock;
        telemetry::Log& log;
    };
    explicit OAuthTokens(Dependencies dependencies);

    /// The `Authorization` header of requests over a connection that has OAuth and its secrets.
    /// Who asks while another does waits for that one's token. Errors: unauthenticated (the
    /// client is refused), and those of HttpCaller.
    boost::asio::awaitable<Result<std::string>> authorization(ports::Connection connection);
    /// A request was refused with this token.
    void forget(const ports::Connection& connection);
    /// Gets a token by itself, for whoever comes next.
    void ask(ports::Connection connection);
    /// False: at `latest` something was still asked for.
    boost::asio::awaitable<bool> stop(Deadline latest);

private:
    struct Entry {
        explicit Entry(boost::asio::any_io_executor executor) : asking(std::move(executor)) {}
        async::Mutex asking;
        ports::Authorization of = {};
        std::string header = {};  ///< Empty: there is none.
        TimePoint until = {};
    };

    boost::asio::awaitable<Result<std::string>> get(std::shared_ptr<Entry> entry,
                                                    ports::Connection connection);
    boost::asio::awaitable<void> prepare(ports::Connection connection);

    Dependencies deps_;
    std::map<std::string, std::shared_ptr<Entry>> entries_;  ///< By the connection's id.
    async::TaskGroup tasks_;
};

}  // namespace ingestor::bus::destinations
