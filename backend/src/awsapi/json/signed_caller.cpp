#include "awsapi/json/signed_caller.hpp"

#include <utility>

#include "awsapi/auth/request_head.hpp"
#include "base/digest.hpp"

namespace ingestor::awsapi::json {

namespace {

ServiceError error_of(const sigv4::AuthError& error) {
    using enum sigv4::AuthFailure;
    switch (error.failure) {
        case missing:
            return {.status = 403,
                    .code = "MissingAuthenticationTokenException",
                    .message = "Missing Authentication Token"};
        case unknown_access_key:
        case invalid_token:
            return {.status = 403,
                    .code = "UnrecognizedClientException",
                    .message = "The security token included in the request is invalid."};
        case clock_skew:
        case expired:
        case not_yet_valid:
        case signature_mismatch:
            return {.status = 403, .code = "InvalidSignatureException", .message = error.message};
        case ambiguous:
        case unsupported_algorithm:
        case malformed_header:
        case malformed_query:
        case missing_date:
        case missing_payload_hash:
        case headers_not_signed:
            return {
                .status = 400, .code = "IncompleteSignatureException", .message = error.message};
    }
    return {.status = 403, .code = "AccessDeniedException", .message = error.message};
}

sigv4::CredentialsLookup credentials_of(auth::CallerLookup lookup) {
    return [lookup = std::move(lookup)](
               std::string_view access_key_id) -> std::optional<sigv4::Credentials> {
        auto caller = lookup(access_key_id);
        if (!caller) return std::nullopt;
        return std::move(caller->credentials);
    };
}

}  // namespace

SignedCaller::SignedCaller(std::string service, std::string region, auth::CallerLookup lookup,
                           const ports::Clock& clock)
    : lookup_(std::move(lookup)),
      clock_(clock),
      verifier_(credentials_of(lookup_), std::move(region), std::move(service)) {}

std::optional<ServiceError> SignedCaller::refuse_stranger(const http::Request& request) const {
    const auto key = auth::access_key_of(request);
    if (lookup_(key)) return std::nullopt;
    sigv4::AuthError stranger;
    if (!key.empty()) stranger.failure = sigv4::AuthFailure::unknown_access_key;
    return error_of(stranger);
}

std::expected<ports::Principal, ServiceError> SignedCaller::verify(const http::Request& request,
                                                                   std::string_view body) const {
    const auto proof = verifier_.verify(auth::head_of(request), clock_.now(), sha256_hex(body));
    if (!proof) return std::unexpected(error_of(proof.error()));
    auto caller = lookup_(proof->access_key_id);
    if (!caller) return refuse("UnrecognizedClientException", "The access key has ended.");
    return std::move(caller->principal);
}

}  // namespace ingestor::awsapi::json
