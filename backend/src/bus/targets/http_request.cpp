#include "bus/targets/http_request.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/encoding.hpp"
#include "bus/destinations/webhook_signature.hpp"
#include "eventbridge/transform/json_path.hpp"

namespace ingestor::bus::targets {

namespace json = boost::json;
namespace transform = eventbridge::transform;

namespace {

constexpr std::string_view kUserAgent = "Amazon/EventBridge/ApiDestinations";
constexpr std::string_view kContentType = "application/json; charset=utf-8";
constexpr std::string_view kRange = "bytes=0-1048575";

/// The values of a target's parameters, some of which are paths into the event.
class Values {
public:
    explicit Values(const eventbridge::Event& event) : text_(eventbridge::to_json(event)) {}

    /// nullopt: a path that leads to nothing.
    [[nodiscard]] std::optional<std::string> of(const std::string& value) const {
        if (!value.starts_with("$.")) return value;
        const auto path = transform::JsonPath::parse(value);
        if (!path) return value;
        const auto found = text_.find(*path);
        if (!found || *found == "null") return std::nullopt;
        if (!found->starts_with('"')) return std::string(*found);
        boost::system::error_code error;
        const auto text = json::parse(*found, error);
        if (error || !text.is_string()) return std::nullopt;
        return std::string(text.get_string());
    }

private:
    transform::JsonText text_;
};

void set_header(ports::HttpHeaders& headers, const std::string& name, std::string value) {
    const auto same = [&name](const auto& header) {
        return equal_ignoring_case(header.first, name);
    };
    std::erase_if(headers, same);
    headers.emplace_back(name, std::move(value));
}

std::string take_header(ports::HttpHeaders& headers, std::string_view name) {
    const auto found = std::ranges::find_if(
        headers, [&name](const auto& header) { return equal_ignoring_case(header.first, name); });
    if (found == headers.end()) return {};
    auto value = std::move(found->second);
    headers.erase(found);
    return value;
}

/// The endpoint with values in the places of its `*`.
Result<std::string> path_of(const HttpRequestParts& parts, const Values& values) {
    std::string url;
    auto next = parts.parameters.path.begin();
    for (const char each : parts.destination.endpoint) {
        if (each != '*') {
            url += each;
            continue;
        }
        const auto value = next == parts.parameters.path.end() ? std::nullopt : values.of(*next++);
        // What has two dots would lead elsewhere.
        if (!value || value->empty() || *value == "." || *value == "..") {
            return fail(Errc::invalid_argument,
                        fmt::format("There is no value for a * in the path of {}.",
                                    parts.destination.endpoint));
        }
        url += percent_encode(*value);
    }
    return url;
}

void add_query(const HttpRequestParts& parts, const Values& values, std::string& url) {
    std::vector<std::pair<std::string, std::string>> query;
    for (const auto& [key, value] : parts.parameters.query) {
        const auto& of_connection = parts.connection.parameters.query;
        const auto same = std::ranges::find(of_connection, key, &ports::ConnectionParameter::key);
        if (same != of_connection.end()) continue;
        if (auto found = values.of(value)) query.emplace_back(key, std::move(*found));
    }
    for (const auto& [key, value, secret] : parts.connection.parameters.query) {
        query.emplace_back(key, value);
    }
    for (const auto& [key, value] : query) {
        url += url.find('?') == std::string::npos ? '?' : '&';
        url += percent_encode(key) + '=' + percent_encode(value);
    }
}

/// The payload with what the connection adds to it. The payload's own text stays as it is, unless a
/// member of it gives way.
Result<std::string> body_of(const ports::ConnectionParameters& added, std::string payload) {
    if (added.body.empty()) return payload;
    boost::system::error_code error;
    auto parsed = json::parse(payload, error);
    if (error || !parsed.is_object()) {
        return fail(Errc::invalid_argument,
                    "The connection has body parameters, and the target's input is no JSON object "
                    "that they could be added to.");
    }
    auto& object = parsed.get_object();
    const bool gives_way = std::ranges::any_of(
        added.body, [&object](const auto& each) { return object.contains(each.key); });
    if (gives_way) {
        for (const auto& [key, value, secret] : added.body) object[key] = value;
        return json::serialize(parsed);
    }
    const bool was_empty = object.empty();
    payload.resize(payload.rfind('}'));
    for (std::size_t n = 0; n < added.body.size(); ++n) {
        if (n > 0 || !was_empty) payload += ',';
        payload += json::serialize(json::string(added.body[n].key)) + ':' +
                   json::serialize(json::string(added.body[n].value));
    }
    return payload + '}';
}

ports::HttpHeaders headers_of(const HttpRequestParts& parts, const Values& values) {
    ports::HttpHeaders headers = {{"User-Agent", std::string(kUserAgent)},
                                  {"Content-Type", std::string(kContentType)},
                                  {"Range", std::string(kRange)}};
    for (const auto& [name, value] : parts.parameters.headers) {
        if (auto found = values.of(value)) set_header(headers, name, std::move(*found));
    }
    for (const auto& [name, value, secret] : parts.connection.parameters.headers) {
        set_header(headers, name, value);
    }
    const auto& authorization = parts.connection.authorization;
    if (const auto* basic = std::get_if<ports::BasicAuthorization>(&authorization)) {
        set_header(headers, "Authorization",
                   "Basic " + to_base64(basic->username + ":" + basic->password));
    } else if (const auto* key = std::get_if<ports::ApiKeyAuthorization>(&authorization)) {
        set_header(headers, key->name, key->value);
    } else {
        set_header(headers, "Authorization", parts.authorization);
    }
    return headers;
}

bool has_body(std::string_view method) {
    return method != "GET" && method != "HEAD" && method != "OPTIONS";
}

}  // namespace

Result<ports::OutgoingRequest> make_http_request(HttpRequestParts parts) {
    const Values values(parts.event);
    ports::OutgoingRequest request{.method = parts.destination.method};
    auto url = path_of(parts, values);
    if (!url) return std::unexpected(std::move(url.error()));
    request.url = std::move(*url);
    add_query(parts, values, request.url);
    if (has_body(request.method)) {
        auto body = body_of(parts.connection.parameters, std::move(parts.payload));
        if (!body) return std::unexpected(std::move(body.error()));
        request.body = std::move(*body);
    }
    request.headers = headers_of(parts, values);
    const auto secrets = take_header(request.headers, destinations::kWebhookSignature);
    if (!secrets.empty()) {
        for (auto& [name, value] :
             destinations::webhook_headers(secrets, parts.message_id, parts.now, request.body)) {
            set_header(request.headers, name, std::move(value));
        }
    }
    return request;
}

}  // namespace ingestor::bus::targets
