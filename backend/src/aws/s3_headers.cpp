#include "aws/s3_headers.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

namespace ingestor::aws {
namespace {

constexpr std::array kSystemHeaders = {"cache-control", "content-disposition", "content-encoding",
                                       "content-language", "expires"};
constexpr std::array kChecksums = {"crc32", "crc32c", "crc64nvme", "sha1", "sha256"};
constexpr std::string_view kMetadataPrefix = "x-amz-meta-";
constexpr std::string_view kChecksumPrefix = "x-amz-checksum-";

std::string upper_case(std::string text) {
    for (auto& letter : text) {
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    }
    return text;
}

bool fits_header(std::string_view value) {
    return std::ranges::all_of(value, [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

Headers checksum_headers(const std::pair<std::string, std::string>& checksum) {
    const auto& [algorithm, value] = checksum;
    return {{std::string(kChecksumPrefix) + algorithm, value},
            {"x-amz-sdk-checksum-algorithm", upper_case(algorithm)}};
}

Result<Headers> headers_of(const ports::ObjectAttributes& attributes) {
    Headers headers{{"content-type", attributes.content_type}};
    for (const auto& [name, value] : attributes.system_headers) headers.emplace_back(name, value);
    for (const auto& [name, value] : attributes.user_metadata) {
        headers.emplace_back(std::string(kMetadataPrefix) + name, value);
    }
    if (attributes.checksum) {
        for (auto& header : checksum_headers(*attributes.checksum)) {
            headers.push_back(std::move(header));
        }
    }
    for (const auto& [name, value] : headers) {
        if (fits_header(name) && fits_header(value)) continue;
        return fail(Errc::invalid_argument,
                    fmt::format("S3 keeps printable ASCII alone in the header {}", name), name);
    }
    return headers;
}

ports::ObjectInfo info_of(domain::ObjectKey key, const httpclient::HttpReply& reply) {
    ports::ObjectInfo info{.key = std::move(key)};
    info.etag = etag_of(reply.header("etag"));
    info.last_modified = parse_http_date(reply.header("last-modified")).value_or(TimePoint{});
    const auto length = reply.header("content-length");
    std::from_chars(length.data(), length.data() + length.size(), info.size_bytes);

    auto& attributes = info.attributes;
    if (const auto type = reply.header("content-type"); !type.empty()) {
        attributes.content_type = type;
    }
    for (const auto* name : kSystemHeaders) {
        if (const auto value = reply.header(name); !value.empty()) {
            attributes.system_headers.emplace(name, value);
        }
    }
    for (const auto& [name, value] : reply.headers) {
        if (name.starts_with(kMetadataPrefix)) {
            attributes.user_metadata.emplace(name.substr(kMetadataPrefix.size()), value);
        }
    }
    for (const auto* algorithm : kChecksums) {
        const auto value = reply.header(std::string(kChecksumPrefix) + algorithm);
        if (value.empty() || value.find('-') != value.npos) continue;
        if (reply.header("x-amz-checksum-type") == "COMPOSITE") continue;
        attributes.checksum = {algorithm, std::string(value)};
    }
    return info;
}

domain::ETag etag_of(std::string_view quoted) {
    if (quoted.starts_with('"')) quoted.remove_prefix(1);
    if (quoted.ends_with('"')) quoted.remove_suffix(1);
    return domain::ETag(std::string(quoted));
}

}  // namespace ingestor::aws
