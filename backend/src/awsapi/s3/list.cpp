#include "awsapi/s3/list.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>

#include <fmt/format.h>

#include "awsapi/s3/document.hpp"
#include "awsapi/xml.hpp"
#include "base/encoding.hpp"

namespace ingestor::awsapi::s3 {
namespace {

constexpr std::array<std::string_view, 5> kParametersV1 = {"prefix", "delimiter", "max-keys",
                                                           "encoding-type", "marker"};
constexpr std::array<std::string_view, 8> kParametersV2 = {
    "list-type",     "prefix",      "delimiter",          "max-keys",
    "encoding-type", "start-after", "continuation-token", "fetch-owner"};
constexpr std::array<std::string_view, 1> kHeaders = {"x-amz-optional-object-attributes"};
/// A page that another version of ours would make has another one.
constexpr char kTokenVersion = '1';

std::string token_of(const std::string& from) {
    return to_base64(kTokenVersion + from);
}

S3Result<std::string> from_of(const std::string& token) {
    auto text = from_base64(token);
    if (!text || text->empty() || text->front() != kTokenVersion) {
        return refuse(invalid_argument("The continuation token provided is incorrect",
                                       "continuation-token", token));
    }
    return text->substr(1);
}

std::string text_parameter(const S3Request& request, std::string_view name) {
    const auto* value = request.parameter(name);
    return value == nullptr ? std::string() : *value;
}

/// Behind the key itself. No key holds a NUL, so nothing lies between the two.
std::string behind(std::string key) {
    key.push_back('\0');
    return key;
}

/// Where a page of version 1 begins: what lies in the group of its marker was listed with it.
std::string from_marker(const ListRequest& list) {
    const auto group = ports::group_of(list.after, list.query.prefix, list.query.delimiter);
    if (group.empty()) return behind(list.after);
    return ports::end_of_prefix(group).value_or(behind(list.after));
}

void append_owner(std::string& out, std::string_view owner) {
    const auto name = xml_escape(owner);
    out += fmt::format("<Owner><ID>{0}</ID><DisplayName>{0}</DisplayName></Owner>", name);
}

void append_object(std::string& out, const ListRequest& request, const ports::ListedObject& object,
                   std::string_view owner) {
    out += "<Contents>";
    append_element(out, "Key", listed_name(object.key.value(), request.url_encoded));
    append_element(out, "LastModified", to_rfc3339(object.last_modified));
    append_etag(out, object.etag);
    if (object.checksum) {
        append_element(out, "ChecksumAlgorithm", checksum_title(object.checksum->first));
        append_element(out, "ChecksumType", checksum_type(object.checksum->second));
    }
    append_element(out, "Size", std::to_string(object.size_bytes));
    if (request.with_owner) append_owner(out, owner);
    append_element(out, "StorageClass", "STANDARD");
    out += "</Contents>";
}

}  // namespace

S3Result<std::size_t> read_count(const S3Request& request, std::string_view name) {
    const auto* text = request.parameter(name);
    if (text == nullptr || text->empty()) return kListKeysMax;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error != std::errc{} || end != text->data() + text->size()) {
        return refuse(invalid_argument(
            fmt::format("Provided {} not an integer or within integer range", name),
            std::string(name), *text));
    }
    if (value < 0 || value > std::numeric_limits<std::int32_t>::max()) {
        return refuse(invalid_argument(
            fmt::format("Argument {} must be an integer between 0 and 2147483647", name),
            std::string(name), *text));
    }
    return std::min(static_cast<std::size_t>(value), kListKeysMax);
}

S3Result<bool> read_encoding(const S3Request& request) {
    const auto* encoding = request.parameter("encoding-type");
    if (encoding == nullptr || encoding->empty()) return false;
    if (*encoding == "url") return true;
    return refuse(invalid_argument("Invalid Encoding Method specified in Request", "encoding-type",
                                   *encoding));
}

std::string listed_name(std::string_view name, bool url_encoded) {
    return url_encoded ? percent_encode(name, "/") : xml_escape(name);
}

S3Result<ListRequest> read_list_request(const S3Request& request, bool v2) {
    const auto known = v2 ? refuse_unknown(request, kParametersV2, kHeaders)
                          : refuse_unknown(request, kParametersV1, kHeaders);
    if (!known) return std::unexpected(known.error());
    ListRequest list{.v2 = v2, .query = {}, .with_owner = !v2, .after = {}};
    const auto encoded = read_encoding(request);
    if (!encoded) return std::unexpected(encoded.error());
    list.url_encoded = *encoded;
    const auto count = read_count(request, "max-keys");
    if (!count) return std::unexpected(count.error());
    list.query.count = *count;
    list.query.prefix = text_parameter(request, "prefix");
    list.query.delimiter = text_parameter(request, "delimiter");
    list.after = text_parameter(request, v2 ? "start-after" : "marker");
    if (!v2) {
        if (!list.after.empty()) list.query.from = from_marker(list);
        return list;
    }
    list.with_owner = text_parameter(request, "fetch-owner") == "true";
    if (const auto* token = request.parameter("continuation-token")) {
        auto from = from_of(*token);
        if (!from) return std::unexpected(from.error());
        list.token = *token;
        list.query.from = std::move(*from);
    } else if (!list.after.empty()) {
        list.query.from = behind(list.after);
    }
    return list;
}

std::string list_document(const ListRequest& request, const ports::ListPage& page,
                          std::string_view bucket, std::string_view owner) {
    const auto& query = request.query;
    const auto named = [&request](std::string_view name) {
        return listed_name(name, request.url_encoded);
    };
    std::string out(kXmlHead);
    out += fmt::format("<ListBucketResult xmlns=\"{}\">", kXmlNamespace);
    append_element(out, "Name", xml_escape(bucket));
    append_element(out, "Prefix", named(query.prefix));
    if (request.v2) {
        if (!request.after.empty()) append_element(out, "StartAfter", named(request.after));
        if (request.token) append_element(out, "ContinuationToken", xml_escape(*request.token));
        if (page.next) append_element(out, "NextContinuationToken", token_of(*page.next));
        append_element(out, "KeyCount", std::to_string(page.objects.size() + page.groups.size()));
    } else {
        append_element(out, "Marker", named(request.after));
        // Without groups the last key is what clients go on from.
        if (page.next && !query.delimiter.empty()) {
            const auto* last = page.objects.empty() ? nullptr : &page.objects.back().key.value();
            if (!page.groups.empty() && (last == nullptr || page.groups.back() > *last)) {
                last = &page.groups.back();
            }
            if (last != nullptr) append_element(out, "NextMarker", named(*last));
        }
    }
    append_element(out, "MaxKeys", std::to_string(query.count));
    if (!query.delimiter.empty()) append_element(out, "Delimiter", named(query.delimiter));
    if (request.url_encoded) append_element(out, "EncodingType", "url");
    append_element(out, "IsTruncated", page.next ? "true" : "false");
    for (const auto& object : page.objects) append_object(out, request, object, owner);
    for (const auto& group : page.groups) {
        out += "<CommonPrefixes>";
        append_element(out, "Prefix", named(group));
        out += "</CommonPrefixes>";
    }
    out += "</ListBucketResult>";
    return out;
}

}  // namespace ingestor::awsapi::s3
