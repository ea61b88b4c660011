// A server that does nothing but keep helpers, for the test that kills it. Prints their pids when
// all are ready.
#include <cstdio>
#include <cstdlib>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "documents/helper_pool.hpp"

namespace {

boost::asio::awaitable<void> run(ingestor::documents::HelperPool& pool) {
    const auto started = co_await pool.start();
    if (!started) std::exit(1);
    for (const auto pid : pool.helpers()) fmt::print("{} ", pid);
    fmt::print("\n");
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    boost::asio::io_context io;
    boost::asio::thread_pool blocking(1);
    ingestor::telemetry::Log log(ingestor::telemetry::LogFormat::json,
                                 ingestor::telemetry::LogLevel::error);
    ingestor::telemetry::Metrics metrics;
    ingestor::documents::HelperPool pool({.program = argv[1], .slots = 3}, io.get_executor(),
                                         blocking, log, metrics);
    boost::asio::co_spawn(io, run(pool), [](const std::exception_ptr& error) {
        if (error) std::abort();
    });
    io.run();
}
