#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "awsapi/s3/put.hpp"
#include "base/encoding.hpp"

namespace ingestor::awsapi::s3 {
namespace {

constexpr std::array<std::string_view, 2> kParameters = {"content-type", "content-md5"};
constexpr std::array<std::string_view, 8> kHeaders = {"x-amz-acl",
                                                      "x-amz-checksum-",
                                                      "x-amz-decoded-content-length",
                                                      "x-amz-meta-",
                                                      "x-amz-sdk-checksum-algorithm",
                                                      "x-amz-storage-class",
                                                      "x-amz-trailer",
                                                      "x-amz-expected-bucket-owner"};
constexpr std::array<std::string_view, 4> kSystemHeaders = {"cache-control", "content-disposition",
                                                            "content-language", "expires"};
constexpr std::size_t kMetadataBytesMax = 2048;
constexpr std::size_t kMd5Bytes = 16;

S3Error missing_length() {
    return {.status = 411,
            .code = "MissingContentLength",
            .message = "You must provide the Content-Length HTTP header."};
}

S3Result<std::monostate> read_payload_hash(std::string_view payload_hash, PutPlan& plan) {
    plan.framing = sigv4::chunk_framing(payload_hash);
    if (plan.framing || payload_hash == sigv4::kUnsignedPayload) return std::monostate{};
    if (payload_hash.size() == 64 && from_hex(payload_hash)) {
        plan.sha256_hex = lower_case(payload_hash);
        plan.options.digests.emplace_back("sha256");
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
                                     std::uint64_t object_bytes_max, PutPlan& plan) {
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
    if (plan.size_bytes > object_bytes_max) {
        return refuse({.status = 400,
                       .code = "EntityTooLarge",
                       .message = "Your proposed upload exceeds the maximum allowed size",
                       .details = {{"ProposedSize", std::to_string(plan.size_bytes)},
                                   {"MaxSizeAllowed", std::to_string(object_bytes_max)}}});
    }
    return std::monostate{};
}

S3Result<std::monostate> read_md5(const S3Request& request, PutPlan& plan) {
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
    plan.options.digests.emplace_back("md5");
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

S3Result<std::monostate> read_checksum(const S3Request& request, PutPlan& plan) {
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
    if (plan.checksum) {
        plan.options.digests.emplace_back(plan.checksum->name);
        plan.options.kept_digest = plan.checksum->name;
    }
    return std::monostate{};
}

S3Result<std::monostate> read_condition(const S3Request& request, PutPlan& plan) {
    if (request.header("if-match")) return refuse(not_implemented("If-Match"));
    const auto value = request.field("if-none-match");
    if (!value) return std::monostate{};
    if (*value != "*") return refuse(not_implemented("If-None-Match"));
    plan.options.mode = ports::PutMode::create_only;
    return std::monostate{};
}

/// The coding of the transfer is not one of the object.
std::string without_aws_chunked(std::string_view list) {
    std::string out;
    for (std::size_t at = 0; at <= list.size();) {
        const auto end = std::min(list.find(',', at), list.size());
        const auto coding = trimmed(list.substr(at, end - at));
        at = end + 1;
        if (coding.empty() || equal_ignoring_case(coding, "aws-chunked")) continue;
        if (!out.empty()) out += ',';
        out += coding;
    }
    return out;
}

S3Result<std::monostate> read_attributes(const S3Request& request, PutPlan& plan) {
    auto& attributes = plan.options.attributes;
    if (auto type = request.field("content-type"); type && !type->empty()) {
        attributes.content_type = std::move(*type);
    }
    for (const auto name : kSystemHeaders) {
        // In a link of version 2, `Expires` is when the link does.
        if (name == "expires" && request.presigned && request.parameter("Expires")) continue;
        if (auto value = request.field(name)) {
            attributes.system_headers[std::string(name)] = std::move(*value);
        }
    }
    if (const auto coding = request.field("content-encoding")) {
        auto kept = without_aws_chunked(*coding);
        if (!plan.framing && kept.size() != coding->size() && kept != *coding &&
            lower_case(*coding).find("aws-chunked") != std::string::npos) {
            return refuse(invalid_request(
                "Content-Encoding aws-chunked needs a x-amz-content-sha256 that begins with "
                "STREAMING-."));
        }
        if (!kept.empty()) attributes.system_headers["content-encoding"] = std::move(kept);
    }
    std::size_t metadata_bytes = 0;
    for (const auto& name : request.field_names(kMetadataPrefix)) {
        auto value = request.field(name).value_or("");
        metadata_bytes += name.size() - kMetadataPrefix.size() + value.size();
        attributes.user_metadata[name.substr(kMetadataPrefix.size())] = std::move(value);
    }
    if (metadata_bytes > kMetadataBytesMax) {
        return refuse({.status = 400,
                       .code = "MetadataTooLarge",
                       .message = "Your metadata headers exceed the maximum allowed metadata size",
                       .details = {{"Size", std::to_string(metadata_bytes)},
                                   {"MaxSizeAllowed", std::to_string(kMetadataBytesMax)}}});
    }
    // Parameters were percent-encoded and so may hold what no header can give back.
    const auto check = [](const auto& values) -> S3Result<std::monostate> {
        for (const auto& [name, value] : values) {
            if (is_header_value(name) && is_header_value(value)) continue;
            return refuse(invalid_argument("The value cannot stand in a header.", name, value));
        }
        return std::monostate{};
    };
    if (const auto fine = check(attributes.system_headers); !fine) return fine;
    if (const auto fine = check(attributes.user_metadata); !fine) return fine;
    if (!is_header_value(attributes.content_type)) {
        return refuse(invalid_argument("The value cannot stand in a header.", "content-type",
                                       attributes.content_type));
    }
    return std::monostate{};
}

/// Settings that are no settings where the bucket's owner owns everything in it.
S3Result<std::monostate> check_settings(const S3Request& request) {
    const auto acl = request.field("x-amz-acl");
    if (acl && *acl != "private" && *acl != "bucket-owner-full-control") {
        return refuse({.status = 400,
                       .code = "AccessControlListNotSupported",
                       .message = "The bucket does not allow ACLs"});
    }
    const auto storage_class = request.field("x-amz-storage-class");
    if (storage_class && *storage_class != "STANDARD") {
        return refuse(not_implemented("x-amz-storage-class"));
    }
    if (request.field("x-amz-expected-bucket-owner")) {
        return refuse(not_implemented("x-amz-expected-bucket-owner"));
    }
    return std::monostate{};
}

}  // namespace

S3Result<PutPlan> plan_put(const S3Request& request, std::string_view payload_hash,
                           std::optional<std::uint64_t> content_length,
                           std::uint64_t object_bytes_max) {
    PutPlan plan;
    auto step = refuse_unknown(request, kParameters, kHeaders);
    if (step) step = check_settings(request);
    if (step) step = read_payload_hash(payload_hash, plan);
    if (step) step = read_length(request, content_length, object_bytes_max, plan);
    if (step) step = read_md5(request, plan);
    if (step) step = read_checksum(request, plan);
    if (step) step = read_condition(request, plan);
    if (step) step = read_attributes(request, plan);
    if (!step) return std::unexpected(step.error());
    return plan;
}

}  // namespace ingestor::awsapi::s3
