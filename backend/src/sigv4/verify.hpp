#pragma once

#include <chrono>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "sigv4/canonical.hpp"
#include "sigv4/signing_keys.hpp"

namespace ingestor::sigv4 {

/// How a request says who sent it.
enum class AuthKind {
    none,
    header_v4,  ///< `Authorization: AWS4-HMAC-SHA256 …`
    query_v4,   ///< A presigned link, `X-Amz-Signature=…`.
    header_v2,  ///< `Authorization: AWS …`; refused.
    query_v2,   ///< A presigned link of Signature Version 2, still what boto3 makes by default.
    ambiguous,  ///< Header and query at once; refused.
};

/// Looks at names only; proves nothing.
[[nodiscard]] AuthKind auth_kind(const RequestHead& head);

/// Why a request is refused. Each has a code of its own in AWS's protocols.
enum class AuthFailure {
    missing,                ///< Nothing says who sent it.
    ambiguous,              ///< More than one way of saying it.
    unsupported_algorithm,  ///< Signature Version 2 in a header, or another algorithm.
    malformed_header,  ///< `Authorization`, or its scope; a wrong region has a detail `Region`.
    malformed_query,   ///< The same in a presigned link.
    unknown_access_key,
    invalid_token,  ///< The session token is not that of the key.
    missing_date,
    clock_skew,            ///< Signed more than the tolerated time before or after now.
    expired,               ///< A presigned link that was good once.
    not_yet_valid,         ///< A presigned link of the future.
    missing_payload_hash,  ///< S3 without `x-amz-content-sha256`.
    headers_not_signed,    ///< `host` or an `x-amz-*` header is not covered by the signature.
    signature_mismatch,
};

struct AuthError {
    AuthFailure failure = AuthFailure::missing;
    std::string message;  ///< In AWS's words.
    /// Further elements of AWS's error document, by their names there (`StringToSign`, …).
    std::vector<std::pair<std::string, std::string>> details = {};
};

template <class T>
using AuthResult = std::expected<T, AuthError>;

/// The keys that may sign; nullopt for one that is not known.
using CredentialsLookup = std::function<std::optional<Credentials>(std::string_view access_key_id)>;

/// What a signature has proven, and what the signatures of a streamed body go on from.
struct Proof {
    AuthKind kind = AuthKind::none;
    std::string access_key_id;
    std::string payload_hash;  ///< What the sender says of the body: hex SHA-256 or a literal.
    Scope scope;               ///< Empty for Signature Version 2, as are the following.
    std::string time;          ///< YYYYMMDDTHHMMSSZ
    std::string signature;
    std::string signing_key;  ///< Raw.
};

/// How a form of S3's POST says who signed its policy, by the names of its fields. Those of
/// Signature Version 2 are `AWSAccessKeyId` and `signature`.
struct FormSignature {
    std::string policy;  ///< As it was sent: base64.
    std::string algorithm;
    std::string credential;
    std::string date;
    std::string security_token;
    std::string access_key_id;  ///< Of version 2; empty for version 4.
    std::string signature;
};

/// Checks who sent a request to one service. Safe from any thread if the lookup is.
class Verifier {
public:
    /// How far the sender's clock may be off, either way.
    static constexpr std::chrono::seconds kSkewMax{900};

    Verifier(CredentialsLookup lookup, std::string region, std::string service);

    /// `body_sha256` (hex) is what services other than S3 sign; S3 takes the sender's header or
    /// literal, and the caller compares it with the body later on.
    [[nodiscard]] AuthResult<Proof> verify(const RequestHead& head, TimePoint now,
                                           std::string_view body_sha256 = {}) const;

    /// Who signed a form; when it ends is said by its policy. What is not proven here of `proof` is
    /// empty. Source: Amazon S3 API reference, "Authenticating requests in browser-based uploads
    /// using POST".
    [[nodiscard]] AuthResult<Proof> verify_form(const FormSignature& form) const;

private:
    struct Claim;

    [[nodiscard]] AuthResult<Claim> read_header(const RequestHead& head,
                                                std::string_view body_sha256) const;
    [[nodiscard]] AuthResult<Claim> read_query(const RequestHead& head) const;
    [[nodiscard]] AuthResult<Proof> check(const RequestHead& head, const Claim& claim,
                                          TimePoint now) const;
    [[nodiscard]] AuthResult<Proof> verify_v2(const RequestHead& head, TimePoint now) const;

    CredentialsLookup lookup_;
    std::string region_;
    std::string service_;
    std::shared_ptr<SigningKeys> keys_;
};

/// The string that a presigned link of Signature Version 2 signs. `content-md5`, `content-type` and
/// `x-amz-*` stand in the query or in the headers; what stands in the query counts, being signed.
/// Source: S3 user guide, "Signing and authenticating REST requests (AWS signature version 2)".
[[nodiscard]] std::string string_to_sign_v2(const RequestHead& head,
                                            std::span<const QueryParameter> query,
                                            std::string_view expires);

}  // namespace ingestor::sigv4
