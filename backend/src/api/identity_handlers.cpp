// Who calls: sign-in, the page's session, the keys of this server's own tokens.
#include <algorithm>

#include <boost/json.hpp>

#include "api/answers.hpp"
#include "api/api.hpp"
#include "api/body.hpp"
#include "api/body_limits.hpp"

namespace ingestor::api {

namespace json = boost::json;

namespace {

http::Response no_issuer() {
    return problem(Error{.code = Errc::not_found,
                         .message = "this server does not issue tokens: sign in with its issuer"});
}

http::Response json_text(std::string text) {
    http::Response response;
    response.set("content-type", "application/json");
    response.body = std::move(text);
    return response;
}

template <class Text>
json::value or_null(const std::optional<Text>& text) {
    if (!text) return nullptr;
    return json::value(*text);
}

http::Response session_answer(const ports::Principal& who) {
    json::value expires_at = nullptr;
    if (who.expires_at) expires_at = to_rfc3339(*who.expires_at);
    auto response = json_answer(200, {{"user_id", who.user_id.value()},
                                      {"operator", who.is_operator},
                                      {"expires_at", std::move(expires_at)}});
    response.set("cache-control", "no-store");
    return response;
}

std::string_view to_string(SignInMode mode) {
    switch (mode) {
        case SignInMode::local:
            return "local";
        case SignInMode::oidc:
            return "oidc";
        case SignInMode::none:
            return "none";
    }
    return "none";
}

}  // namespace

Answering Api::exchange_code(Call call) {
    if (!dependencies_.sign_in) co_return no_issuer();
    const auto text = co_await read_json_text(call.request, kSignInJsonBytesMax);
    if (!text) co_return problem(text.error());
    auto body = parse_object(*text);
    if (!body) co_return std::move(body.error());
    Fields fields(*body);
    const auto code = fields.required_text("code");
    if (!fields.faults().empty()) co_return validation_problem(std::move(fields.faults()));
    const auto token = dependencies_.sign_in->exchange(code);
    if (!token) co_return problem(token.error());
    auto response = json_answer(200, {{"access_token", token->token},
                                      {"token_type", "Bearer"},
                                      {"expires_in", token->lifetime.count()}});
    response.set("cache-control", "no-store");
    co_return response;
}

Answering Api::open_session(Call call) {
    // A cookie that would be refused at the next request is better not given out; nor is a code
    // used up for it.
    const auto asked = asked_origin_of(call.request);
    if (!asked) co_return problem(asked.error());
    // Another site's page cannot send this media type unasked, so it can sign nobody in as another.
    const auto text = co_await read_json_text(call.request, kSignInJsonBytesMax);
    if (!text) co_return problem(text.error());
    auto body = parse_object(*text);
    if (!body) co_return std::move(body.error());
    Fields fields(*body);
    const auto code = fields.optional_text("code");
    if (!fields.faults().empty()) co_return validation_problem(std::move(fields.faults()));

    std::string token(bearer_token(call.request));
    if (code) {
        if (!dependencies_.sign_in) co_return no_issuer();
        auto exchanged = dependencies_.sign_in->exchange(*code);
        if (!exchanged) co_return problem(exchanged.error());
        token = std::move(exchanged->token);
    }
    const auto who = co_await dependencies_.verifier.verify(token);
    if (!who && token.empty()) {
        co_return problem(Error{.code = Errc::unauthenticated,
                                .message = "Not authenticated: send the code of a sign-in link, or "
                                           "the header 'Authorization: Bearer TOKEN'"});
    }
    if (!who) co_return problem(who.error());
    if (who->scope == ports::TokenScope::metrics) {
        co_return problem(Error{.code = Errc::permission_denied,
                                .message = "this token reads /metrics and nothing else"});
    }

    auto response = session_answer(*who);
    if (who->expires_at) {
        const auto left =
            std::chrono::floor<std::chrono::seconds>(*who->expires_at - dependencies_.clock.now());
        // Within the leeway of a token that has just expired; 0 would drop the cookie.
        auto cookie = SessionCookie(*asked).keep(token, std::max(left, std::chrono::seconds{1}));
        if (!cookie) co_return problem(cookie.error());
        response.set("set-cookie", std::move(*cookie));
    }
    co_return response;
}

Answering Api::get_session(Call call) {
    co_return session_answer(call.who);
}

Answering Api::close_session(Call call) {
    // Open, so that a session which has expired can be left as well.
    const auto asked = asked_origin_of(call.request);
    if (!asked) co_return problem(asked.error());
    const SessionCookie cookie(*asked);
    if (!cookie.token_of(call.request).empty() && bearer_token(call.request).empty()) {
        const auto ours = check_same_origin(call.request, *asked, MissingOriginPolicy::refuse);
        if (!ours) co_return problem(ours.error());
    }
    // What does not hold any more needs no end; what cannot be told is not said to have ended.
    const auto bearer = bearer_token(call.request);
    const auto who = co_await dependencies_.verifier.verify(
        bearer.empty() ? cookie.token_of(call.request) : bearer);
    if (!who && who.error().code != Errc::unauthenticated) co_return problem(who.error());
    if (who) {
        const auto revoked = co_await dependencies_.verifier.revoke(*who);
        if (!revoked) co_return problem(revoked.error());
    }
    http::Response response;
    response.status = 204;
    response.set("set-cookie", cookie.drop());
    response.set("cache-control", "no-store");
    co_return response;
}

Answering Api::page_config(Call) {
    OidcClient client;
    if (dependencies_.oidc_client) {
        auto found = co_await dependencies_.oidc_client();
        if (!found) co_return problem(found.error());
        client = std::move(*found);
    }
    const auto mode = settings_.sign_in_mode;
    json::value scope = nullptr;
    if (mode == SignInMode::oidc) scope = "openid email";
    json::object auth{{"mode", to_string(mode)},
                      {"issuer", or_null(client.issuer)},
                      {"client_id", or_null(client.client_id)},
                      {"scope", std::move(scope)},
                      {"authorization_endpoint", or_null(client.authorization_endpoint)},
                      {"token_endpoint", or_null(client.token_endpoint)},
                      {"end_session_endpoint", or_null(client.end_session_endpoint)},
                      {"session", "cookie"}};
    auto response = json_answer(200, {{"api_url", ""}, {"auth", std::move(auth)}});
    response.set("cache-control", "no-store");
    co_return response;
}

Answering Api::jwks(Call) {
    if (!dependencies_.sign_in) co_return no_issuer();
    co_return json_text(dependencies_.sign_in->jwks());
}

Answering Api::discovery(Call) {
    if (!dependencies_.sign_in) co_return no_issuer();
    co_return json_text(dependencies_.sign_in->discovery());
}

}  // namespace ingestor::api
