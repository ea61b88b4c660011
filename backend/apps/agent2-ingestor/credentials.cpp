#include <fmt/format.h>

#include "commands.hpp"
#include "data_directory.hpp"
#include "exit_codes.hpp"
#include "identity/access_keys.hpp"
#include "local_service.hpp"

namespace ingestor::cli {

int print_token(const TokenOptions& options) {
    const auto token = mint_local_token(options.data, options.user, options.lifetime);
    if (!token) return report(token.error());
    fmt::print("{}\n", *token);
    return kDone;
}

int print_env(const EnvOptions& options) {
    const auto url = read_service_url(options.data);
    if (!url) return report(url.error());
    const SystemClock clock;
    const auto keys = AccessKeys::open(DataDirectory{options.data}.access_keys(), clock,
                                       UserId(TokenOptions{}.user));
    if (!keys) return report(keys.error());
    const auto& key = keys->first();
    // Both names of the region: boto3 and AWS CLI 1 read one, the other SDKs the other. Older
    // versions of AWS CLI 2 ignore AWS_ENDPOINT_URL and would talk to AWS itself, hence `aws`.
    fmt::print(
        "export AWS_ENDPOINT_URL='{0}'\n"
        "export AWS_ACCESS_KEY_ID='{1}'\n"
        "export AWS_SECRET_ACCESS_KEY='{2}'\n"
        "export AWS_REGION='{3}' AWS_DEFAULT_REGION='{3}'\n"
        "export AWS_PAGER=''\n"
        "export AGENT2_INGESTOR_URL='{0}'\n"
        "unset AWS_SESSION_TOKEN AWS_PROFILE\n"
        "aws() {{ command aws --endpoint-url '{0}' \"$@\"; }}\n",
        *url, key.access_key_id, key.secret_access_key, options.region);
    return kDone;
}

}  // namespace ingestor::cli
