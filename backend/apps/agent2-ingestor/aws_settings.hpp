#pragma once

#include <cstdint>
#include <string>

#include "aws/endpoint.hpp"
#include "base/result.hpp"
#include "domain/names.hpp"

namespace ingestor {

/// What the function learns from its environment; backend/template.yaml sets it.
struct AwsSettings {
    domain::Names names;      ///< ENVIRONMENT, the region (aws::region_of), S3_BUCKET.
    std::string event_bus;    ///< EVENT_BUS_NAME; default: as the names say.
    std::string jobs_table;   ///< JOBS_TABLE; default: `agent2-ingestor-jobs-{environment}`.
    std::string user_pool;    ///< COGNITO_USER_POOL_ID
    std::string client_id;    ///< COGNITO_CLIENT_ID; empty: every client of the pool.
    std::string oidc_issuer;  ///< OIDC_ISSUER, where there is no user pool.
    std::string base_path;    ///< BASE_PATH: taken off the paths of requests.
    /// AGENT2_INGESTOR_ALLOWED_ORIGIN: of the page whose scripts may call, or `*`; empty: none.
    std::string allowed_origin;
    /// KEEP_JOBS_DAYS: ended jobs go after so many days; 0: never.
    std::uint32_t keep_jobs_days = 30;
    std::string ca_file;  ///< SSL_CERT_FILE; empty: what the package brings, or the system's.

    /// May read the shared files of the AWS tools, so it may block. Errors: invalid_argument,
    /// naming the variable.
    [[nodiscard]] static Result<AwsSettings> read(const aws::Environment& environment);
};

}  // namespace ingestor
