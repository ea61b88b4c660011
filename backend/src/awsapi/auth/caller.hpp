#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "ports/token_verifier.hpp"
#include "sigv4/credentials.hpp"

namespace ingestor::awsapi::auth {

/// An access key with who asks by it.
struct Caller {
    sigv4::Credentials credentials;
    ports::Principal principal;
};

/// The keys that may sign; nullopt for one that is not known.
using CallerLookup = std::function<std::optional<Caller>(std::string_view access_key_id)>;

}  // namespace ingestor::awsapi::auth
