#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "sigv4/credential_text.hpp"
#include "sigv4/verify.hpp"

namespace ingestor::sigv4 {
namespace {

std::unexpected<AuthError> refuse(AuthFailure failure, std::string message,
                                  std::vector<std::pair<std::string, std::string>> details = {}) {
    return std::unexpected(AuthError{
        .failure = failure, .message = std::move(message), .details = std::move(details)});
}

}  // namespace

AuthResult<Proof> Verifier::verify_form(const FormSignature& form) const {
    if (form.policy.empty() || form.signature.empty()) {
        return refuse(AuthFailure::missing, "Access Denied");
    }
    const bool is_v2 = !form.access_key_id.empty();
    Proof proof;
    proof.kind = is_v2 ? AuthKind::query_v2 : AuthKind::query_v4;
    proof.access_key_id = form.access_key_id;
    if (!is_v2) {
        if (form.algorithm != kAlgorithm) {
            return refuse(AuthFailure::malformed_query,
                          "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"");
        }
        auto credential = parse_credential(form.credential);
        if (!credential || credential->scope.region != region_ ||
            credential->scope.service != service_) {
            return refuse(
                AuthFailure::malformed_query,
                fmt::format("Error parsing the X-Amz-Credential parameter; the Credential is "
                            "mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/{}/{}/aws4_request\".",
                            region_, service_));
        }
        if (!parse_iso_basic(form.date) || form.date.substr(0, 8) != credential->scope.date) {
            return refuse(AuthFailure::malformed_query,
                          "X-Amz-Date must be formatted via ISO8601 Long format and be of the day "
                          "of the credential");
        }
        proof.access_key_id = std::move(credential->access_key_id);
        proof.scope = std::move(credential->scope);
        proof.time = form.date;
    }
    const auto credentials = lookup_(proof.access_key_id);
    if (!credentials) {
        return refuse(AuthFailure::unknown_access_key,
                      "The AWS Access Key Id you provided does not exist in our records.",
                      {{"AWSAccessKeyId", proof.access_key_id}});
    }
    if (!equal_in_constant_time(credentials->session_token, form.security_token)) {
        return refuse(AuthFailure::invalid_token,
                      "The provided token is malformed or otherwise invalid.",
                      {{"Token-0", form.security_token}});
    }
    const auto expected =
        is_v2 ? to_base64(hmac_sha1(credentials->secret_access_key, form.policy))
              : to_hex(hmac_sha256(keys_->get(*credentials, proof.scope), form.policy));
    if (!equal_in_constant_time(expected, form.signature)) {
        return refuse(AuthFailure::signature_mismatch,
                      "The request signature we calculated does not match the signature you "
                      "provided. Check your key and signing method.",
                      {{"AWSAccessKeyId", proof.access_key_id}, {"StringToSign", form.policy}});
    }
    proof.signature = form.signature;
    return proof;
}

}  // namespace ingestor::sigv4
