#include "awsapi/s3/copy_source.hpp"

#include <charconv>

#include <fmt/format.h>

#include "awsapi/s3/read.hpp"
#include "base/encoding.hpp"

namespace ingestor::awsapi::s3 {
namespace {

constexpr std::string_view kRangeHeader = "x-amz-copy-source-range";
constexpr std::string_view kVersion = "?versionId=";
constexpr std::string_view kBytes = "bytes=";

std::optional<std::uint64_t> number_of(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// The two ends of `bytes=first-last`, both of which have to be there.
std::optional<ports::FilePiece::Range> range_of(std::string_view text) {
    if (!text.starts_with(kBytes)) return std::nullopt;
    text.remove_prefix(kBytes.size());
    const auto dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto first = number_of(text.substr(0, dash));
    const auto last = number_of(text.substr(dash + 1));
    if (!first || !last || *last < *first || *last == UINT64_MAX) return std::nullopt;
    return ports::FilePiece::Range{.first = *first, .length = *last - *first + 1};
}

}  // namespace

S3Result<std::optional<CopySource>> read_copy_source(const S3Request& request) {
    const auto header = request.field(kCopySourceHeader);
    if (!header) return std::nullopt;
    std::string_view text = *header;
    if (const auto version = text.rfind(kVersion); version != std::string_view::npos) {
        if (text.substr(version + kVersion.size()) != "null") {
            return refuse(not_implemented(std::string(kCopySourceHeader)));
        }
        text = text.substr(0, version);
    }
    const auto path = percent_decode(text);
    text = path;
    if (text.starts_with('/')) text.remove_prefix(1);
    const auto slash = text.find('/');
    if (slash == std::string_view::npos || slash == 0 || slash + 1 == text.size()) {
        return refuse(
            invalid_argument("Copy Source must mention the source bucket and key: "
                             "sourcebucket/sourcekey",
                             std::string(kCopySourceHeader), *header));
    }
    auto key = object_key_of(std::string(text.substr(slash + 1)));
    if (!key) return std::unexpected(key.error());
    return CopySource{.bucket = std::string(text.substr(0, slash)), .key = std::move(*key)};
}

S3Result<std::monostate> check_copy_conditions(const S3Request& request,
                                               const ports::ObjectInfo& source) {
    const Preconditions conditions{
        .match = request.field("x-amz-copy-source-if-match"),
        .none_match = request.field("x-amz-copy-source-if-none-match"),
        .modified_since = request.field("x-amz-copy-source-if-modified-since"),
        .unmodified_since = request.field("x-amz-copy-source-if-unmodified-since")};
    const auto held = conditions.check(source, "x-amz-copy-source-");
    if (!held) return std::unexpected(held.error());
    // A copy of what is wanted only if it is another one is not made.
    if (*held == Condition::not_modified) {
        return refuse(precondition_failed(conditions.none_match
                                              ? "x-amz-copy-source-If-None-Match"
                                              : "x-amz-copy-source-If-Modified-Since"));
    }
    return std::monostate{};
}

S3Result<std::optional<ports::FilePiece::Range>> read_copy_range(const S3Request& request,
                                                                 std::uint64_t source_bytes) {
    const auto header = request.field(kRangeHeader);
    if (!header) return std::nullopt;
    const auto range = range_of(*header);
    if (!range) {
        return refuse(invalid_argument(
            "The x-amz-copy-source-range value must be of the form bytes=first-last where first "
            "and last are the zero-based offsets of the first and last bytes to copy",
            std::string(kRangeHeader), *header));
    }
    if (range->first >= source_bytes || range->length > source_bytes - range->first) {
        return refuse(invalid_argument(
            fmt::format("Range specified is not valid for source object of size: {}", source_bytes),
            std::string(kRangeHeader), *header));
    }
    return *range;
}

}  // namespace ingestor::awsapi::s3
