#include "memory/in_memory_event_log.hpp"

#include <algorithm>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace ingestor::memory {

namespace asio = boost::asio;

InMemoryEventLog::InMemoryEventLog(const ports::EventRouter& router, const ports::Clock& clock,
                                   ports::DeliveriesCommitted committed)
    : router_(router), clock_(clock), committed_(std::move(committed)) {}

void InMemoryEventLog::insert(ports::Delivery delivery) {
    const auto id = delivery.id;
    const auto& group = delivery.group();
    group_of_id_.emplace(id, group);
    groups_[group].emplace(id, std::move(delivery));
}

std::optional<ports::Delivery> InMemoryEventLog::take(std::int64_t id) {
    const auto place = group_of_id_.find(id);
    if (place == group_of_id_.end()) return std::nullopt;
    const auto group = groups_.find(place->second);
    const auto found = group->second.find(id);
    auto delivery = std::move(found->second);
    group->second.erase(found);
    if (group->second.empty()) groups_.erase(group);
    group_of_id_.erase(place);
    reasons_.erase(id);
    return delivery;
}

std::vector<std::int64_t> InMemoryEventLog::append_now(std::vector<eventbridge::Event> events) {
    std::vector<std::int64_t> ids;
    std::vector<ports::Delivery> fresh;
    const auto now = clock_.now();
    for (auto& event : events) {
        events_.push_back(event);
        const auto shared = std::make_shared<const eventbridge::Event>(std::move(event));
        for (auto& route : router_.route(*shared)) {
            ports::Delivery delivery{.id = ++last_id_,
                                     .event = shared,
                                     .rule = std::move(route.rule),
                                     .target_id = std::move(route.target_id),
                                     .target_arn = std::move(route.target_arn),
                                     .created_at = now,
                                     .first_failed_at = std::nullopt,
                                     .next_at = now,
                                     .fairness_group = std::move(route.fairness_group)};
            ids.push_back(delivery.id);
            insert(delivery);
            fresh.push_back(std::move(delivery));
        }
    }
    if (!fresh.empty() && committed_) committed_(std::move(fresh));
    return ids;
}

bool InMemoryEventLog::under_way(std::int64_t delivery_id) const {
    return group_of_id_.contains(delivery_id);
}

auto InMemoryEventLog::append(std::vector<eventbridge::Event> events) -> Answer<std::monostate> {
    co_await asio::post(asio::use_awaitable);
    append_now(std::move(events));
    co_return std::monostate{};
}

auto InMemoryEventLog::fire(ports::RuleKey rule, TimePoint at, eventbridge::Event event)
    -> Answer<std::monostate> {
    co_await asio::post(asio::use_awaitable);
    if (const auto known = rules_.find(rule); known != rules_.end()) known->second.fired_at = at;
    std::vector<eventbridge::Event> events;
    events.push_back(std::move(event));
    append_now(std::move(events));
    co_return std::monostate{};
}

std::vector<std::int64_t> InMemoryEventLog::due_now(TimePoint now,
                                                    const std::string& fairness_group,
                                                    std::int64_t after, std::uint32_t limit) const {
    std::vector<std::int64_t> ids;
    const auto group = groups_.find(fairness_group);
    if (group == groups_.end()) return ids;
    for (auto place = group->second.upper_bound(after);
         place != group->second.end() && ids.size() < limit; ++place) {
        if (place->second.next_at <= now) ids.push_back(place->first);
    }
    return ids;
}

auto InMemoryEventLog::due_groups(TimePoint now, std::optional<std::string> after,
                                  std::uint32_t groups_max, std::uint32_t of_each)
    -> Answer<std::vector<ports::DueGroup>> {
    co_await asio::post(asio::use_awaitable);
    std::vector<ports::DueGroup> found;
    for (auto group = after ? groups_.upper_bound(*after) : groups_.begin();
         group != groups_.end() && found.size() < groups_max; ++group) {
        found.push_back({group->first, due_now(now, group->first, 0, of_each)});
    }
    co_return found;
}

auto InMemoryEventLog::due(TimePoint now, std::string fairness_group, std::int64_t after,
                           std::uint32_t limit) -> Answer<std::vector<std::int64_t>> {
    co_await asio::post(asio::use_awaitable);
    co_return due_now(now, fairness_group, after, limit);
}

auto InMemoryEventLog::read(std::vector<std::int64_t> ids) -> Answer<ports::FoundDeliveries> {
    co_await asio::post(asio::use_awaitable);
    ports::FoundDeliveries found;
    for (const auto id : ids) {
        const auto place = group_of_id_.find(id);
        if (place == group_of_id_.end()) continue;
        if (corrupt_.contains(id)) {
            found.corrupt.push_back(id);
        } else {
            found.deliveries.push_back(groups_.at(place->second).at(id));
        }
    }
    co_return found;
}

