#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "ports/clock.hpp"

namespace ingestor::identity {

/// One-time codes that stand in sign-in links: whoever shows one first is signed in as its user.
/// Kept in memory alone and only as digests, so a restart ends them. Exchange them on POST, never
/// on GET: a link preview must not use one up. Call from the I/O executor only.
class SignInCodes {
public:
    static constexpr std::chrono::minutes kLifetime{15};
    /// Over this many the oldest is dropped.
    static constexpr std::size_t kCodesMax = 1000;

    /// `clock` must outlive this.
    explicit SignInCodes(const ports::Clock& clock) : clock_(clock) {}

    /// 32 characters of base64url (192 random bits). Errors: invalid_argument (see
    /// user_of_subject).
    [[nodiscard]] Result<std::string> create(std::string_view user);

    /// The user of a code, which is used up by this.
    /// Errors: unauthenticated, saying whether the code is unknown, was used, or has expired.
    [[nodiscard]] Result<std::string> exchange(std::string_view code);

private:
    struct Code {
        std::string user;
        TimePoint expires_at;
        bool used = false;
    };

    void drop_forgotten(TimePoint now);

    const ports::Clock& clock_;
    std::map<std::string, Code, std::less<>> codes_;  ///< By SHA-256.
};

}  // namespace ingestor::identity
