#include "http/server.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <list>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/session.hpp"

namespace ingestor::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::deferred);

/// Connections that are taken before those that are open have their turn.
constexpr int kAcceptedAtOnceMax = 64;
/// Connections over the limit that are told so; more are closed without a word.
constexpr std::size_t kRejectedAtOnceMax = 64;

/// How often time limits are looked at: often enough for the shortest of them.
milliseconds sweep_interval(const ServerLimits& limits) {
    const auto shortest =
        std::min({limits.head_timeout, limits.idle_timeout, limits.body_stall_timeout,
                  limits.write_stall_timeout, limits.linger_timeout, limits.rate_grace_period,
                  limits.request_deadline});
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

/// Lives until its last session has ended.
class Server::State : public std::enable_shared_from_this<State> {
public:
    State(asio::any_io_executor executor, tcp::endpoint listen_on, ServerLimits limits,
          Handler handler, telemetry::Log& log, telemetry::Metrics& metrics)
        : executor_(std::move(executor)),
          listen_on_(std::move(listen_on)),
          context_{.limits = limits,
                   .handler = std::move(handler),
                   .log = log,
                   .metrics = metrics,
                   .table = ConnectionTable(
                       {.connections_max = limits.connections_max,
                        .connections_per_address_max = limits.connections_per_address_max,
                        .partial_heads_per_address_max = limits.partial_heads_per_address_max})},
          acceptor_(executor_),
          backoff_(executor_),
          sweep_(executor_),
          emptied_(executor_) {}

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
        asio::co_spawn(executor_, accept(), std::move(ended));
        return std::monostate{};
    }

    asio::awaitable<void> stop(Deadline latest) {
        auto stopping = asio::co_spawn(executor_, stop_here(latest), asio::deferred);
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

    error_code open() {
        error_code error;
        // Not by the acceptor: helper programs would inherit what it opens, and hold the address.
        const auto protocol = listen_on_.protocol();
        const int listener = ::socket(protocol.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
                                      protocol.protocol());
        if (listener < 0) return {errno, boost::system::system_category()};
        acceptor_.assign(protocol, listener, error);
        if (error) ::close(listener);
        if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
        if (!error) acceptor_.bind(listen_on_, error);
        if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
        return error;
    }

    asio::awaitable<void> accept() {
        while (acceptor_.is_open()) {
            auto waiting = acceptor_.async_wait(tcp::acceptor::wait_read, kAwait);
            const auto [error] = co_await std::move(waiting);
            if (error || !acceptor_.is_open()) co_return;
            const auto accepted = accept_some();
            if (accepted) continue;
            tell_accept_failure(accepted.error());
            // Mostly out of file descriptors: what can best be spared gives back its own.
            context_.table.evict_one();
            backoff_.expires_after(milliseconds{100});
            auto pausing = backoff_.async_wait(kAwait);
            co_await std::move(pausing);
        }
    }

    /// Errors: what accept4(2) failed with, other than that nobody waits.
    std::expected<std::monostate, error_code> accept_some() {
        for (int i = 0; i < kAcceptedAtOnceMax; ++i) {
            const int accepted = ::accept4(acceptor_.native_handle(), nullptr, nullptr,
                                           SOCK_CLOEXEC | SOCK_NONBLOCK);
            if (accepted < 0) {
                if (errno == EAGAIN) break;
                if (errno == EINTR || errno == ECONNABORTED || errno == EPROTO) continue;
                return std::unexpected(error_code(errno, boost::system::system_category()));
            }
            tcp::socket socket(executor_);
            error_code error;
            socket.assign(listen_on_.protocol(), accepted, error);
            if (error) {
                ::close(accepted);
                return std::unexpected(error);
            }
            serve(std::move(socket));
        }
        return std::monostate{};
    }

    /// Once a minute: it may last.
    void tell_accept_failure(const error_code& error) {
        const auto now = std::chrono::steady_clock::now();
        if (accept_failure_told_ && now < *accept_failure_told_ + std::chrono::minutes{1}) return;
        accept_failure_told_ = now;
        context_.log.warn("cannot accept a connection", {{"error", error.message()}});
    }

    void serve(tcp::socket socket) {
        error_code gone;
        const auto remote = socket.remote_endpoint(gone);
        if (gone) return;
        const bool has_room = context_.table.admit(remote.address());
        if (!has_room && rejected_ >= kRejectedAtOnceMax) return;
        auto session = std::make_shared<Session>(std::move(socket), context_);
        const auto place = sessions_.insert(sessions_.end(), session);
        connections_ = sessions_.size();
        if (!has_room) ++rejected_;
        auto ended = [self = shared_from_this(), place, has_room](const std::exception_ptr& error) {
            // Not at once: it is the session's own coroutine that ends here.
            auto remove = [self, place, error, has_room] {
                if (!has_room) --self->rejected_;
                self->remove(place, error);
            };
            asio::post(self->executor_, std::move(remove));
        };
        asio::co_spawn(executor_, has_room ? session->run() : session->reject_over_capacity(),
                       asio::bind_cancellation_slot(session->slot(), std::move(ended)));
        if (!sweeping_) sweep_later();
    }

    void remove(Sessions::iterator place, const std::exception_ptr& error) {
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
            session->expire_if_due(now);
        }
        sweeping_ = false;
        if (!sessions_.empty()) sweep_later();
    }

    asio::awaitable<void> stop_here(Deadline latest) {
        close();
        context_.stopping = true;
        for (const auto& session : sessions_) {
            session->close_if_idle();
        }
        co_await join(latest);
        for (const auto& session : sessions_) {
            auto force = [session] { session->force_close(); };
            asio::post(executor_, std::move(force));
        }
        // A handler ends when what it waits for does: work on a pool is not interrupted.
        constexpr std::chrono::seconds kGracePeriod{5};
        co_await join(std::chrono::steady_clock::now() + kGracePeriod);
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
    tcp::endpoint listen_on_;
    SessionContext context_;
    tcp::acceptor acceptor_;
    asio::steady_timer backoff_;
    asio::steady_timer sweep_;
    asio::steady_timer emptied_;
    Sessions sessions_;
    std::atomic<std::size_t> connections_ = 0;
    std::size_t rejected_ = 0;
    std::optional<std::chrono::steady_clock::time_point> accept_failure_told_;
    bool sweeping_ = false;
};

Server::Server(asio::any_io_executor executor, tcp::endpoint listen_on, ServerLimits limits,
               Handler handler, telemetry::Log& log, telemetry::Metrics& metrics)
    : state_(std::make_shared<State>(std::move(executor), std::move(listen_on), limits,
                                     std::move(handler), log, metrics)) {}

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
