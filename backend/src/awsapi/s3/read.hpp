#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "awsapi/s3/error.hpp"
#include "awsapi/s3/request.hpp"
#include "http/byte_range.hpp"
#include "ports/object_store.hpp"

namespace ingestor::awsapi::s3 {

/// What `Range` asks of an object of that size: a part, nothing (nullopt: the whole object, also
/// where the header makes no sense or asks for several parts, as S3 has it), or 416.
[[nodiscard]] S3Result<std::optional<http::ByteRange>> requested_range(
    const S3Request& request, const ports::ObjectInfo& info);

/// An entity tag of a header or a document, whose quotes may be missing.
[[nodiscard]] domain::ETag unquoted_etag(std::string_view text);

enum class Condition { holds, not_modified };
/// If-Match, If-None-Match and their kin by date, as they came (RFC 9110 section 13.2.2).
struct Preconditions {
    std::optional<std::string> match = {};
    std::optional<std::string> none_match = {};
    std::optional<std::string> modified_since = {};
    std::optional<std::string> unmodified_since = {};

    /// Errors: PreconditionFailed, which names the header: `prefix` is how its name begins.
    [[nodiscard]] S3Result<Condition> check(const ports::ObjectInfo& info,
                                            std::string_view prefix) const;
};
/// Those that a read has.
[[nodiscard]] S3Result<Condition> check_conditions(const S3Request& request,
                                                   const ports::ObjectInfo& info);

/// The answer to GET or HEAD but for its body: status, headers (Content-Length included), and
/// which part of the object is the body.
struct ReadAnswer {
    http::Response response;
    http::ByteRange part;
};
[[nodiscard]] S3Result<ReadAnswer> answer_read(const S3Request& request,
                                               const ports::ObjectInfo& info);

}  // namespace ingestor::awsapi::s3
