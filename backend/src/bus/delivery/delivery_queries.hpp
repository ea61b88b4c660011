#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "bus/delivery/delivery_log.hpp"
#include "ports/delivery_records.hpp"
#include "ports/token_verifier.hpp"

namespace ingestor::bus::delivery {

/// The deliveries that have not ended. The counts are of all of them, whatever was asked about.
struct UnderWay {
    std::vector<DeliveryLog::RunningDelivery> running;
    std::uint64_t running_count = 0;
    std::vector<ports::RetryingDelivery> retrying;  ///< By the time of the next try.
    std::uint64_t retrying_count = 0;
    std::uint64_t queued_count = 0;  ///< They wait for their first turn, or for a place.
};

/// What whoever looks after the bus asks about deliveries. All are for operators. Errors of all:
/// permission_denied, unavailable.
class DeliveryQueries {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;
    /// Of each list of an answer.
    static constexpr std::uint32_t kInListMax = 1'000;

    /// All outlive this.
    DeliveryQueries(const DeliveryLog& log, ports::DeliveryRecords& records)
        : log_(log), records_(records) {}

    /// `limit`: 1 to kInListMax.
    Answer<UnderWay> under_way(ports::Principal who, ports::RouteFilter filter,
                               std::uint32_t limit) const;
    /// The last tries, newest first. nullopt: whatever the outcome.
    [[nodiscard]] Result<std::vector<DeliveryLog::LoggedTry>> tries(
        const ports::Principal& who, const ports::RouteFilter& filter,
        std::optional<TryOutcome> outcome, std::uint32_t limit) const;

private:
    const DeliveryLog& log_;
    ports::DeliveryRecords& records_;
};

}  // namespace ingestor::bus::delivery
