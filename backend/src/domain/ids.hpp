#pragma once

#include "base/strong.hpp"

namespace ingestor::domain {

using JobId = StrongString<struct JobIdTag>;      ///< UUIDv7: sorts by creation.
using UserId = StrongString<struct UserIdTag>;    ///< The `sub` of the caller's token.
using ETag = StrongString<struct ETagTag>;        ///< Without quotes; opaque.
using EventId = StrongString<struct EventIdTag>;  ///< UUIDv4.

}  // namespace ingestor::domain
