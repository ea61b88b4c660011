#include "bus/bus_operations.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "bus/operators.hpp"

namespace ingestor::bus {

namespace {

Result<std::monostate> check_ids(const std::vector<std::int64_t>& ids) {
    if (!ids.empty() && ids.size() <= BusOperations::kRedrivenAtOnceMax) return std::monostate{};
    return fail(Errc::invalid_argument,
                fmt::format("Name 1 to {} dead letters.", BusOperations::kRedrivenAtOnceMax),
                "ids");
}

/// Those of `ids` that are not among `known`, each once, in order.
std::vector<std::int64_t> without(std::vector<std::int64_t> ids,
                                  const std::vector<std::int64_t>& known) {
    std::ranges::sort(ids);
    const auto repeated = std::ranges::unique(ids);
    ids.erase(repeated.begin(), repeated.end());
    std::erase_if(
        ids, [&known](std::int64_t id) { return std::ranges::find(known, id) != known.end(); });
    return ids;
}

std::vector<std::int64_t> batch_of(const std::vector<ports::DeadLetter>& letters,
                                   std::size_t from) {
    std::vector<std::int64_t> ids;
    const auto size = std::min(letters.size() - from, BusOperations::kRedrivenAtOnceMax);
    for (const auto& letter : std::span(letters).subspan(from, size)) ids.push_back(letter.id);
    return ids;
}

}  // namespace

RuleActivity BusOperations::activity_of(ports::Rule rule) const {
    RuleActivity activity;
    activity.matched = deps_.bus.matched({rule.bus, rule.name});
    for (const auto& target : rule.targets) {
        activity.targets.push_back(deps_.deliveries.counts(rule.bus, rule.name, target.id));
    }
    activity.rule = std::move(rule);
    return activity;
}

Result<std::vector<RuleActivity>> BusOperations::rules(const ports::Principal& who) const {
    if (const auto allowed = check_operator(who); !allowed) {
        return std::unexpected(allowed.error());
    }
    std::vector<RuleActivity> found;
    for (auto& rule : deps_.bus.rules()) found.push_back(activity_of(std::move(rule)));
    return found;
}

auto BusOperations::dead_letters(ports::Principal who, std::uint32_t limit)
    -> Answer<std::vector<ports::DeadLetter>> {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    co_return co_await deps_.log.dead_letters(std::min(limit, kDeadLettersInListMax));
}

auto BusOperations::dead_letter(ports::Principal who, std::int64_t id)
    -> Answer<ports::DeadLetter> {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    co_return co_await deps_.records.dead_letter(id);
}

auto BusOperations::redrive(ports::Principal who, std::vector<std::int64_t> ids)
    -> Answer<Redriven> {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    if (const auto fit = check_ids(ids); !fit) co_return std::unexpected(fit.error());
    auto redriven = co_await deps_.log.redrive(ids, deps_.clock.now());
    if (!redriven) co_return std::unexpected(std::move(redriven.error()));
    Redriven outcome;
    outcome.ids = std::move(*redriven);
    outcome.unknown = without(std::move(ids), outcome.ids);
    co_return outcome;
}

auto BusOperations::redrive_all(ports::Principal who) -> Answer<Redriven> {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    // Those that are there now: one that dies again meanwhile has its turn the next time.
    const auto letters = co_await deps_.log.dead_letters(ports::kDeadLettersMax);
    if (!letters) co_return std::unexpected(letters.error());
    Redriven outcome;
    for (std::size_t next = 0; next < letters->size(); next += kRedrivenAtOnceMax) {
        const auto redriven =
            co_await deps_.log.redrive(batch_of(*letters, next), deps_.clock.now());
        if (!redriven) co_return std::unexpected(redriven.error());
        std::ranges::copy(*redriven, std::back_inserter(outcome.ids));
    }
    co_return outcome;
}

auto BusOperations::remove(ports::Principal who, std::vector<std::int64_t> ids) -> Answer<Deleted> {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    if (const auto fit = check_ids(ids); !fit) co_return std::unexpected(fit.error());
    auto deleted = co_await deps_.records.delete_dead_letters(ids);
    if (!deleted) co_return std::unexpected(std::move(deleted.error()));
    Deleted outcome;
    outcome.ids = std::move(*deleted);
    outcome.unknown = without(std::move(ids), outcome.ids);
    co_return outcome;
}

auto BusOperations::remove_all(ports::Principal who) -> Answer<Deleted> {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    const auto letters = co_await deps_.log.dead_letters(ports::kDeadLettersMax);
    if (!letters) co_return std::unexpected(letters.error());
    Deleted outcome;
    for (std::size_t next = 0; next < letters->size(); next += kRedrivenAtOnceMax) {
        const auto deleted = co_await deps_.records.delete_dead_letters(batch_of(*letters, next));
        if (!deleted) co_return std::unexpected(deleted.error());
        std::ranges::copy(*deleted, std::back_inserter(outcome.ids));
    }
    co_return outcome;
}

}  // namespace ingestor::bus
