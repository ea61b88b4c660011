#include "simulation/snapshot.hpp"

#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "sqlite/connection.hpp"
#include "sqlite/database.hpp"

namespace ingestor::simulation {

namespace {

using sqlite::testing::DiskFaults;

/// Each row says what is wrong. Numbers of states as in the schema: 0 queued, 1 processing,
/// 2 completed, 3 failed, 4 cancelled.
constexpr sqlite::Sql kContradictions = R"sql(
WITH counted AS MATERIALIZED (
    SELECT job_id, count(*) AS files, sum(status IN (2, 3)) AS processed,
           sum(status = 2) AS completed, sum(status = 3) AS failed, sum(status IN (0, 1)) AS open
    FROM job_files GROUP BY job_id
), job AS MATERIALIZED (
    SELECT jobs.*, coalesce(files, 0) AS files, coalesce(processed, 0) AS processed,
           coalesce(completed, 0) AS completed, coalesce(failed, 0) AS failed,
           coalesce(open, 0) AS open,
           (SELECT count(*) FROM job_attempts AS a
            WHERE a.job_id = jobs.job_id AND a.ended_at IS NULL) AS attempts_open
    FROM jobs LEFT JOIN counted USING (job_id)
), used AS MATERIALIZED (
    SELECT user_id, count(*) AS jobs,
           (SELECT coalesce(sum(size_bytes), 0) FROM job_files AS f
            WHERE f.job_id IN (SELECT job_id FROM jobs AS j WHERE j.user_id = jobs.user_id)) AS bytes
    FROM jobs GROUP BY user_id
)
SELECT 'job ' || job_name || ' miscounts its documents' FROM job
    WHERE total_documents <> files OR documents_processed <> processed
UNION ALL SELECT 'job ' || job_name || ' is at work without a lease, or has one without' FROM job
    WHERE (status = 1) <> (lease_owner IS NOT NULL) OR (status = 1) <> (lease_until IS NOT NULL)
UNION ALL SELECT 'job ' || job_name || ' has ' || attempts_open || ' attempts under way' FROM job
    WHERE attempts_open <> (status = 1)
UNION ALL SELECT 'job ' || job_name || ' is completed, and not all of its documents are' FROM job
    WHERE status = 2 AND completed <> files
UNION ALL SELECT 'job ' || job_name || ' has failed, and none of its documents has' FROM job
    WHERE status = 3 AND failed = 0
UNION ALL SELECT 'job ' || job_name || ' has ended, and documents of it have not' FROM job
    WHERE status >= 2 AND open > 0
UNION ALL SELECT 'job ' || job_name || ' has a wrong time of its end' FROM job
    WHERE (status >= 2) <> (finished_at IS NOT NULL)
UNION ALL SELECT 'job ' || job_name || ' waits without a reason' FROM job
    WHERE next_attempt_at IS NOT NULL AND waiting_reason IS NULL
UNION ALL SELECT 'job ' || job_name || ' is not queued, and waits' FROM job
    WHERE status <> 0 AND (waiting_reason IS NOT NULL OR next_attempt_at IS NOT NULL)
UNION ALL SELECT 'job ' || job_name || ' is orphaned: its event has no delivery' FROM job
    WHERE status = 0 AND pending_event IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM deliveries WHERE id BETWEEN pending_event * 4096 AND pending_event * 4096 + 4095)
UNION ALL SELECT 'object ' || CAST(key AS TEXT) || ' has no bytes, or twice' FROM objects
    WHERE (body IS NULL) = (file IS NULL)
       OR (body IS NOT NULL AND body NOT IN (SELECT id FROM object_bodies))
UNION ALL SELECT 'bytes ' || id || ' are of no object' FROM object_bodies
    WHERE id NOT IN (SELECT body FROM objects WHERE body IS NOT NULL)
UNION ALL SELECT 'file ' || CAST(file AS TEXT) || ' is to be removed and used' FROM file_removals
    WHERE file IN (SELECT file FROM objects WHERE file IS NOT NULL)
UNION ALL SELECT 'delivery ' || id || ' is of no event' FROM deliveries
    WHERE id / 4096 NOT IN (SELECT seq FROM events)
UNION ALL SELECT 'a document is on record without its job' FROM job_files
    WHERE job_id NOT IN (SELECT job_id FROM jobs)
UNION ALL SELECT 'an attempt is on record without its job' FROM job_attempts
    WHERE job_id NOT IN (SELECT job_id FROM jobs)
UNION ALL SELECT 'the usage of ' || user_id || ' is not what there is' FROM (
    SELECT user_id, jobs, bytes FROM usage EXCEPT SELECT user_id, jobs, bytes FROM used)
UNION ALL SELECT 'the usage of ' || user_id || ' is not on record' FROM (
    SELECT user_id, jobs, bytes FROM used EXCEPT SELECT user_id, jobs, bytes FROM usage)
)sql";

