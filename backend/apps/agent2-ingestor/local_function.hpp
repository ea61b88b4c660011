#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>

#include "async/monotonic_clock.hpp"
#include "awsapi/lambda/lambda_api.hpp"
#include "engine/job_engine.hpp"
#include "http/message.hpp"
#include "lambda/function_event.hpp"
#include "logs/function_log.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace ingestor::cli {

/// The function of this server as Lambda would run it: requests of API Gateway, events for jobs,
/// from the bus or from a queue, and the sweep. What a run logs stands between those of others.
class LocalFunction {
public:
    /// All outlive it.
    struct Dependencies {
        http::Handler api;
        engine::JobEngine& engine;
        logs::FunctionLog& function_log;
        async::MonotonicClock& monotonic;
        telemetry::Log& log;
        telemetry::Metrics& metrics;
    };
    LocalFunction(Dependencies dependencies, std::string environment);

    boost::asio::awaitable<awsapi::lambda::Run> invoke(std::string payload, std::string request_id);

private:
    boost::asio::awaitable<std::string> dispatch(lambda::FunctionEvent event,
                                                 std::string request_id);
    boost::asio::awaitable<std::string> handle(lambda::HttpEvent event, std::string request_id);
    boost::asio::awaitable<std::string> handle(lambda::QueueEvent event);
    boost::asio::awaitable<std::string> sweep();
    boost::asio::awaitable<void> process(eventbridge::Event event);

    Dependencies deps_;
    std::string environment_;
};

}  // namespace ingestor::cli
