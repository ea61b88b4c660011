#include "sqlite/sqlite_job_deletions.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/uuid.hpp"
#include "domain/job.hpp"
#include "sqlite/queries.hpp"
#include "sqlite/row_codec.hpp"

namespace ingestor::sqlite {

namespace {

std::unexpected<Error> no_job(const domain::JobId& job_id) {
    return fail(Errc::not_found, fmt::format("no job {}", job_id.value()));
}

/// Puts the keys on a list of that name; none: there is nothing to list.
std::vector<ports::Removal> list_removal(Connection& connection, const std::string& name,
                                         std::vector<domain::ObjectKey> keys, TimePoint now) {
    std::vector<ports::Removal> removals;
    if (keys.empty()) return removals;
    for (const auto& key : keys) connection.run(kInsertRemoval, name, key.value(), now);
    removals.push_back({.id = name, .keys = std::move(keys)});
    return removals;
}

std::vector<domain::ObjectKey> unused_of(Connection& connection,
                                         const std::vector<domain::ObjectKey>& uploads) {
    std::vector<domain::ObjectKey> unused;
    for (const auto& upload : uploads) {
        auto user = connection.query(kUploadIsUsed, upload.value());
        if (!user.next()) unused.push_back(upload);
    }
    return unused;
}

}  // namespace

auto SqliteJobDeletions::remove_job(domain::JobId job_id, std::vector<domain::ObjectKey> outputs,
                                    TimePoint now) -> Answer<std::vector<ports::Removal>> {
    auto unit = [job_id = std::move(job_id), outputs = std::move(outputs), now,
                 name =
                     uuid_v7(now)](Connection& connection) -> Result<std::vector<ports::Removal>> {
        const auto key = JobKey::of(job_id);
        if (!key) return no_job(job_id);
        const Blob id{key->bytes()};
        {
            auto row = connection.query(kJobStatus, id);
            if (!row.next()) return no_job(job_id);
            const auto status = static_cast<domain::JobStatus>(row.integer(0));
            if (!domain::is_terminal(status)) {
                return fail(Errc::conflict,
                            fmt::format("job {} is {} and cannot be deleted: cancel it first",
                                        job_id.value(), domain::to_string(status)));
            }
        }
        std::vector<domain::ObjectKey> keys;
        {
            auto uploads = connection.query(kUploadsOfJobAlone, id);
            while (uploads.next()) keys.emplace_back(uploads.text(0));
        }
        std::ranges::sort(keys);
        const auto repeated = std::ranges::unique(keys);
        keys.erase(repeated.begin(), repeated.end());
        keys.insert(keys.end(), outputs.begin(), outputs.end());
        auto removals = list_removal(connection, name, std::move(keys), now);
        // The job last: the triggers that keep `usage` look up whose the files are.
        connection.run(kDeleteJobFiles, id);
        connection.run(kDeleteJobAttempts, id);
        connection.run(kDeleteJob, id);
        return removals;
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteJobDeletions::remove_unused(std::vector<domain::ObjectKey> uploads, TimePoint now)
    -> Answer<std::vector<ports::Removal>> {
    // Nearly all of those that a walk asks for are in use: the writer is not to look them up.
    auto look_up = [uploads = std::move(uploads)](Connection& connection) {
        return Result<std::vector<domain::ObjectKey>>(unused_of(connection, uploads));
    };
    auto seen = co_await database_.read(std::move(look_up));
    if (!seen) co_return std::unexpected(std::move(seen.error()));
    if (seen->empty()) co_return std::vector<ports::Removal>{};
    auto unit = [uploads = std::move(*seen), now, name = uuid_v7(now)](
                    Connection& connection) -> Result<std::vector<ports::Removal>> {
        return list_removal(connection, name, unused_of(connection, uploads), now);
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteJobDeletions::pending(std::uint32_t limit) -> Answer<std::vector<ports::Removal>> {
    auto work = [limit](Connection& connection) -> Result<std::vector<ports::Removal>> {
        std::vector<ports::Removal> removals;
        std::string last;
        while (removals.size() < limit) {
            {
                auto next = connection.query(kNextRemoval, last);
                if (!next.next()) break;
                last = next.text(0);
            }
            auto& removal = removals.emplace_back();
            removal.id = last;
            auto keys = connection.query(kKeysOfRemoval, last);
            while (keys.next()) removal.keys.emplace_back(keys.text(0));
        }
        return removals;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteJobDeletions::forget(std::string removal_id) -> Answer<std::monostate> {
    auto unit = [name = std::move(removal_id)](Connection& connection) -> Result<std::monostate> {
        connection.run(kForgetRemoval, name);
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteJobDeletions::find_ended(TimePoint ended_before, std::uint32_t limit)
    -> Answer<std::vector<domain::JobId>> {
    auto work = [ended_before,
                 limit](Connection& connection) -> Result<std::vector<domain::JobId>> {
        std::vector<domain::JobId> ended;
        auto rows = connection.query(kEndedJobs, ended_before, limit);
        while (rows.next()) ended.push_back(job_id_of(rows.blob(0)));
        return ended;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteJobDeletions::find_missing(std::vector<domain::JobId> job_ids)
    -> Answer<std::vector<domain::JobId>> {
    auto work = [job_ids = std::move(job_ids)](
                    Connection& connection) -> Result<std::vector<domain::JobId>> {
        std::vector<domain::JobId> missing;
        for (const auto& job_id : job_ids) {
            const auto key = JobKey::of(job_id);
            if (key) {
                auto row = connection.query(kJobStatus, Blob{key->bytes()});
                if (row.next()) continue;
            }
            missing.push_back(job_id);
        }
        return missing;
    };
    co_return co_await database_.read(std::move(work));
}

boost::asio::awaitable<Result<ports::Usage>> SqliteUsageLedger::usage(domain::UserId user_id) {
    auto work = [user_id = std::move(user_id)](Connection& connection) -> Result<ports::Usage> {
        auto row = connection.query(kUsage, user_id.value());
        if (!row.next()) return ports::Usage{};
        return ports::Usage{.jobs = static_cast<std::uint64_t>(row.integer(0)),
                            .bytes = static_cast<std::uint64_t>(row.integer(1))};
    };
    co_return co_await database_.read(std::move(work));
}

}  // namespace ingestor::sqlite
