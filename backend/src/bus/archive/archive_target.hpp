#pragma once

#include "bus/targets/target.hpp"
#include "bus/targets/target_places.hpp"
#include "ports/archive_store.hpp"
#include "ports/clock.hpp"

namespace ingestor::bus::archive {

/// Archives as targets of their own rules. An event that comes twice is kept once.
class ArchiveTarget final : public targets::TargetWithPlaces {
public:
    /// Both outlive it.
    ArchiveTarget(ports::ArchiveStore& store, const ports::Clock& clock)
        : TargetWithPlaces(kInFlightMax), store_(store), clock_(clock) {}

    /// Failures: INTERNAL_ERROR (retryable). Events for an archive that was deleted meanwhile, and
    /// replayed ones, are dropped.
    boost::asio::awaitable<targets::Outcome> invoke(targets::Invocation invocation) override;

private:
    /// Commits take many events each.
    static constexpr std::size_t kInFlightMax = 256;

    ports::ArchiveStore& store_;
    const ports::Clock& clock_;
};

}  // namespace ingestor::bus::archive
