#pragma once

#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "base/result.hpp"
#include "commands.hpp"
#include "telemetry/log.hpp"

namespace ingestor {

/// Everything on one machine: stores, bus, workers, API and the AWS protocols, wired together.
/// The one place that knows which adapter stands behind which port.
class EmbeddedEngine {
public:
    /// Opens the stores and loads the keys. Errors: conflict (the data directory is in use),
    /// unavailable, invalid_argument (options), corrupt.
    [[nodiscard]] static Result<std::unique_ptr<EmbeddedEngine>> open(
        boost::asio::io_context& io, telemetry::Log& log, const cli::ServeOptions& options);
    ~EmbeddedEngine();
    EmbeddedEngine(const EmbeddedEngine&) = delete;
    EmbeddedEngine& operator=(const EmbeddedEngine&) = delete;

    /// Listens, opens the bus, resumes what was under way. Errors: unavailable (the port is taken).
    boost::asio::awaitable<Result<std::monostate>> start();
    /// Answers what is being asked, puts running jobs back, ends the helpers. Idempotent.
    boost::asio::awaitable<void> stop();

    /// Where clients reach it. After start().
    [[nodiscard]] const std::string& url() const;

private:
    struct Impl;
    explicit EmbeddedEngine(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace ingestor
