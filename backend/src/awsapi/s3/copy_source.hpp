#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "awsapi/s3/error.hpp"
#include "awsapi/s3/request.hpp"
#include "domain/object_key.hpp"
#include "ports/file_join.hpp"
#include "ports/object_store.hpp"

namespace ingestor::awsapi::s3 {

/// The object that `x-amz-copy-source` names.
struct CopySource {
    std::string bucket;
    domain::ObjectKey key;
};

/// `bucket/key` or `/bucket/key`, percent-encoded; nullopt: the request copies nothing. Errors:
/// InvalidArgument, NotImplemented (a version).
[[nodiscard]] S3Result<std::optional<CopySource>> read_copy_source(const S3Request& request);
/// The headers `x-amz-copy-source-if-…`. Errors: PreconditionFailed.
[[nodiscard]] S3Result<std::monostate> check_copy_conditions(const S3Request& request,
                                                             const ports::ObjectInfo& source);
/// `x-amz-copy-source-range`; nullopt: all of it. Errors: InvalidArgument.
[[nodiscard]] S3Result<std::optional<ports::FilePiece::Range>> read_copy_range(
    const S3Request& request, std::uint64_t source_bytes);

}  // namespace ingestor::awsapi::s3
