#include "awsapi/s3/read.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/encoding.hpp"

namespace ingestor::awsapi::s3 {
namespace {

std::string quoted(const domain::ETag& etag) {
    return '"' + etag.value() + '"';
}

/// Whether a list of entity tags (`*`, `"a", W/"b"`; quotes may be missing) has that one.
bool lists(std::string_view list, const domain::ETag& etag) {
    for (std::size_t at = 0; at <= list.size();) {
        const auto end = std::min(list.find(',', at), list.size());
        auto tag = trimmed(list.substr(at, end - at));
        at = end + 1;
        if (tag == "*") return true;
        if (tag.starts_with("W/")) tag.remove_prefix(2);
        if (tag.size() >= 2 && tag.starts_with('"') && tag.ends_with('"')) {
            tag = tag.substr(1, tag.size() - 2);
        }
        if (tag == etag.value()) return true;
    }
    return false;
}

struct Override {
    std::string_view parameter;
    std::string_view header;
};
constexpr std::array<Override, 6> kOverrides = {
    {{"response-content-type", "content-type"},
     {"response-content-language", "content-language"},
     {"response-content-disposition", "content-disposition"},
     {"response-content-encoding", "content-encoding"},
     {"response-cache-control", "cache-control"},
     {"response-expires", "expires"}}};

/// Metadata is bytes, headers are ASCII: S3 writes the rest in the manner of RFC 2047.
std::string metadata_value(const std::string& value) {
    const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
    if (std::ranges::all_of(value, is_ascii)) return value;
    return "=?UTF-8?B?" + to_base64(value) + "?=";
}

S3Result<std::map<std::string, std::string>> described(const S3Request& request,
                                                       const ports::ObjectInfo& info) {
    auto headers = info.attributes.system_headers;
    headers["content-type"] = info.attributes.content_type;
    for (const auto& [parameter, header] : kOverrides) {
        const auto* value = request.parameter(parameter);
        if (!value) continue;
        if (!is_header_value(*value)) {
            return refuse(invalid_argument("The value cannot stand in a header.",
                                           std::string(parameter), *value));
        }
        headers[std::string(header)] = *value;
    }
    return headers;
}

void add_checksum(const S3Request& request, const ports::ObjectInfo& info,
                  http::Response& response) {
    const auto mode = request.field("x-amz-checksum-mode");
    const auto& checksum = info.attributes.checksum;
    if (!mode || !equal_ignoring_case(*mode, "ENABLED") || !checksum) return;
    response.set(std::string(kChecksumPrefix) + checksum->first, checksum->second);
    response.set("x-amz-checksum-type", std::string(checksum_type(checksum->second)));
}

}  // namespace

domain::ETag unquoted_etag(std::string_view text) {
    text = trimmed(text);
    if (text.size() >= 2 && text.starts_with('"') && text.ends_with('"')) {
        text = text.substr(1, text.size() - 2);
    }
    return domain::ETag{std::string(text)};
}

S3Result<std::optional<http::ByteRange>> requested_range(const S3Request& request,
                                                         const ports::ObjectInfo& info) {
    const auto header = request.header("range");
    if (!header) return std::nullopt;
    const auto condition = request.header("if-range");
    if (condition && trimmed(*condition) != quoted(info.etag) &&
        trimmed(*condition) != to_http_date(info.last_modified)) {
        return std::nullopt;
    }
    const auto size = info.size_bytes;
    const auto range = http::parse_range(*header, size);
    if (!range) {
        return refuse({.status = 416,
                       .code = "InvalidRange",
                       .message = "The requested range is not satisfiable",
                       .details = {{"RangeRequested", std::string(*header)},
                                   {"ActualObjectSize", std::to_string(size)}}});
    }
    return *range;
}

S3Result<Condition> Preconditions::check(const ports::ObjectInfo& info,
                                         std::string_view prefix) const {
    const auto modified = std::chrono::floor<std::chrono::seconds>(info.last_modified);
    const auto failed = [prefix](std::string_view header) {
        return refuse(precondition_failed(std::string(prefix) + std::string(header)));
    };
    if (match) {
        if (!lists(*match, info.etag)) return failed("If-Match");
    } else if (unmodified_since) {
        const auto date = parse_http_date(trimmed(*unmodified_since));
        if (date && modified > *date) return failed("If-Unmodified-Since");
    }
    if (none_match) {
        if (lists(*none_match, info.etag)) return Condition::not_modified;
    } else if (modified_since) {
        const auto date = parse_http_date(trimmed(*modified_since));
        if (date && modified <= *date) return Condition::not_modified;
    }
    return Condition::holds;
}

S3Result<Condition> check_conditions(const S3Request& request, const ports::ObjectInfo& info) {
    const auto text_of = [&request](std::string_view name) -> std::optional<std::string> {
        const auto value = request.header(name);
        if (!value) return std::nullopt;
        return std::string(*value);
    };
    const Preconditions conditions{.match = text_of("if-match"),
                                   .none_match = text_of("if-none-match"),
                                   .modified_since = text_of("if-modified-since"),
                                   .unmodified_since = text_of("if-unmodified-since")};
    return conditions.check(info, {});
}

S3Result<ReadAnswer> answer_read(const S3Request& request, const ports::ObjectInfo& info) {
    const auto condition = check_conditions(request, info);
    if (!condition) return std::unexpected(condition.error());
    ReadAnswer answer;
    auto& response = answer.response;
    response.set("ETag", quoted(info.etag));
    response.set("Last-Modified", to_http_date(info.last_modified));
    if (*condition == Condition::not_modified) {
        response.status = 304;
        return answer;
    }
    const auto range = requested_range(request, info);
    if (!range) return std::unexpected(range.error());
    const auto headers = described(request, info);
    if (!headers) return std::unexpected(headers.error());

    answer.part = {.first = 0, .length = info.size_bytes};
    response.set("Accept-Ranges", "bytes");
    // An uploaded page stands on the origin of ours: it may be looked at, and do nothing.
    response.set("Content-Security-Policy",
                 "default-src 'none'; style-src 'unsafe-inline'; sandbox");
    for (const auto& [name, value] : *headers) response.set(name, value);
    for (const auto& [name, value] : info.attributes.user_metadata) {
        response.set(std::string(kMetadataPrefix) + name, metadata_value(value));
    }
    if (const auto count = info.attributes.tags.size(); count > 0) {
        response.set("x-amz-tagging-count", std::to_string(count));
    }
    if (*range) {
        answer.part = **range;
        response.status = 206;
        response.set("Content-Range",
                     fmt::format("bytes {}-{}/{}", answer.part.first,
                                 answer.part.first + answer.part.length - 1, info.size_bytes));
    } else {
        // Never with a part: clients would check the part against the checksum of the whole.
        add_checksum(request, info, response);
    }
    response.set("Content-Length", std::to_string(answer.part.length));
    return answer;
}

}  // namespace ingestor::awsapi::s3
