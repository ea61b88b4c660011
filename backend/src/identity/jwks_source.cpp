#include "identity/jwks_source.hpp"

namespace ingestor::identity {

namespace asio = boost::asio;

std::shared_ptr<const VerificationKey> find_shared(const std::shared_ptr<const JwkSet>& keys,
                                                   const std::string& key_id,
                                                   SignatureAlgorithm algorithm) {
    const auto* key = keys ? keys->find(key_id, algorithm) : nullptr;
    if (key == nullptr) return nullptr;
    return {keys, key};
}

std::unexpected<Error> unknown_key() {
    return fail(Errc::unauthenticated,
                "the token's key (kid) is not one of the issuer's for its algorithm, or the token "
                "names none and the issuer has several",
                "kid");
}

StaticJwksSource::StaticJwksSource(JwkSet keys)
    : keys_(std::make_shared<const JwkSet>(std::move(keys))) {}

void StaticJwksSource::replace(JwkSet keys) {
    keys_ = std::make_shared<const JwkSet>(std::move(keys));
    ++generation_;
}

asio::awaitable<Result<std::shared_ptr<const VerificationKey>>> StaticJwksSource::find(
    std::string key_id, SignatureAlgorithm algorithm) {
    auto key = find_shared(keys_, key_id, algorithm);
    if (!key) co_return unknown_key();
    co_return key;
}

}  // namespace ingestor::identity
