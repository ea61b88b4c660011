#pragma once

#include <string>
#include <utility>
#include <vector>

#include "httpclient/http_client.hpp"
#include "ports/object_store.hpp"

namespace ingestor::aws {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// The headers that store `attributes` with an object, its checksum among them.
/// Errors: invalid_argument (a value that a header of S3 cannot carry: ASCII alone).
[[nodiscard]] Result<Headers> headers_of(const ports::ObjectAttributes& attributes);

/// With which S3 compares what has arrived, and which it keeps. `checksum` is as in
/// ObjectAttributes.
[[nodiscard]] Headers checksum_headers(const std::pair<std::string, std::string>& checksum);

/// What the answer to a HEAD or GET says of the object. A checksum of checksums, as a multipart
/// upload may have, is none of the bytes and left out.
[[nodiscard]] ports::ObjectInfo info_of(domain::ObjectKey key, const httpclient::HttpReply& reply);

/// Without the quotes that HTTP puts around it.
[[nodiscard]] domain::ETag etag_of(std::string_view quoted);

}  // namespace ingestor::aws
