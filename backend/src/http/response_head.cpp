#include "http/response_head.hpp"

#include <chrono>

#include <boost/beast/http/status.hpp>
#include <fmt/format.h>

#include "base/encoding.hpp"
#include "base/time.hpp"
#include "http/field_syntax.hpp"

namespace ingestor::http {
namespace {

/// Now as the Date header has it; written anew once a second.
std::string_view date_now() {
    struct Cache {
        std::chrono::sys_seconds second{};
        std::string text;
    };
    thread_local Cache cache;
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    if (now != cache.second) {
        cache.second = now;
        cache.text = to_http_date(now);
    }
    return cache.text;
}

std::string_view reason_of(unsigned status) {
    const auto reason =
        boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
    return {reason.data(), reason.size()};
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

Result<std::monostate> append_response_head(std::string& out, const Response& response,
                                            std::string_view request_id,
                                            const ResponseFraming& framing) {
    out.append("HTTP/1.1 ").append(fmt::format_int(response.status).c_str()).push_back(' ');
    out.append(reason_of(response.status)).append("\r\n");

    bool has_date = false;
    bool has_server = false;
    bool has_type_options = false;
    std::optional<std::string_view> stated_length;
    for (const auto& [name, value] : response.headers) {
        if (!is_field_name(name) || !is_field_value(value)) {
            return fail(Errc::internal, "a response header cannot be sent: " + name);
        }
        switch (name.size()) {
            case 4:
                has_date = has_date || equal_ignoring_case(name, "date");
                break;
            case 6:
                has_server = has_server || equal_ignoring_case(name, "server");
                break;
            case 10: {
                if (equal_ignoring_case(name, "connection")) continue;
                break;
            }
            case 12: {
                if (equal_ignoring_case(name, "x-request-id")) continue;
                break;
            }
            case 14: {
                if (!equal_ignoring_case(name, "content-length")) break;
                stated_length = value;
                continue;
            }
            case 17: {
                if (equal_ignoring_case(name, "transfer-encoding")) continue;
                break;
            }
            case 22: {
                has_type_options =
                    has_type_options || equal_ignoring_case(name, "x-content-type-options");
                break;
            }
            default:
                break;
        }
        append_header(out, name, value);
    }
    if (!has_date) append_header(out, "Date", date_now());
    if (!has_server) append_header(out, "Server", "agent2-ingestor");
    // What a document or an error repeats must not be taken for a page of ours.
    if (!has_type_options) append_header(out, "X-Content-Type-Options", "nosniff");
    append_header(out, "x-request-id", request_id);

    switch (framing.delimiter) {
        case Delimiter::none:
            // 304 may say how long the representation is; 204 and 1xx must not (RFC 9110, 8.6).
            if (stated_length && response.status == 304) {
                append_header(out, "Content-Length", *stated_length);
            }
            break;
        case Delimiter::length:
            if (framing.is_head && stated_length) {
                append_header(out, "Content-Length", *stated_length);
            } else {
                append_header(out, "Content-Length", fmt::format_int(framing.length).c_str());
            }
            break;
        case Delimiter::chunks:
            append_header(out, "Transfer-Encoding", "chunked");
            break;
        case Delimiter::close:
            break;
    }
    if (!framing.keep_alive) {
        append_header(out, "Connection", "close");
    } else if (framing.is_http_1_0) {
        append_header(out, "Connection", "keep-alive");
    }
    out.append("\r\n");
    return std::monostate{};
}

}  // namespace ingestor::http
