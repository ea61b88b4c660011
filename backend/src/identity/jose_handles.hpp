#pragma once

#include <memory>

#include <cjose/cjose.h>

namespace ingestor::identity {

/// Gives back what the JOSE library lent.
struct JoseRelease {
    void operator()(cjose_jwk_t* key) const { cjose_jwk_release(key); }
    void operator()(cjose_jws_t* signed_text) const { cjose_jws_release(signed_text); }
    void operator()(cjose_header_t* header) const { cjose_header_release(header); }
};

using JoseKey = std::unique_ptr<cjose_jwk_t, JoseRelease>;
using JoseSignature = std::unique_ptr<cjose_jws_t, JoseRelease>;
using JoseHeader = std::unique_ptr<cjose_header_t, JoseRelease>;

}  // namespace ingestor::identity
