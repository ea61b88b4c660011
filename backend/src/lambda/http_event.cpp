#include "lambda/http_event.hpp"

#include <algorithm>
#include <limits>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "base/encoding.hpp"
#include "http/field_syntax.hpp"

namespace ingestor::lambda {

namespace json = boost::json;

namespace {

/// A member that is an object; an empty one where it is missing or null.
const json::object& object_at(const json::object& parent, std::string_view name) {
    static const json::object kNone;
    const auto* member = parent.if_contains(name);
    return member != nullptr && member->is_object() ? member->get_object() : kNone;
}

/// A member that is a string; empty where it is missing or null.
std::string_view text_at(const json::object& parent, std::string_view name) {
    const auto* member = parent.if_contains(name);
    if (member == nullptr || !member->is_string()) return {};
    return member->get_string();
}

std::unexpected<Error> malformed(std::string field, std::string_view wanted) {
    return fail(Errc::invalid_argument, fmt::format("{}: expected {}", field, wanted), field);
}

/// What may stand in a path as it is (RFC 3986 section 3.3).
bool is_path_character(char c) {
    constexpr std::string_view kMarks = "-._~!$&'()*+,;=:@/";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMarks.find(c) != std::string_view::npos;
}

/// Gateways decode paths or do not, as their kind has it: what is encoded stays so, and what cannot
/// stand in a path is encoded.
std::string encoded_path(std::string_view path) {
    std::string out;
    out.reserve(path.size());
    while (!path.empty()) {
        const bool escaped = path.size() >= 3 && path[0] == '%' && from_hex(path.substr(1, 2));
        const std::size_t length = escaped ? 3 : 1;
        const auto piece = path.substr(0, length);
        if (escaped || is_path_character(path[0])) {
            out += piece;
        } else {
            out += percent_encode(piece);
        }
        path.remove_prefix(length);
    }
    return out;
}

/// Takes whole segments off the front of `path`.
std::string_view without(std::string_view path, std::string_view prefix) {
    while (prefix.ends_with('/')) prefix.remove_suffix(1);
    if (prefix.empty() || !path.starts_with(prefix)) return path;
    const auto rest = path.substr(prefix.size());
    return rest.empty() || rest.starts_with('/') ? rest : path;
}

std::string path_of(std::string_view path, std::string_view base_path, std::string_view stage) {
    auto rest = without(path, base_path);
    if (!stage.empty()) rest = without(rest, fmt::format("/{}", stage));
    auto encoded = encoded_path(rest);
    if (!encoded.starts_with('/')) encoded.insert(encoded.begin(), '/');
    return encoded;
}

void append_pair(std::string& query, std::string_view name, std::string_view value) {
    if (!query.empty()) query += '&';
    query += percent_encode(name);
    query += '=';
    query += percent_encode(value);
}

/// Calls `take(name, value)` for each value of a map of lists, or, where there is none, of the map
/// of single values that stands beside it. Errors: invalid_argument, and those of `take`.
template <class Take>
Result<std::monostate> each_value(const json::object& event, const char* lists, const char* singles,
                                  const Take& take) {
    const auto& multi = object_at(event, lists);
    for (const auto& [name, values] : multi) {
        const auto field = [&, &key = name] {
            return fmt::format("{}.{}", lists, std::string_view(key));
        };
        if (!values.is_array()) return malformed(field(), "a list");
        for (const auto& value : values.get_array()) {
            if (!value.is_string()) return malformed(field(), "a list of strings");
            if (auto taken = take(name, value.get_string(), field); !taken) return taken;
        }
    }
    if (!multi.empty()) return std::monostate{};
    for (const auto& [name, value] : object_at(event, singles)) {
        const auto field = [&, &key = name] {
            return fmt::format("{}.{}", singles, std::string_view(key));
        };
        if (!value.is_string()) return malformed(field(), "a string");
        if (auto taken = take(name, value.get_string(), field); !taken) return taken;
    }
    return std::monostate{};
}

Result<std::monostate> take_headers(const json::object& event, http::Request& request) {
    const auto insert = [&request](std::string_view name, std::string_view value,
                                   const auto& field) -> Result<std::monostate> {
        // Beast throws beyond these.
        constexpr std::size_t kBytesMax = std::numeric_limits<std::uint16_t>::max() - 2;
        if (!http::is_field_name(name) || name.size() > kBytesMax) {
            return malformed(field(), "the name of a header");
        }
        if (!http::is_field_value(value) || value.size() > kBytesMax) {
            return malformed(field(), "the value of a header");
        }
        request.headers.insert({name.data(), name.size()}, {value.data(), value.size()});
        return std::monostate{};
    };
    return each_value(event, "multiValueHeaders", "headers", insert);
}

Result<std::monostate> take_cookies(const json::object& event, http::Request& request) {
    const auto* cookies = event.if_contains("cookies");
    if (cookies == nullptr || !cookies->is_array()) return std::monostate{};
    std::string line;
    for (const auto& cookie : cookies->get_array()) {
        if (!cookie.is_string() || !http::is_field_value(cookie.get_string())) {
            return malformed("cookies", "a list of cookies");
        }
        if (!line.empty()) line += "; ";
        line += cookie.get_string();
    }
    constexpr std::size_t kBytesMax = std::numeric_limits<std::uint16_t>::max() - 2;
    if (line.size() > kBytesMax) return malformed("cookies", "less than 64 KiB of them");
    if (!line.empty()) request.headers.set("cookie", line);
    return std::monostate{};
}

Result<std::string> query_of(const json::object& event) {
    std::string query;
    const auto append = [&query](std::string_view name, std::string_view value,
                                 const auto&) -> Result<std::monostate> {
        append_pair(query, name, value);
        return std::monostate{};
    };
    auto taken =
        each_value(event, "multiValueQueryStringParameters", "queryStringParameters", append);
    if (!taken) return std::unexpected(taken.error());
    return query;
}

Result<std::string> body_of(const json::object& event) {
    const auto* body = event.if_contains("body");
    if (body == nullptr || body->is_null()) return std::string{};
    if (!body->is_string()) return malformed("body", "a string or null");
    const std::string_view text = body->get_string();
    const auto* flag = event.if_contains("isBase64Encoded");
    if (flag == nullptr || !flag->is_bool() || !flag->get_bool()) return std::string(text);
    auto bytes = from_base64(text);
    if (!bytes) return malformed("body", "base64, as isBase64Encoded says");
    return bytes;
}

bool is_v2(const json::object& event) {
    return event.contains("rawPath") && object_at(event, "requestContext").contains("http");
}

/// The target of a REST API's request. Its `path` has no stage, unless a custom domain has been
/// mapped to the API without one: then it is the path of the context, which always has it.
Result<std::string> target_v1(const json::object& event, std::string_view base_path) {
    const auto path = text_at(event, "path");
    const auto& context = object_at(event, "requestContext");
    const bool whole = text_at(context, "path") == path;
    auto query = query_of(event);
    if (!query) return query;
    auto target = path_of(path, base_path, whole ? text_at(context, "stage") : std::string_view{});
    if (!query->empty()) target += "?" + *query;
    return target;
}

std::string target_v2(const json::object& event, std::string_view base_path) {
    const auto stage = text_at(object_at(event, "requestContext"), "stage");
    auto target = path_of(text_at(event, "rawPath"), base_path,
                          stage == "$default" ? std::string_view{} : stage);
    const auto query = text_at(event, "rawQueryString");
    if (!query.empty()) target.append("?").append(query);
    return target;
}

}  // namespace

bool is_http_event(const json::object& event) {
    return is_v2(event) || (event.contains("httpMethod") && event.contains("path"));
}

Result<HttpEvent> parse_http_event(const json::object& event, std::string_view base_path) {
    const auto& context = object_at(event, "requestContext");
    HttpEvent parsed;
    auto& request = parsed.request;
    if (is_v2(event)) {
        parsed.format = PayloadFormat::v2;
        const auto& about = object_at(context, "http");
        request.method_text = text_at(about, "method");
        request.remote_address = text_at(about, "sourceIp");
        request.target = target_v2(event, base_path);
    } else {
        auto target = target_v1(event, base_path);
        if (!target) return std::unexpected(target.error());
        request.method_text = text_at(event, "httpMethod");
        request.remote_address = text_at(object_at(context, "identity"), "sourceIp");
        request.target = std::move(*target);
    }
    if (!http::is_field_name(request.method_text)) return malformed("httpMethod", "a method");
    request.method = boost::beast::http::string_to_verb(request.method_text);

    if (auto taken = take_headers(event, request); !taken) return std::unexpected(taken.error());
    if (auto taken = take_cookies(event, request); !taken) return std::unexpected(taken.error());
    auto body = body_of(event);
    if (!body) return std::unexpected(body.error());
    parsed.body = std::move(*body);

    parsed.gateway_id = text_at(context, "requestId");
    const auto own_id = request.header("x-request-id");
    if (http::is_request_id(own_id)) request.request_id = own_id;
    return parsed;
}

}  // namespace ingestor::lambda
