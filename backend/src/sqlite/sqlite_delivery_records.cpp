#include "sqlite/sqlite_delivery_records.hpp"

#include <utility>

#include <fmt/format.h>

#include "sqlite/delivery_rows.hpp"
#include "sqlite/queries.hpp"

namespace ingestor::sqlite {

namespace {

std::uint64_t count_of(Query row) {
    row.next();
    return static_cast<std::uint64_t>(row.integer(0));
}

}  // namespace

auto SqliteDeliveryRecords::counts() -> Answer<ports::DeliveryCounts> {
    auto work = [](Connection& connection) -> Result<ports::DeliveryCounts> {
        return ports::DeliveryCounts{.under_way = count_of(connection.query(kDeliveriesUnderWay)),
                                     .retrying = count_of(connection.query(kDeliveriesRetrying))};
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteDeliveryRecords::retrying(ports::RouteFilter filter, std::uint32_t limit)
    -> Answer<std::vector<ports::RetryingDelivery>> {
    auto work = [filter = std::move(filter),
                 limit](Connection& connection) -> Result<std::vector<ports::RetryingDelivery>> {
        std::vector<ports::RetryingDelivery> found;
        auto rows =
            connection.query(kNextRetries, filter.bus, filter.rule, filter.target_id, limit);
        while (rows.next()) {
            auto delivery = find_delivery(connection, rows.integer(0));
            if (!delivery || !*delivery) continue;
            found.push_back({.delivery = std::move(**delivery),
                             .error_code = rows.text_or_none(1).value_or(""),
                             .error_message = rows.text_or_none(2).value_or("")});
        }
        return found;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteDeliveryRecords::dead_letter(std::int64_t id) -> Answer<ports::DeadLetter> {
    auto work = [id](Connection& connection) -> Result<ports::DeadLetter> {
        auto letter = find_dead_letter_or_its_shell(connection, id);
        if (letter) return std::move(*letter);
        return fail(Errc::not_found, fmt::format("There is no dead letter {}.", id));
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteDeliveryRecords::delete_dead_letters(std::vector<std::int64_t> ids)
    -> Answer<std::vector<std::int64_t>> {
    auto unit = [ids =
                     std::move(ids)](Connection& connection) -> Result<std::vector<std::int64_t>> {
        std::vector<std::int64_t> deleted;
        for (const auto id : ids) {
            if (connection.run(kDeleteDeadLetter, id) > 0) deleted.push_back(id);
        }
        return deleted;
    };
    co_return co_await database_.write(std::move(unit));
}

}  // namespace ingestor::sqlite
