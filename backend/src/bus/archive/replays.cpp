#include "bus/archive/replays.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace ingestor::bus::archive {

namespace asio = boost::asio;
using ports::ReplayState;

Replays::Replays(const asio::any_io_executor& executor, Dependencies dependencies, Options options)
    : deps_(dependencies), options_(options), wake_(executor) {}

auto Replays::open() -> Answer<std::monostate> {
    auto stored = co_await deps_.store.replays();
    if (!stored) co_return std::unexpected(std::move(stored.error()));
    for (auto& replay : *stored) {
        auto name = replay.name;
        replays_.insert_or_assign(std::move(name), std::move(replay));
    }
    co_return std::monostate{};
}

void Replays::stop() {
    stopping_ = true;
    wake_.notify();
}

auto Replays::add(ports::Replay replay) -> Answer<std::monostate> {
    if (replays_.contains(replay.name)) {
        co_return fail(Errc::conflict, fmt::format("Replay {} already exists.", replay.name));
    }
    if (active().size() >= kActiveReplaysMax) {
        co_return fail(Errc::too_large,
                       "The requested resource exceeds the maximum number allowed.");
    }
    // Its name is taken before it is stored, as another may come meanwhile.
    const auto place = replays_.emplace(replay.name, replay).first;
    auto put = co_await deps_.store.put_replay(std::move(replay));
    if (!put) replays_.erase(place);
    wake_.notify();
    co_return put;
}

auto Replays::cancel(std::string name) -> Answer<ports::Replay> {
    const auto found = replays_.find(name);
    if (found == replays_.end()) {
        co_return fail(Errc::not_found, fmt::format("Replay {} does not exist.", name));
    }
    auto& replay = found->second;
    if (replay.state != ReplayState::starting && replay.state != ReplayState::running) {
        co_return fail(Errc::conflict,
                       fmt::format("Replay {} is not in a valid state for this operation.", name),
                       "state");
    }
    replay.state = ReplayState::cancelling;
    const auto answer = replay;
    const auto put = co_await deps_.store.put_replay(answer);
    wake_.notify();
    if (!put) co_return std::unexpected(put.error());
    co_return answer;
}

const ports::Replay* Replays::find(const std::string& name) const {
    const auto found = replays_.find(name);
    return found == replays_.end() ? nullptr : &found->second;
}

std::vector<ports::Replay> Replays::list() const {
    std::vector<ports::Replay> out;
    out.reserve(replays_.size());
    for (const auto& [name, replay] : replays_) out.push_back(replay);
    return out;
}

void Replays::forget_ended_before(TimePoint time) {
    std::erase_if(replays_, [time](const auto& entry) {
        return entry.second.ended_at && *entry.second.ended_at < time;
    });
}

std::vector<std::string> Replays::active() const {
    std::vector<std::string> names;
    for (const auto& [name, replay] : replays_) {
        if (is_active(replay.state)) names.push_back(name);
    }
    return names;
}

asio::awaitable<void> Replays::run() {
    while (!stopping_) {
        bool waits = true;
        for (const auto& name : active()) {
            if (stopping_) co_return;
            if (co_await step(name)) waits = false;
        }
        if (waits) {
            const auto latest =
                active().empty() ? Deadline::max() : deps_.monotonic.now() + options_.wait;
            co_await deps_.monotonic.wait(wake_, latest);
        }
    }
}

asio::awaitable<bool> Replays::step(std::string name) {
    auto replay = replays_.at(name);
    if (replay.state == ReplayState::cancelling) {
        replay.state = ReplayState::cancelled;
        replay.ended_at = deps_.clock.now();
        co_return co_await record(std::move(replay));
    }
    if (deps_.archives.find(replay.archive) == nullptr) {
        replay.state = ReplayState::failed;
        replay.state_reason = fmt::format("Archive {} does not exist.", replay.archive);
        replay.ended_at = deps_.clock.now();
        co_return co_await record(std::move(replay));
    }
    const auto under_way = co_await deps_.event_log.depth();
    if (!under_way || *under_way > options_.under_way_max) co_return false;
    co_return co_await replay_page(std::move(replay));
}

asio::awaitable<bool> Replays::replay_page(ports::Replay replay) {
    auto events = co_await deps_.store.events(replay.archive, replay.from, replay.to,
                                              replay.replayed, options_.page);
    if (!events) co_return false;
    replay.state = ReplayState::running;
    if (events->size() < options_.page) {
        replay.state = ReplayState::completed;
        replay.ended_at = deps_.clock.now();
    }
    if (!events->empty()) {
        replay.replayed =
            ports::ArchivePosition{.time = events->back().time, .event_id = events->back().id};
        for (auto& event : *events) {
            event.bus = replay.bus;
            event.replay_name = replay.name;
            event.rules = replay.rules;
            event.fairness_group = "replay:" + replay.name;
        }
        if (!co_await deps_.bus.publish(std::move(*events))) co_return false;
    }
    co_return co_await record(std::move(replay));
}

asio::awaitable<bool> Replays::record(ports::Replay replay) {
    auto& known = replays_.at(replay.name);
    if (known.state == ReplayState::cancelling && is_active(replay.state)) {
        replay.state = ReplayState::cancelling;
    }
    const auto put = co_await deps_.store.put_replay(replay);
    if (!put) co_return false;
    // It may have been cancelled while this was written.
    if (known.state == ReplayState::cancelling && is_active(replay.state)) {
        replay.state = ReplayState::cancelling;
    }
    known = std::move(replay);
    co_return true;
}

}  // namespace ingestor::bus::archive
