#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sigv4/credentials.hpp"

// How it works. A request is written down in one canonical form, the same on both sides; its hash,
// a time and a scope make the string to sign; a key derived from the secret signs that.
// Source: AWS, "Create a signed AWS API request", and for S3 "Authenticating Requests".

namespace ingestor::sigv4 {

struct Header {
    std::string_view name;  ///< In any case.
    std::string_view value;
};

/// The head of a request exactly as it stands on the wire. The views outlive its use.
struct RequestHead {
    std::string_view method;
    std::string_view path;   ///< Still percent-encoded, not normalised.
    std::string_view query;  ///< Still percent-encoded, without the `?`.
    std::vector<Header> headers;

    /// The first header of that name; nullopt if absent.
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
};

/// Decoded; a `+` is a plus.
struct QueryParameter {
    std::string name;
    std::string value;
};

[[nodiscard]] std::vector<QueryParameter> parse_query(std::string_view query);
/// The first parameter of that exact name; null if absent.
[[nodiscard]] const std::string* find_parameter(std::span<const QueryParameter> query,
                                                std::string_view name);

/// S3 encodes each segment of the path once and keeps dots and empty segments; every other service
/// normalises the path and encodes what is encoded already once more.
enum class PathRule { s3, normalised };
[[nodiscard]] PathRule path_rule_of(std::string_view service);

[[nodiscard]] std::string canonical_path(std::string_view path, PathRule rule);
/// Encoded, then sorted; a parameter named `without` is left out.
[[nodiscard]] std::string canonical_query(std::span<const QueryParameter> query,
                                          std::string_view without = {});
/// `signed_headers` are lower-case and sorted. One that the request lacks is taken as empty, so
/// that its removal on the way is found out.
[[nodiscard]] std::string canonical_request(const RequestHead& head,
                                            std::span<const QueryParameter> query,
                                            std::span<const std::string> signed_headers,
                                            std::string_view payload_hash, PathRule rule);

inline constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";
inline constexpr std::string_view kSignatureParameter = "X-Amz-Signature";

/// `time` is YYYYMMDDTHHMMSSZ.
[[nodiscard]] std::string string_to_sign(std::string_view time, const Scope& scope,
                                         std::string_view canonical_request);

}  // namespace ingestor::sigv4
