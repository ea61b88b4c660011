#include <chrono>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "commands.hpp"
#include "data_directory.hpp"
#include "exit_codes.hpp"
#include "identity/access_keys.hpp"
#include "identity/jwt.hpp"
#include "identity/revoked_tokens.hpp"
#include "local_service.hpp"

namespace ingestor::cli {

namespace {

/// One word of a POSIX shell, whatever is in it: within single quotes nothing is special but the
/// single quote itself.
std::string shell_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'') {
            out += R"('\'')";
        } else {
            out += c;
        }
    }
    return out + "'";
}

/// Tokens say to the second when they were issued: one that is minted after this returns is a later
/// one.
void wait_for_the_next_second(TimePoint now) {
    std::this_thread::sleep_until(std::chrono::floor<std::chrono::seconds>(now) +
                                  std::chrono::seconds{1});
}

Result<void> revoke_tokens(const TokenOptions& options) {
    if (const auto service = read_service_record(options.data); !service) {
        return std::unexpected(service.error());
    }
    if (const auto opened = open_data_directory(options.data); !opened) {
        return std::unexpected(opened.error());
    }
    const auto file = DataDirectory{options.data}.revoked_tokens();
    const auto now = ports::SystemClock().now();
    if (options.revoke_all) {
        auto revoked = identity::RevokedTokens::revoke_all(file, now);
        if (revoked) wait_for_the_next_second(now);
        return revoked;
    }
    ports::TokenIdentity identity{.id = options.revoke, .user_id = {}, .issued_at = {}};
    if (options.revoke.starts_with("ey") && options.revoke.find('.') != std::string::npos) {
        // Whether it is genuine does not matter: a forged one is refused as it is.
        const auto token = identity::parse_token(options.revoke);
        if (!token) return std::unexpected(token.error());
        identity.id = identity::token_id(token->claims, options.revoke);
    }
    return identity::RevokedTokens::revoke(file, identity, std::nullopt, now);
}

}  // namespace

int run_token(const TokenOptions& options) {
    if (options.revoke_all || !options.revoke.empty()) {
        const auto revoked = revoke_tokens(options);
        return revoked ? kDone : report(revoked.error());
    }
    const auto scope =
        options.for_metrics ? ports::TokenScope::metrics : ports::TokenScope::everything;
    const auto token = mint_local_token(options.data, options.user, options.lifetime, scope);
    if (!token) return report(token.error());
    fmt::print("{}\n", *token);
    return kDone;
}

int print_env(const EnvOptions& options) {
    const auto service = read_service_record(options.data);
    if (!service) return report(service.error());
    if (const auto opened = open_data_directory(options.data); !opened) {
        return report(opened.error());
    }
    const ports::SystemClock clock;
    const domain::UserId user(TokenOptions{}.user);
    auto keys = identity::AccessKeys::open(DataDirectory{options.data}.access_keys(), clock, user);
    if (!keys) return report(keys.error());
    const auto key = options.as_operator ? keys->operator_key(user, clock) : keys->first();
    if (!key) return report(key.error());
    // Both names of the region: boto3 and AWS CLI 1 read one, the other SDKs the other. Before 2.13
    // the AWS CLI ignores AWS_ENDPOINT_URL and would talk to AWS itself, hence `aws`; a shell that
    // has an alias of that name cannot define it before the alias is gone.
    fmt::print(
        "export AWS_ENDPOINT_URL={0}\n"
        "export AWS_ACCESS_KEY_ID={1}\n"
        "export AWS_SECRET_ACCESS_KEY={2}\n"
        "export AWS_REGION={3} AWS_DEFAULT_REGION={3}\n"
        "export AWS_PAGER=''\n"
        "export AGENT2_INGESTOR_URL={0}\n"
        "unset AWS_SESSION_TOKEN AWS_PROFILE AWS_DEFAULT_PROFILE\n"
        "unalias aws 2>/dev/null || true\n"
        "aws() {{ command aws --endpoint-url {0} \"$@\"; }}\n",
        shell_quoted(service->url), shell_quoted(key->access_key_id),
        shell_quoted(key->secret_access_key), shell_quoted(service->region));
    return kDone;
}

}  // namespace ingestor::cli
