#include "sqlite/sqlite_event_log.hpp"

#include "sqlite/api_destination_rows.hpp"
#include "sqlite/delivery_rows.hpp"
#include "sqlite/queries.hpp"

namespace ingestor::sqlite {

namespace {

constexpr std::string_view kCorruptEventMessage =
    "the event cannot be read any more: the database was damaged";

void store_rule(Connection& connection, const ports::Rule& rule) {
    connection.run(kPutRule, rule.bus, rule.name, rule.description, rule.event_pattern,
                   rule.enabled ? 1 : 0, rule.managed ? 1 : 0, rule.role_arn, join_tags(rule.tags),
                   rule.schedule, rule.scheduled_since, rule.fired_at);
    connection.run(kDeleteTargets, rule.bus, rule.name);
    int n = 0;
    for (const auto& target : rule.targets) {
        connection.run(kPutTarget, rule.bus, rule.name, n++, target.id, target.arn,
                       target.maximum_retry_attempts,
                       std::int64_t{target.maximum_event_age.count()}, target.dead_letter_arn,
                       target.managed ? 1 : 0, target.role_arn, input_text(target.input),
                       target_parameters_text(target.http));
    }
}

std::vector<ports::RuleTarget> read_targets(Connection& connection, const ports::Rule& rule) {
    std::vector<ports::RuleTarget> targets;
    auto rows = connection.query(kTargets, rule.bus, rule.name);
    while (rows.next()) {
        auto& target = targets.emplace_back();
        target.id = rows.text(0);
        target.arn = rows.text(1);
        target.maximum_retry_attempts = static_cast<int>(rows.integer(2));
        target.maximum_event_age = std::chrono::seconds{rows.integer(3)};
        target.dead_letter_arn = rows.text(4);
        target.managed = rows.integer(5) != 0;
        target.role_arn = rows.text(6);
        target.input = input_of(rows.text(7));
        target.http = target_parameters_of(rows.text(8));
    }
    return targets;
}

std::vector<std::int64_t> due_of_group(Connection& connection, const std::string& group,
                                       std::int64_t after, TimePoint now, std::uint32_t limit) {
    std::vector<std::int64_t> ids;
    auto rows = connection.query(kDueOfGroup, group, after, now, limit);
    while (rows.next()) ids.push_back(rows.integer(0));
    return ids;
}

std::optional<std::string> one_text(Query row) {
    if (!row.next()) return std::nullopt;
    return row.text_or_none(0);
}

}  // namespace

auto SqliteEventLog::append(std::vector<eventbridge::Event> events) -> Answer<std::monostate> {
    return store(std::move(events), std::nullopt);
}

auto SqliteEventLog::fire(ports::RuleKey rule, TimePoint at, eventbridge::Event event)
    -> Answer<std::monostate> {
    std::vector<eventbridge::Event> events;
    events.push_back(std::move(event));
    return store(std::move(events), Firing{.rule = std::move(rule), .at = at});
}

auto SqliteEventLog::store(std::vector<eventbridge::Event> events, std::optional<Firing> firing)
    -> Answer<std::monostate> {
    std::vector<RoutedEvent> routed;
    routed.reserve(events.size());
    for (auto& event : events) {
        auto one = outbox_.route(std::move(event));
        if (!one) co_return std::unexpected(one.error());
        routed.push_back(std::move(*one));
    }
    const auto shared = std::make_shared<const std::vector<RoutedEvent>>(std::move(routed));
    auto unit = [this, shared, firing = std::move(firing)](
                    Connection& connection) -> Result<std::vector<std::int64_t>> {
        if (firing) {
            connection.run(kSetFiredAt, firing->rule.bus, firing->rule.name, firing->at);
        }
        std::vector<std::int64_t> first_ids;
        for (const auto& one : *shared) {
            first_ids.push_back(outbox_.store(connection, one, std::nullopt));
        }
        return first_ids;
    };
    const auto first_ids = co_await database_.write(std::move(unit));
    if (!first_ids) co_return std::unexpected(first_ids.error());
    for (std::size_t place = 0; place < shared->size(); ++place) {
        outbox_.announce((*shared)[place], (*first_ids)[place]);
    }
    co_return std::monostate{};
}

auto SqliteEventLog::due_groups(TimePoint now, std::optional<std::string> after,
                                std::uint32_t groups_max, std::uint32_t of_each)
    -> Answer<std::vector<ports::DueGroup>> {
    auto work = [now, after = std::move(after), groups_max,
                 of_each](Connection& connection) -> Result<std::vector<ports::DueGroup>> {
        std::vector<ports::DueGroup> found;
        auto group = after ? one_text(connection.query(kNextGroup, *after))
                           : one_text(connection.query(kFirstGroup));
        while (group && found.size() < groups_max) {
            found.push_back({*group, due_of_group(connection, *group, 0, now, of_each)});
            group = one_text(connection.query(kNextGroup, *group));
        }
        return found;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteEventLog::due(TimePoint now, std::string fairness_group, std::int64_t after,
                         std::uint32_t limit) -> Answer<std::vector<std::int64_t>> {
    auto work = [now, group = std::move(fairness_group), after,
                 limit](Connection& connection) -> Result<std::vector<std::int64_t>> {
        return due_of_group(connection, group, after, now, limit);
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteEventLog::read(std::vector<std::int64_t> ids) -> Answer<ports::FoundDeliveries> {
    auto work = [ids = std::move(ids)](Connection& connection) -> Result<ports::FoundDeliveries> {
        ports::FoundDeliveries found;
        found.deliveries.reserve(ids.size());
        for (const auto id : ids) {
            auto delivery = find_delivery(connection, id);
            if (!delivery) {
                found.corrupt.push_back(id);
            } else if (*delivery) {
                found.deliveries.push_back(std::move(**delivery));
            }
        }
        return found;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteEventLog::next_due(TimePoint now) -> Answer<std::optional<TimePoint>> {
    // A delivery that was never put off is due from its creation on, so only the others count.
    auto work = [=](Connection& connection) -> Result<std::optional<TimePoint>> {
        auto row = connection.query(kNextRetry, now);
        if (!row.next()) return std::nullopt;
        return row.time(0);
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteEventLog::depth() -> Answer<std::uint64_t> {
    auto work = [](Connection& connection) -> Result<std::uint64_t> {
        auto row = connection.query(kDeliveriesUnderWay);
        row.next();
        return static_cast<std::uint64_t>(row.integer(0));
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteEventLog::acknowledge(std::int64_t id) -> Answer<std::monostate> {
    auto unit = [id](Connection& connection) -> Result<std::monostate> {
        if (connection.run(kDeleteDelivery, id) > 0) {
            connection.run(kClearPendingEvent, seq_of(id));
        }
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteEventLog::reschedule(std::int64_t id, ports::Retry retry) -> Answer<std::monostate> {
    auto unit = [id, retry = std::move(retry)](Connection& connection) -> Result<std::monostate> {
        connection.run(kReschedule, id, static_cast<int>(retry.stage), retry.attempts,
                       retry.next_at, retry.failed_at, retry.error_code, retry.error_message);
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteEventLog::move_to_dead_letters(std::int64_t id, ports::GivenUp reason)
    -> Answer<std::monostate> {
    auto unit = [id, reason = std::move(reason)](Connection& connection) -> Result<std::monostate> {
        std::optional<std::int64_t> known;
        if (auto row = connection.query(kDeadLetterOfJob, id); row.next()) {
            known = row.integer(0);
        }
        const auto moved =
            connection.run(known ? kCountDeadLetter : kInsertDeadLetter, known.value_or(id),
                           static_cast<int>(reason.stage), reason.attempts, reason.at,
                           reason.error_code, reason.error_message, reason.exhausted);
        if (moved > 0) {
            connection.run(kTrimDeadLetters, ports::kDeadLettersMax);
            connection.run(kDeleteDelivery, id);
            connection.run(kClearPendingEvent, seq_of(id));
        }
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteEventLog::set_aside(std::int64_t id, TimePoint at) -> Answer<std::monostate> {
    auto unit = [id, at](Connection& connection) -> Result<std::monostate> {
        const auto moved =
            connection.run(kSetDeliveryAside, id, at, ports::kEventCorrupt, kCorruptEventMessage);
        if (moved > 0) {
            connection.run(kTrimDeadLetters, ports::kDeadLettersMax);
            connection.run(kDeleteDelivery, id);
            connection.run(kClearPendingEventOfCorrupt, seq_of(id));
        }
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteEventLog::dead_letters(std::uint32_t limit) -> Answer<std::vector<ports::DeadLetter>> {
    auto work = [limit](Connection& connection) -> Result<std::vector<ports::DeadLetter>> {
        std::vector<ports::DeadLetter> found;
        auto newest = connection.query(kNewestDeadLetters, limit);
        while (newest.next()) {
            auto letter = find_dead_letter_or_its_shell(connection, newest.integer(0));
            if (letter) found.push_back(std::move(*letter));
        }
        return found;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteEventLog::redrive(std::vector<std::int64_t> ids, TimePoint now)
    -> Answer<std::vector<std::int64_t>> {
    // Not by the writer: SQLite commits nothing of a transaction that has met a corrupt page.
    auto sound = [ids =
                      std::move(ids)](Connection& connection) -> Result<std::vector<std::int64_t>> {
        std::vector<std::int64_t> found;
        for (const auto id : ids) {
            const auto letter = find_dead_letter(connection, id);
            if (letter && *letter) found.push_back(id);
        }
        return found;
    };
    const auto letters = co_await database_.read(std::move(sound));
    if (!letters) co_return std::unexpected(letters.error());
    auto unit = [letters = *letters,
                 now](Connection& connection) -> Result<std::vector<std::int64_t>> {
        std::vector<std::int64_t> fresh;
        for (const auto id : letters) {
            if (connection.run(kRedriveDeadLetter, id, now) == 0) continue;
            connection.run(kDeleteDeadLetter, id);
            connection.run(kRestorePendingEvent, seq_of(id));
            fresh.push_back(id);
        }
        return fresh;
    };
    auto redriven = co_await database_.write(std::move(unit));
    if (!redriven) co_return std::unexpected(redriven.error());
    // Where they cannot be read just now, whoever looks for what is due finds them.
    auto fresh = co_await read(*redriven);
    if (fresh) outbox_.announce(std::move(fresh->deliveries));
    co_return std::move(*redriven);
}

auto SqliteEventLog::buses() -> Answer<std::vector<ports::EventBusRecord>> {
    auto work = [](Connection& connection) -> Result<std::vector<ports::EventBusRecord>> {
        std::vector<ports::EventBusRecord> found;
        auto rows = connection.query(kBuses);
        while (rows.next()) {
            found.push_back({.name = rows.text(0),
                             .description = rows.text(1),
                             .created_at = rows.time(2),
                             .managed = rows.integer(3) != 0,
                             .tags = split_tags(rows.text(4)),
                             .policy = rows.text(5)});
        }
        return found;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteEventLog::rules() -> Answer<std::vector<ports::Rule>> {
    auto work = [](Connection& connection) -> Result<std::vector<ports::Rule>> {
        std::vector<ports::Rule> found;
        auto rows = connection.query(kRules);
        while (rows.next()) {
            auto& rule = found.emplace_back();
            rule.bus = rows.text(0);
            rule.name = rows.text(1);
            rule.description = rows.text(2);
            rule.event_pattern = rows.text(3);
            rule.enabled = rows.integer(4) != 0;
            rule.managed = rows.integer(5) != 0;
            rule.role_arn = rows.text(6);
            rule.tags = split_tags(rows.text(7));
            rule.schedule = rows.text(8);
            rule.scheduled_since = rows.time(9);
            rule.fired_at = rows.time_or_none(10);
            rule.targets = read_targets(connection, rule);
        }
        return found;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteEventLog::apply(ports::BusChange change) -> Answer<std::monostate> {
    auto unit = [this,
                 change = std::move(change)](Connection& connection) -> Result<std::monostate> {
        for (const auto& [bus, name] : change.delete_rules) {
            connection.run(kDeleteRule, bus, name);
            connection.run(kDeleteTargets, bus, name);
        }
        for (const auto& name : change.delete_buses) connection.run(kDeleteBus, name);
        for (const auto& bus : change.put_buses) {
            connection.run(kPutBus, bus.name, bus.description, bus.created_at, bus.managed ? 1 : 0,
                           join_tags(bus.tags), bus.policy);
        }
        for (const auto& rule : change.put_rules) store_rule(connection, rule);
        for (const auto& retarget : change.retargets) move_over(connection, retarget);
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

void SqliteEventLog::move_over(Connection& connection, const ports::Retarget& retarget) const {
    const ports::NewDelivery wanted{
        .rule = retarget.to_rule.name, .target_id = retarget.to.id, .target_arn = retarget.to.arn};
    const auto today = outbox_.route_id(connection, retarget.to_rule.bus, wanted);
    std::vector<std::int64_t> others;
    auto rows = connection.query(kOtherRoutes, retarget.from_rule.bus, retarget.from_rule.name,
                                 retarget.from_target_id, today);
    while (rows.next()) others.push_back(rows.integer(0));
    for (const auto other : others) {
        connection.run(kMoveDeliveries, other, today);
        connection.run(kMoveDeadLetters, other, today);
        outbox_.forget_route(connection, other);
    }
}

}  // namespace ingestor::sqlite
