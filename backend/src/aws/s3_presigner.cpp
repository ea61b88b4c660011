#include "aws/s3_presigner.hpp"

namespace ingestor::aws {

S3Presigner::S3Presigner(const Endpoint& endpoint, std::string bucket,
                         const CredentialsProvider& credentials, const ports::Clock& clock)
    : unkeyed_({.endpoint = endpoint.url,
                .region = endpoint.region,
                .bucket = std::move(bucket),
                .credentials = {}}),
      credentials_(credentials),
      clock_(clock) {}

Result<sigv4::UrlSigner> S3Presigner::signer() const {
    auto keys = credentials_.last();
    if (!keys) {
        return fail(Errc::unavailable, "there are no AWS credentials to sign with at the moment");
    }
    return unkeyed_.with(std::move(*keys));
}

Result<sigv4::PresignedUrl> S3Presigner::presign(const sigv4::LinkedRequest& request,
                                                 const domain::ObjectKey& key,
                                                 std::chrono::seconds lifetime) const {
    const auto signing = signer();
    if (!signing) return std::unexpected(signing.error());
    return signing->presign(request, key.value(), lifetime, clock_.now());
}

Result<std::string> S3Presigner::presign_get(const domain::ObjectKey& key,
                                             std::chrono::seconds lifetime,
                                             const sigv4::ResponseOverrides& overrides) const {
    const auto signing = signer();
    if (!signing) return std::unexpected(signing.error());
    return signing->presign_get(key.value(), lifetime, clock_.now(), overrides);
}

}  // namespace ingestor::aws
