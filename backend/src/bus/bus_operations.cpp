#include "bus/bus_operations.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "bus/operators.hpp"

namespace ingestor::bus {

Result<std::vector<ports::Rule>> BusOperations::rules(const ports::Principal& who) const {
    if (const auto allowed = check_operator(who); !allowed) {
        return std::unexpected(allowed.error());
    }
    return bus_.rules();
}

auto BusOperations::dead_letters(ports::Principal who, std::uint32_t limit)
    -> Answer<std::vector<ports::DeadLetter>> {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    co_return co_await log_.dead_letters(std::min(limit, kDeadLettersInListMax));
}

auto BusOperations::redrive(ports::Principal who, std::vector<std::int64_t> ids)
    -> Answer<Redriven> {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    if (ids.empty() || ids.size() > kRedrivenAtOnceMax) {
        co_return fail(Errc::invalid_argument,
                       fmt::format("Name 1 to {} dead letters.", kRedrivenAtOnceMax), "ids");
    }
    auto redriven = co_await log_.redrive(ids, clock_.now());
    if (!redriven) co_return std::unexpected(std::move(redriven.error()));
    Redriven outcome;
    outcome.ids = std::move(*redriven);
    std::ranges::sort(ids);
    const auto repeated = std::ranges::unique(ids);
    ids.erase(repeated.begin(), repeated.end());
    std::ranges::copy_if(ids, std::back_inserter(outcome.unknown), [&outcome](std::int64_t id) {
        return std::ranges::find(outcome.ids, id) == outcome.ids.end();
    });
    co_return outcome;
}

auto BusOperations::redrive_all(ports::Principal who) -> Answer<Redriven> {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    // Those that are there now: one that dies again meanwhile has its turn the next time.
    const auto letters = co_await log_.dead_letters(ports::kDeadLettersMax);
    if (!letters) co_return std::unexpected(letters.error());
    Redriven outcome;
    std::vector<std::int64_t> batch;
    for (std::size_t next = 0; next < letters->size();) {
        batch.clear();
        for (; next < letters->size() && batch.size() < kRedrivenAtOnceMax; ++next) {
            batch.push_back((*letters)[next].id);
        }
        const auto redriven = co_await log_.redrive(batch, clock_.now());
        if (!redriven) co_return std::unexpected(redriven.error());
        std::ranges::copy(*redriven, std::back_inserter(outcome.ids));
    }
    co_return outcome;
}

}  // namespace ingestor::bus
