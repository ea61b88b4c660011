#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "identity/jwk_set.hpp"

namespace ingestor::identity {

/// Where the public keys of an issuer come from. Call from the I/O executor only.
class JwksSource {
public:
    virtual ~JwksSource() = default;

    /// The key that `key_id` names (see JwkSet::find), fetched where need be.
    /// Errors: unauthenticated (the issuer has no such key), unavailable (its keys cannot be had).
    virtual boost::asio::awaitable<Result<std::shared_ptr<const VerificationKey>>> find(
        std::string key_id, SignatureAlgorithm algorithm) = 0;

    /// Rises whenever the keys change, so that what was verified with the old ones can be dropped.
    [[nodiscard]] virtual std::uint64_t generation() const = 0;
};

/// Keys that are at hand; they change only when told.
class StaticJwksSource final : public JwksSource {
public:
    explicit StaticJwksSource(JwkSet keys);

    void replace(JwkSet keys);

    boost::asio::awaitable<Result<std::shared_ptr<const VerificationKey>>> find(
        std::string key_id, SignatureAlgorithm algorithm) override;
    [[nodiscard]] std::uint64_t generation() const override { return generation_; }

private:
    std::shared_ptr<const JwkSet> keys_;
    std::uint64_t generation_ = 1;
};

/// The key of a set, kept alive together with the set; null where there is none.
[[nodiscard]] std::shared_ptr<const VerificationKey> find_shared(
    const std::shared_ptr<const JwkSet>& keys, const std::string& key_id,
    SignatureAlgorithm algorithm);

/// What a token gets whose key the issuer does not have.
[[nodiscard]] std::unexpected<Error> unknown_key();

}  // namespace ingestor::identity
