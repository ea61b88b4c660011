#include "lambda/http_answer.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <system_error>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "base/encoding.hpp"
#include "http/field_syntax.hpp"
#include "lambda/runtime_client.hpp"

namespace ingestor::lambda {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr std::string_view kTooLarge =
    "the answer is larger than the 6 MB that a function may send: ask for a part of it with a "
    "Range header, or fetch it from the object store with a presigned URL";
constexpr std::string_view kNoStreams =
    "a function answers once and cannot stream events: ask for the job every few seconds";

std::string_view header(const http::Response& response, std::string_view name) {
    const auto found = std::ranges::find_if(response.headers, [name](const auto& pair) {
        return equal_ignoring_case(pair.first, name);
    });
    return found == response.headers.end() ? std::string_view{} : std::string_view(found->second);
}

std::string_view media_type(const http::Response& response) {
    const auto value = header(response, "content-type");
    return trimmed(value.substr(0, value.find(';')));
}

bool is_text(const http::Response& response, std::string_view body) {
    constexpr std::array<std::string_view, 4> kTexts = {
        "application/json", "application/xml", "application/javascript", "application/jsonl"};
    const auto type = media_type(response);
    const bool text = type.empty() || type.starts_with("text/") || type.ends_with("+json") ||
                      type.ends_with("+xml") || std::ranges::find(kTexts, type) != kTexts.end();
    return text && header(response, "content-encoding").empty() && is_utf8(body);
}

Result<std::string> read_file(const http::FileBody& file) {
    if (file.length > kAnswerBytesMax) return fail(Errc::too_large, std::string(kTooLarge));
    std::string bytes(static_cast<std::size_t>(file.length), '\0');
    std::size_t filled = 0;
    while (filled < bytes.size()) {
        const auto count = pread(file.fd, bytes.data() + filled, bytes.size() - filled,
                                 static_cast<off_t>(file.offset + filled));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            return fail(Errc::internal,
                        "reading the answer: " + std::generic_category().message(errno));
        }
        if (count == 0) return fail(Errc::corrupt, "the file of the answer has become shorter");
        filled += static_cast<std::size_t>(count);
    }
    return bytes;
}

class Collector final : public http::ResponseWriter {
public:
    asio::awaitable<Result<std::monostate>> write(std::string_view bytes) override {
        overflown_ = overflown_ || bytes_.size() + bytes.size() > kAnswerBytesMax;
        // To whoever writes, the reader has had enough.
        if (overflown_) co_return fail(Errc::unavailable, std::string(kTooLarge));
        bytes_ += bytes;
        co_return std::monostate{};
    }
    Result<std::string> take() {
        if (overflown_) return fail(Errc::too_large, std::string(kTooLarge));
        return std::move(bytes_);
    }

private:
    std::string bytes_;
    bool overflown_ = false;
};

asio::awaitable<Result<std::string>> collect(http::Response& response) {
    if (auto* text = std::get_if<std::string>(&response.body)) co_return std::move(*text);
    if (const auto* file = std::get_if<http::FileBody>(&response.body)) co_return read_file(*file);
    Collector collector;
    try {
        co_await std::get<http::StreamBody>(response.body)(collector);
    } catch (const std::exception& error) {
        co_return fail(Errc::internal, error.what());
    }
    co_return collector.take();
}

/// The gateway frames the answer itself.
bool is_gateways_own(std::string_view name) {
    constexpr std::array<std::string_view, 4> kNames = {"connection", "content-length",
                                                        "transfer-encoding", "x-request-id"};
    return std::ranges::any_of(
        kNames, [name](std::string_view own) { return equal_ignoring_case(name, own); });
}

using Headers = std::vector<std::pair<std::string, std::vector<std::string_view>>>;

