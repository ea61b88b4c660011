#pragma once

#include <algorithm>
#include <iterator>
#include <limits>
#include <vector>

#include "ports/event_log.hpp"

namespace ingestor::ports::testing {

/// Every delivery of the log that is due, oldest first.
inline boost::asio::awaitable<Result<std::vector<Delivery>>> all_due(EventLog& log, TimePoint now) {
    constexpr auto kAll = std::numeric_limits<std::uint32_t>::max();
    const auto groups = co_await log.due_groups(now, std::nullopt, kAll, kAll);
    if (!groups) co_return std::unexpected(groups.error());
    std::vector<std::int64_t> ids;
    for (const auto& group : *groups) std::ranges::copy(group.ids, std::back_inserter(ids));
    std::ranges::sort(ids);
    auto found = co_await log.read(std::move(ids));
    if (!found) co_return std::unexpected(found.error());
    co_return std::move(found->deliveries);
}

}  // namespace ingestor::ports::testing
