#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "ports/event_log.hpp"

namespace ingestor::ports {

/// Which routes are asked about; what is empty is not asked for.
struct RouteFilter {
    std::string bus = {};
    std::string rule = {};
    std::string target_id = {};

    [[nodiscard]] bool covers(std::string_view of_bus, std::string_view of_rule,
                              std::string_view of_target) const {
        return (bus.empty() || bus == of_bus) && (rule.empty() || rule == of_rule) &&
               (target_id.empty() || target_id == of_target);
    }
};

/// A delivery that failed and is tried again at its `next_at`, with the reason of the last failure.
struct RetryingDelivery {
    Delivery delivery;
    std::string error_code;  ///< Empty: an older program wrote no reason.
    std::string error_message;
};

struct DeliveryCounts {
    std::uint64_t under_way = 0;
    std::uint64_t retrying = 0;  ///< Of these.
};

/// What whoever looks after the bus reads of the EventLog, and takes out of it. Call from the I/O
/// executor only. Any call may fail as `unavailable`.
class DeliveryRecords {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;

    virtual ~DeliveryRecords() = default;

    virtual Answer<DeliveryCounts> counts() = 0;
    /// By the time of the next try. Those whose event cannot be read are left out.
    virtual Answer<std::vector<RetryingDelivery>> retrying(RouteFilter filter,
                                                           std::uint32_t limit) = 0;

    /// Errors: not_found.
    virtual Answer<DeadLetter> dead_letter(std::int64_t id) = 0;
    /// For good. Returns the ids of those that were there.
    virtual Answer<std::vector<std::int64_t>> delete_dead_letters(
        std::vector<std::int64_t> ids) = 0;
};

}  // namespace ingestor::ports
