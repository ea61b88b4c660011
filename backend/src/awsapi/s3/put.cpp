#include "awsapi/s3/put.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "awsapi/s3/read.hpp"
#include "awsapi/s3/tagging.hpp"
#include "base/encoding.hpp"

namespace ingestor::awsapi::s3 {
namespace {

constexpr std::array<std::string_view, 2> kParameters = {"content-type", "content-md5"};
constexpr std::array<std::string_view, 9> kHeaders = {"x-amz-acl",
                                                      "x-amz-checksum-",
                                                      "x-amz-decoded-content-length",
                                                      "x-amz-meta-",
                                                      "x-amz-sdk-checksum-algorithm",
                                                      "x-amz-storage-class",
                                                      "x-amz-tagging",
                                                      "x-amz-trailer",
                                                      "x-amz-expected-bucket-owner"};
constexpr std::array<std::string_view, 4> kSystemHeaders = {"cache-control", "content-disposition",
                                                            "content-language", "expires"};
constexpr std::size_t kMetadataBytesMax = 2048;

S3Result<std::monostate> read_condition(const S3Request& request, PutPlan& plan) {
    const auto condition = read_write_condition(request);
    if (!condition) return std::unexpected(condition.error());
    plan.options.mode = condition->mode;
    plan.options.if_match = condition->if_match;
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

}  // namespace

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

S3Result<ports::ObjectAttributes> read_attributes(const S3Request& request, bool chunked) {
    ports::ObjectAttributes attributes;
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
        if (!chunked && kept.size() != coding->size() && kept != *coding &&
            lower_case(*coding).find("aws-chunked") != std::string::npos) {
            return refuse(invalid_request(
                "Content-Encoding aws-chunked needs a x-amz-content-sha256 that begins with "
                "STREAMING-."));
        }
        if (!kept.empty()) attributes.system_headers["content-encoding"] = std::move(kept);
    }
    if (const auto tagging = request.field("x-amz-tagging")) {
        auto tags = read_tag_header(*tagging);
        if (!tags) return std::unexpected(tags.error());
        attributes.tags = std::move(*tags);
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
    if (const auto fine = check(attributes.system_headers); !fine)
        return std::unexpected(fine.error());
    if (const auto fine = check(attributes.user_metadata); !fine)
        return std::unexpected(fine.error());
    if (!is_header_value(attributes.content_type)) {
        return refuse(invalid_argument("The value cannot stand in a header.", "content-type",
                                       attributes.content_type));
    }
    return attributes;
}

S3Result<ports::ObjectCondition> read_write_condition(const S3Request& request) {
    ports::ObjectCondition condition;
    const auto none = request.field("if-none-match");
    const auto match = request.field("if-match");
    if (none && match) return refuse(not_implemented("If-Match,If-None-Match"));
    if (none) {
        if (*none != "*") return refuse(not_implemented("If-None-Match"));
        condition.mode = ports::PutMode::create_only;
    }
    if (match) {
        if (*match == "*") return refuse(not_implemented("If-Match"));
        condition.if_match = unquoted_etag(*match);
    }
    return condition;
}

S3Error write_error(const Error& error, const ports::ObjectCondition& condition,
                    const std::string& key) {
    if (error.code == Errc::conflict && condition.if_match) return precondition_failed("If-Match");
    return s3_error(error, key);
}

S3Result<PutPlan> plan_put(const S3Request& request, std::string_view payload_hash,
                           std::optional<std::uint64_t> content_length,
                           std::uint64_t object_bytes_max) {
    PutPlan plan;
    auto step = refuse_unknown(request, kParameters, kHeaders);
    if (step) step = check_settings(request);
    if (!step) return std::unexpected(step.error());
    auto body = plan_body(request, payload_hash, content_length, object_bytes_max);
    if (!body) return std::unexpected(body.error());
    plan.body = std::move(*body);
    plan.options.digests = plan.body.digests();
    plan.options.kept_digest = plan.body.kept_digest();
    step = read_condition(request, plan);
    if (!step) return std::unexpected(step.error());
    auto attributes = read_attributes(request, plan.body.framing.has_value());
    if (!attributes) return std::unexpected(attributes.error());
    plan.options.attributes = std::move(*attributes);
    return plan;
}

boost::asio::awaitable<S3Result<ports::ObjectInfo>> receive_object(
    objects::IndexedObjects& store, domain::ObjectKey key, PutPlan plan, ports::ObjectOrigin origin,
    sigv4::Proof proof, http::Body& body) {
    const ports::ObjectCondition condition{.mode = plan.options.mode,
                                           .if_match = plan.options.if_match};
    const auto writer = store.begin_put_of(key, std::move(plan.options), std::move(origin));
    const auto received =
        co_await receive_body(plan.body, std::move(proof), body, *writer, key.value());
    if (!received) co_return std::unexpected(received.error());
    auto stored = co_await writer->commit();
    if (!stored) co_return refuse(write_error(stored.error(), condition, key.value()));
    co_return std::move(*stored);
}

}  // namespace ingestor::awsapi::s3
