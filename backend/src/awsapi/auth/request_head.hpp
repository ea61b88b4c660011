#pragma once

#include "http/message.hpp"
#include "sigv4/canonical.hpp"

namespace ingestor::awsapi::auth {

/// What a signature covers, as it came. Outlived by the request.
[[nodiscard]] sigv4::RequestHead head_of(const http::Request& request);

}  // namespace ingestor::awsapi::auth
