#include <csignal>
#include <exception>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <sys/prctl.h>

#include "aws_engine.hpp"
#include "commands.hpp"
#include "exit_codes.hpp"
#include "lambda/runtime_loop.hpp"

namespace ingestor::cli {

namespace asio = boost::asio;

namespace {

/// Ends only when Lambda's side has gone.
asio::awaitable<int> serve_invocations(asio::io_context& io, const std::string& runtime_api,
                                       telemetry::Log& log) {
    lambda::RuntimeClient runtime(io.get_executor(), runtime_api);
    auto settings = AwsSettings::read(aws::process_environment());
    if (!settings) {
        const auto& reason = settings.error().message;
        log.error("cannot start", {{"error", reason}});
        const lambda::FunctionError error{.type = "Runtime.InvalidConfiguration",
                                          .message = reason};
        co_await runtime.report_start_failure(error);
        co_return kRefused;
    }
    lambda::FunctionOptions options{.environment = settings->names.environment,
                                    .base_path = settings->base_path};
    telemetry::Metrics metrics;
    AwsEngine engine(io, log, metrics, std::move(*settings));
    lambda::Function function(engine.handlers(), std::move(options), log, metrics);
    const auto ended = co_await lambda::run_function(runtime, function, log);
    log.error("the runtime has gone", {{"error", ended.message}});
    co_await engine.stop();
    co_return kUnreachable;
}

}  // namespace

int run_lambda(const LambdaOptions& options) {
    std::signal(SIGPIPE, SIG_IGN);
    // Keys are in our memory: a document's parser, of the same user here, may not read it.
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    telemetry::Log log(telemetry::LogFormat::json, options.log_level);
    asio::io_context io(1);
    int status = kRefused;
    std::exception_ptr failure;
    asio::co_spawn(io, serve_invocations(io, options.runtime_api, log),
                   [&status, &failure](std::exception_ptr thrown, int result) {
                       failure = thrown;
                       status = result;
                   });
    io.run();
    log.flush();
    if (failure) std::rethrow_exception(failure);
    return status;
}

}  // namespace ingestor::cli
