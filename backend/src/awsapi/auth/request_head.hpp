#pragma once

#include <string_view>

#include "http/message.hpp"
#include "sigv4/canonical.hpp"

namespace ingestor::awsapi::auth {

/// What a signature covers, as it came. Outlived by the request.
[[nodiscard]] sigv4::RequestHead head_of(const http::Request& request);

/// The access key that the `Authorization` header names; empty where it names none. Proves nothing.
[[nodiscard]] std::string_view access_key_of(const http::Request& request);

}  // namespace ingestor::awsapi::auth
