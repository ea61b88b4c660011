#pragma once

#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "base/time.hpp"
#include "ports/event_log.hpp"
#include "provisioning/template.hpp"

namespace ingestor::provisioning {

/// What the log has now.
struct BusState {
    std::vector<ports::EventBusRecord> buses;
    std::vector<ports::Rule> rules;
};

/// What brings `now_there` to `wanted`; empty where it is so already. Pure.
///
///  - What the template owns, by name, gets what it says: the bus its description, a rule its
///    pattern and description, a target its ARN and policy. What it owned and no longer has goes.
///  - What a user added stays: other rules, and other targets beside the template's. A rule that a
///    user disabled stays disabled, one that a user put under a name of the template becomes its
///    own.
///  - Deliveries and dead letters of a target that has another ARN now, or is gone with its rule,
///    go to the one that has its id today.
[[nodiscard]] ports::BusChange reconciliation(const WantedState& wanted, const BusState& now_there,
                                              TimePoint now);

/// Brings the log to what the template says, in one transaction. Call at the start, before anything
/// is published or dispatched.
[[nodiscard]] boost::asio::awaitable<Result<std::monostate>> reconcile(ports::EventLog& log,
                                                                       WantedState wanted,
                                                                       TimePoint now);

}  // namespace ingestor::provisioning
