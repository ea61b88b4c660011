#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "awsapi/s3/asked.hpp"
#include "awsapi/s3/error.hpp"
#include "objects/indexed_objects.hpp"

namespace ingestor::awsapi::s3 {

using Tags = std::map<std::string, std::string>;

// Source: Amazon S3 User Guide, "Categorizing your storage using tags".
inline constexpr std::size_t kTagsMax = 10;
inline constexpr std::size_t kTagKeyCharactersMax = 128;
inline constexpr std::size_t kTagValueCharactersMax = 256;

/// `x-amz-tagging`: `key=value&…`, form-encoded. Errors: InvalidArgument, InvalidTag, BadRequest
/// (too many).
[[nodiscard]] S3Result<Tags> read_tag_header(std::string_view header);
/// A `Tagging` document. Errors: MalformedXML, and as read_tag_header().
[[nodiscard]] S3Result<Tags> read_tag_document(std::string_view document);

Answer get_object_tagging(objects::IndexedObjects& objects, Asked asked);
Answer put_object_tagging(objects::IndexedObjects& objects, Asked asked);
Answer delete_object_tagging(objects::IndexedObjects& objects, Asked asked);

}  // namespace ingestor::awsapi::s3
