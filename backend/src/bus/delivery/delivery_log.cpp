#include "bus/delivery/delivery_log.hpp"

#include <algorithm>
#include <utility>

#include "base/utf8.hpp"

namespace ingestor::bus::delivery {

std::size_t DeliveryLog::KeyHash::operator()(const Key& key) const {
    constexpr std::size_t kMix = 0x9E3779B97F4A7C15;
    const std::hash<std::string_view> hash;
    return (hash(key.bus) * kMix + hash(key.rule)) * kMix + hash(key.target_id);
}

DeliveryLog::Target& DeliveryLog::target_of(const ports::Delivery& delivery) {
    const auto found = by_key_.find({delivery.event->bus, delivery.rule, delivery.target_id});
    if (found != by_key_.end()) {
        targets_.splice(targets_.begin(), targets_, found->second);
        return *found->second;
    }
    if (targets_.size() >= kTargetsMax) {
        const auto& route = targets_.back().route;
        by_key_.erase({route.bus, route.rule, route.target_id});
        targets_.pop_back();
    }
    auto& target = targets_.emplace_front();
    target.route = {.bus = delivery.event->bus,
                    .rule = delivery.rule,
                    .target_id = delivery.target_id,
                    .target_arn = {}};
    by_key_.emplace(Key{target.route.bus, target.route.rule, target.route.target_id},
                    targets_.begin());
    return target;
}

void DeliveryLog::ended(const Settlement& settlement, TimePoint at) {
    auto& target = target_of(settlement.delivery);
    target.route.target_arn = settlement.delivery.target_arn;
    if (target.ring.size() < kTriesOfTargetMax) {
        target.ring.emplace_back();
        target.next = target.ring.size() - 1;
    }
    // Assigned member by member: the texts of the try that stood there lend theirs their room.
    auto& entry = target.ring[target.next];
    target.next = (target.next + 1) % kTriesOfTargetMax;
    entry.at = at;
    entry.event_id = settlement.delivery.event->id;
    entry.stage = settlement.stage;
    entry.attempt = settlement.failures;
    entry.status = settlement.status;
    entry.latency = settlement.latency;
    entry.error_code = settlement.error_code;
    entry.error_message = cut_utf8(settlement.message, kMessageBytesMax);
    entry.next_at.reset();
    if (const auto* retry = std::get_if<RetryAt>(&settlement.outcome)) {
        entry.outcome = TryOutcome::retried;
        entry.next_at = retry->at;
        ++target.counts.retried;
        ++target.counts.failed;
    } else if (std::holds_alternative<SendToDlq>(settlement.outcome)) {
        entry.outcome = TryOutcome::dead_lettered;
        ++target.counts.dead_lettered;
        ++target.counts.failed;
    } else {
        entry.outcome = TryOutcome::delivered;
        ++entry.attempt;
        ++target.counts.delivered;
    }
}

std::vector<DeliveryLog::RunningDelivery> DeliveryLog::running(const ports::RouteFilter& filter,
                                                               std::size_t limit) const {
    std::vector<RunningDelivery> found;
    for (const auto& each : running_) {
        if (found.size() >= limit) break;
        const auto& delivery = each.delivery();
        if (filter.covers(delivery.event->bus, delivery.rule, delivery.target_id)) {
            found.push_back({delivery, each.since()});
        }
    }
    return found;
}

std::vector<DeliveryLog::LoggedTry> DeliveryLog::tries(const ports::RouteFilter& filter,
                                                       std::optional<TryOutcome> outcome,
                                                       std::size_t limit) const {
    struct Found {
        const Target* target;
        const Try* attempt;
    };
    std::vector<Found> found;
    for (const auto& target : targets_) {
        const auto& route = target.route;
        if (!filter.covers(route.bus, route.rule, route.target_id)) continue;
        for (const auto& attempt : target.ring) {
            if (!outcome || attempt.outcome == *outcome) found.push_back({&target, &attempt});
        }
    }
    const auto wanted = std::min(limit, found.size());
    const auto end = found.begin() + static_cast<std::ptrdiff_t>(wanted);
    std::ranges::partial_sort(found, end, std::ranges::greater{},
                              [](const Found& each) { return each.attempt->at; });
    std::vector<LoggedTry> newest;
    newest.reserve(wanted);
    for (auto each = found.begin(); each != end; ++each) {
        newest.push_back({each->target->route, *each->attempt});
    }
    return newest;
}

TryCounts DeliveryLog::counts(const std::string& bus, const std::string& rule,
                              const std::string& target_id) const {
    const auto found = by_key_.find({bus, rule, target_id});
    return found == by_key_.end() ? TryCounts{} : found->second->counts;
}

}  // namespace ingestor::bus::delivery
