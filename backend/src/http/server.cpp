#include "http/server.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <list>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <signal.h>

#include "http/session.hpp"

namespace ingestor::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::deferred);

/// How many connections over the limit are still told so; more are closed without a word.
constexpr std::size_t kTurnedAwayMax = 64;

/// How often time limits are looked at: often enough for the shortest of them.
milliseconds sweep_interval(const ServerLimits& limits) {
    const auto shortest =
        std::min({limits.head_timeout, limits.idle_timeout, limits.body_stall_timeout,
                  limits.write_stall_timeout, limits.linger_timeout});
    return std::clamp(shortest / 4, milliseconds{5}, milliseconds{250});
}

/// sendfile(2) to a client that has gone raises SIGPIPE, and no flag of its own prevents that.
void ignore_broken_pipes() {
    struct sigaction current{};
    if (sigaction(SIGPIPE, nullptr, &current) == 0 && current.sa_handler == SIG_DFL) {
        std::signal(SIGPIPE, SIG_IGN);
    }
}

std::string what_of(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& failure) {
        return failure.what();
    } catch (...) {
        return "not an exception of the standard library";
    }
}

}  // namespace

/// Lives until its last session has ended. All its members are used on `home_` only.
class Server::State : public std::enable_shared_from_this<State> {
public:
    State(asio::any_io_executor executor, tcp::endpoint listen_on, ServerLimits limits,
          Handler handler, Log& log, Metrics& metrics, Threads threads)
        : executor_(std::move(executor)),
          threads_(threads),
          home_(own_executor()),
          listen_on_(std::move(listen_on)),
          context_{.limits = limits, .handler = std::move(handler), .log = log, .metrics = metrics},
          acceptor_(home_),
          backoff_(home_),
          sweep_(home_),
          emptied_(home_) {}

    Result<std::monostate> start() {
        ignore_broken_pipes();
        if (const auto error = open()) {
            close();
            const bool taken = error == boost::system::errc::address_in_use;
            return fail(taken ? Errc::conflict : Errc::unavailable,
                        fmt::format("cannot listen on {}:{}: {}", listen_on_.address().to_string(),
                                    listen_on_.port(), error.message()));
        }
        listen_on_ = acceptor_.local_endpoint();
        auto ended = [self = shared_from_this()](const std::exception_ptr& failure) {
            if (failure) self->context_.log.error("accepting ended", {{"error", what_of(failure)}});
        };
        asio::co_spawn(home_, accept(), std::move(ended));
        return std::monostate{};
    }

    asio::awaitable<void> stop(Deadline latest) {
        auto stopping = asio::co_spawn(home_, stop_at_home(latest), asio::deferred);
        co_await std::move(stopping);
    }

    void close() {
        error_code ignored;
        acceptor_.close(ignored);
        backoff_.cancel();
    }

    [[nodiscard]] tcp::endpoint local_endpoint() const { return listen_on_; }
    [[nodiscard]] std::size_t connections() const { return connections_; }

private:
    using Sessions = std::list<std::shared_ptr<Session>>;

    asio::any_io_executor own_executor() const {
        switch (threads_) {
            case Threads::one:
                return executor_;
            case Threads::several:
                return asio::make_strand(executor_);
        }
        return executor_;
    }

    error_code open() {
        error_code error;
        acceptor_.open(listen_on_.protocol(), error);
        if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
        if (!error) acceptor_.bind(listen_on_, error);
        if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
        return error;
    }

    asio::awaitable<void> accept() {
        while (acceptor_.is_open()) {
            tcp::socket socket(own_executor());
            auto accepting = acceptor_.async_accept(socket, kAwait);
            const auto [error] = co_await std::move(accepting);
            if (!acceptor_.is_open()) co_return;
            if (!error) {
                serve(std::move(socket));
                continue;
            }
            // Mostly out of file descriptors: some become free when connections end.
            context_.log.warn("cannot accept a connection", {{"error", error.message()}});
            backoff_.expires_after(milliseconds{100});
            auto waiting = backoff_.async_wait(kAwait);
            co_await std::move(waiting);
        }
    }