/// Under lower-case names, values of one name together.
Result<Headers> headers_of(const http::Response& response) {
    Headers headers;
    for (const auto& [name, value] : response.headers) {
        if (!http::is_field_name(name) || !http::is_field_value(value) || !is_utf8(value)) {
            return fail(Errc::internal, "a response header cannot be sent: " + name);
        }
        if (is_gateways_own(name)) continue;
        auto same = std::ranges::find_if(headers, [&given = name](const auto& entry) {
            return equal_ignoring_case(entry.first, given);
        });
        if (same == headers.end()) {
            std::string lower = name;
            std::ranges::transform(lower, lower.begin(), [](char c) {
                return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
            });
            same = headers.emplace(same, std::move(lower), std::vector<std::string_view>{});
        }
        same->second.emplace_back(value);
    }
    return headers;
}

/// REST APIs merge the two maps, and answer 502 to members that they do not know.
void add_headers_v1(json::object& answer, const Headers& headers) {
    json::object single;
    json::object multiple;
    for (const auto& [name, values] : headers) {
        if (values.size() == 1) {
            single[name] = values[0];
        } else {
            multiple[name] = json::array(values.begin(), values.end());
        }
    }
    answer["headers"] = std::move(single);
    if (!multiple.empty()) answer["multiValueHeaders"] = std::move(multiple);
}

void add_headers_v2(json::object& answer, const Headers& headers) {
    json::object joined;
    for (const auto& [name, values] : headers) {
        if (name == "set-cookie") {
            answer["cookies"] = json::array(values.begin(), values.end());
        } else {
            joined[name] = fmt::format("{}", fmt::join(values, ", "));
        }
    }
    answer["headers"] = std::move(joined);
}

Result<std::string> render(PayloadFormat format, const http::Request& request,
                           const http::Response& response) {
    auto headers = headers_of(response);
    if (!headers) return std::unexpected(headers.error());
    headers->emplace_back("x-request-id", std::vector<std::string_view>{request.request_id});
    json::object answer{{"statusCode", response.status}};
    switch (format) {
        case PayloadFormat::v1:
            add_headers_v1(answer, *headers);
            break;
        case PayloadFormat::v2:
            add_headers_v2(answer, *headers);
            break;
    }
    const auto& body = std::get<std::string>(response.body);
    const bool text = is_text(response, body);
    answer["body"] = text ? json::string(body) : json::string(to_base64(body));
    answer["isBase64Encoded"] = !text;
    auto rendered = json::serialize(answer);
    if (rendered.size() > kAnswerBytesMax) return fail(Errc::too_large, std::string(kTooLarge));
    return rendered;
}

bool has_no_body(const http::Request& request, const http::Response& response) {
    return request.method == boost::beast::http::verb::head || response.status < 200 ||
           response.status == 204 || response.status == 304;
}

/// An error in place of the answer, which a page of another origin may read as it might the answer.
void refuse(http::Response& response, unsigned status, std::string_view detail) {
    auto refusal = http::detail_response(status, detail);
    for (auto& header : response.headers) {
        if (header.first.starts_with("access-control-")) refusal.headers.push_back(header);
    }
    refusal.route = response.route;
    response = std::move(refusal);
}

}  // namespace

asio::awaitable<HttpAnswer> answer_http(PayloadFormat format, const http::Request& request,
                                        http::Response& response) {
    if (media_type(response) == "text/event-stream") {
        refuse(response, 501, kNoStreams);
    }
    if (has_no_body(request, response)) response.body = std::string{};
    HttpAnswer answer;
    auto body = co_await collect(response);
    Result<std::string> rendered = std::unexpected(body ? Error{} : body.error());
    if (body) {
        response.body = std::move(*body);
        rendered = render(format, request, response);
    }
    if (!rendered && rendered.error().code == Errc::too_large) {
        refuse(response, 413, kTooLarge);
        rendered = render(format, request, response);
    }
    if (!rendered) {
        answer.failure = rendered.error().message;
        response = http::failure_response(500, request.request_id);
        // Headers and bodies of our own can always be sent.
        rendered = render(format, request, response);
    }
    answer.json = std::move(rendered).value();
    co_return answer;
}

}  // namespace ingestor::lambda
