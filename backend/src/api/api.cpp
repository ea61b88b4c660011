#include "api/api.hpp"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "api/answers.hpp"
#include "api/problem.hpp"

namespace ingestor::api {

namespace asio = boost::asio;

namespace {

bool has_header(const http::Response& response, std::string_view name) {
    return std::ranges::find(response.headers, name, [](const auto& header) {
               return std::string_view(header.first);
           }) != response.headers.end();
}

}  // namespace

Api::Api(Parts parts, ApiSettings settings)
    : parts_(std::move(parts)),
      settings_(std::move(settings)),
      page_(parts_.page_files),
      cookie_(settings_.origin),
      limiter_(settings_.requests_per_second_max, 2 * settings_.requests_per_second_max) {
    std::vector<const Operation*> operations;
    for (const auto& route : routes()) {
        operations.push_back(&route.operation);
        router_.add(route.operation.method, std::string(route.operation.path),
                    [this, &route](http::Request& request, const http::PathParameters& path) {
                        return dispatch(route, request, path);
                    });
    }
    router_.add(boost::beast::http::verb::get, "/app/{path:path}",
                [this](http::Request& request, const http::PathParameters& path) {
                    return page(request, path);
                });
    description_ = boost::json::serialize(describe(operations, settings_.version, cookie_.name()));
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
    if (route.operation.access == Access::signed_in) {
        auto who = co_await identify(request);
        if (!who) co_return problem(who.error());
        if (!limiter_.allow(who->user_id.value(), std::chrono::steady_clock::now())) {
            co_return problem(Error{.code = Errc::rate_limited,
                                    .message = "too many requests from you; wait a second"});
        }
        call.who = std::move(*who);
    }
    auto response = co_await (this->*route.handler)(std::move(call));
    // A cache may keep what came without `Authorization` (RFC 9111 section 3.5), and a browser what
    // the person who has signed out since may see no more.
    if (route.operation.access == Access::signed_in && bearer_token(request).empty() &&
        !has_header(response, "cache-control")) {
        response.set("cache-control", "no-store");
    }
    co_return response;
}

asio::awaitable<Result<Principal>> Api::identify(const http::Request& request) {
    if (settings_.sign_in_mode == SignInMode::none) {
        const auto named = check_host(request, settings_.origin);
        if (!named) co_return std::unexpected(named.error());
    }
    const auto bearer = bearer_token(request);
    const auto cookie = bearer.empty() ? cookie_.token_of(request) : std::string_view{};
    const auto token = bearer.empty() ? cookie : bearer;
    // The verifier is asked even without a token: with `--auth none` it takes everyone.
    auto who = co_await parts_.verifier.verify(token);
    if (!who && token.empty()) {
        co_return fail(Errc::unauthenticated,
                       "Not authenticated: send the header 'Authorization: Bearer TOKEN'");
    }
    // A bearer token is never sent by itself; all else a browser sends for any page that asks.
    if (who && bearer.empty()) {
        const auto unmarked = cookie.empty() ? Unmarked::taken : Unmarked::refused;
        const auto ours = check_same_origin(request, settings_.origin, unmarked);
        if (!ours) co_return std::unexpected(ours.error());
    }
    co_return who;
}

}  // namespace ingestor::api
