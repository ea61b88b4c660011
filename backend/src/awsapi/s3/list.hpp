#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "awsapi/s3/error.hpp"
#include "awsapi/s3/request.hpp"
#include "ports/object_listing.hpp"

namespace ingestor::awsapi::s3 {

/// So many keys and common prefixes a page has at most.
inline constexpr std::size_t kListKeysMax = 1'000;

/// ListObjects or ListObjectsV2, as asked for.
struct ListRequest {
    bool v2 = false;
    ports::ListQuery query;
    bool url_encoded = false;
    bool with_owner = false;
    std::string after;                      ///< `start-after` or `marker`.
    std::optional<std::string> token = {};  ///< As it came.
};
/// Errors: as S3's for arguments that make no sense.
[[nodiscard]] S3Result<ListRequest> read_list_request(const S3Request& request, bool v2);

/// The document. `owner` is whose the bucket is.
[[nodiscard]] std::string list_document(const ListRequest& request, const ports::ListPage& page,
                                        std::string_view bucket, std::string_view owner);

/// A number of an argument like `max-keys`, up to kListKeysMax. Errors: InvalidArgument.
[[nodiscard]] S3Result<std::size_t> read_count(const S3Request& request, std::string_view name);
/// Whether `encoding-type=url` is asked for. Errors: InvalidArgument (another one).
[[nodiscard]] S3Result<bool> read_encoding(const S3Request& request);
/// A name as it stands in a list: percent-encoded, or as XML has it.
[[nodiscard]] std::string listed_name(std::string_view name, bool url_encoded);

}  // namespace ingestor::awsapi::s3
