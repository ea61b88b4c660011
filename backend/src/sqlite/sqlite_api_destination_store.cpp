#include "sqlite/sqlite_api_destination_store.hpp"

#include <utility>

#include "sqlite/api_destination_rows.hpp"
#include "sqlite/queries.hpp"

namespace ingestor::sqlite {

static_assert(static_cast<int>(ports::ConnectionState::authorizing) == 0);
static_assert(static_cast<int>(ports::ConnectionState::deauthorized) == 2);

auto SqliteApiDestinationStore::connections() -> Answer<std::vector<ports::Connection>> {
    auto work = [](Connection& connection) -> Result<std::vector<ports::Connection>> {
        std::vector<ports::Connection> found;
        auto rows = connection.query(kConnections);
        while (rows.next()) {
            auto& each = found.emplace_back();
            each.name = rows.text(0);
            each.id = rows.text(1);
            each.description = rows.text(2);
            each.authorization = authorization_of(rows.text(3));
            each.has_secrets = rows.integer(4) != 0;
            each.parameters = parameters_of(rows.text(5));
            each.state = static_cast<ports::ConnectionState>(rows.integer(6));
            each.state_reason = rows.text(7);
            each.created_at = rows.time(8);
            each.modified_at = rows.time(9);
            each.authorized_at = rows.time_or_none(10);
        }
        return found;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteApiDestinationStore::put_connection(ports::Connection connection)
    -> Answer<std::monostate> {
    auto unit = [each = std::move(connection)](Connection& to) -> Result<std::monostate> {
        to.run(kPutConnection, each.name, each.id, each.description,
               authorization_text(each.authorization), each.has_secrets ? 1 : 0,
               parameters_text(each.parameters), static_cast<int>(each.state), each.state_reason,
               each.created_at, each.modified_at, each.authorized_at);
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteApiDestinationStore::delete_connection(std::string name) -> Answer<std::monostate> {
    auto unit = [name = std::move(name)](Connection& from) -> Result<std::monostate> {
        from.run(kDeleteConnection, name);
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteApiDestinationStore::destinations() -> Answer<std::vector<ports::ApiDestination>> {
    auto work = [](Connection& connection) -> Result<std::vector<ports::ApiDestination>> {
        std::vector<ports::ApiDestination> found;
        auto rows = connection.query(kApiDestinations);
        while (rows.next()) {
            auto& each = found.emplace_back();
            each.name = rows.text(0);
            each.id = rows.text(1);
            each.description = rows.text(2);
            each.connection_arn = rows.text(3);
            each.endpoint = rows.text(4);
            each.method = rows.text(5);
            each.rate_max = static_cast<std::uint32_t>(rows.integer(6));
            each.created_at = rows.time(7);
            each.modified_at = rows.time(8);
        }
        return found;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteApiDestinationStore::put_destination(ports::ApiDestination destination)
    -> Answer<std::monostate> {
    auto unit = [each = std::move(destination)](Connection& to) -> Result<std::monostate> {
        to.run(kPutApiDestination, each.name, each.id, each.description, each.connection_arn,
               each.endpoint, each.method, std::int64_t{each.rate_max}, each.created_at,
               each.modified_at);
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteApiDestinationStore::delete_destination(std::string name) -> Answer<std::monostate> {
    auto unit = [name = std::move(name)](Connection& from) -> Result<std::monostate> {
        from.run(kDeleteApiDestination, name);
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

}  // namespace ingestor::sqlite
