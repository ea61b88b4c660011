#pragma once

#include <chrono>

#include "http/message.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace ingestor::http {

/// Counts a request that was answered and writes its line: what only reads and went well at debug,
/// a fault of ours at warn and with its cause, the rest at info. The query is left out, for what it
/// may hold.
void record_request(const Request& request, const Response& response, std::chrono::nanoseconds took,
                    telemetry::Log& log, telemetry::Metrics& metrics);

}  // namespace ingestor::http