    void serve(tcp::socket socket) {
        if (sessions_.size() >= context_.limits.connections_max + kTurnedAwayMax) return;
        const bool has_room = sessions_.size() < context_.limits.connections_max;
        auto session = std::make_shared<Session>(std::move(socket), context_);
        const auto place = sessions_.insert(sessions_.end(), session);
        connections_ = sessions_.size();
        auto ended = [self = shared_from_this(), place](const std::exception_ptr& error) {
            auto forget = [self, place, error] { self->forget(place, error); };
            asio::post(self->home_, std::move(forget));
        };
        asio::co_spawn(session->connection().executor(),
                       has_room ? session->run() : session->turn_away(),
                       asio::bind_cancellation_slot(session->slot(), std::move(ended)));
        if (!sweeping_) sweep_later();
    }

    void forget(Sessions::iterator place, const std::exception_ptr& error) {
        const bool cancelled = (*place)->is_cancelled();
        sessions_.erase(place);
        connections_ = sessions_.size();
        if (error && !cancelled) {
            context_.log.error("a connection ended badly", {{"error", what_of(error)}});
        }
        if (sessions_.empty()) emptied_.cancel();
    }

    void sweep_later() {
        sweeping_ = true;
        sweep_.expires_after(sweep_interval(context_.limits));
        sweep_.async_wait([self = shared_from_this()](const error_code& error) {
            if (!error) self->sweep();
        });
    }

    void sweep() {
        const auto now = Connection::Clock::now();
        for (const auto& session : sessions_) {
            if (!session->connection().is_due(now)) continue;
            auto expire = [session, now] { session->connection().expire_if_due(now); };
            asio::dispatch(session->connection().executor(), std::move(expire));
        }
        sweeping_ = false;
        if (!sessions_.empty()) sweep_later();
    }

    asio::awaitable<void> stop_at_home(Deadline latest) {
        close();
        context_.stopping = true;
        for (const auto& session : sessions_) {
            auto ask = [session] { session->close_if_idle(); };
            asio::dispatch(session->connection().executor(), std::move(ask));
        }
        co_await join(latest);
        for (const auto& session : sessions_) {
            auto insist = [session] { session->insist(); };
            asio::post(session->connection().executor(), std::move(insist));
        }
        // A handler ends when what it waits for does: work on a pool is not interrupted.
        constexpr std::chrono::seconds kPatience{5};
        co_await join(std::chrono::steady_clock::now() + kPatience);
        if (!sessions_.empty()) {
            context_.log.warn("handlers did not end in time", {{"connections", sessions_.size()}});
        }
    }

    asio::awaitable<void> join(Deadline latest) {
        while (!sessions_.empty() && std::chrono::steady_clock::now() < latest) {
            emptied_.expires_at(latest);
            auto waiting = emptied_.async_wait(kAwait);
            co_await std::move(waiting);
        }
    }

    const asio::any_io_executor executor_;
    const Threads threads_;
    const asio::any_io_executor home_;
    tcp::endpoint listen_on_;
    SessionContext context_;
    tcp::acceptor acceptor_;
    asio::steady_timer backoff_;
    asio::steady_timer sweep_;
    asio::steady_timer emptied_;
    Sessions sessions_;
    std::atomic<std::size_t> connections_ = 0;
    bool sweeping_ = false;
};

Server::Server(asio::any_io_executor executor, tcp::endpoint listen_on, ServerLimits limits,
               Handler handler, Log& log, Metrics& metrics, Threads threads)
    : state_(std::make_shared<State>(std::move(executor), std::move(listen_on), limits,
                                     std::move(handler), log, metrics, threads)) {}

Server::~Server() {
    state_->close();
}

Result<std::monostate> Server::start() {
    return state_->start();
}

tcp::endpoint Server::local_endpoint() const {
    return state_->local_endpoint();
}

std::size_t Server::connections() const {
    return state_->connections();
}

asio::awaitable<void> Server::stop(Deadline latest) {
    return state_->stop(latest);
}

}  // namespace ingestor::http
