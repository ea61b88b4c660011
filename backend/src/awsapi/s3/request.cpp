#include "awsapi/s3/request.hpp"

#include <algorithm>
#include <array>

#include "awsapi/auth/request_head.hpp"
#include "base/encoding.hpp"
#include "sigv4/verify.hpp"

namespace ingestor::awsapi::s3 {
namespace {

constexpr std::array<ChecksumAlgorithm, 5> kAlgorithms = {{{"crc32", "CRC32", 4},
                                                           {"crc32c", "CRC32C", 4},
                                                           {"crc64nvme", "CRC64NVME", 8},
                                                           {"sha1", "SHA1", 20},
                                                           {"sha256", "SHA256", 32}}};

/// What signatures and SDKs put into any query.
constexpr std::array<std::string_view, 8> kAnyParameter = {
    "x-amz-algorithm",     "x-amz-credential", "x-amz-expires", "x-amz-signature",
    "x-amz-signedheaders", "awsaccesskeyid",   "signature",     "x-id"};
constexpr std::array<std::string_view, 6> kAnyHeader = {"x-amz-content-sha256", "x-amz-date",
                                                        "x-amz-security-token", "x-amz-user-agent",
                                                        "x-amz-request-payer",  "x-amz-id-2"};

bool is_listed(std::span<const std::string_view> list, std::string_view name) {
    return std::ranges::any_of(list, [name](std::string_view known) {
        return known.ends_with('-') ? name.starts_with(known) : name == known;
    });
}

}  // namespace

std::span<const ChecksumAlgorithm> checksum_algorithms() {
    return kAlgorithms;
}

const ChecksumAlgorithm* checksum_algorithm(std::string_view name) {
    const auto place = std::ranges::find_if(kAlgorithms, [name](const ChecksumAlgorithm& known) {
        return equal_ignoring_case(known.name, name);
    });
    return place == kAlgorithms.end() ? nullptr : &*place;
}

std::string_view checksum_title(std::string_view name) {
    const auto* algorithm = checksum_algorithm(name);
    return algorithm == nullptr ? std::string_view() : algorithm->title;
}

std::string_view checksum_type(std::string_view value) {
    // Base64 of the standard alphabet has no hyphen.
    return value.find('-') == std::string_view::npos ? "FULL_OBJECT" : "COMPOSITE";
}

S3Request read_s3_request(const http::Request& request) {
    S3Request out;
    out.head = auth::head_of(request);
    out.query = sigv4::parse_query(out.head.query);
    const auto kind = sigv4::auth_kind(out.head);
    out.presigned = kind == sigv4::AuthKind::query_v4 || kind == sigv4::AuthKind::query_v2;

    auto path = out.head.path;
    if (path.starts_with('/')) path.remove_prefix(1);
    const auto slash = std::min(path.find('/'), path.size());
    out.bucket = percent_decode(path.substr(0, slash));
    if (slash < path.size()) out.key = percent_decode(path.substr(slash + 1));
    return out;
}

const std::string* S3Request::parameter(std::string_view name) const {
    return sigv4::find_parameter(query, name);
}

std::optional<std::string> S3Request::field(std::string_view name) const {
    if (presigned) {
        for (const auto& parameter : query) {
            if (equal_ignoring_case(parameter.name, name)) return parameter.value;
        }
    }
    // Repeated headers are one list.
    std::optional<std::string> out;
    for (const auto& header : head.headers) {
        if (!equal_ignoring_case(header.name, name)) continue;
        if (out) {
            *out += ',';
            *out += trimmed(header.value);
        } else {
            out = trimmed(header.value);
        }
    }
    return out;
}

std::vector<std::string> S3Request::field_names(std::string_view prefix) const {
    std::vector<std::string> names;
    const auto add = [&](std::string_view name) {
        auto lower = lower_case(name);
        if (lower.starts_with(prefix)) names.push_back(std::move(lower));
    };
    for (const auto& header : head.headers) add(header.name);
    if (presigned) {
        for (const auto& parameter : query) add(parameter.name);
    }
    std::ranges::sort(names);
    const auto repeated = std::ranges::unique(names);
    names.erase(repeated.begin(), repeated.end());
    return names;
}

S3Result<std::monostate> refuse_unknown(const S3Request& request,
                                        std::span<const std::string_view> parameters,
                                        std::span<const std::string_view> headers) {
    for (const auto& parameter : request.query) {
        const auto name = lower_case(parameter.name);
        if (is_listed(kAnyParameter, name) || is_listed(parameters, name)) continue;
        if (request.presigned &&
            (is_listed(kAnyHeader, name) || is_listed(headers, name) || name == "expires")) {
            continue;
        }
        auto error = not_implemented();
        error.details.emplace_back("ResourceType", parameter.name);
        return refuse(std::move(error));
    }
    for (const auto& header : request.head.headers) {
        const auto name = lower_case(header.name);
        if (!name.starts_with("x-amz-") || is_listed(kAnyHeader, name) ||
            is_listed(headers, name)) {
            continue;
        }
        return refuse(not_implemented(name));
    }
    return std::monostate{};
}

bool is_header_value(std::string_view text) {
    return std::ranges::none_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\t') || byte == 0x7F;
    });
}

}  // namespace ingestor::awsapi::s3
