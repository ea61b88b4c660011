#include "api/api.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "api/problem.hpp"

namespace ingestor::api {

namespace asio = boost::asio;

namespace {

/// The token of `Authorization: Bearer …` (RFC 6750 section 2.1); empty where there is none.
std::string_view bearer_token(const http::Request& request) {
    const auto header = request.header("authorization");
    constexpr std::string_view kScheme = "bearer ";
    if (header.size() <= kScheme.size()) return {};
    for (std::size_t i = 0; i < kScheme.size(); ++i) {
        const char c = header[i];
        if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) != kScheme[i]) return {};
    }
    return header.substr(kScheme.size());
}

}  // namespace

Api::Api(Parts parts, ApiSettings settings)
    : parts_(std::move(parts)),
      settings_(std::move(settings)),
      limiter_(settings_.requests_per_second_max, 2 * settings_.requests_per_second_max) {
    std::vector<const Operation*> operations;
    for (const auto& route : routes()) {
        operations.push_back(&route.operation);
        router_.add(route.operation.method, std::string(route.operation.path),
                    [this, &route](http::Request& request, const http::PathParameters& path) {
                        return dispatch(route, request, path);
                    });
    }
    description_ = boost::json::serialize(describe(operations, settings_.version));
    health_tail_ = fmt::format(R"(,"version":{},"engine":{},"sandbox":)",
                               boost::json::serialize(boost::json::string(settings_.version)),
                               boost::json::serialize(boost::json::string(settings_.engine)));
}

Api::Answering Api::handle(http::Request& request) {
    return router_.dispatch(request);
}

Api::Answering Api::dispatch(const Route& route, http::Request& request,
                             const http::PathParameters& path) {
    Call call{.request = request, .path = path, .who = {}};
    if (route.operation.access == Access::bearer) {
        const auto token = bearer_token(request);
        // The verifier is asked even without a token: with `--auth none` it takes everyone.
        auto who = co_await parts_.verifier.verify(token);
        if (!who && token.empty()) {
            co_return problem(Error{
                .code = Errc::unauthenticated,
                .message = "Not authenticated: send the header 'Authorization: Bearer TOKEN'"});
        }
        if (!who) co_return problem(who.error());
        if (!limiter_.allow(who->user_id.value(), std::chrono::steady_clock::now())) {
            co_return problem(Error{.code = Errc::rate_limited,
                                    .message = "too many requests from you; wait a second"});
        }
        call.who = std::move(*who);
    }
    auto response = co_await (this->*route.handler)(std::move(call));
    if (response.status >= 500) {
        parts_.log.error("request failed", {{"request_id", request.request_id},
                                            {"route", route.operation.path},
                                            {"status", response.status}});
    }
    co_return response;
}

}  // namespace ingestor::api
