#include <csignal>
#include <cstdlib>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "commands.hpp"
#include "embedded_engine.hpp"
#include "exit_codes.hpp"

namespace ingestor::cli {

namespace asio = boost::asio;

namespace {

telemetry::LogFormat log_format(const ServeOptions& options) {
    if (options.log_format == "json") return telemetry::LogFormat::json;
    if (options.log_format == "human") return telemetry::LogFormat::human;
    return ::isatty(STDOUT_FILENO) == 1 ? telemetry::LogFormat::human : telemetry::LogFormat::json;
}

/// A terminal that closes ends the service too, unless nohup(1) had that ignored.
bool hang_up_ends() {
    struct sigaction hang_up{};
    return sigaction(SIGHUP, nullptr, &hang_up) == 0 && hang_up.sa_handler != SIG_IGN;
}

asio::awaitable<int> run(asio::io_context& io, EmbeddedEngine& engine, telemetry::Log& log) {
    asio::signal_set signals(io, SIGINT, SIGTERM);
    if (hang_up_ends()) signals.add(SIGHUP);
    const auto started = co_await engine.start();
    if (!started) {
        log.error("cannot start", {{"error", started.error().message}});
        co_await engine.stop();
        co_return kRefused;
    }
    co_await signals.async_wait(asio::as_tuple(asio::use_awaitable));
    log.info("stopping: again to stop at once", {});
    // A second signal finds the default action and ends the process.
    signals.clear();
    co_await engine.stop();
    log.info("stopped", {});
    co_return kDone;
}

}  // namespace

int serve(const ServeOptions& options) {
    // A reader of our output that goes away is an error of a write, not the end of the service.
    std::signal(SIGPIPE, SIG_IGN);
    // Keys are in our memory: no other process of the same user may read it, nor a core dump tell.
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    telemetry::Log log(log_format(options), options.log_level);
    asio::io_context io(1);
    auto engine = EmbeddedEngine::open(io, log, options);
    if (!engine) {
        log.error("cannot start", {{"error", engine.error().message}});
        log.flush();
        return kRefused;
    }
    int status = kRefused;
    std::exception_ptr failure;
    asio::co_spawn(io, run(io, **engine, log),
                   [&status, &failure](std::exception_ptr thrown, int result) {
                       failure = thrown;
                       status = result;
                   });
    io.run();
    engine->reset();
    log.flush();
    if (failure) std::rethrow_exception(failure);
    return status;
}

}  // namespace ingestor::cli
