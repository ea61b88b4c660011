#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "domain/ids.hpp"

namespace ingestor::ports {

/// Whose jobs are which, in the order of their ids.
class JobDirectory {
public:
    virtual ~JobDirectory() = default;
    /// The first `count` jobs of a user whose ids are not less than `from`, which need not be an
    /// id. Errors: unavailable.
    virtual boost::asio::awaitable<Result<std::vector<domain::JobId>>> jobs_of(
        domain::UserId user_id, std::string from, std::size_t count) = 0;
};

}  // namespace ingestor::ports
