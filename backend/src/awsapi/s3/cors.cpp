#include "awsapi/s3/cors.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"

namespace ingestor::awsapi::s3 {
namespace {

constexpr std::array<std::string_view, 4> kMethods = {"GET", "PUT", "POST", "HEAD"};
constexpr std::string_view kMethodList = "GET, PUT, POST, HEAD";
constexpr std::string_view kExposed =
    "ETag, x-amz-request-id, x-amz-id-2, x-amz-checksum-crc32, x-amz-checksum-crc32c, "
    "x-amz-checksum-crc64nvme, x-amz-checksum-sha1, x-amz-checksum-sha256";
constexpr std::string_view kMaxAgeSeconds = "600";

bool matches(std::string_view pattern, std::string_view origin) {
    const auto star = pattern.find('*');
    if (star == std::string_view::npos) return pattern == origin;
    const auto front = pattern.substr(0, star);
    const auto back = pattern.substr(star + 1);
    return origin.size() >= front.size() + back.size() && origin.starts_with(front) &&
           origin.ends_with(back);
}

}  // namespace

std::optional<std::string> CorsPolicy::allowed(std::string_view origin) const {
    for (const auto& pattern : allowed_origins_) {
        if (pattern == "*") return "*";
        if (matches(pattern, origin)) return std::string(origin);
    }
    return std::nullopt;
}

S3Result<http::Response> CorsPolicy::preflight(const http::Request& request) const {
    const auto origin = request.header("origin");
    const auto method = request.header("access-control-request-method");
    if (origin.empty()) {
        return refuse({.status = 400,
                       .code = "BadRequest",
                       .message = "Insufficient information. Origin request header needed."});
    }
    if (method.empty()) {
        return refuse({.status = 400,
                       .code = "BadRequest",
                       .message = "Invalid Access-Control-Request-Method: null"});
    }
    if (!allowed(origin) || std::ranges::find(kMethods, method) == kMethods.end()) {
        return refuse(
            {.status = 403,
             .code = "AccessForbidden",
             .message = "CORSResponse: This CORS request is not allowed. This is usually because "
                        "the evaluation of Origin, request method / Access-Control-Request-Method "
                        "or Access-Control-Request-Headers are not whitelisted by the resource's "
                        "CORS spec.",
             .details = {{"Method", std::string(method)}, {"ResourceType", "OBJECT"}}});
    }
    http::Response response;
    response.set("Access-Control-Allow-Methods", std::string(kMethodList));
    const auto headers = request.header("access-control-request-headers");
    if (!headers.empty()) {
        response.set("Access-Control-Allow-Headers", lower_case(headers));
    }
    response.set("Access-Control-Max-Age", std::string(kMaxAgeSeconds));
    return response;
}

void CorsPolicy::decorate(const http::Request& request, http::Response& response) const {
    if (allowed_origins_.empty()) return;
    response.set("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method");
    const auto origin = request.header("origin");
    if (origin.empty()) return;
    auto answer = allowed(origin);
    if (!answer) return;
    const bool anyone = *answer == "*";
    response.set("Access-Control-Allow-Origin", std::move(*answer));
    if (!anyone) response.set("Access-Control-Allow-Credentials", "true");
    response.set("Access-Control-Expose-Headers", std::string(kExposed));
}

}  // namespace ingestor::awsapi::s3
