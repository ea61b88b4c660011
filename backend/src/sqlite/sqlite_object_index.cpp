#include "sqlite/sqlite_object_index.hpp"

#include <algorithm>
#include <memory>
#include <span>

#include <fmt/format.h>

#include "sqlite/object_rows.hpp"
#include "sqlite/queries.hpp"
#include "sqlite/routed_events.hpp"
#include "sqlite/row_codec.hpp"

namespace ingestor::sqlite {
namespace {

/// An object as it was copied, and the deliveries that this has caused.
struct Copied {
    ports::ObjectInfo info;
    std::vector<std::int64_t> first_ids;
};

/// A way through the rows in the order of their keys, which leaps over what is not wanted.
class ListScan {
public:
    ListScan(Connection& connection, const ports::ListQuery& query)
        : connection_(connection), query_(query), from_(std::max(query.from, query.prefix)) {}

    ports::ListPage page() {
        while (enter_range() && from_.starts_with(query_.prefix)) {
            if (!read_from()) break;
        }
        return std::move(page_);
    }

private:
    /// Goes to the next keys that may be shown; false: there are none.
    bool enter_range() {
        if (!query_.within) return true;
        const auto& ranges = *query_.within;
        for (; range_ < ranges.size(); ++range_) {
            const auto end = ports::end_of_prefix(ranges[range_]);
            if (!end || from_ < *end) break;
        }
        if (range_ == ranges.size()) return false;
        from_ = std::max(from_, ranges[range_]);
        return true;
    }

    /// Reads on from `from_`; true: there is more, behind a leap to what `from_` is then.
    bool read_from() {
        auto rows = connection_.query(kObjectsFrom, Blob{from_});
        while (rows.next()) {
            ++page_.rows_read;
            auto key = rows.blob(0);
            if (!key.starts_with(query_.prefix)) return false;
            if (query_.within && !key.starts_with((*query_.within)[range_])) {
                from_ = std::move(key);
                return true;
            }
            if (page_.objects.size() + page_.groups.size() == query_.count) {
                page_.next = std::move(key);
                return false;
            }
            auto group = ports::group_of(key, query_.prefix, query_.delimiter);
            if (!group.empty()) {
                auto end = ports::end_of_prefix(group);
                page_.groups.push_back(std::move(group));
                if (!end) return false;
                from_ = std::move(*end);
                return true;
            }
            page_.objects.push_back({.key = object_key_at(rows, 0),
                                     .size_bytes = static_cast<std::uint64_t>(rows.integer(1)),
                                     .etag = domain::ETag{rows.text(2)},
                                     .last_modified = rows.time(3),
                                     .checksum = checksum_of(rows.text_or_none(4))});
        }
        return false;
    }

