#pragma once

#include <memory>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "aws_settings.hpp"
#include "lambda/function.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace ingestor {

/// The handlers of the function over the services of AWS, wired together. What an event needs is
/// made when the first such event comes, so that a start costs next to nothing.
class AwsEngine {
public:
    /// What is passed by reference outlives the engine.
    AwsEngine(boost::asio::io_context& io, telemetry::Log& log, telemetry::Metrics& metrics,
              AwsSettings settings);
    ~AwsEngine();
    AwsEngine(const AwsEngine&) = delete;
    AwsEngine& operator=(const AwsEngine&) = delete;

    /// Valid as long as the engine.
    [[nodiscard]] lambda::FunctionHandlers& handlers();
    /// Ends the helpers and what is under way in the background.
    boost::asio::awaitable<void> stop();

private:
    class Services;
    struct Submission;
    class HttpHandlers;
    class Inbox;
    class Worker;
    struct Impl;

    std::unique_ptr<Impl> impl_;
};

}  // namespace ingestor
