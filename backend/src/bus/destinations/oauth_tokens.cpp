#include "bus/destinations/oauth_tokens.hpp"

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/encoding.hpp"
#include "base/printable.hpp"
#include "bus/destinations/secrets.hpp"

namespace ingestor::bus::destinations {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

/// Of a token whose server says nothing about it.
constexpr std::chrono::seconds kLifetimeUnsaid{300};
/// A token is not used on its last way.
constexpr std::chrono::seconds kSpare{30};
constexpr std::size_t kTokenMax = 16 << 10;

using Parameters = std::vector<ports::ConnectionParameter>;

const ports::ConnectionParameter* find(const Parameters& parameters, std::string_view key) {
    const auto found = std::ranges::find(parameters, key, &ports::ConnectionParameter::key);
    return found == parameters.end() ? nullptr : &*found;
}

/// What the request is made of beside its headers.
Parameters fields_of(const ports::OAuthAuthorization& client) {
    auto fields = client.parameters.body;
    const auto add = [&fields](std::string_view key, const std::string& value) {
        if (find(fields, key) == nullptr) fields.push_back({std::string(key), value});
    };
    add("grant_type", "client_credentials");
    add("client_id", client.client_id);
    add("client_secret", client.client_secret);
    return fields;
}

std::string form_of(const Parameters& fields) {
    std::string form;
    for (const auto& [key, value, secret] : fields) {
        if (!form.empty()) form += '&';
        form += percent_encode(key) + '=' + percent_encode(value);
    }
    return form;
}

std::string json_of(const Parameters& fields) {
    json::object body;
    for (const auto& [key, value, secret] : fields) body[key] = value;
    return json::serialize(body);
}

void add_to_query(std::string& url, const std::string& more) {
    if (more.empty()) return;
    url += url.find('?') == std::string::npos ? '?' : '&';
    url += more;
}

ports::OutgoingRequest request_of(const ports::OAuthAuthorization& client) {
    ports::OutgoingRequest request{.method = client.method, .url = client.endpoint};
    request.headers.emplace_back("Accept", "application/json");
    bool wants_json = false;
    bool says_type = false;
    for (const auto& [key, value, secret] : client.parameters.headers) {
        if (equal_ignoring_case(key, "content-type")) {
            says_type = true;
            wants_json = lower_case(value).find("json") != std::string::npos;
        }
        request.headers.emplace_back(key, value);
    }
    add_to_query(request.url, form_of(client.parameters.query));
    if (client.method == "GET") {
        add_to_query(request.url, form_of(fields_of(client)));
        return request;
    }
    if (!says_type) {
        request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    }
    request.body = wants_json ? json_of(fields_of(client)) : form_of(fields_of(client));
    return request;
}

struct Token {
    std::string header;
    std::chrono::seconds lifetime = kLifetimeUnsaid;
};

std::string text_of(const json::object& answer, std::string_view name) {
    const auto* value = answer.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

std::optional<Token> token_of(std::string_view text) {
    boost::system::error_code error;
    const auto value = json::parse(text, error);
    if (error || !value.is_object()) return std::nullopt;
    const auto& answer = value.get_object();
    const auto access = text_of(answer, "access_token");
    const auto is_visible = [](char c) { return c > ' ' && c < '\x7f'; };
    if (access.empty() || access.size() > kTokenMax || !std::ranges::all_of(access, is_visible)) {
        return std::nullopt;
    }
    auto type = text_of(answer, "token_type");
    // The type compares in any case (RFC 6749, section 5.1), but not at every server.
    if (type.empty() || equal_ignoring_case(type, "bearer")) type = "Bearer";
    if (!std::ranges::all_of(type, is_visible)) return std::nullopt;
    Token token{.header = type + " " + access};
    if (const auto* lifetime = answer.if_contains("expires_in")) {
        boost::system::error_code wrong;
        const auto seconds = lifetime->to_number<std::int64_t>(wrong);
        if (!wrong)
            token.lifetime = std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, 86'400));
    }
    return token;
}

}  // namespace

OAuthTokens::OAuthTokens(Dependencies dependencies)
    : deps_(std::move(dependencies)),
      tasks_(deps_.executor, [this](const std::exception_ptr& thrown) {
          try {
              std::rethrow_exception(thrown);
          } catch (const std::exception& fault) {
              deps_.log.error("fault while a token was asked for", {{"error", fault.what()}});
          }
      }) {}

asio::awaitable<Result<std::string>> OAuthTokens::authorization(ports::Connection connection) {
    auto& entry = entries_[connection.id];
    if (entry == nullptr) entry = std::make_shared<Entry>(deps_.executor);
    auto held = entry;
    co_return co_await get(std::move(held), std::move(connection));
}

asio::awaitable<Result<std::string>> OAuthTokens::get(std::shared_ptr<Entry> entry,
                                                      ports::Connection connection) {
    const auto lock = co_await entry->asking.lock();
    const bool same = entry->of == connection.authorization;
    if (same && !entry->header.empty() && deps_.clock.now() < entry->until) {
        co_return entry->header;
    }
    entry->header.clear();
    entry->of = connection.authorization;
    auto request = request_of(std::get<ports::OAuthAuthorization>(connection.authorization));
    const auto answer = co_await deps_.caller.call(std::move(request));
    std::string reason;
    auto code = Errc::unavailable;
    auto state = ports::ConnectionState::authorizing;
    if (!answer) {
        code = answer.error().code;
        reason = answer.error().message;
    } else if (answer->status >= 200 && answer->status < 300) {
        if (auto token = token_of(answer->body)) {
            entry->header = std::move(token->header);
            entry->until =
                deps_.clock.now() + std::max(token->lifetime - kSpare, token->lifetime / 2);
            auto header = entry->header;
            co_await deps_.destinations.note_authorization(
                std::move(connection), ports::ConnectionState::authorized, std::string());
            co_return header;
        }
        reason = "The authorization endpoint's answer has no access_token.";
    } else {
        const auto said = without_secrets(answer->body, connection);
        reason = fmt::format("The authorization endpoint answered {}: {}", answer->status,
                             printable(said.substr(0, 200)));
        const bool final = answer->status >= 300 && answer->status < 500 && answer->status != 408 &&
                           answer->status != 429;
        if (final) {
            code = Errc::unauthenticated;
            state = ports::ConnectionState::deauthorized;
        }
    }
    co_await deps_.destinations.note_authorization(std::move(connection), state, reason);
    co_return fail(code, std::move(reason));
}

void OAuthTokens::forget(const ports::Connection& connection) {
    const auto found = entries_.find(connection.id);
    if (found != entries_.end()) found->second->header.clear();
}

void OAuthTokens::ask(ports::Connection connection) {
    tasks_.spawn(prepare(std::move(connection)));
}

asio::awaitable<void> OAuthTokens::prepare(ports::Connection connection) {
    // Why there is none is noted on the connection.
    static_cast<void>(co_await authorization(std::move(connection)));
}

asio::awaitable<bool> OAuthTokens::stop(Deadline latest) {
    tasks_.cancel();
    co_return co_await tasks_.join(latest);
}

}  // namespace ingestor::bus::destinations
