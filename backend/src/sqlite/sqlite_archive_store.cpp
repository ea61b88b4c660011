#include "sqlite/sqlite_archive_store.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "sqlite/queries.hpp"
#include "sqlite/row_codec.hpp"

namespace ingestor::sqlite {
namespace {

static_assert(static_cast<int>(ports::ReplayState::starting) == 0);
static_assert(static_cast<int>(ports::ReplayState::failed) == 5);

std::unexpected<Error> no_archive(const std::string& name) {
    return fail(Errc::not_found, fmt::format("Archive {} does not exist.", name));
}

std::optional<std::int64_t> id_of(Connection& connection, const std::string& archive) {
    auto row = connection.query(kArchiveId, archive);
    if (!row.next()) return std::nullopt;
    return row.integer(0);
}

ports::Archive archive_at(const Query& row) {
    return {.name = row.text(1),
            .bus = row.text(2),
            .description = row.text(3),
            .event_pattern = row.text(4),
            .retention_days = row.integer(5),
            .created_at = row.time(6),
            .events = static_cast<std::uint64_t>(row.integer(7)),
            .bytes = static_cast<std::uint64_t>(row.integer(8))};
}

ports::Replay replay_at(const Query& row) {
    ports::Replay replay{.name = row.text(0),
                         .archive = row.text(1),
                         .bus = row.text(2),
                         .description = row.text(3),
                         .rules = split_resources(row.text(4)),
                         .from = row.time(5),
                         .to = row.time(6),
                         .state = static_cast<ports::ReplayState>(row.integer(7)),
                         .state_reason = row.text(8),
                         .started_at = row.time(9)};
    replay.ended_at = row.time_or_none(10);
    if (const auto time = row.time_or_none(11)) {
        replay.replayed = ports::ArchivePosition{.time = *time, .event_id = row.text(12)};
    }
    return replay;
}

/// Deletes these events of an archive and takes them off its counts.
std::size_t delete_events(Connection& connection, std::int64_t archive,
                          const std::vector<ports::ArchivePosition>& events) {
    std::int64_t bytes = 0;
    for (const auto& event : events) {
        auto size = connection.query(kArchivedEventSize, archive, event.time, event.event_id);
        if (size.next()) bytes += size.integer(0);
    }
    for (const auto& event : events) {
        connection.run(kDeleteArchivedEvent, archive, event.time, event.event_id);
    }
    connection.run(kCountArchivedEvents, archive, -static_cast<std::int64_t>(events.size()),
                   -bytes);
    return events.size();
}

std::vector<ports::ArchivePosition> positions(Query rows) {
    std::vector<ports::ArchivePosition> out;
    while (rows.next()) out.push_back({.time = rows.time(0), .event_id = rows.text(1)});
    return out;
}

std::size_t sweep_archive(Connection& connection, std::int64_t id, const ports::Archive& archive,
                          TimePoint now, std::uint64_t bytes_max, std::size_t count) {
    std::size_t deleted = 0;
    if (archive.retention_days > 0) {
        const TimePoint kept_from = now - std::chrono::days(archive.retention_days);
        deleted += delete_events(connection, id,
                                 positions(connection.query(kArchivedBefore, id, kept_from,
                                                            static_cast<std::int64_t>(count))));
    }
    auto over = archive.bytes > bytes_max ? archive.bytes - bytes_max : 0;
    if (deleted > 0 || over == 0) return deleted;
    std::vector<ports::ArchivePosition> oldest;
    auto rows = connection.query(kArchivedFirst, id, static_cast<std::int64_t>(count));
    while (over > 0 && rows.next()) {
        oldest.push_back({.time = rows.time(0), .event_id = rows.text(1)});
        over -= std::min(over, static_cast<std::uint64_t>(rows.integer(2)));
    }
    return delete_events(connection, id, oldest);
}

}  // namespace

auto SqliteArchiveStore::archives() -> Answer<std::vector<ports::Archive>> {
    auto work = [](Connection& connection) -> Result<std::vector<ports::Archive>> {
        std::vector<ports::Archive> archives;
        auto rows = connection.query(kArchives);
        while (rows.next()) archives.push_back(archive_at(rows));
        return archives;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteArchiveStore::put_archive(ports::Archive archive) -> Answer<std::monostate> {
    auto unit = [archive = std::move(archive)](Connection& connection) -> Result<std::monostate> {
        connection.run(kPutArchive, archive.name, archive.bus, archive.description,
                       archive.event_pattern, archive.retention_days, archive.created_at);
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteArchiveStore::delete_archive(std::string name) -> Answer<std::monostate> {
    auto unit = [name = std::move(name)](Connection& connection) -> Result<std::monostate> {
        const auto id = id_of(connection, name);
        if (!id) return no_archive(name);
        connection.run(kDeleteArchive, *id);
        connection.run(kPutArchiveRemoval, *id);
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteArchiveStore::append(std::string archive, eventbridge::Event event, TimePoint now)
    -> Answer<std::monostate> {
    const auto size = static_cast<std::int64_t>(eventbridge::to_json(event).size());
    auto unit = [archive = std::move(archive), event = std::move(event), now,
                 size](Connection& connection) -> Result<std::monostate> {
        const auto id = id_of(connection, archive);
        if (!id) return no_archive(archive);
        if (connection.query(kArchivedEventSize, *id, event.time, event.id).next()) {
            return std::monostate{};
        }
        connection.run(kInsertArchivedEvent, *id, event.time, event.id, now, size, event.source,
                       event.detail_type, event.account, event.region,
                       join_resources(event.resources), event.detail);
        connection.run(kCountArchivedEvents, *id, 1, size);
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteArchiveStore::events(std::string archive, TimePoint from, TimePoint to,
                                std::optional<ports::ArchivePosition> after, std::size_t count)
    -> Answer<std::vector<eventbridge::Event>> {
    auto work = [archive = std::move(archive), from, to, after = std::move(after),
                 count](Connection& connection) -> Result<std::vector<eventbridge::Event>> {
        std::vector<eventbridge::Event> events;
        const auto id = id_of(connection, archive);
        if (!id) return events;
        // Behind every id of the millisecond before.
        auto begin = ports::ArchivePosition{.time = from, .event_id = ""};
        if (after && after->time >= from) begin = *after;
        auto rows = connection.query(kArchivedFrom, *id, begin.time, begin.event_id, to,
                                     static_cast<std::int64_t>(count));
        while (rows.next()) {
            auto& event = events.emplace_back();
            event.time = rows.time(0);
            event.id = rows.text(1);
            event.source = rows.text(2);
            event.detail_type = rows.text(3);
            event.account = rows.text(4);
            event.region = rows.text(5);
            event.resources = split_resources(rows.text(6));
            event.detail = rows.text(7);
        }
        return events;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteArchiveStore::replays() -> Answer<std::vector<ports::Replay>> {
    auto work = [](Connection& connection) -> Result<std::vector<ports::Replay>> {
        std::vector<ports::Replay> replays;
        auto rows = connection.query(kReplays);
        while (rows.next()) replays.push_back(replay_at(rows));
        return replays;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteArchiveStore::put_replay(ports::Replay replay) -> Answer<std::monostate> {
    auto unit = [replay = std::move(replay)](Connection& connection) -> Result<std::monostate> {
        std::optional<TimePoint> time;
        if (replay.replayed) time = replay.replayed->time;
        connection.run(kPutReplay, replay.name, replay.archive, replay.bus, replay.description,
                       join_resources(replay.rules), replay.from, replay.to,
                       static_cast<int>(replay.state), replay.state_reason, replay.started_at,
                       replay.ended_at, time,
                       replay.replayed ? replay.replayed->event_id : std::string());
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteArchiveStore::sweep(TimePoint now, std::uint64_t bytes_max, TimePoint ended_before,
                               std::size_t count) -> Answer<std::size_t> {
    auto unit = [now, bytes_max, ended_before,
                 count](Connection& connection) -> Result<std::size_t> {
        const auto limit = static_cast<std::int64_t>(count);
        std::size_t deleted = 0;
        std::vector<std::pair<std::int64_t, ports::Archive>> archives;
        {
            auto rows = connection.query(kArchives);
            while (rows.next()) archives.emplace_back(rows.integer(0), archive_at(rows));
        }
        for (const auto& [id, archive] : archives) {
            if (deleted >= count) break;
            deleted += sweep_archive(connection, id, archive, now, bytes_max, count - deleted);
        }
        std::optional<std::int64_t> removed;
        {
            auto row = connection.query(kFirstArchiveRemoval);
            if (row.next()) removed = row.integer(0);
        }
        if (removed && deleted < count) {
            const auto left = positions(connection.query(kArchivedFirst, *removed, limit));
            deleted += delete_events(connection, *removed, left);
            if (left.empty()) {
                connection.run(kDeleteArchiveRemoval, *removed);
                ++deleted;
            }
        }
        deleted +=
            static_cast<std::size_t>(connection.run(kDeleteEndedReplays, ended_before, limit));
        return deleted;
    };
    co_return co_await database_.write(std::move(unit));
}

}  // namespace ingestor::sqlite
