#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"
#include "base/time.hpp"
#include "ports/http_caller.hpp"

namespace ingestor::bus::destinations {

// Symmetric signatures of Standard Webhooks (https://www.standardwebhooks.com, version 1). A
// connection asks for one by a header of this name whose value is the secret, `whsec_` and base64;
// during a rotation two of them with a space between. The secret itself is not sent.

inline constexpr std::string_view kWebhookSignature = "webhook-signature";

/// Errors: invalid_argument (not `whsec_` and the base64 of 24 to 64 bytes, once or twice).
[[nodiscard]] Result<std::monostate> check_webhook_secrets(std::string_view secrets);

/// `webhook-id`, `webhook-timestamp` and `webhook-signature`. `secrets` are good ones, `id` has no
/// dot.
[[nodiscard]] ports::HttpHeaders webhook_headers(std::string_view secrets, std::string_view id,
                                                 TimePoint now, std::string_view body);

}  // namespace ingestor::bus::destinations