    Connection& connection_;
    const ports::ListQuery& query_;
    std::string from_;
    std::size_t range_ = 0;
    ports::ListPage page_;
};

}  // namespace

boost::asio::awaitable<Result<ports::ListPage>> SqliteObjectIndex::list(ports::ListQuery query) {
    auto work = [query = std::move(query)](Connection& connection) -> Result<ports::ListPage> {
        return ListScan(connection, query).page();
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteObjectIndex::find(domain::ObjectKey key, With with)
    -> Answer<std::optional<ports::IndexedObject>> {
    auto work = [key = std::move(key),
                 with](Connection& connection) -> Result<std::optional<ports::IndexedObject>> {
        auto row = find_object(connection, key);
        if (!row) return std::nullopt;
        if (row->body != 0 && with == With::bytes)
            row->object.bytes = object_bytes(connection, *row);
        return std::move(row->object);
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteObjectIndex::put(std::vector<Put> puts) -> Answer<std::monostate> {
    auto routed = RoutedEvents::take(outbox_, puts);
    if (!routed) co_return std::unexpected(routed.error());
    const auto events = std::make_shared<const RoutedEvents>(std::move(*routed));
    auto unit = [puts = std::move(puts),
                 events](Connection& connection) -> Result<std::vector<std::int64_t>> {
        for (const auto& put : puts) {
            if (put.condition.mode == ports::PutMode::overwrite && !put.condition.if_match) {
                continue;
            }
            const auto& key = put.object.info.key;
            auto met = check_condition(put.condition, find_object(connection, key), key);
            if (!met) return std::unexpected(met.error());
        }
        for (const auto& put : puts) {
            put_object(connection, put.object, find_object(connection, put.object.info.key));
        }
        return events->store(connection);
    };
    const auto first_ids = co_await database_.write(std::move(unit));
    if (!first_ids) co_return std::unexpected(first_ids.error());
    events->announce(*first_ids);
    co_return std::monostate{};
}

auto SqliteObjectIndex::copy(ports::ObjectCopy copy) -> Answer<ports::ObjectInfo> {
    auto routed = RoutedEvents::take(outbox_, std::span(&copy, 1));
    if (!routed) co_return std::unexpected(routed.error());
    const auto events = std::make_shared<const RoutedEvents>(std::move(*routed));
    auto unit = [copy = std::move(copy), events](Connection& connection) -> Result<Copied> {
        auto row = find_object(connection, copy.source);
        if (!row) {
            return fail(Errc::not_found, fmt::format("no object {}", copy.source.value()),
                        "source");
        }
        if (row->object.info.etag != copy.source_etag) {
            return fail(Errc::conflict,
                        fmt::format("object {} is another one by now", copy.source.value()),
                        "source");
        }
        const auto old = find_object(connection, copy.target);
        const auto met = check_condition(copy.condition, old, copy.target);
        if (!met) return std::unexpected(met.error());
        auto& object = row->object;
        if (row->body != 0) object.bytes = object_bytes(connection, *row);
        object.info.key = copy.target;
        object.info.last_modified = copy.now;
        if (copy.attributes) {
            // The bytes are the same, and so is what sums them up.
            auto checksum = std::move(object.info.attributes.checksum);
            object.info.attributes = *copy.attributes;
            object.info.attributes.checksum = std::move(checksum);
        }
        put_object(connection, object, old);
        return Copied{.info = std::move(object.info), .first_ids = events->store(connection)};
    };
    auto copied = co_await database_.write(std::move(unit));
    if (!copied) co_return std::unexpected(copied.error());
    events->announce(copied->first_ids);
    co_return std::move(copied->info);
}

auto SqliteObjectIndex::remove(std::vector<Remove> removals) -> Answer<std::monostate> {
    auto unit = [removals = std::move(removals)](Connection& connection) -> Result<std::monostate> {
        for (const auto& [key, if_match] : removals) {
            if (!if_match) continue;
            const ports::ObjectCondition condition{.if_match = if_match};
            auto met = check_condition(condition, find_object(connection, key), key);
            if (!met) return met;
        }
        for (const auto& [key, if_match] : removals) {
            if (const auto row = find_object(connection, key)) delete_object(connection, *row);
        }
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteObjectIndex::files_to_remove(std::size_t count) -> Answer<std::vector<std::string>> {
    auto work = [count](Connection& connection) -> Result<std::vector<std::string>> {
        std::vector<std::string> files;
        auto rows = connection.query(kFilesToRemove, static_cast<std::int64_t>(count));
        while (rows.next()) files.push_back(rows.blob(0));
        return files;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteObjectIndex::forget_files(std::vector<std::string> files) -> Answer<std::monostate> {
    auto unit = [files = std::move(files)](Connection& connection) -> Result<std::monostate> {
        for (const auto& file : files) connection.run(kForgetFile, Blob{file});
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteObjectIndex::unknown_files(std::vector<std::string> files)
    -> Answer<std::vector<std::string>> {
    auto work = [files =
                     std::move(files)](Connection& connection) -> Result<std::vector<std::string>> {
        std::vector<std::string> unknown;
        for (const auto& file : files) {
            auto used = connection.query(kFileIsUsed, Blob{file});
            if (used.next()) continue;
            auto listed = connection.query(kFileIsToRemove, Blob{file});
            if (!listed.next()) unknown.push_back(file);
        }
        return unknown;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteObjectIndex::adopted() -> Answer<bool> {
    auto work = [](Connection& connection) -> Result<bool> {
        auto row = connection.query(kAdopted);
        return row.next() && row.integer(0) != 0;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteObjectIndex::adopt(std::vector<ports::IndexedObject> objects) -> Answer<std::monostate> {
    auto unit = [objects = std::move(objects)](Connection& connection) -> Result<std::monostate> {
        for (const auto& object : objects) {
            if (find_object(connection, object.info.key)) continue;
            auto removed = connection.query(kFileIsToRemove, Blob{object.file});
            if (!removed.next()) put_object(connection, object, std::nullopt);
        }
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteObjectIndex::finish_adoption() -> Answer<std::monostate> {
    auto unit = [](Connection& connection) -> Result<std::monostate> {
        connection.run(kFinishAdoption);
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

}  // namespace ingestor::sqlite
