#pragma once

#include <cstdint>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "domain/ids.hpp"

namespace ingestor::ports {

/// What a user's jobs take.
struct Usage {
    std::uint64_t jobs = 0;
    std::uint64_t bytes = 0;  ///< Of their documents, as they were uploaded.

    friend bool operator==(const Usage&, const Usage&) = default;
};

/// Knows it without counting: the answer takes the same time whatever there is. Call from the I/O
/// executor only.
class UsageLedger {
public:
    virtual ~UsageLedger() = default;
    /// Of a user without jobs: nothing. Errors: unavailable.
    virtual boost::asio::awaitable<Result<Usage>> usage(domain::UserId user_id) = 0;
};

}  // namespace ingestor::ports
