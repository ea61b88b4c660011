#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "identity/jwk_set.hpp"

/// The input is a key set as a provider might answer. No key that comes out of it may verify a
/// signature of zeros: that would be a key that takes everything.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace ingestor;
    using namespace ingestor::identity;
    const auto set = JwkSet::parse({reinterpret_cast<const char*>(data), size});
    if (!set) return 0;
    if (set->size() == 0) std::abort();

    // {"alg":"ES256","kid":"k"} and {"alg":"RS256","kid":"k"}, claims {}.
    const std::string ec = "eyJhbGciOiJFUzI1NiIsImtpZCI6ImsifQ.e30." + std::string(86, 'A');
    const std::string rsa = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ.e30." + std::string(342, 'A');
    for (const auto& token : {ec, rsa}) {
        const auto parsed = parse_token(token);
        if (!parsed) std::abort();
        const auto* key = set->find(parsed->key_id, parsed->algorithm);
        if (key != nullptr && key->verifies(token, *parsed)) std::abort();
    }
    return 0;
}
