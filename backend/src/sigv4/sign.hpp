#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "sigv4/canonical.hpp"
#include "sigv4/signing_keys.hpp"

namespace ingestor::sigv4 {

/// The longest that a presigned link may be good for.
inline constexpr std::chrono::seconds kExpiresMax{604'800};

/// With whose key, and for what, requests are signed.
struct Signer {
    const Credentials& credentials;
    std::string_view region;
    std::string_view service;
    SigningKeys& keys;
};

/// The headers to add to `head`, `authorization` among them. Every header of `head` is signed but
/// those that proxies may change. `head` has `host` as it will be sent. `payload_hash` is the hex
/// SHA-256 of the body or, for S3, one of the literals for unsigned and streamed bodies.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> sign(const Signer& signer,
                                                                    const RequestHead& head,
                                                                    std::string_view payload_hash,
                                                                    TimePoint now);

/// The query of a link to `head` (whose own query becomes part of it) that is good for `expires`
/// from `now` on, signed over every header of `head`. The body is not signed.
[[nodiscard]] std::string presign(const Signer& signer, const RequestHead& head,
                                  std::chrono::seconds expires, TimePoint now);

}  // namespace ingestor::sigv4
