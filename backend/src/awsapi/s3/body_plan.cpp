#include <array>
#include <charconv>

#include <fmt/format.h>

#include "awsapi/s3/body.hpp"
#include "base/encoding.hpp"

namespace ingestor::awsapi::s3 {
namespace {

constexpr std::size_t kMd5Bytes = 16;

S3Error missing_length() {
    return {.status = 411,
            .code = "MissingContentLength",
            .message = "You must provide the Content-Length HTTP header."};
}

S3Result<std::monostate> read_payload_hash(std::string_view payload_hash, BodyPlan& plan) {
    plan.framing = sigv4::chunk_framing(payload_hash);
    if (plan.framing || payload_hash == sigv4::kUnsignedPayload) return std::monostate{};
    if (payload_hash.size() == 64 && from_hex(payload_hash)) {
        plan.sha256_hex = lower_case(payload_hash);
        return std::monostate{};
    }
    if (payload_hash.starts_with("STREAMING-")) {
        return refuse(not_implemented("x-amz-content-sha256"));
    }
    return refuse(
        invalid_argument("x-amz-content-sha256 must be UNSIGNED-PAYLOAD, "
                         "STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
                         "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, "
                         "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 "
                         "value.",
                         "x-amz-content-sha256", std::string(payload_hash)));
}

S3Result<std::monostate> read_length(const S3Request& request,
                                     std::optional<std::uint64_t> content_length,
                                     std::uint64_t body_bytes_max, BodyPlan& plan) {
    const auto decoded = request.header("x-amz-decoded-content-length");
    if (plan.framing) {
        if (!decoded) return refuse(missing_length());
        const auto text = trimmed(*decoded);
        const auto [end, error] =
            std::from_chars(text.data(), text.data() + text.size(), plan.size_bytes);
        if (error != std::errc{} || end != text.data() + text.size()) {
            return refuse(invalid_argument("The decoded length is not a number.",
                                           "x-amz-decoded-content-length", std::string(text)));
        }
    } else if (!content_length) {
        return refuse(missing_length());
    } else {
        plan.size_bytes = *content_length;
    }
    if (plan.size_bytes > body_bytes_max) {
        return refuse(entity_too_large(plan.size_bytes, body_bytes_max));
    }
    return std::monostate{};
}

S3Result<std::monostate> read_md5(const S3Request& request, BodyPlan& plan) {
    const auto text = request.field("content-md5");
    if (!text) return std::monostate{};
    auto value = from_base64(*text);
    if (!value || value->size() != kMd5Bytes) {
        return refuse({.status = 400,
                       .code = "InvalidDigest",
                       .message = "The Content-MD5 you specified was invalid.",
                       .details = {{"Content-MD5", *text}}});
    }
    plan.md5 = std::move(*value);
    return std::monostate{};
}

const ChecksumAlgorithm* find_checksum(std::string_view header_name) {
    for (const auto& algorithm : checksum_algorithms()) {
        if (header_name.starts_with(kChecksumPrefix) &&
            header_name.substr(kChecksumPrefix.size()) == algorithm.name) {
            return &algorithm;
        }
    }
    return nullptr;
}

S3Result<std::monostate> read_checksum(const S3Request& request, BodyPlan& plan) {
    constexpr std::string_view kSeveral =
        "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.";
    for (const auto& algorithm : checksum_algorithms()) {
        const auto name = std::string(kChecksumPrefix) + std::string(algorithm.name);
        const auto value = request.header(name);
        if (!value) continue;
        if (plan.checksum) return refuse(invalid_request(std::string(kSeveral)));
        const auto raw = from_base64(trimmed(*value));
        if (!raw || raw->size() != algorithm.value_bytes) {
            return refuse(invalid_request(fmt::format("Value for {} header is invalid.", name)));
        }
        plan.checksum = &algorithm;
        plan.checksum_value = trimmed(*value);
    }
    const auto trailer = request.header("x-amz-trailer");
    if (trailer && plan.framing && plan.framing->trailer) {
        const auto* algorithm = find_checksum(lower_case(trimmed(*trailer)));
        if (!algorithm) {
            return refuse(invalid_request(
                "The value specified in the x-amz-trailer header is not supported"));
        }
        if (plan.checksum) return refuse(invalid_request(std::string(kSeveral)));
        plan.checksum = algorithm;
    }
    if (request.header("x-amz-sdk-checksum-algorithm") && !plan.checksum) {
        return refuse(invalid_request(
            "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or "
            "x-amz-trailer headers were found."));
    }
    return std::monostate{};
}

}  // namespace

S3Result<BodyPlan> plan_document(const S3Request& request, std::string_view payload_hash,
                                 std::optional<std::uint64_t> content_length,
                                 std::uint64_t body_bytes_max) {
    BodyPlan plan;
    auto step = read_payload_hash(payload_hash, plan);
    if (step) step = read_length(request, content_length, body_bytes_max, plan);
    if (step) step = read_md5(request, plan);
    if (!step) return std::unexpected(step.error());
    return plan;
}

S3Result<BodyPlan> plan_body(const S3Request& request, std::string_view payload_hash,
                             std::optional<std::uint64_t> content_length,
                             std::uint64_t body_bytes_max) {
    auto plan = plan_document(request, payload_hash, content_length, body_bytes_max);
    if (!plan) return plan;
    const auto checksum = read_checksum(request, *plan);
    if (!checksum) return std::unexpected(checksum.error());
    return plan;
}

}  // namespace ingestor::awsapi::s3
