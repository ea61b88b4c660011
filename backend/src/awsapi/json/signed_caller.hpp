#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "awsapi/auth/caller.hpp"
#include "awsapi/json/service_error.hpp"
#include "http/message.hpp"
#include "ports/clock.hpp"
#include "ports/token_verifier.hpp"
#include "sigv4/verify.hpp"

namespace ingestor::awsapi::json {

/// Tells by their signatures who sends requests to one service that signs the whole body.
class SignedCaller {
public:
    /// `clock` outlives it.
    SignedCaller(std::string service, std::string region, auth::CallerLookup lookup,
                 const ports::Clock& clock);

    /// Why the request is refused before its body is read: nobody whose key is not known fills
    /// memory with one. nullopt: it is not.
    [[nodiscard]] std::optional<ServiceError> refuse_stranger(const http::Request& request) const;
    [[nodiscard]] std::expected<ports::Principal, ServiceError> verify(const http::Request& request,
                                                                       std::string_view body) const;

private:
    auth::CallerLookup lookup_;
    const ports::Clock& clock_;
    sigv4::Verifier verifier_;
};

}  // namespace ingestor::awsapi::json
