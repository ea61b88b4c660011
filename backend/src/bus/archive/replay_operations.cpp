#include "bus/archive/replay_operations.hpp"

#include <utility>

#include <fmt/format.h>

#include "bus/operators.hpp"

namespace ingestor::bus::archive {

auto ReplayOperations::start(ports::Principal who, ports::Replay replay) -> Answer<ports::Replay> {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    const auto invalid = [](std::string_view parameter, std::string_view reason) {
        return fail(Errc::invalid_argument,
                    fmt::format("Parameter {} is not valid. Reason: {}", parameter, reason));
    };
    const auto* const archive = archives_.find(replay.archive);
    if (archive == nullptr) {
        co_return invalid("EventSourceArn",
                          fmt::format("Archive {} does not exist.", replay.archive));
    }
    if (bus_.find_bus(replay.bus) == nullptr) {
        co_return fail(Errc::not_found, fmt::format("Event bus {} does not exist.", replay.bus));
    }
    if (archive->bus != replay.bus) {
        co_return invalid("Destination.Arn", "Cross event bus replay is not permitted.");
    }
    if (replay.from >= replay.to) {
        co_return invalid("EventEndTime", "EventStartTime must be before EventEndTime.");
    }
    replay.state = ports::ReplayState::starting;
    replay.started_at = clock_.now();
    const auto added = co_await replays_.add(replay);
    if (!added) co_return std::unexpected(added.error());
    co_return replay;
}

auto ReplayOperations::cancel(ports::Principal who, std::string name) -> Answer<ports::Replay> {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    co_return co_await replays_.cancel(std::move(name));
}

Result<ports::Replay> ReplayOperations::find(const ports::Principal& who,
                                             const std::string& name) const {
    if (const auto allowed = check_operator(who); !allowed) {
        return std::unexpected(allowed.error());
    }
    const auto* const found = replays_.find(name);
    if (found == nullptr) {
        return fail(Errc::not_found, fmt::format("Replay {} does not exist.", name));
    }
    return *found;
}

Result<std::vector<ports::Replay>> ReplayOperations::list(const ports::Principal& who) const {
    if (const auto allowed = check_operator(who); !allowed) {
        return std::unexpected(allowed.error());
    }
    return replays_.list();
}

}  // namespace ingestor::bus::archive
