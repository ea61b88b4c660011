#include "bus/delivery/delivery_queries.hpp"

#include <algorithm>
#include <limits>
#include <unordered_set>
#include <utility>

#include "bus/operators.hpp"

namespace ingestor::bus::delivery {

namespace {

std::uint64_t difference(std::uint64_t from, std::uint64_t taken) {
    return from - std::min(from, taken);
}

}  // namespace

auto DeliveryQueries::under_way(ports::Principal who, ports::RouteFilter filter,
                                std::uint32_t limit) const -> Answer<UnderWay> {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    limit = std::min(limit, kInListMax);
    const auto counts = co_await records_.counts();
    if (!counts) co_return std::unexpected(counts.error());
    auto retrying = co_await records_.retrying(filter, limit);
    if (!retrying) co_return std::unexpected(std::move(retrying.error()));

    // What is tried again at this moment stands in the log as one that waits.
    std::unordered_set<std::int64_t> ids;
    std::uint64_t tried_again = 0;
    for (const auto& each : log_.running({}, std::numeric_limits<std::size_t>::max())) {
        ids.insert(each.delivery.id);
        if (each.delivery.first_failed_at) ++tried_again;
    }
    std::erase_if(*retrying, [&ids](const auto& each) { return ids.contains(each.delivery.id); });
    UnderWay all;
    all.running = log_.running(filter, limit);
    all.running_count = ids.size();
    all.retrying = std::move(*retrying);
    all.retrying_count = difference(counts->retrying, tried_again);
    all.queued_count = difference(counts->under_way, all.running_count + all.retrying_count);
    co_return all;
}

Result<std::vector<DeliveryLog::LoggedTry>> DeliveryQueries::tries(
    const ports::Principal& who, const ports::RouteFilter& filter,
    std::optional<TryOutcome> outcome, std::uint32_t limit) const {
    if (const auto allowed = check_operator(who); !allowed) {
        return std::unexpected(allowed.error());
    }
    return log_.tries(filter, outcome, std::min(limit, kInListMax));
}

}  // namespace ingestor::bus::delivery
