#include "sqlite/migrations.hpp"

#include <array>
#include <string>
#include <variant>

#include <fmt/format.h>

namespace ingestor::sqlite {

namespace {

// A step is never changed once released; what comes later is a new step.
//
// `jobs` has a rowid, although job_id names its rows: a WITHOUT ROWID table keeps whole rows in its
// inner pages, which makes the tree of a million jobs twice as deep as it need be, and a change of
// status would delete and insert the row.
//
// Few indexes, as each costs every submit:
// - jobs_by_user serves the lists: of one status by itself, of all by a merge of the five.
// - jobs_open holds the jobs that have not ended: for the place in the queue and expired leases.
// - jobs_undriven is empty while all is well: a queued job enters it when its last delivery goes.
//
// `jobs.driver` is named pending_event later: see there.
// A delivery's id is its event's seq * 4096 + its place among the event's deliveries, so that
// "the deliveries of an event" is a range of the primary key and needs no index.
// Times are milliseconds since 1970. `status` and `stage` are the numbers of the enumerations.
constexpr const char* kFirst = R"sql(
CREATE TABLE jobs (
    job_id BLOB NOT NULL UNIQUE,
    user_id TEXT NOT NULL,
    job_name TEXT NOT NULL,
    status INTEGER NOT NULL,
    total_documents INTEGER NOT NULL,
    documents_processed INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER,
    driver INTEGER,
    fence INTEGER NOT NULL DEFAULT 0,
    failed_attempts INTEGER NOT NULL DEFAULT 0,
    interrupted_attempts INTEGER NOT NULL DEFAULT 0,
    lease_until INTEGER,
    lease_owner TEXT,
    error TEXT
) STRICT;
CREATE INDEX jobs_by_user ON jobs (user_id, status, job_id);
CREATE INDEX jobs_open ON jobs (status, job_id) WHERE status <= 1;
CREATE INDEX jobs_undriven ON jobs (job_id) WHERE status = 0 AND driver IS NULL;

CREATE TABLE job_files (
    job_id BLOB NOT NULL,
    n INTEGER NOT NULL,
    status INTEGER NOT NULL,
    file_key TEXT NOT NULL,
    filename TEXT NOT NULL,
    content_type TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    pages_done INTEGER NOT NULL DEFAULT 0,
    pages INTEGER,
    words INTEGER,
    duration_ms INTEGER,
    error_code TEXT,
    error_message TEXT,
    markdown_key TEXT,
    sidecar_key TEXT,
    chunks_key TEXT,
    PRIMARY KEY (job_id, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE job_attempts (
    job_id BLOB NOT NULL,
    n INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    interrupted INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    PRIMARY KEY (job_id, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency_keys (
    user_id TEXT NOT NULL,
    key TEXT NOT NULL,
    used_at INTEGER NOT NULL,
    job_id BLOB NOT NULL,
    request_hash TEXT NOT NULL,
    PRIMARY KEY (user_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (used_at);

CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    stored_at INTEGER NOT NULL,
    job_id BLOB,
    time INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    source TEXT NOT NULL,
    detail_type TEXT NOT NULL,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    resources TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;

CREATE TABLE routes (
    id INTEGER PRIMARY KEY,
    bus TEXT NOT NULL,
    rule TEXT NOT NULL,
    target_id TEXT NOT NULL,
    target_arn TEXT NOT NULL,
    UNIQUE (bus, rule, target_id, target_arn)
) STRICT;

CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY,
    route INTEGER NOT NULL,
    stage INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    retry_at INTEGER,
    fairness_group TEXT NOT NULL
) STRICT;
CREATE INDEX deliveries_by_retry ON deliveries (retry_at) WHERE retry_at IS NOT NULL;

CREATE TABLE dead_letters (
    id INTEGER PRIMARY KEY,
    route INTEGER NOT NULL,
    stage INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    dead_at INTEGER NOT NULL,
    fairness_group TEXT NOT NULL,
    error_code TEXT NOT NULL,
    error_message TEXT NOT NULL,
    exhausted TEXT NOT NULL
) STRICT;
CREATE INDEX dead_letters_by_age ON dead_letters (dead_at);

CREATE TABLE buses (
    name TEXT NOT NULL PRIMARY KEY,
    description TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE rules (
    bus TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    event_pattern TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    PRIMARY KEY (bus, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE rule_targets (
    bus TEXT NOT NULL,
    rule TEXT NOT NULL,
    n INTEGER NOT NULL,
    target_id TEXT NOT NULL,
    arn TEXT NOT NULL,
    maximum_retry_attempts INTEGER NOT NULL,
    maximum_event_age_seconds INTEGER NOT NULL,
    dead_letter_arn TEXT NOT NULL,
    PRIMARY KEY (bus, rule, n)
) STRICT, WITHOUT ROWID;
)sql";

// Looks up a user's documents by content. `job_files.user_id` is that of the job; it is set
// together with the digest, so that the index holds what can be found and a submit writes nothing
// to it.
constexpr const char* kContents = R"sql(
ALTER TABLE job_files ADD COLUMN user_id TEXT;
ALTER TABLE job_files ADD COLUMN sha256 BLOB;
CREATE INDEX job_files_by_content ON job_files (user_id, sha256, job_id, n) WHERE sha256 IS NOT NULL;
)sql";

// Deliveries are read a fairness group at a time, so that one group's backlog does not hide what
// others wait for. Of a job there is one dead letter a target, on which further ones are counted.
// Whatever rules there were came from the template: `managed` marks those that it owns.
constexpr const char* kFairReading = R"sql(
CREATE INDEX deliveries_by_group ON deliveries (fairness_group);
ALTER TABLE deliveries ADD COLUMN first_failed_at INTEGER;

ALTER TABLE dead_letters ADD COLUMN job_id BLOB;
ALTER TABLE dead_letters ADD COLUMN times INTEGER NOT NULL DEFAULT 1;
ALTER TABLE dead_letters ADD COLUMN first_dead_at INTEGER NOT NULL DEFAULT 0;
UPDATE dead_letters SET first_dead_at = dead_at,
    job_id = (SELECT job_id FROM events WHERE seq = dead_letters.id >> 12);
DELETE FROM dead_letters WHERE job_id IS NOT NULL
    AND id NOT IN (SELECT max(id) FROM dead_letters GROUP BY job_id, route);
CREATE INDEX dead_letters_by_job ON dead_letters (job_id, route) WHERE job_id IS NOT NULL;

ALTER TABLE buses ADD COLUMN managed INTEGER NOT NULL DEFAULT 1;
ALTER TABLE rules ADD COLUMN managed INTEGER NOT NULL DEFAULT 1;
ALTER TABLE rule_targets ADD COLUMN managed INTEGER NOT NULL DEFAULT 1;
)sql";

// Jobs that wait for trouble of the service to pass, and documents that the service has died at:
// `at_work` and `suspects` as at_work_text() and suspects_text() write them.
// jobs_without_event leaves out the waiting ones, so that the sweep does not pass over them.
constexpr const char* kWaits = R"sql(
ALTER TABLE jobs RENAME COLUMN failed_attempts TO waits;
ALTER TABLE jobs DROP COLUMN interrupted_attempts;
ALTER TABLE jobs ADD COLUMN waiting_reason TEXT;
ALTER TABLE jobs ADD COLUMN next_attempt_at INTEGER;
ALTER TABLE jobs ADD COLUMN at_work TEXT;
ALTER TABLE jobs ADD COLUMN suspects TEXT;
UPDATE jobs SET waits = 0 WHERE waits <> 0;
DROP INDEX jobs_undriven;
CREATE INDEX jobs_without_event ON jobs (job_id)
    WHERE status = 0 AND driver IS NULL AND next_attempt_at IS NULL;
CREATE INDEX jobs_waiting ON jobs (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
)sql";

// What retention and deletion look things up by.
// - jobs_by_end holds ended jobs by their age; it is written when a job ends.
// - job_files_by_upload tells whether any other job uses an upload. Keys of one user that are made
//   here sort by time, so a submit writes to the end of the user's run.
// - object_removals lists objects whose record is gone: see ports/job_deletions.hpp.
//
// `usage` is kept by triggers where rows change or go, so that it cannot disagree with what it sums
// up; kCountSubmit is the one place where rows come.
constexpr const char* kDeletion = R"sql(
CREATE INDEX jobs_by_end ON jobs (finished_at) WHERE status >= 2;
CREATE INDEX job_files_by_upload ON job_files (file_key);
CREATE INDEX events_by_age ON events (stored_at);

CREATE TABLE object_removals (
    removal TEXT NOT NULL,
    object_key TEXT NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (removal, object_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX object_removals_by_key ON object_removals (object_key);

CREATE TABLE usage (
    user_id TEXT NOT NULL PRIMARY KEY,
    jobs INTEGER NOT NULL,
    bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO usage (user_id, jobs, bytes)
    SELECT j.user_id, count(DISTINCT j.job_id), coalesce(sum(f.size_bytes), 0)
    FROM jobs AS j LEFT JOIN job_files AS f ON f.job_id = j.job_id GROUP BY j.user_id;
CREATE TRIGGER usage_of_new_job AFTER INSERT ON jobs BEGIN
    INSERT INTO usage (user_id, jobs, bytes) VALUES (new.user_id, 1, 0)
        ON CONFLICT (user_id) DO UPDATE SET jobs = jobs + 1;
END;
CREATE TRIGGER usage_of_old_job AFTER DELETE ON jobs BEGIN
    UPDATE usage SET jobs = jobs - 1 WHERE user_id = old.user_id;
    DELETE FROM usage WHERE user_id = old.user_id AND jobs <= 0;
END;
CREATE TRIGGER usage_of_new_file AFTER INSERT ON job_files BEGIN
    UPDATE usage SET bytes = bytes + new.size_bytes
        WHERE user_id = (SELECT user_id FROM jobs WHERE job_id = new.job_id);
END;
CREATE TRIGGER usage_of_changed_file AFTER UPDATE OF size_bytes ON job_files
        WHEN old.size_bytes <> new.size_bytes BEGIN
    UPDATE usage SET bytes = bytes + new.size_bytes - old.size_bytes
        WHERE user_id = (SELECT user_id FROM jobs WHERE job_id = new.job_id);
END;
CREATE TRIGGER usage_of_old_file AFTER DELETE ON job_files BEGIN
    UPDATE usage SET bytes = bytes - old.size_bytes
        WHERE user_id = (SELECT user_id FROM jobs WHERE job_id = old.job_id);
END;
)sql";

// Which object of that name a job was submitted with; NULL: of a job that is older than this.
constexpr const char* kUploadEtag = "ALTER TABLE job_files ADD COLUMN upload_etag TEXT";

// `jobs.pending_event` is the `events.seq` whose deliveries lead to the job; NULL: none is under
// way.
constexpr const char* kPendingEvent = "ALTER TABLE jobs RENAME COLUMN driver TO pending_event";

// `tags` are objects of JSON, of text each.
constexpr const char* kRuleTags = R"sql(
ALTER TABLE buses ADD COLUMN tags TEXT NOT NULL DEFAULT '{}';
ALTER TABLE rules ADD COLUMN role_arn TEXT NOT NULL DEFAULT '';
ALTER TABLE rules ADD COLUMN tags TEXT NOT NULL DEFAULT '{}';
)sql";

// The objects of the bucket in the order of their keys, which are bytes here and so sort as S3
// lists them. The bytes of a small one stand in a table of their own, so that a list does not read
// over them; `file` names the file of a large one, which several may share. `attributes` is as
// attributes_text() writes it. object_index.adopted: the files of before there was an index are in.
constexpr const char* kObjects = R"sql(
CREATE TABLE objects (
    key BLOB NOT NULL PRIMARY KEY,
    size_bytes INTEGER NOT NULL,
    etag TEXT NOT NULL,
    modified_at INTEGER NOT NULL,
    content_type BLOB NOT NULL,
    attributes BLOB NOT NULL,
    checksum TEXT,
    body INTEGER,
    crc32c BLOB,
    file BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX objects_by_file ON objects (file) WHERE file IS NOT NULL;
CREATE TABLE object_bodies (
    id INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;
CREATE TABLE file_removals (file BLOB NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE object_index (id INTEGER PRIMARY KEY, adopted INTEGER NOT NULL) STRICT;
INSERT INTO object_index VALUES (1, 0);
)sql";

// Uploads in parts: what is to become an object, and the files of its parts.
constexpr const char* kMultipart = R"sql(
CREATE TABLE multipart_uploads (
    upload_id TEXT NOT NULL PRIMARY KEY,
    key BLOB NOT NULL,
    initiator TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    content_type BLOB NOT NULL,
    attributes BLOB NOT NULL,
    checksum TEXT NOT NULL,
    composite INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX multipart_uploads_by_key ON multipart_uploads (key, upload_id);
CREATE INDEX multipart_uploads_by_age ON multipart_uploads (created_at);
CREATE TABLE multipart_parts (
    upload_id TEXT NOT NULL,
    n INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    etag TEXT NOT NULL,
    modified_at INTEGER NOT NULL,
    checksum TEXT NOT NULL,
    file BLOB NOT NULL,
    PRIMARY KEY (upload_id, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX multipart_parts_by_file ON multipart_parts (file);
)sql";

// A submit counts its job and all its documents at once, in place of a trigger for each row.
constexpr const char* kUsageOfSubmits = R"sql(
DROP TRIGGER usage_of_new_job;
DROP TRIGGER usage_of_new_file;
)sql";

// `input` is as input_text() writes it; empty: the event itself.
constexpr const char* kTargetInputs = R"sql(
ALTER TABLE rule_targets ADD COLUMN role_arn TEXT NOT NULL DEFAULT '';
ALTER TABLE rule_targets ADD COLUMN input TEXT NOT NULL DEFAULT '';
)sql";

// `forwarded`: one bus has given the event to another.
constexpr const char* kForwarded =
    "ALTER TABLE events ADD COLUMN forwarded INTEGER NOT NULL DEFAULT 0";

// What archives keep of the events of their buses, and when rules fire by a schedule. An archive
// that was deleted stands in archive_removals until its events are; its number is never another's.
// `resources` and `rules` are one a line. `events.replay_name`: the event comes from an archive.
constexpr const char* kArchiveTables = R"sql(
CREATE TABLE archives (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    bus TEXT NOT NULL,
    description TEXT NOT NULL,
    event_pattern TEXT NOT NULL,
    retention_days INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    events INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE archive_removals (archive INTEGER PRIMARY KEY) STRICT;
CREATE TABLE archived_events (
    archive INTEGER NOT NULL,
    time INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    archived_at INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    source TEXT NOT NULL,
    detail_type TEXT NOT NULL,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    resources TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (archive, time, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX archived_events_by_age ON archived_events (archive, archived_at);
CREATE TABLE replays (
    name TEXT NOT NULL PRIMARY KEY,
    archive TEXT NOT NULL,
    bus TEXT NOT NULL,
    description TEXT NOT NULL,
    rules TEXT NOT NULL,
    begins INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    state INTEGER NOT NULL,
    state_reason TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    replayed_time INTEGER,
    replayed_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX replays_by_end ON replays (ended_at) WHERE ended_at IS NOT NULL;
ALTER TABLE events ADD COLUMN replay_name TEXT NOT NULL DEFAULT '';
ALTER TABLE rules ADD COLUMN schedule TEXT NOT NULL DEFAULT '';
ALTER TABLE rules ADD COLUMN scheduled_since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rules ADD COLUMN fired_at INTEGER;
)sql";

// Queues and their messages. `settings` and `attributes` are as queue_rows.hpp has them; `source`
// is the queue whose redrive policy moved the message. What a queue holds is counted by triggers,
// so that it cannot disagree with the rows.
constexpr const char* kQueueTables = R"sql(
CREATE TABLE queues (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    settings TEXT NOT NULL,
    tags TEXT NOT NULL,
    messages INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE queue_messages (
    id INTEGER PRIMARY KEY,
    queue INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    visible_at INTEGER NOT NULL,
    receive_count INTEGER NOT NULL DEFAULT 0,
    first_received_at INTEGER,
    source TEXT,
    trace_header TEXT NOT NULL,
    attributes TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX queue_messages_by_visibility ON queue_messages (queue, visible_at, receive_count);
CREATE INDEX queue_messages_by_age ON queue_messages (queue, sent_at);
CREATE TRIGGER depth_of_new_message AFTER INSERT ON queue_messages BEGIN
    UPDATE queues SET messages = messages + 1,
        bytes = bytes + length(CAST(new.body AS BLOB)) + length(CAST(new.attributes AS BLOB)) WHERE id = new.queue;
END;
CREATE TRIGGER depth_of_old_message AFTER DELETE ON queue_messages BEGIN
    UPDATE queues SET messages = messages - 1,
        bytes = bytes - length(CAST(old.body AS BLOB)) - length(CAST(old.attributes AS BLOB)) WHERE id = old.queue;
END;
CREATE TRIGGER depth_of_moved_message AFTER UPDATE OF queue ON queue_messages
        WHEN old.queue <> new.queue BEGIN
    UPDATE queues SET messages = messages - 1,
        bytes = bytes - length(CAST(old.body AS BLOB)) - length(CAST(old.attributes AS BLOB)) WHERE id = old.queue;
    UPDATE queues SET messages = messages + 1,
        bytes = bytes + length(CAST(new.body AS BLOB)) + length(CAST(new.attributes AS BLOB)) WHERE id = new.queue;
END;
)sql";

// Connections, with their secrets, and the HTTP endpoints that rules have as targets. The JSON
// columns are as api_destination_rows.hpp has them.
constexpr const char* kApiDestinationTables = R"sql(
CREATE TABLE connections (
    name TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    description TEXT NOT NULL,
    authorization TEXT NOT NULL,
    has_secrets INTEGER NOT NULL,
    parameters TEXT NOT NULL,
    state INTEGER NOT NULL,
    state_reason TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    authorized_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE api_destinations (
    name TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    description TEXT NOT NULL,
    connection_arn TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    method TEXT NOT NULL,
    rate_max INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    modified_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
ALTER TABLE rule_targets ADD COLUMN http_parameters TEXT NOT NULL DEFAULT '';
ALTER TABLE buses ADD COLUMN policy TEXT NOT NULL DEFAULT '';
)sql";

// Why a delivery that is tried again failed the last time.
constexpr const char* kRetryReasons = R"sql(
ALTER TABLE deliveries ADD COLUMN error_code TEXT;
ALTER TABLE deliveries ADD COLUMN error_message TEXT;
)sql";

constexpr std::array kSteps = {kFirst,       kContents,      kFairReading,    kWaits,
                               kDeletion,    kUploadEtag,    kPendingEvent,   kRuleTags,
                               kObjects,     kMultipart,     kUsageOfSubmits, kTargetInputs,
                               kForwarded,   kArchiveTables, kQueueTables,    kApiDestinationTables,
                               kRetryReasons};

}  // namespace

std::span<const char* const> schema_steps() {
    return kSteps;
}

Result<std::monostate> migrate(Connection& connection, std::span<const char* const> steps) {
    const auto target = static_cast<std::int64_t>(steps.size());
    try {
        const auto version = connection.number("PRAGMA user_version");
        if (version > target) {
            return fail(Errc::conflict,
                        fmt::format("the database has version {} of the tables and this program "
                                    "knows {}: start the newer program, or restore a backup",
                                    version, target));
        }
        for (auto step = version; step < target; ++step) {
            connection.execute("BEGIN IMMEDIATE");
            connection.execute(steps[static_cast<std::size_t>(step)]);
            connection.execute(fmt::format("PRAGMA user_version = {}", step + 1));
            connection.execute("COMMIT");
        }
        return std::monostate{};
    } catch (const StorageFailure& failure) {
        connection.rollback();
        return std::unexpected(failure.error);
    }
}

}  // namespace ingestor::sqlite
