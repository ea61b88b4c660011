#include "sqlite/sqlite_event_log.hpp"

#include <fmt/format.h>

#include "sqlite/queries.hpp"

namespace ingestor {

using sqlite::Connection;
using sqlite::Query;

namespace {

/// Reads the 18 columns that kDueDeliveries and kDeadLetters begin with.
Delivery read_delivery(const Query& row) {
    Delivery delivery;
    delivery.id = row.integer(0);
    delivery.stage = static_cast<DeliveryStage>(row.integer(1));
    delivery.attempts = static_cast<int>(row.integer(2));
    delivery.created_at = row.time(3);
    delivery.next_at = row.time(4);
    delivery.fairness_group = row.text(5);
    delivery.bus = row.text(6);
    delivery.rule = row.text(7);
    delivery.target_id = row.text(8);
    delivery.target_arn = row.text(9);
    auto& event = delivery.event;
    event.id = row.text(10);
    event.time = row.time(11);
    event.source = row.text(12);
    event.detail_type = row.text(13);
    event.account = row.text(14);
    event.region = row.text(15);
    event.resources = sqlite::split_resources(row.text(16));
    event.detail = row.text(17);
    return delivery;
}

DeadLetter read_dead_letter(const Query& row) {
    DeadLetter letter;
    letter.id = row.integer(0);
    letter.delivery = read_delivery(row);
    letter.error_code = row.text(18);
    letter.error_message = row.text(19);
    letter.exhausted = row.text(20);
    letter.dead_at = row.time(21);
    return letter;
}

Result<std::monostate> store_rule(Connection& connection, const Rule& rule) {
    connection.run(
        "INSERT INTO rules (bus, name, description, event_pattern, enabled) "
        "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET description = ?3, "
        "event_pattern = ?4, enabled = ?5",
        rule.bus, rule.name, rule.description, rule.event_pattern, rule.enabled ? 1 : 0);
    connection.run("DELETE FROM rule_targets WHERE bus = ?1 AND rule = ?2", rule.bus, rule.name);
    int n = 0;
    for (const auto& target : rule.targets) {
        connection.run(
            "INSERT INTO rule_targets (bus, rule, n, target_id, arn, maximum_retry_attempts, "
            "maximum_event_age_seconds, dead_letter_arn) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            rule.bus, rule.name, n++, target.id, target.arn, target.maximum_retry_attempts,
            std::int64_t{target.maximum_event_age.count()}, target.dead_letter_arn);
    }
    return std::monostate{};
}

std::vector<RuleTarget> read_targets(Connection& connection, const Rule& rule) {
    std::vector<RuleTarget> targets;
    auto rows = connection.query(
        "SELECT target_id, arn, maximum_retry_attempts, maximum_event_age_seconds, dead_letter_arn "
        "FROM rule_targets WHERE bus = ?1 AND rule = ?2 ORDER BY n",
        rule.bus, rule.name);
    while (rows.next()) {
        auto& target = targets.emplace_back();
        target.id = rows.text(0);
        target.arn = rows.text(1);
        target.maximum_retry_attempts = static_cast<int>(rows.integer(2));
        target.maximum_event_age = std::chrono::seconds{rows.integer(3)};
        target.dead_letter_arn = rows.text(4);
    }
    return targets;
}

}  // namespace

auto SqliteEventLog::append(std::vector<Event> events) -> Answer<std::monostate> {
    std::vector<sqlite::RoutedEvent> routed;
    routed.reserve(events.size());
    for (auto& event : events) {
        auto one = outbox_.route(std::move(event));
        if (!one) co_return std::unexpected(one.error());
        routed.push_back(std::move(*one));
    }
    const auto shared = std::make_shared<const std::vector<sqlite::RoutedEvent>>(std::move(routed));
    auto unit = [this, shared](Connection& connection) -> Result<std::vector<std::int64_t>> {
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

auto SqliteEventLog::due(TimePoint now, std::int64_t after, std::uint32_t limit)
    -> Answer<std::vector<Delivery>> {
    auto work = [=](Connection& connection) -> Result<std::vector<Delivery>> {
        std::vector<Delivery> found;
        auto rows = connection.query(sqlite::kDueDeliveries, after, now, limit);
        while (rows.next()) found.push_back(read_delivery(rows));
        return found;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteEventLog::next_due(TimePoint now) -> Answer<std::optional<TimePoint>> {
    // A delivery that was never put off is due from its creation on, so only the others count.
    auto work = [=](Connection& connection) -> Result<std::optional<TimePoint>> {
        auto row = connection.query(sqlite::kNextRetry, now);
        if (!row.next()) return std::nullopt;
        return row.time(0);
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteEventLog::depth() -> Answer<std::uint64_t> {
    auto work = [](Connection& connection) -> Result<std::uint64_t> {
        auto row = connection.query("SELECT count(*) FROM deliveries");
        row.next();
        return static_cast<std::uint64_t>(row.integer(0));
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteEventLog::acknowledge(std::int64_t id) -> Answer<std::monostate> {
    auto unit = [id](Connection& connection) -> Result<std::monostate> {
        if (connection.run("DELETE FROM deliveries WHERE id = ?1", id) > 0) {
            connection.run(sqlite::kUndriveJob, sqlite::seq_of(id));
        }
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteEventLog::reschedule(std::int64_t id, DeliveryStage stage, int attempts,
                                TimePoint next_at) -> Answer<std::monostate> {
    auto unit = [=](Connection& connection) -> Result<std::monostate> {
        connection.run(
            "UPDATE deliveries SET stage = ?2, attempts = ?3, retry_at = ?4 WHERE id = ?1", id,
            static_cast<int>(stage), attempts, next_at);
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteEventLog::bury(std::int64_t id, DeadLetter letter) -> Answer<std::monostate> {
    auto unit = [id, letter = std::move(letter)](Connection& connection) -> Result<std::monostate> {
        const auto buried = connection.run(
            "INSERT INTO dead_letters (id, route, stage, attempts, created_at, next_at, dead_at, "
            "fairness_group, error_code, error_message, exhausted) "
            "SELECT id, route, ?2, ?3, created_at, coalesce(retry_at, created_at), ?4, "
            "fairness_group, ?5, ?6, ?7 FROM deliveries WHERE id = ?1",
            id, static_cast<int>(letter.delivery.stage), letter.delivery.attempts, letter.dead_at,
            letter.error_code, letter.error_message, letter.exhausted);
        if (buried > 0) {
            connection.run("DELETE FROM deliveries WHERE id = ?1", id);
            connection.run(sqlite::kUndriveJob, sqlite::seq_of(id));
        }
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteEventLog::dead_letters(std::uint32_t limit) -> Answer<std::vector<DeadLetter>> {
    auto work = [limit](Connection& connection) -> Result<std::vector<DeadLetter>> {
        std::vector<DeadLetter> found;
        auto rows = connection.query(sqlite::kDeadLetters, limit);
        while (rows.next()) found.push_back(read_dead_letter(rows));
        return found;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteEventLog::redrive(std::int64_t dead_letter_id, TimePoint now) -> Answer<std::monostate> {
    auto unit = [=](Connection& connection) -> Result<std::vector<Delivery>> {
        const auto moved = connection.run(
            "INSERT INTO deliveries (id, route, created_at, fairness_group) "
            "SELECT id, route, ?2, fairness_group FROM dead_letters WHERE id = ?1",
            dead_letter_id, now);
        if (moved == 0) {
            return fail(Errc::not_found, fmt::format("no dead letter {}", dead_letter_id));
        }
        connection.run("DELETE FROM dead_letters WHERE id = ?1", dead_letter_id);
        const auto seq = sqlite::seq_of(dead_letter_id);
        connection.run(
            "UPDATE jobs SET driver = ?1 WHERE job_id = (SELECT job_id FROM events WHERE seq = ?1) "
            "AND driver IS NULL AND status <= 1",
            seq);
        std::vector<Delivery> fresh;
        auto row = connection.query(sqlite::kDueDeliveries, dead_letter_id - 1, now, 1);
        if (row.next()) fresh.push_back(read_delivery(row));
        return fresh;
    };
    auto fresh = co_await database_.write(std::move(unit));
    if (!fresh) co_return std::unexpected(fresh.error());
    outbox_.announce(std::move(*fresh));
    co_return std::monostate{};
}

auto SqliteEventLog::buses() -> Answer<std::vector<EventBusRecord>> {
    auto work = [](Connection& connection) -> Result<std::vector<EventBusRecord>> {
        std::vector<EventBusRecord> found;
        auto rows =
            connection.query("SELECT name, description, created_at FROM buses ORDER BY name");
        while (rows.next()) {
            found.push_back(
                {.name = rows.text(0), .description = rows.text(1), .created_at = rows.time(2)});
        }
        return found;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteEventLog::rules() -> Answer<std::vector<Rule>> {
    auto work = [](Connection& connection) -> Result<std::vector<Rule>> {
        std::vector<Rule> found;
        auto rows = connection.query(
            "SELECT bus, name, description, event_pattern, enabled FROM rules ORDER BY bus, name");
        while (rows.next()) {
            auto& rule = found.emplace_back();
            rule.bus = rows.text(0);
            rule.name = rows.text(1);
            rule.description = rows.text(2);
            rule.event_pattern = rows.text(3);
            rule.enabled = rows.integer(4) != 0;
            rule.targets = read_targets(connection, rule);
        }
        return found;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteEventLog::put_bus(EventBusRecord bus) -> Answer<std::monostate> {
    auto unit = [bus = std::move(bus)](Connection& connection) -> Result<std::monostate> {
        connection.run(
            "INSERT INTO buses (name, description, created_at) VALUES (?1, ?2, ?3) "
            "ON CONFLICT DO UPDATE SET description = ?2, created_at = ?3",
            bus.name, bus.description, bus.created_at);
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteEventLog::put_rule(Rule rule) -> Answer<std::monostate> {
    auto unit = [rule = std::move(rule)](Connection& connection) {
        return store_rule(connection, rule);
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteEventLog::delete_rule(std::string bus, std::string name) -> Answer<std::monostate> {
    auto unit = [bus = std::move(bus),
                 name = std::move(name)](Connection& connection) -> Result<std::monostate> {
        connection.run("DELETE FROM rules WHERE bus = ?1 AND name = ?2", bus, name);
        connection.run("DELETE FROM rule_targets WHERE bus = ?1 AND rule = ?2", bus, name);
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

}  // namespace ingestor
