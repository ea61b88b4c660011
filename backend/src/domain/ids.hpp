#pragma once

#include "base/strong.hpp"

namespace ingestor {

using JobId = StrongString<struct JobIdTag>;          ///< UUIDv7: sorts by creation.
using UserId = StrongString<struct UserIdTag>;        ///< The `sub` of the caller's token.
using ObjectKey = StrongString<struct ObjectKeyTag>;  ///< S3 key, 1..1024 bytes of UTF-8.
using ETag = StrongString<struct ETagTag>;            ///< Without quotes; opaque.
using EventId = StrongString<struct EventIdTag>;      ///< UUIDv4.

}  // namespace ingestor
