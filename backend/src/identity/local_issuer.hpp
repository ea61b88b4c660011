#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "identity/claims.hpp"
#include "identity/jwks_source.hpp"
#include "identity/signing_key.hpp"
#include "ports/clock.hpp"

namespace ingestor::identity {

/// The service's own identity provider: for people without one.
///
/// How it works: private keys are PEM files, mode 0600, in one directory, named by time. The newest
/// signs; all verify, so that tokens outlive a rotation until the file of their key is removed.
/// Tokens look like Cognito's access tokens, with an `aud` besides `client_id` for clients that ask
/// for it. Any library verifies them with jwks_json().
class LocalIssuer {
public:
    struct Options {
        std::filesystem::path directory;            ///< Of the key files; made where missing.
        std::string issuer;                         ///< `iss`: the service's URL, without slash.
        std::string client_id = "agent2-ingestor";  ///< `client_id` and `aud`.
    };

    /// Loads the keys, or makes the first one; two processes that start at once get the same.
    /// `clock` must outlive the issuer. Errors: corrupt or permission_denied (a key file, by its
    /// path), unavailable.
    [[nodiscard]] static Result<std::unique_ptr<LocalIssuer>> open(Options options,
                                                                   const ports::Clock& clock);

    /// A token for `user` that expires after `ttl` (1 s to 10 years). Errors: invalid_argument.
    [[nodiscard]] Result<std::string> mint(
        std::string_view user, std::chrono::seconds ttl,
        ports::TokenScope scope = ports::TokenScope::everything) const;

    /// Makes a new key, which signs from now on. Errors: unavailable.
    Result<void> rotate();
    /// Takes over what other processes added to the directory or removed from it. On an error the
    /// keys stay as they were. Errors: as of open().
    Result<void> reload();

    /// Body of `GET /.well-known/jwks.json`.
    [[nodiscard]] std::string jwks_json() const;
    /// Body of `GET /.well-known/openid-configuration`: what is needed to verify tokens, no more.
    [[nodiscard]] std::string discovery_json() const;
    /// For the JwtVerifier of these tokens.
    [[nodiscard]] TokenRules rules() const;
    [[nodiscard]] JwksSource& keys() { return *public_keys_; }
    /// Newest last.
    [[nodiscard]] const std::vector<SigningKey>& signing_keys() const { return signing_keys_; }

private:
    LocalIssuer(Options options, const ports::Clock& clock);

    Result<void> add_key_file() const;

    Options options_;
    const ports::Clock& clock_;
    std::vector<SigningKey> signing_keys_;
    std::unique_ptr<StaticJwksSource> public_keys_;
};

}  // namespace ingestor::identity
