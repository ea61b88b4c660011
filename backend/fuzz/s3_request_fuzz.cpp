#include <memory>
#include <variant>

#include <libxml/parser.h>

#include "awsapi/s3/put.hpp"
#include "awsapi/s3/read.hpp"
#include "awsapi/s3/request.hpp"
#include "fuzz.hpp"
#include "http/request_parser.hpp"

namespace {

using namespace ingestor;
using namespace ingestor::awsapi::s3;
using fuzz::require;

void check_error(const S3Error& error, const http::Request& request) {
    require(error.status >= 300 && !error.code.empty(), "a refusal has a status and a code");
    const auto response = error_response(error, request);
    const auto& text = std::get<std::string>(response.body);
    if (text.empty()) return;
    const std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)> document(
        xmlReadMemory(text.data(), static_cast<int>(text.size()), nullptr, nullptr,
                      XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NONET),
        xmlFreeDoc);
    require(document != nullptr, "an error is well-formed XML");
}

void check_header(std::string_view name, std::string_view value) {
    require(is_header_value(name) && is_header_value(value), "no header of ours ends a line");
}

void read_as_put(const S3Request& request, const http::Request& from, std::uint64_t length) {
    const auto hash = request.header("x-amz-content-sha256").value_or(sigv4::kUnsignedPayload);
    constexpr std::uint64_t kObjectBytesMax = 1000;
    const auto plan = plan_put(request, hash, length, kObjectBytesMax);
    if (!plan) return check_error(plan.error(), from);
    require(plan->body.size_bytes <= kObjectBytesMax, "the size of an object is limited");
    const auto& attributes = plan->options.attributes;
    check_header("content-type", attributes.content_type);
    for (const auto& [name, value] : attributes.system_headers) check_header(name, value);
    for (const auto& [name, value] : attributes.user_metadata) check_header(name, value);
}

void read_as_get(const S3Request& request, const http::Request& from) {
    auto key = object_key_of(request.key);
    if (!key) return check_error(key.error(), from);
    const ports::ObjectInfo info{.key = std::move(*key),
                                 .size_bytes = 100,
                                 .etag = domain::ETag("0123456789abcdef0123456789abcdef"),
                                 .last_modified = TimePoint{std::chrono::seconds(1'700'000'000)},
                                 .attributes = {}};
    const auto answer = answer_read(request, info);
    if (!answer) return check_error(answer.error(), from);
    require(answer->part.first <= info.size_bytes &&
                answer->part.length <= info.size_bytes - answer->part.first,
            "a range lies within the object");
    for (const auto& [name, value] : answer->response.headers) check_header(name, value);
}

}  // namespace

/// The head of an HTTP request, read as one of S3.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const http::ServerLimits limits;
    http::Request request;
    http::RequestParser parser(request, limits);
    const auto head = parser.parse_head(fuzz::Input(data, size).rest());
    if (!head || *head == 0) return 0;

    const auto s3 = read_s3_request(request);
    require(s3.bucket.size() + s3.key.size() <= request.target.size(), "names come of the target");
    constexpr std::string_view kParameters[] = {"list-type", "prefix"};
    constexpr std::string_view kHeaders[] = {"x-amz-meta-"};
    const auto known = refuse_unknown(s3, kParameters, kHeaders);
    if (!known) check_error(known.error(), request);
    read_as_put(s3, request, parser.content_length());
    read_as_get(s3, request);
    return 0;
}
