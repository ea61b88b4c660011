#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"
#include "ports/object_store.hpp"

namespace ingestor::files {

// The bytes of an object's file:
//
//   content | trailer | footer
//
// The trailer is the ObjectTail in JSON. The footer is 32 bytes, numbers little-endian: content
// length (8), trailer length (4), version (4), CRC-32C of the trailer and of the 16 bytes before
// (4), zero (4), magic (8). Content comes first, so that a descriptor of the file serves as it is;
// content and trailer are one file, so that neither is ever seen with the other's past.

/// What stands behind the content of an object.
struct ObjectTail {
    ports::ObjectInfo info;
    /// Of the content, 4 raw bytes; empty: the file is older than this, and its entity tag, the MD5
    /// of the content, has to do.
    std::string content_crc32c = {};
};

[[nodiscard]] std::string to_bytes(const ObjectTail& tail);

/// Whether reading may wait for the disk.
enum class Access { cached_only, may_block };

/// Reads the tail of an open file, usually with one read. Nullopt: not all of it is in memory, and
/// `access` is cached_only. Errors: corrupt, unavailable.
[[nodiscard]] Result<std::optional<ObjectTail>> read_object_tail(int fd, Access access);

/// Reads all of the content of an open file and hands it on piece by piece, if `take` is given.
/// Errors: corrupt (it is not what was stored), unavailable.
[[nodiscard]] Result<std::monostate> read_verified(
    int fd, const ObjectTail& tail, const std::function<void(std::string_view)>& take = {});

/// Reads some of the content, which lies within it, and compares it with nothing.
/// Errors: unavailable, corrupt (the file is shorter).
[[nodiscard]] Result<std::monostate> read_part(int fd, std::uint64_t first, std::uint64_t length,
                                               const std::function<void(std::string_view)>& take);

}  // namespace ingestor::files
