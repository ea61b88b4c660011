#pragma once

#include <chrono>
#include <string>

#include "aws/credentials.hpp"
#include "aws/endpoint.hpp"
#include "domain/object_key.hpp"
#include "ports/clock.hpp"
#include "sigv4/url_signer.hpp"

namespace ingestor::aws {

/// Signs links to the objects of one bucket with the keys that are good at the moment. A link ends
/// with them, however long it was meant to last. Call from the I/O executor only.
class S3Presigner {
public:
    /// `endpoint` is one of Service::s3. `credentials` and `clock` outlive it.
    S3Presigner(const Endpoint& endpoint, std::string bucket,
                const CredentialsProvider& credentials, const ports::Clock& clock);

    /// See sigv4::UrlSigner. Errors: unavailable (there are no keys at the moment: one that waits
    /// for them is CredentialsProvider::get()).
    [[nodiscard]] Result<sigv4::PresignedUrl> presign(const sigv4::LinkedRequest& request,
                                                      const domain::ObjectKey& key,
                                                      std::chrono::seconds lifetime) const;
    [[nodiscard]] Result<std::string> presign_get(
        const domain::ObjectKey& key, std::chrono::seconds lifetime,
        const sigv4::ResponseOverrides& overrides = {}) const;

private:
    [[nodiscard]] Result<sigv4::UrlSigner> signer() const;

    sigv4::UrlSigner unkeyed_;
    const CredentialsProvider& credentials_;
    const ports::Clock& clock_;
};

}  // namespace ingestor::aws
