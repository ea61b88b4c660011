#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "ports/object_store.hpp"

namespace ingestor {

// The bytes of an object's file:
//
//   content | trailer | footer
//
// The trailer is the ObjectInfo in JSON. The footer is 32 bytes, numbers little-endian: content
// length (8), trailer length (4), version (4), CRC-32C of the trailer and of the 16 bytes before
// (4), zero (4), magic (8). Content comes first, so that a descriptor of the file serves as it is;
// content and trailer are one file, so that neither is ever seen with the other's past.

/// What stands behind the content of an object.
[[nodiscard]] std::string object_tail(const ObjectInfo& info);

/// Whether reading may wait for the disk.
enum class Access { cached_only, may_block };

/// Reads the tail of an open file, usually with one read. Nullopt: not all of it is in memory, and
/// `access` is cached_only. Errors: corrupt, unavailable.
[[nodiscard]] Result<std::optional<ObjectInfo>> read_object_info(int fd, Access access);

}  // namespace ingestor
