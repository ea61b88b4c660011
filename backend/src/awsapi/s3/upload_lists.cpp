#include "awsapi/s3/upload_lists.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "awsapi/s3/document.hpp"
#include "awsapi/s3/list.hpp"
#include "awsapi/xml.hpp"
#include "base/encoding.hpp"
#include "ports/object_listing.hpp"

namespace ingestor::awsapi::s3 {
namespace {

constexpr std::array<std::string_view, 3> kPartsParameters = {"uploadid", "max-parts",
                                                              "part-number-marker"};
constexpr std::array<std::string_view, 7> kUploadsParameters = {
    "uploads",       "prefix",     "delimiter",       "max-uploads",
    "encoding-type", "key-marker", "upload-id-marker"};
/// Behind all that begins with the text before it: no key holds this byte, which UTF-8 has not.
constexpr char kBehindAll = '\xFF';

std::string text_parameter(const S3Request& request, std::string_view name) {
    const auto* value = request.parameter(name);
    return value == nullptr ? std::string() : *value;
}

void append_user(std::string& out, std::string_view element, std::string_view user) {
    const auto name = xml_escape(user);
    out += fmt::format("<{0}><ID>{1}</ID><DisplayName>{1}</DisplayName></{0}>", element, name);
}

void append_checksum(std::string& out, const ports::MultipartUpload& upload) {
    if (upload.checksum.empty()) return;
    append_element(out, "ChecksumAlgorithm", checksum_title(upload.checksum));
    append_element(out, "ChecksumType", upload.composite ? "COMPOSITE" : "FULL_OBJECT");
}

/// Whether keys below one of the two can be below the other; the longer one is both.
std::optional<std::string> common_prefix(const std::string& one, const std::string& other) {
    if (one.starts_with(other)) return one;
    if (other.starts_with(one)) return other;
    return std::nullopt;
}

/// What of the prefix may be shown, in order.
std::vector<std::string> prefixes_of(const UploadsRequest& request) {
    std::vector<std::string> prefixes;
    if (!request.within) {
        prefixes.push_back(request.prefix);
        return prefixes;
    }
    for (const auto& within : *request.within) {
        if (auto prefix = common_prefix(request.prefix, within)) {
            prefixes.push_back(std::move(*prefix));
        }
    }
    return prefixes;
}

}  // namespace

S3Result<PartsRequest> read_parts_request(const S3Request& request) {
    const auto known = refuse_unknown(request, kPartsParameters, {});
    if (!known) return std::unexpected(known.error());
    PartsRequest parts;
    const auto count = read_count(request, "max-parts");
    if (!count) return std::unexpected(count.error());
    parts.count = *count;
    const auto marker = text_parameter(request, "part-number-marker");
    const auto [end, error] =
        std::from_chars(marker.data(), marker.data() + marker.size(), parts.after);
    if (!marker.empty() && (error != std::errc{} || end != marker.data() + marker.size())) {
        return refuse(
            invalid_argument("Provided part-number-marker not an integer or within integer range",
                             "part-number-marker", marker));
    }
    return parts;
}

std::string parts_document(const PartsRequest& request, const ports::MultipartUpload& upload,
                           std::vector<ports::UploadedPart> parts, std::string_view bucket) {
    const bool truncated = parts.size() > request.count;
    if (truncated) parts.resize(request.count);
    std::string out(kXmlHead);
    out += fmt::format("<ListPartsResult xmlns=\"{}\">", kXmlNamespace);
    append_element(out, "Bucket", xml_escape(bucket));
    append_element(out, "Key", xml_escape(upload.key.value()));
    append_element(out, "UploadId", upload.upload_id);
    append_user(out, "Initiator", upload.initiator.value());
    append_user(out, "Owner", upload.initiator.value());
    append_element(out, "StorageClass", "STANDARD");
    append_checksum(out, upload);
    append_element(out, "PartNumberMarker", std::to_string(request.after));
    if (!parts.empty()) {
        append_element(out, "NextPartNumberMarker", std::to_string(parts.back().number));
    }
    append_element(out, "MaxParts", std::to_string(request.count));
    append_element(out, "IsTruncated", truncated ? "true" : "false");
    const auto checksum = fmt::format("Checksum{}", checksum_title(upload.checksum));
    for (const auto& part : parts) {
        out += "<Part>";
        append_element(out, "PartNumber", std::to_string(part.number));
        append_element(out, "LastModified", to_rfc3339(part.last_modified));
        append_etag(out, part.etag);
        append_element(out, "Size", std::to_string(part.size_bytes));
        if (!part.checksum.empty()) append_element(out, checksum, part.checksum);
        out += "</Part>";
    }
    out += "</ListPartsResult>";
    return out;
}

S3Result<UploadsRequest> read_uploads_request(const S3Request& request) {
    const auto known = refuse_unknown(request, kUploadsParameters, {});
    if (!known) return std::unexpected(known.error());
    UploadsRequest uploads{.prefix = text_parameter(request, "prefix"),
                           .delimiter = text_parameter(request, "delimiter")};
    const auto encoded = read_encoding(request);
    if (!encoded) return std::unexpected(encoded.error());
    uploads.url_encoded = *encoded;
    const auto count = read_count(request, "max-uploads");
    if (!count) return std::unexpected(count.error());
    uploads.count = *count;
    if (auto key = text_parameter(request, "key-marker"); !key.empty()) {
        uploads.after = {.key = std::move(key),
                         .upload_id = text_parameter(request, "upload-id-marker")};
    }
    return uploads;
}

boost::asio::awaitable<Result<UploadsPage>> list_uploads(ports::MultipartUploads& uploads,
                                                         UploadsRequest request) {
    UploadsPage page;
    if (request.count == 0) co_return page;
    auto from = request.after;
    if (from && from->upload_id.empty()) {
        // What lies in the group of the marker was listed with it.
        const auto group = ports::group_of(from->key, request.prefix, request.delimiter);
        if (!group.empty()) from->key = group + kBehindAll;
    }
    auto last = request.after;
    for (const auto& prefix : prefixes_of(request)) {
        bool is_through = false;
        while (!is_through) {
            // One more than fits says whether there are more.
            const auto shown = page.uploads.size() + page.groups.size();
            auto found = co_await uploads.uploads(prefix, from, request.count - shown + 1);
            if (!found) co_return std::unexpected(found.error());
            is_through = true;
            for (auto& upload : *found) {
                if (page.uploads.size() + page.groups.size() == request.count) {
                    page.last = std::move(last);
                    co_return page;
                }
                auto group = ports::group_of(upload.key.value(), request.prefix, request.delimiter);
                if (!group.empty()) {
                    last = {.key = group};
                    from = {.key = group + kBehindAll};
                    page.groups.push_back(std::move(group));
                    is_through = false;
                    break;
                }
                last = {.key = upload.key.value(), .upload_id = upload.upload_id};
                page.uploads.push_back(std::move(upload));
            }
        }
    }
    co_return page;
}

std::string uploads_document(const UploadsRequest& request, const UploadsPage& page,
                             std::string_view bucket, std::string_view owner) {
    const auto named = [&request](std::string_view name) {
        return listed_name(name, request.url_encoded);
    };
    std::string out(kXmlHead);
    out += fmt::format("<ListMultipartUploadsResult xmlns=\"{}\">", kXmlNamespace);
    append_element(out, "Bucket", xml_escape(bucket));
    append_element(out, "KeyMarker", request.after ? named(request.after->key) : std::string());
    append_element(out, "UploadIdMarker",
                   request.after ? xml_escape(request.after->upload_id) : std::string());
    if (page.last) {
        append_element(out, "NextKeyMarker", named(page.last->key));
        append_element(out, "NextUploadIdMarker", page.last->upload_id);
    }
    append_element(out, "Prefix", named(request.prefix));
    if (!request.delimiter.empty()) append_element(out, "Delimiter", named(request.delimiter));
    if (request.url_encoded) append_element(out, "EncodingType", "url");
    append_element(out, "MaxUploads", std::to_string(request.count));
    append_element(out, "IsTruncated", page.last ? "true" : "false");
    for (const auto& upload : page.uploads) {
        out += "<Upload>";
        append_element(out, "Key", named(upload.key.value()));
        append_element(out, "UploadId", upload.upload_id);
        append_user(out, "Initiator", upload.initiator.value());
        append_user(out, "Owner", owner);
        append_element(out, "StorageClass", "STANDARD");
        append_element(out, "Initiated", to_rfc3339(upload.created_at));
        append_checksum(out, upload);
        out += "</Upload>";
    }
    for (const auto& group : page.groups) {
        out += "<CommonPrefixes>";
        append_element(out, "Prefix", named(group));
        out += "</CommonPrefixes>";
    }
    out += "</ListMultipartUploadsResult>";
    return out;
}

}  // namespace ingestor::awsapi::s3
