#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "awsapi/s3/error.hpp"
#include "awsapi/s3/request.hpp"
#include "ports/multipart_uploads.hpp"

namespace ingestor::awsapi::s3 {

/// ListParts, as asked for.
struct PartsRequest {
    std::uint32_t after = 0;
    std::size_t count = 0;
};
/// Errors: InvalidArgument.
[[nodiscard]] S3Result<PartsRequest> read_parts_request(const S3Request& request);
/// The document. `parts` may have one more than was asked for: then there are more.
[[nodiscard]] std::string parts_document(const PartsRequest& request,
                                         const ports::MultipartUpload& upload,
                                         std::vector<ports::UploadedPart> parts,
                                         std::string_view bucket);

/// ListMultipartUploads, as asked for.
struct UploadsRequest {
    std::string prefix;
    std::string delimiter;
    std::optional<ports::UploadPosition> after = {};
    std::size_t count = 0;
    bool url_encoded = false;
    /// Only those whose keys begin with one of these, which are in order; nullopt: all.
    std::optional<std::vector<std::string>> within = {};
};
/// Errors: InvalidArgument.
[[nodiscard]] S3Result<UploadsRequest> read_uploads_request(const S3Request& request);

struct UploadsPage {
    std::vector<ports::MultipartUpload> uploads;
    std::vector<std::string> groups;
    /// The last that is shown; nullopt: nothing follows.
    std::optional<ports::UploadPosition> last = {};
};
/// Costs a look a group, and a page of rows. Errors: unavailable.
[[nodiscard]] boost::asio::awaitable<Result<UploadsPage>> list_uploads(
    ports::MultipartUploads& uploads, UploadsRequest request);
/// The document. `owner` is whose the bucket is.
[[nodiscard]] std::string uploads_document(const UploadsRequest& request, const UploadsPage& page,
                                           std::string_view bucket, std::string_view owner);

}  // namespace ingestor::awsapi::s3
