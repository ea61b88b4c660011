#include "identity/sign_in_codes.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "identity/claims.hpp"

namespace ingestor::identity {
namespace {

constexpr std::size_t kCodeBytes = 24;
/// Ended codes are remembered so long, to tell their bearers what happened.
constexpr std::chrono::hours kRemembered{24};
constexpr std::string_view kRemedy =
    "; `agent2-ingestor token` or a restart of the server gives another way in";

std::unexpected<Error> refuse(std::string_view reason) {
    return fail(Errc::unauthenticated, std::string(reason) + std::string(kRemedy), "code");
}

}  // namespace

Result<std::string> SignInCodes::create(std::string_view user) {
    if (auto known = user_of_subject(user); !known) {
        return std::unexpected(std::move(known.error()));
    }
    const TimePoint now = clock_.now();
    drop_forgotten(now);
    std::string code = to_base64url(random_bytes(kCodeBytes));
    codes_[sha256(code)] = Code{.user = std::string(user), .expires_at = now + kLifetime};
    return code;
}

Result<std::string> SignInCodes::exchange(std::string_view code) {
    // Looked up by its digest, so that the time this takes tells nothing of the code.
    const auto found = codes_.find(sha256(code));
    if (found == codes_.end()) return refuse("this sign-in link is not known");
    if (found->second.used) return refuse("this sign-in link was already used");
    if (clock_.now() >= found->second.expires_at) {
        return refuse("this sign-in link has expired after 15 minutes");
    }
    found->second.used = true;
    return found->second.user;
}

void SignInCodes::drop_forgotten(TimePoint now) {
    std::erase_if(
        codes_, [now](const auto& entry) { return now >= entry.second.expires_at + kRemembered; });
    if (codes_.size() < kCodesMax) return;
    codes_.erase(std::ranges::min_element(
        codes_, {}, [](const auto& entry) { return entry.second.expires_at; }));
}

}  // namespace ingestor::identity
