#pragma once

#include <optional>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "base/time.hpp"
#include "sigv4/credentials.hpp"

namespace ingestor::aws {

/// Keys that are good for a while.
struct ExpiringCredentials {
    sigv4::Credentials keys;
    std::optional<TimePoint> expires_at = {};  ///< nullopt: they do not expire.
};

/// Whose keys sign the requests. Call from the I/O executor only.
class CredentialsProvider {
public:
    virtual ~CredentialsProvider() = default;

    /// Keys that are good now, fetched or renewed where need be.
    /// Errors: unauthenticated (there are none; says where they were looked for), unavailable.
    virtual boost::asio::awaitable<Result<sigv4::Credentials>> get() = 0;
    /// What get() gave last, for signing without waiting; nullopt: nothing yet, or it has expired.
    [[nodiscard]] virtual std::optional<sigv4::Credentials> last() const = 0;
};

/// Keys that are at hand.
class StaticCredentials final : public CredentialsProvider {
public:
    explicit StaticCredentials(sigv4::Credentials keys) : keys_(std::move(keys)) {}
    boost::asio::awaitable<Result<sigv4::Credentials>> get() override { co_return keys_; }
    [[nodiscard]] std::optional<sigv4::Credentials> last() const override { return keys_; }

private:
    sigv4::Credentials keys_;
};

}  // namespace ingestor::aws