auto InMemoryEventLog::next_due(TimePoint now) -> Answer<std::optional<TimePoint>> {
    co_await asio::post(asio::use_awaitable);
    std::optional<TimePoint> next;
    for (const auto& [name, group] : groups_) {
        for (const auto& [id, delivery] : group) {
            if (delivery.next_at > now && (!next || delivery.next_at < *next)) {
                next = delivery.next_at;
            }
        }
    }
    co_return next;
}

auto InMemoryEventLog::depth() -> Answer<std::uint64_t> {
    co_await asio::post(asio::use_awaitable);
    co_return group_of_id_.size();
}

auto InMemoryEventLog::acknowledge(std::int64_t id) -> Answer<std::monostate> {
    co_await asio::post(asio::use_awaitable);
    take(id);
    co_return std::monostate{};
}

auto InMemoryEventLog::reschedule(std::int64_t id, ports::Retry retry) -> Answer<std::monostate> {
    co_await asio::post(asio::use_awaitable);
    const auto place = group_of_id_.find(id);
    if (place == group_of_id_.end()) co_return std::monostate{};
    auto& delivery = groups_.at(place->second).at(id);
    delivery.stage = retry.stage;
    delivery.attempts = retry.attempts;
    delivery.next_at = retry.next_at;
    if (!delivery.first_failed_at) delivery.first_failed_at = retry.failed_at;
    reasons_[id] = {std::move(retry.error_code), std::move(retry.error_message)};
    co_return std::monostate{};
}

auto InMemoryEventLog::move_to_dead_letters(std::int64_t id, ports::GivenUp reason)
    -> Answer<std::monostate> {
    co_await asio::post(asio::use_awaitable);
    auto delivery = take(id);
    if (!delivery) co_return std::monostate{};
    ports::DeadLetter letter;
    letter.id = id;
    letter.delivery = std::move(*delivery);
    letter.first_dead_at = reason.at;
    const auto& fresh = letter.delivery;
    const auto same = std::ranges::find_if(dead_, [&fresh](const auto& entry) {
        const auto& known = entry.second.delivery;
        return !fresh.event->subject.empty() && known.event->subject == fresh.event->subject &&
               known.event->bus == fresh.event->bus && known.rule == fresh.rule &&
               known.target_id == fresh.target_id && known.target_arn == fresh.target_arn;
    });
    if (same != dead_.end()) {
        letter = std::move(same->second);
        ++letter.times;
        dead_.erase(same);
    }
    keep_dead_letter(std::move(letter), std::move(reason));
    co_return std::monostate{};
}

auto InMemoryEventLog::set_aside(std::int64_t id, TimePoint at) -> Answer<std::monostate> {
    co_await asio::post(asio::use_awaitable);
    auto delivery = take(id);
    if (!delivery) co_return std::monostate{};
    eventbridge::Event unreadable;
    unreadable.bus = delivery->event->bus;
    unreadable.fairness_group = delivery->event->fairness_group;
    delivery->event = std::make_shared<const eventbridge::Event>(std::move(unreadable));
    ports::DeadLetter letter;
    letter.id = id;
    letter.delivery = std::move(*delivery);
    letter.first_dead_at = at;
    ports::GivenUp reason;
    reason.error_code = ports::kEventCorrupt;
    reason.at = at;
    keep_dead_letter(std::move(letter), std::move(reason));
    co_return std::monostate{};
}

void InMemoryEventLog::keep_dead_letter(ports::DeadLetter letter, ports::GivenUp reason) {
    letter.delivery.stage = reason.stage;
    letter.delivery.attempts = reason.attempts;
    letter.error_code = std::move(reason.error_code);
    letter.error_message = std::move(reason.error_message);
    letter.exhausted = std::move(reason.exhausted);
    letter.dead_at = reason.at;
    const std::pair place{letter.dead_at, ++deaths_};
    dead_.emplace(place, std::move(letter));
    if (dead_.size() > ports::kDeadLettersMax) dead_.erase(dead_.begin());
}

auto InMemoryEventLog::dead_letters(std::uint32_t limit) -> Answer<std::vector<ports::DeadLetter>> {
    co_await asio::post(asio::use_awaitable);
    std::vector<ports::DeadLetter> found;
    for (auto place = dead_.rbegin(); place != dead_.rend() && found.size() < limit; ++place) {
        found.push_back(place->second);
    }
    co_return found;
}

