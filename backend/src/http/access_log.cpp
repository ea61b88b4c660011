#include "http/access_log.hpp"

#include <vector>

namespace ingestor::http {
namespace {

bool is_safe(boost::beast::http::verb method) {
    using boost::beast::http::verb;
    return method == verb::get || method == verb::head || method == verb::options;
}

}  // namespace

void record_request(const Request& request, const Response& response, std::chrono::nanoseconds took,
                    telemetry::Log& log, telemetry::Metrics& metrics) {
    const auto route = response.route.empty() ? request.route : response.route;
    metrics.http_request(route, response.status, took);
    auto level = telemetry::LogLevel::debug;
    if (response.status >= 400 || !is_safe(request.method)) level = telemetry::LogLevel::info;
    if (response.status >= 500) level = telemetry::LogLevel::warn;
    if (!log.enabled(level)) return;
    const auto milliseconds = std::chrono::duration<double, std::milli>(took).count();
    std::vector<telemetry::LogField> fields = {{"method", request.method_text},
                                               {"path", request.path()},
                                               {"route", route},
                                               {"status", response.status},
                                               {"duration_ms", milliseconds},
                                               {"remote_address", request.remote_address},
                                               {"request_id", request.request_id}};
    if (!response.failure.empty()) fields.emplace_back("error", response.failure);
    log.write(level, "request", fields);
}

}  // namespace ingestor::http
