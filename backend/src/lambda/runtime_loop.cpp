#include "lambda/runtime_loop.hpp"

#include <cstdlib>
#include <utility>

namespace ingestor::lambda {

namespace asio = boost::asio;

namespace {

constexpr int kFailuresMax = 3;

/// Where the libraries of X-Ray look. Nothing else runs between two invocations.
void export_trace_id(const std::string& trace_id) {
    constexpr const char* kName = "_X_AMZN_TRACE_ID";
    if (trace_id.empty()) {
        unsetenv(kName);
    } else {
        setenv(kName, trace_id.c_str(), 1);
    }
}

asio::awaitable<Result<std::monostate>> give_answer(
    RuntimeClient& runtime, const Invocation& invocation,
    std::expected<std::string, FunctionError> answer) {
    if (!answer) {
        co_return co_await runtime.report_failure(invocation.request_id, answer.error());
    }
    auto given = co_await runtime.respond(invocation.request_id, std::move(*answer));
    if (given || given.error().code != Errc::too_large) co_return given;
    const FunctionError error{.type = "Function.ResponseSizeTooLarge",
                              .message = given.error().message};
    co_return co_await runtime.report_failure(invocation.request_id, error);
}

}  // namespace

asio::awaitable<Error> run_function(RuntimeClient& runtime, Function& function,
                                    telemetry::Log& log) {
    for (int failures = 0;;) {
        const auto invocation = co_await runtime.next();
        if (!invocation) {
            log.error("no event", {{"error", invocation.error().message}});
            log.flush();
            if (++failures == kFailuresMax) co_return invocation.error();
            continue;
        }
        failures = 0;
        export_trace_id(invocation->trace_id);
        auto answer = co_await function.invoke(*invocation);
        log.flush();
        const auto given = co_await give_answer(runtime, *invocation, std::move(answer));
        // Lambda knows of it: it has killed the invocation, or waits no longer for it.
        if (!given) {
            log.error("the answer was not taken",
                      {{"request_id", invocation->request_id}, {"error", given.error().message}});
        }
    }
}

}  // namespace ingestor::lambda
