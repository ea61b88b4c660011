#pragma once

#include <variant>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "eventbridge/event.hpp"

namespace ingestor::aws {

/// Where a job store that cannot hold events itself hands them on. Call from the I/O executor only.
class EventPublisher {
public:
    virtual ~EventPublisher() = default;

    /// After a success the bus has every event; after a failure it may have some, so that an event
    /// may come twice. Errors: too_large (one event alone is over the bus's limit), unavailable,
    /// and what else the bus refuses an event for.
    virtual boost::asio::awaitable<Result<std::monostate>> publish(
        std::vector<eventbridge::Event> events) = 0;
};

}  // namespace ingestor::aws
