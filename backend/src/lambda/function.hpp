#pragma once

#include <expected>
#include <functional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "base/time.hpp"
#include "eventbridge/event.hpp"
#include "http/message.hpp"
#include "jobs/sweeper.hpp"
#include "lambda/function_event.hpp"
#include "lambda/runtime_client.hpp"
#include "telemetry/embedded_metrics.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace ingestor::lambda {

/// What the function does, by the kind of event.
struct FunctionHandlers {
    /// Requests of API Gateway and of function URLs.
    http::Handler api;
    /// "Document Processing Required". Throws AttemptFailed for what may pass.
    std::function<boost::asio::awaitable<void>(eventbridge::Event, Deadline)> process_job;
    /// "Object Created". Throws AttemptFailed for what may pass.
    std::function<boost::asio::awaitable<void>(eventbridge::Event)> ingest_object;
    /// Publishes jobs again that nothing drives any more.
    std::function<boost::asio::awaitable<Result<jobs::SweepResult>>()> sweep;
};

struct FunctionOptions {
    std::string environment = "dev";
    std::string base_path = {};  ///< See parse_http_event().
};

/// Works one invocation off after the other: tells what it is for, has a handler do it, and makes
/// the answer. Every line that is logged meanwhile carries `request_id`, and `job_id` and
/// `event_id` where there are such; the last lines of an invocation are its metrics.
class Function {
public:
    /// All of it outlives the function.
    Function(FunctionHandlers& handlers, FunctionOptions options, telemetry::Log& log,
             telemetry::Metrics& metrics);

    /// JSON for Lambda, or the error to report. Whatever fails, a malformed event too, is an error,
    /// so that Lambda retries what came asynchronously; only requests are answered with a status.
    boost::asio::awaitable<std::expected<std::string, FunctionError>> invoke(
        const Invocation& invocation);

private:
    using Answer = std::expected<std::string, FunctionError>;
    using Answering = boost::asio::awaitable<Answer>;

    Answering dispatch(const Invocation& invocation);
    Answering handle(HttpEvent& event, const Invocation& invocation);
    Answering handle(ProcessEvent& event, const Invocation& invocation);
    Answering handle(ObjectEvent& event);
    Answering handle(QueueEvent& event, const Invocation& invocation);
    Answering sweep();
    [[nodiscard]] Answer health() const;

    FunctionHandlers& handlers_;
    const FunctionOptions options_;
    telemetry::Log& log_;
    telemetry::Metrics& metrics_;
    telemetry::EmbeddedMetrics embedded_metrics_;
    bool cold_ = true;
};

}  // namespace ingestor::lambda
