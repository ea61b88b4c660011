#pragma once

#include <string_view>

namespace ingestor::domain {

// What Amazon S3 tells the default bus of an object. Source: Amazon S3 User Guide, "Using
// EventBridge".
inline constexpr std::string_view kObjectSource = "aws.s3";
inline constexpr std::string_view kObjectCreated = "Object Created";

/// What lies here, under a user's id and a slash, becomes a job where the rule for it is enabled.
inline constexpr std::string_view kInboxPrefix = "inbox/";

}  // namespace ingestor::domain
