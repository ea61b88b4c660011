#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "base/result.hpp"
#include "base/time.hpp"
#include "ports/clock.hpp"
#include "ports/token_verifier.hpp"

namespace ingestor::identity {

/// Tokens that were ended before their time.
///
/// How it works: one JSON file, mode 0600, written whole, which several processes may change: a
/// server that signs somebody out, and the command line. A token is kept as a digest until it would
/// have expired by itself. A user with more than kTokensOfUserMax of them loses all that were
/// issued until now instead, so that nobody can fill the file; where that is not enough it is full.
/// Reading notices a file that has changed, so that what is revoked is refused from the next
/// request on.
class RevokedTokens {
public:
    static constexpr std::size_t kTokensOfUserMax = 100;
    static constexpr std::size_t kTokensMax = 4000;
    static constexpr std::size_t kUsersMax = 1000;

    explicit RevokedTokens(std::filesystem::path file) : file_(std::move(file)) {}

    /// From one thread. Errors: unavailable (the file cannot be read or is damaged, so that it
    /// cannot be told).
    [[nodiscard]] Result<bool> contains(const ports::TokenIdentity& token);

    /// Revokes one token, which expires at `expires_at` (nullopt: nobody knows). On return it is on
    /// disk. Blocks. Errors: unavailable, too_large (the file is full).
    [[nodiscard]] static Result<void> revoke(const std::filesystem::path& file,
                                             const ports::TokenIdentity& token,
                                             std::optional<TimePoint> expires_at, TimePoint now);
    /// Revokes every token that was issued up to `now`, to the second. Blocks. Errors: as above.
    [[nodiscard]] static Result<void> revoke_all(const std::filesystem::path& file, TimePoint now);

private:
    struct Token {
        std::string user;  ///< Digest, as is the key that it stands under.
        std::int64_t expires_at_s = 0;
    };
    struct Content {
        std::map<std::string, Token, std::less<>> tokens;
        std::map<std::string, std::int64_t, std::less<>> users_issued_until_s;
        std::int64_t all_issued_until_s = -1;
    };
    /// A file that is written whole is another inode.
    struct Version {
        std::uint64_t inode = 0;
        std::int64_t modified_ns = 0;
        friend bool operator==(const Version&, const Version&) = default;
    };

    static Result<Content> read(const std::filesystem::path& file);
    static Result<void> write(const std::filesystem::path& file, const Content& content);
    static Version version_of(const std::filesystem::path& file);

    std::filesystem::path file_;
    Version version_;
    Content content_;
};

}  // namespace ingestor::identity