auto InMemoryEventLog::redrive(std::vector<std::int64_t> ids, TimePoint now)
    -> Answer<std::vector<std::int64_t>> {
    co_await asio::post(asio::use_awaitable);
    std::vector<std::int64_t> redriven;
    std::vector<ports::Delivery> fresh;
    for (const auto id : ids) {
        const auto place =
            std::ranges::find_if(dead_, [id](const auto& entry) { return entry.second.id == id; });
        if (place == dead_.end() || corrupt_.contains(id)) continue;
        auto delivery = std::move(place->second.delivery);
        dead_.erase(place);
        delivery.stage = ports::DeliveryStage::delivery;
        delivery.attempts = 0;
        delivery.created_at = now;
        delivery.first_failed_at.reset();
        delivery.next_at = now;
        insert(delivery);
        fresh.push_back(std::move(delivery));
        redriven.push_back(id);
    }
    if (!fresh.empty() && committed_) committed_(std::move(fresh));
    co_return redriven;
}

auto InMemoryEventLog::counts() -> Answer<ports::DeliveryCounts> {
    co_await asio::post(asio::use_awaitable);
    co_return ports::DeliveryCounts{.under_way = group_of_id_.size(), .retrying = reasons_.size()};
}

auto InMemoryEventLog::retrying(ports::RouteFilter filter, std::uint32_t limit)
    -> Answer<std::vector<ports::RetryingDelivery>> {
    co_await asio::post(asio::use_awaitable);
    std::vector<ports::RetryingDelivery> found;
    for (const auto& [id, reason] : reasons_) {
        const auto& delivery = groups_.at(group_of_id_.at(id)).at(id);
        if (corrupt_.contains(id) ||
            !filter.covers(delivery.event->bus, delivery.rule, delivery.target_id)) {
            continue;
        }
        found.push_back({delivery, reason.first, reason.second});
    }
    std::ranges::stable_sort(found, {}, [](const auto& each) { return each.delivery.next_at; });
    if (found.size() > limit) found.resize(limit);
    co_return found;
}

auto InMemoryEventLog::dead_letter(std::int64_t id) -> Answer<ports::DeadLetter> {
    co_await asio::post(asio::use_awaitable);
    const auto place =
        std::ranges::find_if(dead_, [id](const auto& entry) { return entry.second.id == id; });
    if (place != dead_.end()) co_return place->second;
    co_return fail(Errc::not_found, "There is no such dead letter.");
}

auto InMemoryEventLog::delete_dead_letters(std::vector<std::int64_t> ids)
    -> Answer<std::vector<std::int64_t>> {
    co_await asio::post(asio::use_awaitable);
    std::erase_if(ids, [this](std::int64_t id) {
        return std::erase_if(dead_, [id](const auto& entry) { return entry.second.id == id; }) == 0;
    });
    co_return ids;
}

auto InMemoryEventLog::buses() -> Answer<std::vector<ports::EventBusRecord>> {
    co_await asio::post(asio::use_awaitable);
    std::vector<ports::EventBusRecord> found;
    found.reserve(buses_.size());
    for (const auto& [name, bus] : buses_) found.push_back(bus);
    co_return found;
}

auto InMemoryEventLog::rules() -> Answer<std::vector<ports::Rule>> {
    co_await asio::post(asio::use_awaitable);
    std::vector<ports::Rule> found;
    found.reserve(rules_.size());
    for (const auto& [name, rule] : rules_) found.push_back(rule);
    co_return found;
}

auto InMemoryEventLog::apply(ports::BusChange change) -> Answer<std::monostate> {
    co_await asio::post(asio::use_awaitable);
    for (const auto& key : change.delete_rules) rules_.erase(key);
    for (const auto& name : change.delete_buses) buses_.erase(name);
    for (auto& bus : change.put_buses) {
        auto name = bus.name;
        buses_.insert_or_assign(std::move(name), std::move(bus));
    }
    for (auto& rule : change.put_rules) {
        ports::RuleKey key{rule.bus, rule.name};
        rules_.insert_or_assign(std::move(key), std::move(rule));
    }
    for (const auto& retarget : change.retargets) {
        const auto move_over = [&retarget](ports::Delivery& delivery) {
            if (delivery.event->bus != retarget.from_rule.bus ||
                delivery.rule != retarget.from_rule.name ||
                delivery.target_id != retarget.from_target_id) {
                return;
            }
            auto event = *delivery.event;
            event.bus = retarget.to_rule.bus;
            delivery.event = std::make_shared<const eventbridge::Event>(std::move(event));
            delivery.rule = retarget.to_rule.name;
            delivery.target_id = retarget.to.id;
            delivery.target_arn = retarget.to.arn;
        };
        for (auto& [name, group] : groups_) {
            for (auto& [id, delivery] : group) move_over(delivery);
        }
        for (auto& [place, letter] : dead_) move_over(letter.delivery);
    }
    co_return std::monostate{};
}

}  // namespace ingestor::memory
