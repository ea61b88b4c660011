#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/result.hpp"

namespace ingestor::aws {

/// A variable of the environment; nullopt: not set, or empty.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
[[nodiscard]] Environment process_environment();

enum class Service { dynamodb, s3, eventbridge, cognito_idp, sts };

/// Where a service is asked and for what its requests are signed.
struct Endpoint {
    std::string url;  ///< `https://dynamodb.us-east-1.amazonaws.com`: no path, no last slash.
    std::string region;
    std::string service;  ///< Of the signature's scope (`dynamodb`, `s3`, `events`, …).
};

/// AWS_ENDPOINT_URL_<SERVICE>, else AWS_ENDPOINT_URL, else AWS's own in the region; the variables
/// are passed over where AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is `true`. S3 is addressed by path.
/// Source: AWS SDKs and Tools Reference Guide, "Service-specific endpoints".
[[nodiscard]] Endpoint endpoint_of(Service service, const std::string& region,
                                   const Environment& environment);

}  // namespace ingestor::aws
