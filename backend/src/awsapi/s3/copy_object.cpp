#include "awsapi/s3/copy_object.hpp"

#include <array>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "awsapi/s3/document.hpp"
#include "awsapi/s3/put.hpp"
#include "awsapi/xml.hpp"
#include "base/encoding.hpp"

namespace ingestor::awsapi::s3 {
namespace {

constexpr std::array<std::string_view, 1> kParameters = {"content-type"};
constexpr std::array<std::string_view, 12> kHeaders = {"x-amz-acl",
                                                       "x-amz-checksum-algorithm",
                                                       "x-amz-copy-source",
                                                       "x-amz-copy-source-if-match",
                                                       "x-amz-copy-source-if-none-match",
                                                       "x-amz-copy-source-if-modified-since",
                                                       "x-amz-copy-source-if-unmodified-since",
                                                       "x-amz-meta-",
                                                       "x-amz-metadata-directive",
                                                       "x-amz-storage-class",
                                                       "x-amz-tagging",
                                                       "x-amz-tagging-directive"};

enum class Directive { copy, replace };

S3Result<Directive> read_directive(const S3Request& request, std::string_view name) {
    const auto text = request.field(name);
    if (!text || *text == "COPY") return Directive::copy;
    if (*text == "REPLACE") return Directive::replace;
    return refuse(
        invalid_argument(fmt::format("Unknown {} directive.",
                                     name == "x-amz-tagging-directive" ? "tagging" : "metadata"),
                         std::string(name), *text));
}

/// What the copy has beside the bytes; nullopt: what the source has.
S3Result<std::optional<ports::ObjectAttributes>> read_new_attributes(
    const S3Request& request, const ports::ObjectInfo& source) {
    const auto metadata = read_directive(request, "x-amz-metadata-directive");
    if (!metadata) return std::unexpected(metadata.error());
    const auto tagging = read_directive(request, "x-amz-tagging-directive");
    if (!tagging) return std::unexpected(tagging.error());
    if (*metadata == Directive::copy && *tagging == Directive::copy) return std::nullopt;
    auto given = read_attributes(request, false);
    if (!given) return std::unexpected(given.error());
    auto attributes = *metadata == Directive::replace ? *given : source.attributes;
    attributes.tags = *tagging == Directive::replace ? given->tags : source.attributes.tags;
    return attributes;
}

S3Result<std::monostate> check_checksum(const S3Request& request, const ports::ObjectInfo& source) {
    const auto wanted = request.field("x-amz-checksum-algorithm");
    const auto& kept = source.attributes.checksum;
    if (!wanted || (kept && equal_ignoring_case(*wanted, kept->first))) return std::monostate{};
    return refuse(not_implemented("x-amz-checksum-algorithm"));
}

S3Error copy_error(const Error& error, const ports::ObjectCondition& condition,
                   const std::string& source, const std::string& target) {
    if (error.field != "source") return write_error(error, condition, target);
    return error.code == Errc::conflict ? operation_aborted() : s3_error(error, source);
}

}  // namespace

Answer copy_object(objects::IndexedObjects& objects, Asked asked, CopySource source) {
    const auto& request = asked.request;
    auto step = refuse_unknown(request, kParameters, kHeaders);
    if (step) step = check_settings(request);
    if (!step) co_return std::unexpected(step.error());
    auto condition = read_write_condition(request);
    if (!condition) co_return std::unexpected(condition.error());
    auto target = object_key_of(request.key);
    if (!target) co_return std::unexpected(target.error());
    const auto name = source.key.value();
    const auto info = co_await objects.head(source.key);
    if (!info) co_return refuse(s3_error(info.error(), name));
    step = check_copy_conditions(request, *info);
    if (step) step = check_checksum(request, *info);
    if (!step) co_return std::unexpected(step.error());
    auto attributes = read_new_attributes(request, *info);
    if (!attributes) co_return std::unexpected(attributes.error());
    if (!*attributes && name == request.key) {
        co_return refuse(invalid_request(
            "This copy request is illegal because it is trying to copy an object to itself without "
            "changing the object's metadata, storage class, website redirect location or "
            "encryption attributes."));
    }
    ports::ObjectCopy copy{.source = std::move(source.key),
                           .source_etag = info->etag,
                           .target = std::move(*target),
                           .attributes = std::move(*attributes),
                           .condition = *condition,
                           .origin = origin_of(asked.http, "CopyObject")};
    const auto copied = co_await objects.copy(std::move(copy));
    if (!copied) co_return refuse(copy_error(copied.error(), *condition, name, request.key));

    std::string out(kXmlHead);
    out += fmt::format("<CopyObjectResult xmlns=\"{}\">", kXmlNamespace);
    append_element(out, "LastModified", to_rfc3339(copied->last_modified));
    append_etag(out, copied->etag);
    append_checksum(out, *copied);
    out += "</CopyObjectResult>";
    co_return xml_response(std::move(out));
}

}  // namespace ingestor::awsapi::s3
