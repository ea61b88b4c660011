#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "aws/credentials.hpp"
#include "aws/endpoint.hpp"
#include "httpclient/http_client.hpp"

namespace ingestor::aws {

/// One place where credentials may be had. Call from the I/O executor only.
class CredentialsSource {
public:
    /// Nothing points at this place; `reason` says what was looked for.
    struct Absent {
        std::string reason;
    };
    using Found = std::variant<ExpiringCredentials, Absent>;

    virtual ~CredentialsSource() = default;
    /// Errors: invalid_argument (it is set up wrongly), unavailable (it does not answer),
    /// permission_denied (it refuses).
    virtual boost::asio::awaitable<Result<Found>> fetch() = 0;
};

/// What the sources look through and ask; all of it outlives them.
struct CredentialsSurroundings {
    Environment environment = process_environment();
    httpclient::HttpClient& http;
    boost::asio::thread_pool& pool;  ///< Reads files.
};

/// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN.
[[nodiscard]] std::unique_ptr<CredentialsSource> environment_source(CredentialsSurroundings around);
/// AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN: STS gives the role's keys for the token.
[[nodiscard]] std::unique_ptr<CredentialsSource> web_identity_source(
    CredentialsSurroundings around);
/// Keys in the files that the AWS tools share. Profiles that take a further step (role_arn, sso,
/// credential_process) are refused with the remedy.
[[nodiscard]] std::unique_ptr<CredentialsSource> profile_source(CredentialsSurroundings around);
/// AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI: ECS and EKS.
[[nodiscard]] std::unique_ptr<CredentialsSource> container_source(CredentialsSurroundings around);
/// The role of the EC2 instance, by its metadata service, version 2.
[[nodiscard]] std::unique_ptr<CredentialsSource> instance_metadata_source(
    CredentialsSurroundings around);

/// All of these in the order in which the AWS tools look.
/// Source: AWS SDKs and Tools Reference Guide, "Credential provider chain".
[[nodiscard]] std::vector<std::unique_ptr<CredentialsSource>> credentials_sources(
    const CredentialsSurroundings& around);

}  // namespace ingestor::aws
