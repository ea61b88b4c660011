#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace ingestor::identity {

/// Where the tokens of a Cognito user pool come from (Amazon Cognito Developer Guide, "Verifying
/// JSON Web Tokens").
struct CognitoPool {
    std::string region;
    std::string issuer;  ///< `https://cognito-idp.{region}.amazonaws.com/{pool id}`
    /// Both under the issuer, or under the endpoint that replaces AWS's.
    std::string jwks_url;
    std::string discovery_url;
};

/// Reads a pool id (`us-east-1_Yk8Yt64uE`): its prefix is the region. `endpoint`, where not empty,
/// is asked for the keys in place of AWS; tokens keep AWS's issuer, as local stand-ins write it.
/// Errors: invalid_argument.
[[nodiscard]] Result<CognitoPool> cognito_pool(std::string_view pool_id,
                                               std::string_view endpoint = {});

}  // namespace ingestor::identity