constexpr sqlite::Sql kOutputs = R"sql(
SELECT job_name, n, markdown_key, sidecar_key, chunks_key
FROM job_files JOIN jobs USING (job_id) WHERE job_files.status = 2
)sql";

constexpr sqlite::Sql kObjects = "SELECT key, file FROM objects";

constexpr sqlite::Sql kNames = "SELECT job_name FROM jobs";

/// A disk without faults, until the end of the scope.
class Sound {
public:
    explicit Sound(sqlite::testing::SimulatedDisk& disk) : disk_(disk), faults_(disk.faults()) {
        disk_.set_faults({});
    }
    ~Sound() { disk_.set_faults(faults_); }
    Sound(const Sound&) = delete;
    Sound& operator=(const Sound&) = delete;

private:
    sqlite::testing::SimulatedDisk& disk_;
    DiskFaults faults_;
};

void check_outputs(World& world, sqlite::Connection& tables) {
    std::set<std::string> objects;
    const auto& files = world.machine().objects.objects();
    for (auto row = tables.query(kObjects); row.next();) {
        const auto file = row.text_or_none(1);
        objects.insert(row.blob(0));
        if (!file || files.contains(domain::ObjectKey(*file))) continue;
        world.machine().findings.push_back(
            fmt::format("object {} is on record and its file is not there", row.blob(0)));
    }
    for (auto row = tables.query(kOutputs); row.next();) {
        for (int column = 2; column < 5; ++column) {
            const auto key = row.text_or_none(column);
            if (key && objects.contains(*key)) continue;
            world.machine().findings.push_back(
                fmt::format("job {}, document {}: {} is on record and not there", row.text(0),
                            row.integer(1), key.value_or("an output")));
        }
    }
}

void check_acknowledged(World& world, sqlite::Connection& tables) {
    std::set<std::string> there;
    for (auto row = tables.query(kNames); row.next();) {
        if (there.insert(row.text(0)).second) continue;
        world.machine().findings.push_back(fmt::format("submit {} became two jobs", row.text(0)));
    }
    const auto& submissions = world.clients().submissions();
    for (std::size_t place = 0; place < submissions.size(); ++place) {
        const auto& submission = submissions[place];
        if (!submission.job_id || submission.may_be_gone()) continue;
        if (there.contains(std::to_string(place))) continue;
        world.machine().findings.push_back(
            fmt::format("acknowledged job {} is not on record", place));
    }
}

}  // namespace

void check_snapshot(World& world) {
    auto& machine = world.machine();
    const Sound sound(machine.disk);
    auto opened = sqlite::Connection::open(machine.directory / sqlite::kDatabaseFile,
                                           sqlite::Access::read, machine.disk.vfs().c_str());
    if (!opened) {
        machine.findings.push_back("the tables cannot be read: " + opened.error().message);
        return;
    }
    auto tables = std::move(*opened);
    try {
        tables.execute("BEGIN");
        for (auto row = tables.query(kContradictions); row.next();) {
            machine.findings.push_back(row.text(0));
        }
        check_outputs(world, tables);
        check_acknowledged(world, tables);
        tables.execute("COMMIT");
    } catch (const sqlite::StorageFailure& failure) {
        machine.findings.push_back("the tables cannot be read: " + failure.error.message);
    }
}

}  // namespace ingestor::simulation
