#include "awsapi/s3/object_attributes.hpp"

#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

#include "awsapi/s3/document.hpp"
#include "awsapi/xml.hpp"
#include "base/encoding.hpp"

namespace ingestor::awsapi::s3 {
namespace {

constexpr std::string_view kWantedHeader = "x-amz-object-attributes";
constexpr std::array<std::string_view, 1> kParameters = {"attributes"};
constexpr std::array<std::string_view, 3> kHeaders = {kWantedHeader, "x-amz-max-parts",
                                                      "x-amz-part-number-marker"};
constexpr std::array<std::string_view, 5> kNames = {"ETag", "Checksum", "ObjectParts",
                                                    "StorageClass", "ObjectSize"};

/// Which of kNames are asked for.
using Wanted = std::array<bool, kNames.size()>;

S3Result<Wanted> read_wanted(const S3Request& request) {
    const auto header = request.field(kWantedHeader).value_or("");
    Wanted wanted{};
    for (std::size_t at = 0; at <= header.size();) {
        const auto end = std::min(header.find(',', at), header.size());
        const auto name = trimmed(std::string_view(header).substr(at, end - at));
        at = end + 1;
        const auto place = std::ranges::find(kNames, name);
        if (place == kNames.end()) {
            return refuse(invalid_argument("Invalid attribute name specified.",
                                           std::string(kWantedHeader), header));
        }
        wanted[static_cast<std::size_t>(place - kNames.begin())] = true;
    }
    return wanted;
}

std::string document_of(const ports::ObjectInfo& info, const Wanted& wanted) {
    const auto [etag, checksum, parts, storage_class, size] = wanted;
    std::string out(kXmlHead);
    out += fmt::format("<GetObjectAttributesResponse xmlns=\"{}\">", kXmlNamespace);
    if (etag) append_element(out, "ETag", info.etag.value());
    if (const auto& kept = info.attributes.checksum; checksum && kept) {
        out += "<Checksum>";
        append_checksum(out, info);
        append_element(out, "ChecksumType", checksum_type(kept->second));
        out += "</Checksum>";
    }
    const auto& tag = info.etag.value();
    if (const auto dash = tag.find('-'); parts && dash != std::string::npos) {
        out += "<ObjectParts>";
        append_element(out, "PartsCount", tag.substr(dash + 1));
        out += "</ObjectParts>";
    }
    if (storage_class) append_element(out, "StorageClass", "STANDARD");
    if (size) append_element(out, "ObjectSize", std::to_string(info.size_bytes));
    out += "</GetObjectAttributesResponse>";
    return out;
}

}  // namespace

Answer get_object_attributes(objects::IndexedObjects& objects, Asked asked) {
    const auto& request = asked.request;
    const auto known = refuse_unknown(request, kParameters, kHeaders);
    if (!known) co_return std::unexpected(known.error());
    const auto wanted = read_wanted(request);
    if (!wanted) co_return std::unexpected(wanted.error());
    auto key = object_key_of(request.key);
    if (!key) co_return std::unexpected(key.error());
    const auto info = co_await objects.head(std::move(*key));
    if (!info) co_return refuse(s3_error(info.error(), request.key));
    auto response = xml_response(document_of(*info, *wanted));
    response.set("Last-Modified", to_http_date(info->last_modified));
    co_return response;
}

}  // namespace ingestor::awsapi::s3
