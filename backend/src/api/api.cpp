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

/// Whose an object is, is for the use cases to say; this is about whole routes.
Result<std::monostate> check_access(Access access, const ports::Principal& who) {
    if (who.scope == ports::TokenScope::metrics) {
        if (access == Access::metrics) return std::monostate{};
        return fail(Errc::permission_denied, "this token reads /metrics and nothing else");
    }
    switch (access) {
        case Access::open:
        case Access::signed_in:
            return std::monostate{};
        case Access::operators:
        case Access::metrics:
            break;
    }
    if (who.is_operator) return std::monostate{};
    return fail(Errc::permission_denied,
                access == Access::metrics
                    ? "this is for operators, and for tokens made with 'agent2-ingestor token "
                      "--metrics'"
                    : "this is for operators");
}

std::string describe(const std::optional<ConnectionLimits>& limits) {
    if (!limits) return {};
    const boost::json::object out{{"descriptors", limits->descriptors},
                                  {"connections", limits->connections},
                                  {"connections_per_address", limits->connections_per_address},
                                  {"streams", limits->streams()},
                                  {"streams_per_user", Api::kStreamsOfUserMax}};
    return R"(,"limits":)" + boost::json::serialize(out);
}

/// What began may go on: whoever repeats it must know.
http::Response late_answer(const http::Request& request, std::string_view what_to_do) {
    auto response = http::failure_response(503, request.request_id);
    std::string detail(http::failure_advice(503));
    detail.append(what_to_do).append("; if it lasts, give the operator the request id ");
    response.body =
        boost::json::serialize(boost::json::object{{"detail", detail.append(request.request_id)}});
    return response;
}

http::Response late_change(const http::Request& request) {
    return late_answer(request, ", and look first whether this took effect all the same");
}

http::Response late_submit(const http::Request& request) {
    return late_answer(request,
                       ", with the same Idempotency-Key: it may have been accepted all the same");
}

bool takes_idempotency_key(const Operation& operation) {
    return std::ranges::any_of(operation.parameters, [](const Parameter& parameter) {
        return parameter.in == In::header && parameter.name == "Idempotency-Key";
    });
}

}  // namespace

Api::Api(Dependencies dependencies, ApiSettings settings)
    : dependencies_(std::move(dependencies)),
      settings_(std::move(settings)),
      bus_(dependencies_.bus),
      page_(dependencies_.page_files),
      limiter_(settings_.requests_per_second_max, 2 * settings_.requests_per_second_max),
      requests_(settings_.limits.value_or(ConnectionLimits::none()).connections,
                settings_.limits.value_or(ConnectionLimits::none()).connections_per_address),
      streams_(settings_.limits.value_or(ConnectionLimits::none()).streams(), kStreamsOfUserMax) {
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
    description_ = boost::json::serialize(
        describe(operations, settings_.version, SessionCookie(settings_.origin).name()));
    health_tail_ = fmt::format(R"(,"version":{},"engine":{}{},"sandbox":)",
                               boost::json::serialize(boost::json::string(settings_.version)),
                               boost::json::serialize(boost::json::string(settings_.engine)),
                               describe(settings_.limits));
}

Answering Api::handle(http::Request& request) {
    auto response = co_await router_.dispatch(request);
    if (!response.failure.empty()) {
        auto told = http::failure_response(response.status, request.request_id);
        told.failure = std::move(response.failure);
        response = std::move(told);
    }
    // On AWS nobody else adds it.
    if (!has_header(response, "x-content-type-options")) {
        response.set("x-content-type-options", "nosniff");
    }
    co_return response;
}

Answering Api::answer_of_bus(bus::BusApi::Handler handler, Call call) {
    if (!bus_) {
        co_return problem(Error{.code = Errc::not_found,
                                .message = "The bus of this service is EventBridge: ask AWS for "
                                           "its rules and its dead-letter queue.",
                                .field = {}});
    }
    co_return co_await ((*bus_).*handler)(std::move(call));
}

Answering Api::dispatch(const Route& route, http::Request& request,
                        const http::PathParameters& path) {
    Call call{.request = request, .path = path, .who = {}};
    std::optional<ConcurrencyLimiter::Ticket> under_way;
    if (takes_idempotency_key(route.operation)) {
        request.late_answer = late_submit;
    } else if (route.operation.method != boost::beast::http::verb::get) {
        request.late_answer = late_change;
    }
    const auto access = route.operation.access;
    if (access != Access::open) {
        auto who = co_await identify(request);
        if (!who) co_return problem(who.error());
        if (!limiter_.allow(who->user_id.value(), std::chrono::steady_clock::now())) {
            co_return problem(Error{.code = Errc::rate_limited,
                                    .message = "too many requests from you; wait a second"});
        }
        if (const auto allowed = check_access(access, *who); !allowed) {
            co_return problem(allowed.error());
        }
        call.who = std::move(*who);
        under_way = requests_.enter(call.who.user_id);
        if (!under_way) {
            co_return problem(
                Error{.code = Errc::rate_limited,
                      .message = "too many requests of yours are under way; wait for some"});
        }
    }
    auto response = co_await route.handler(*this, std::move(call));
    // A cache may keep what came without `Authorization` (RFC 9111 section 3.5), and a browser what
    // the person who has signed out since may see no more.
    if (access != Access::open && bearer_token(request).empty() &&
        !has_header(response, "cache-control")) {
        response.set("cache-control", "no-store");
    }
    co_return response;
}

asio::awaitable<Result<ports::Principal>> Api::identify(const http::Request& request) {
    const auto bearer = bearer_token(request);
    // Under a name that is not ours nothing counts that a browser sends by itself.
    const auto asked = asked_origin_of(request);
    const bool by_itself =
        settings_.sign_in_mode == SignInMode::none || SessionCookie::is_in(request);
    if (!asked && by_itself && (bearer.empty() || settings_.sign_in_mode == SignInMode::none)) {
        co_return std::unexpected(asked.error());
    }
    const auto cookie =
        bearer.empty() && asked ? SessionCookie(*asked).token_of(request) : std::string_view{};
    const auto token = bearer.empty() ? cookie : bearer;
    // The verifier is asked even without a token: with `--auth none` it takes everyone.
    auto who = co_await dependencies_.verifier.verify(token);
    if (!who && token.empty()) {
        co_return fail(Errc::unauthenticated,
                       "Not authenticated: send the header 'Authorization: Bearer TOKEN'");
    }
    // A bearer token is never sent by itself; all else a browser sends for any page that asks.
    if (who && bearer.empty() && asked) {
        const auto missing =
            cookie.empty() ? MissingOriginPolicy::allow : MissingOriginPolicy::refuse;
        const auto ours = check_same_origin(request, *asked, missing);
        if (!ours) co_return std::unexpected(ours.error());
    }
    co_return who;
}

Result<WebOrigin> Api::asked_origin_of(const http::Request& request) const {
    if (!settings_.gateway_checks_host) return asked_origin(request, settings_.origin);
    return WebOrigin::of("https://" + std::string(request.header("host")));
}

std::string Api::link_origin(const http::Request& request) const {
    const auto asked = asked_origin_of(request);
    return asked ? asked->text : settings_.origin.text;
}

}  // namespace ingestor::api
