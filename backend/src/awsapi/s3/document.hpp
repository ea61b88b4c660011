#pragma once

#include <string>

#include "http/message.hpp"
#include "ports/object_store.hpp"

namespace ingestor::awsapi::s3 {

/// A document of S3, as an answer.
[[nodiscard]] http::Response xml_response(std::string document);

/// Where an object is, as the client reached it.
[[nodiscard]] std::string location_of(const http::Request& request, const std::string& bucket,
                                      const std::string& key);
/// Appends `<ETag>`, with the tag's quotes.
void append_etag(std::string& out, const domain::ETag& etag);
/// Appends `<ChecksumCRC32>` or what else the object has; nothing for one without a checksum.
void append_checksum(std::string& out, const ports::ObjectInfo& info);

}  // namespace ingestor::awsapi::s3
