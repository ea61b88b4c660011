#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "awsapi/s3/error.hpp"
#include "objects/multipart.hpp"
#include "ports/multipart_uploads.hpp"

namespace ingestor::awsapi::s3 {

/// The largest list of parts that is read: 10,000 with every checksum are below it.
inline constexpr std::size_t kPartListBytesMax = std::size_t{4} << 20;

/// The parts that CompleteMultipartUpload names. Of their checksums that one counts which the
/// upload was begun with; `checksum` is empty where it was begun with none.
/// Errors: MalformedXML, InvalidRequest (there is none), InvalidArgument (a number).
[[nodiscard]] S3Result<std::vector<objects::NamedPart>> read_part_list(std::string_view document,
                                                                       std::string_view checksum);
/// InvalidPart and its kin.
[[nodiscard]] S3Error parts_error(const objects::PartsFault& fault,
                                  const ports::MultipartUpload& upload);
/// Of a number from 1 to objects::kPartNumberMax. Errors: InvalidArgument.
[[nodiscard]] S3Result<std::uint32_t> read_part_number(std::string_view text);

}  // namespace ingestor::awsapi::s3
