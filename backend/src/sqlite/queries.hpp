#pragma once

#include "sqlite/connection.hpp"

namespace ingestor::sqlite {

// Every statement of this module but those that make its tables (migrations.cpp) and those that
// have no plan: pragmas, and the beginning and end of transactions. They stand together because a
// test asks SQLite for the plan of each: every one goes by an index and sorts nothing, or stands
// among the exceptions there. `scripts/tidy.py` sees to it that none stands elsewhere, and that the
// test has each.

// Events, deliveries and dead letters.

inline constexpr Sql kNewestEvent = "SELECT max(seq) FROM events";

inline constexpr Sql kInsertEvent =
    "INSERT INTO events (seq, stored_at, job_id, time, event_id, source, detail_type, account, "
    "region, resources, detail, forwarded, replay_name) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";

inline constexpr Sql kInsertDelivery =
    "INSERT INTO deliveries (id, route, created_at, fairness_group) VALUES (?1, ?2, ?3, ?4)";

inline constexpr Sql kInsertRoute =
    "INSERT OR IGNORE INTO routes (bus, rule, target_id, target_arn) VALUES (?1, ?2, ?3, ?4)";

inline constexpr Sql kRouteId =
    "SELECT id FROM routes WHERE bus = ?1 AND rule = ?2 AND target_id = ?3 AND target_arn = ?4";

/// The group after a name: a step from group to group over however many deliveries each has.
inline constexpr Sql kNextGroup =
    "SELECT min(fairness_group) FROM deliveries WHERE fairness_group > ?1";

inline constexpr Sql kFirstGroup = "SELECT min(fairness_group) FROM deliveries";

inline constexpr Sql kDueOfGroup =
    "SELECT id FROM deliveries WHERE fairness_group = ?1 AND id > ?2 "
    "AND (retry_at IS NULL OR retry_at <= ?3) ORDER BY id LIMIT ?4";

inline constexpr Sql kDelivery =
    "SELECT d.id, d.stage, d.attempts, d.created_at, coalesce(d.retry_at, d.created_at), "
    "d.fairness_group, r.bus, r.rule, r.target_id, r.target_arn, "
    "e.event_id, e.time, e.source, e.detail_type, e.account, e.region, e.resources, e.detail, "
    "e.job_id, e.forwarded, e.replay_name, d.first_failed_at "
    "FROM deliveries AS d LEFT JOIN events AS e ON e.seq = d.id >> 12 "
    "LEFT JOIN routes AS r ON r.id = d.route WHERE d.id = ?1";

inline constexpr Sql kNextRetry =
    "SELECT retry_at FROM deliveries WHERE retry_at > ?1 ORDER BY retry_at LIMIT 1";

inline constexpr Sql kDeliveriesUnderWay = "SELECT count(*) FROM deliveries";

inline constexpr Sql kDeliveriesRetrying =
    "SELECT count(*) FROM deliveries WHERE retry_at IS NOT NULL";

/// Those of some routes, where the first three parameters name any; a step over each that is not.
inline constexpr Sql kNextRetries =
    "SELECT d.id, d.error_code, d.error_message FROM deliveries AS d CROSS JOIN routes AS r "
    "WHERE d.retry_at IS NOT NULL AND r.id = d.route AND (?1 = '' OR r.bus = ?1) "
    "AND (?2 = '' OR r.rule = ?2) AND (?3 = '' OR r.target_id = ?3) "
    "ORDER BY d.retry_at, d.id LIMIT ?4";

inline constexpr Sql kDeleteDelivery = "DELETE FROM deliveries WHERE id = ?1";

inline constexpr Sql kReschedule =
    "UPDATE deliveries SET stage = ?2, attempts = ?3, retry_at = ?4, "
    "first_failed_at = coalesce(first_failed_at, ?5), error_code = ?6, error_message = ?7 "
    "WHERE id = ?1";

inline constexpr Sql kDeadLetterOfJob =
    "SELECT l.id FROM deliveries AS d CROSS JOIN events AS e CROSS JOIN dead_letters AS l "
    "WHERE d.id = ?1 AND e.seq = d.id >> 12 AND l.job_id = e.job_id AND l.route = d.route";

inline constexpr Sql kCountDeadLetter =
    "UPDATE dead_letters SET stage = ?2, attempts = ?3, dead_at = ?4, error_code = ?5, "
    "error_message = ?6, exhausted = ?7, times = times + 1 WHERE id = ?1";

inline constexpr Sql kInsertDeadLetter =
    "INSERT INTO dead_letters (id, route, stage, attempts, created_at, next_at, dead_at, "
    "first_dead_at, fairness_group, error_code, error_message, exhausted, job_id) "
    "SELECT d.id, d.route, ?2, ?3, d.created_at, coalesce(d.retry_at, d.created_at), ?4, "
    "?4, d.fairness_group, ?5, ?6, ?7, e.job_id "
    "FROM deliveries AS d CROSS JOIN events AS e WHERE d.id = ?1 AND e.seq = d.id >> 12";

/// All but the newest ?1.
inline constexpr Sql kTrimDeadLetters =
    "DELETE FROM dead_letters WHERE id IN (SELECT id FROM dead_letters "
    "ORDER BY dead_at DESC, id DESC LIMIT -1 OFFSET ?1)";

/// Where the event cannot be read.
inline constexpr Sql kSetDeliveryAside =
    "INSERT INTO dead_letters (id, route, stage, attempts, created_at, next_at, dead_at, "
    "first_dead_at, fairness_group, error_code, error_message, exhausted) "
    "SELECT id, route, stage, attempts, created_at, coalesce(retry_at, created_at), ?2, ?2, "
    "fairness_group, ?3, ?4, '' FROM deliveries WHERE id = ?1";

inline constexpr Sql kNewestDeadLetters =
    "SELECT id FROM dead_letters ORDER BY dead_at DESC, id DESC LIMIT ?1";

#define INGESTOR_DEAD_LETTER(event_columns, join)                                             \
    "SELECT d.id, d.stage, d.attempts, d.created_at, d.next_at, d.fairness_group, "           \
    "r.bus, r.rule, r.target_id, r.target_arn, " event_columns                                \
    ", NULL, d.error_code, "                                                                  \
    "d.error_message, d.exhausted, d.dead_at, d.times, d.first_dead_at FROM dead_letters AS " \
    "d " join "LEFT JOIN routes AS r ON r.id = d.route WHERE d.id = ?1"

inline constexpr Sql kDeadLetter = INGESTOR_DEAD_LETTER(
    "e.event_id, e.time, e.source, e.detail_type, e.account, e.region, e.resources, e.detail, "
    "e.job_id, e.forwarded, e.replay_name",
    "LEFT JOIN events AS e ON e.seq = d.id >> 12 ");

/// Without its event, which cannot be read.
inline constexpr Sql kDeadLetterAlone =
    INGESTOR_DEAD_LETTER("'', 0, '', '', '', '', '', '', d.job_id, 0, ''", "");

#undef INGESTOR_DEAD_LETTER

inline constexpr Sql kRedriveDeadLetter =
    "INSERT INTO deliveries (id, route, created_at, fairness_group) "
    "SELECT id, route, ?2, fairness_group FROM dead_letters WHERE id = ?1";

inline constexpr Sql kDeleteDeadLetter = "DELETE FROM dead_letters WHERE id = ?1";

/// The event of a delivery that was redriven is pending again.
inline constexpr Sql kRestorePendingEvent =
    "UPDATE jobs SET pending_event = ?1 WHERE job_id = (SELECT job_id FROM events WHERE seq = ?1) "
    "AND pending_event IS NULL AND status <= 1";

/// The event is not pending any more, if this was its last delivery.
inline constexpr Sql kClearPendingEvent =
    "UPDATE jobs SET pending_event = NULL "
    "WHERE job_id = (SELECT job_id FROM events WHERE seq = ?1) AND pending_event = ?1 AND status "
    "<= 1 "
    "AND NOT EXISTS (SELECT 1 FROM deliveries WHERE id >= ?1 << 12 AND id < (?1 + 1) << 12)";

/// Likewise where the event cannot be read, which names the job: goes through the jobs that have
/// not ended.
inline constexpr Sql kClearPendingEventOfCorrupt =
    "UPDATE jobs INDEXED BY jobs_open SET pending_event = NULL "
    "WHERE pending_event = ?1 AND status <= 1 "
    "AND NOT EXISTS (SELECT 1 FROM deliveries WHERE id >= ?1 << 12 AND id < (?1 + 1) << 12)";

#define INGESTOR_JOB_COLUMNS                                                                \
    "job_id, user_id, job_name, status, total_documents, documents_processed, created_at, " \
    "updated_at, started_at, finished_at, error, fence, waiting_reason, next_attempt_at"

inline constexpr Sql kJobById = "SELECT " INGESTOR_JOB_COLUMNS " FROM jobs WHERE job_id = ?1";

/// With what decides whether a change of the job is allowed.
inline constexpr Sql kJobRecord = "SELECT " INGESTOR_JOB_COLUMNS
                                  ", lease_owner, waits, at_work, suspects "
                                  "FROM jobs WHERE job_id = ?1";

inline constexpr Sql kJobByRow = "SELECT " INGESTOR_JOB_COLUMNS " FROM jobs WHERE rowid = ?1";

#undef INGESTOR_JOB_COLUMNS

// Changes of jobs.

/// ?6: the event that is pending for it.
inline constexpr Sql kInsertJob =
    "INSERT OR IGNORE INTO jobs (job_id, user_id, job_name, status, total_documents, created_at, "
    "updated_at, pending_event) VALUES (?1, ?2, ?3, 0, ?4, ?5, ?5, ?6)";

inline constexpr Sql kUpdateJob =
    "UPDATE jobs SET status = ?2, documents_processed = ?3, updated_at = ?4, started_at = ?5, "
    "finished_at = ?6, error = ?7, fence = ?8, lease_owner = ?9, lease_until = ?10, "
    "waiting_reason = ?11, next_attempt_at = ?12, waits = ?13, at_work = ?14, suspects = ?15 "
    "WHERE job_id = ?1";

inline constexpr Sql kRenewLease = "UPDATE jobs SET lease_until = ?2 WHERE job_id = ?1";

inline constexpr Sql kCountDocuments =
    "UPDATE jobs SET documents_processed = documents_processed + ?2, updated_at = ?3 "
    "WHERE job_id = ?1";

/// Of the attempt ?2, unless another has taken over.
inline constexpr Sql kSetAtWork =
    "UPDATE jobs SET at_work = ?3 WHERE job_id = ?1 AND status = 1 AND fence = ?2";

inline constexpr Sql kEndWaiting =
    "UPDATE jobs SET next_attempt_at = NULL, updated_at = ?2 WHERE job_id = ?1";

inline constexpr Sql kSetPendingEvent = "UPDATE jobs SET pending_event = ?2 WHERE job_id = ?1";

inline constexpr Sql kInsertFile =
    "INSERT INTO job_files (job_id, n, status, file_key, filename, content_type, size_bytes, "
    "upload_etag) VALUES (?1, ?2, 0, ?3, ?4, ?5, ?6, ?7)";

/// A job of ?1 with documents of ?2 bytes in all.
inline constexpr Sql kCountSubmit =
    "INSERT INTO usage (user_id, jobs, bytes) VALUES (?1, 1, ?2) "
    "ON CONFLICT (user_id) DO UPDATE SET jobs = jobs + 1, bytes = bytes + ?2";

inline constexpr Sql kFileStatus = "SELECT status FROM job_files WHERE job_id = ?1 AND n = ?2";

/// What a change of its job may change of a document.
inline constexpr Sql kUpdateFileStatus =
    "UPDATE job_files SET status = ?3, pages_done = ?4, error_code = ?5, error_message = ?6 "
    "WHERE job_id = ?1 AND n = ?2";

inline constexpr Sql kRecordFile =
    "UPDATE job_files SET status = ?3, content_type = ?4, size_bytes = ?5, pages_done = ?6, "
    "pages = ?7, words = ?8, duration_ms = ?9, error_code = ?10, error_message = ?11, "
    "markdown_key = ?12, sidecar_key = ?13, chunks_key = ?14, sha256 = ?15, user_id = "
    "CASE WHEN ?15 IS NOT NULL THEN (SELECT user_id FROM jobs WHERE job_id = ?1) END "
    "WHERE job_id = ?1 AND n = ?2";

inline constexpr Sql kInsertAttempt =
    "INSERT INTO job_attempts (job_id, n, started_at) VALUES (?1, ?2, ?3)";

inline constexpr Sql kEndAttempt =
    "UPDATE job_attempts SET ended_at = ?3, error = ?4, interrupted = ?5 "
    "WHERE job_id = ?1 AND n = ?2";

inline constexpr Sql kDeleteOldAttempts = "DELETE FROM job_attempts WHERE job_id = ?1 AND n < ?2";

inline constexpr Sql kPutKeyUse =
    "INSERT OR REPLACE INTO idempotency_keys (user_id, key, used_at, job_id, request_hash) "
    "VALUES (?1, ?2, ?3, ?4, ?5)";

// The lists. A user's jobs of one status are a sorted run of the index, so those of several are
// their merge, and a page costs what it holds. ?3 has a bit for each status that is wanted: a run
// whose bit is not set is not even begun.
#define INGESTOR_JOBS_OF(bit, status, more)                                                   \
    "SELECT job_id, rowid FROM jobs WHERE ?3 & " bit " AND user_id = ?1 AND status = " status \
    " AND job_id < ?2" more
#define INGESTOR_JOBS_MERGED(more)   \
    INGESTOR_JOBS_OF("1", "0", more) \
    " UNION ALL " INGESTOR_JOBS_OF("2", "1", more)       \
    " UNION ALL " INGESTOR_JOBS_OF("4", "2", more)       \
    " UNION ALL " INGESTOR_JOBS_OF("8", "3", more)       \
    " UNION ALL " INGESTOR_JOBS_OF("16", "4", more) " ORDER BY job_id DESC LIMIT ?4"

inline constexpr Sql kJobsOfUser = INGESTOR_JOBS_MERGED("");

/// Looks at the jobs themselves: at as many as it takes to fill the page. lower() is SQLite's own,
/// which knows ASCII alone.
inline constexpr Sql kJobsFound =
    INGESTOR_JOBS_MERGED(" AND (instr(lower(job_name), ?5) > 0 OR job_id BETWEEN ?6 AND ?7)");

#undef INGESTOR_JOBS_MERGED
#undef INGESTOR_JOBS_OF

inline constexpr Sql kJobCounts =
    "SELECT status, count(*) FROM jobs WHERE user_id = ?1 GROUP BY status";

// SQLite takes a partial index only where the query repeats the index's condition.
inline constexpr Sql kQueuedBefore =
    "SELECT count(*) FROM (SELECT 1 FROM jobs INDEXED BY jobs_open "
    "WHERE status = 0 AND status <= 1 AND job_id < ?1 LIMIT ?2)";

inline constexpr Sql kJobsWithoutEvent =
    "SELECT job_id FROM jobs INDEXED BY jobs_without_event "
    "WHERE status = 0 AND pending_event IS NULL AND next_attempt_at IS NULL AND updated_at < ?1 "
    "ORDER BY job_id LIMIT ?2";

/// At most as many as may be worked on at once, or were when the service ended.
inline constexpr Sql kJobsUnderWay =
    "SELECT job_id, fence, lease_owner FROM jobs INDEXED BY jobs_open "
    "WHERE status = 1 AND status <= 1 ORDER BY job_id";

/// Up to ?1, and those that a clock which ran ahead has put later than ?2: see is_due().
inline constexpr Sql kWaitingJobs =
    "SELECT job_id FROM jobs INDEXED BY jobs_waiting "
    "WHERE next_attempt_at IS NOT NULL AND next_attempt_at <= ?1 ORDER BY next_attempt_at LIMIT ?2";
inline constexpr Sql kJobsWaitingTooLong =
    "SELECT job_id FROM jobs INDEXED BY jobs_waiting "
    "WHERE next_attempt_at IS NOT NULL AND next_attempt_at > ?1 ORDER BY next_attempt_at LIMIT ?2";

inline constexpr Sql kJobFiles =
    "SELECT status, file_key, filename, content_type, size_bytes, pages_done, pages, words, "
    "duration_ms, error_code, error_message, markdown_key, sidecar_key, chunks_key, sha256, "
    "upload_etag "
    "FROM job_files WHERE job_id = ?1 ORDER BY n";

/// What a change of the job may touch.
inline constexpr Sql kFilesNotCompleted =
    "SELECT n, status, file_key FROM job_files WHERE job_id = ?1 AND status <> 2 ORDER BY n";

inline constexpr Sql kDocumentsOfContent =
    "SELECT f.job_id, f.n, f.filename, j.job_name, f.status, j.created_at "
    "FROM job_files AS f CROSS JOIN jobs AS j "
    "WHERE f.user_id = ?1 AND f.sha256 = ?2 AND f.sha256 IS NOT NULL AND j.job_id = f.job_id "
    "ORDER BY f.job_id DESC, f.n DESC LIMIT ?3";

inline constexpr Sql kJobAttempts =
    "SELECT n, started_at, ended_at, interrupted, error FROM job_attempts "
    "WHERE job_id = ?1 ORDER BY n";

inline constexpr Sql kKeyUse =
    "SELECT k.request_hash, k.used_at, j.job_id, j.status, j.total_documents "
    "FROM idempotency_keys AS k CROSS JOIN jobs AS j "
    "WHERE k.user_id = ?1 AND k.key = ?2 AND j.job_id = k.job_id";

// Buses, rules and their targets.

inline constexpr Sql kBuses =
    "SELECT name, description, created_at, managed, tags, policy FROM buses ORDER BY name";

inline constexpr Sql kPutBus =
    "INSERT INTO buses (name, description, created_at, managed, tags, policy) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET description = ?2, "
    "created_at = ?3, managed = ?4, tags = ?5, policy = ?6";

inline constexpr Sql kDeleteBus = "DELETE FROM buses WHERE name = ?1";

inline constexpr Sql kRules =
    "SELECT bus, name, description, event_pattern, enabled, managed, role_arn, tags, schedule, "
    "scheduled_since, fired_at FROM rules ORDER BY bus, name";

inline constexpr Sql kPutRule =
    "INSERT INTO rules (bus, name, description, event_pattern, enabled, managed, role_arn, tags, "
    "schedule, scheduled_since, fired_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) "
    "ON CONFLICT DO UPDATE SET description = ?3, event_pattern = ?4, enabled = ?5, managed = ?6, "
    "role_arn = ?7, tags = ?8, schedule = ?9, scheduled_since = ?10, fired_at = ?11";

inline constexpr Sql kSetFiredAt = "UPDATE rules SET fired_at = ?3 WHERE bus = ?1 AND name = ?2";

inline constexpr Sql kDeleteRule = "DELETE FROM rules WHERE bus = ?1 AND name = ?2";

inline constexpr Sql kTargets =
    "SELECT target_id, arn, maximum_retry_attempts, maximum_event_age_seconds, dead_letter_arn, "
    "managed, role_arn, input, http_parameters FROM rule_targets WHERE bus = ?1 AND rule = ?2 "
    "ORDER BY n";

inline constexpr Sql kPutTarget =
    "INSERT INTO rule_targets (bus, rule, n, target_id, arn, maximum_retry_attempts, "
    "maximum_event_age_seconds, dead_letter_arn, managed, role_arn, input, http_parameters) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";

inline constexpr Sql kDeleteTargets = "DELETE FROM rule_targets WHERE bus = ?1 AND rule = ?2";

/// The routes to a target other than route ?4. There are a few routes in all.
inline constexpr Sql kOtherRoutes =
    "SELECT id FROM routes WHERE bus = ?1 AND rule = ?2 AND target_id = ?3 AND id <> ?4";

/// Goes through all deliveries, once after a target has got another name or ARN: an index would
/// cost every submit.
inline constexpr Sql kMoveDeliveries = "UPDATE deliveries SET route = ?2 WHERE route = ?1";
/// Likewise, of kDeadLettersMax.
inline constexpr Sql kMoveDeadLetters = "UPDATE dead_letters SET route = ?2 WHERE route = ?1";

inline constexpr Sql kDeleteRoute = "DELETE FROM routes WHERE id = ?1";

// Deletion. What goes is named by an index, a bounded number of rows at a time.

inline constexpr Sql kJobStatus = "SELECT status FROM jobs WHERE job_id = ?1";

/// The uploads of a job that no other job uses; one that it names twice stands there twice. Two
/// looks beside the job's own entries, and not one over all of them.
inline constexpr Sql kUploadsOfJobAlone =
    "SELECT f.file_key FROM job_files AS f WHERE f.job_id = ?1 "
    "AND NOT EXISTS (SELECT 1 FROM job_files WHERE file_key = f.file_key AND job_id < ?1) "
    "AND NOT EXISTS (SELECT 1 FROM job_files WHERE file_key = f.file_key AND job_id > ?1)";

inline constexpr Sql kUploadIsUsed = "SELECT 1 FROM job_files WHERE file_key = ?1 LIMIT 1";

inline constexpr Sql kDeleteJobFiles = "DELETE FROM job_files WHERE job_id = ?1";
inline constexpr Sql kDeleteJobAttempts = "DELETE FROM job_attempts WHERE job_id = ?1";
inline constexpr Sql kDeleteJob = "DELETE FROM jobs WHERE job_id = ?1";

inline constexpr Sql kInsertRemoval =
    "INSERT OR IGNORE INTO object_removals (removal, object_key, since) VALUES (?1, ?2, ?3)";
inline constexpr Sql kNextRemoval =
    "SELECT removal FROM object_removals WHERE removal > ?1 ORDER BY removal LIMIT 1";
inline constexpr Sql kKeysOfRemoval = "SELECT object_key FROM object_removals WHERE removal = ?1";
inline constexpr Sql kForgetRemoval = "DELETE FROM object_removals WHERE removal = ?1";
inline constexpr Sql kIsBeingRemoved =
    "SELECT 1 FROM object_removals WHERE object_key = ?1 LIMIT 1";

inline constexpr Sql kEndedJobs =
    "SELECT job_id FROM jobs INDEXED BY jobs_by_end "
    "WHERE status >= 2 AND finished_at < ?1 ORDER BY finished_at LIMIT ?2";

inline constexpr Sql kUsage = "SELECT jobs, bytes FROM usage WHERE user_id = ?1";

// Retention: first a reader finds what is past its time, then the writer deletes it by its key.

/// Events that nothing refers to any more; the newest of all stays, as the next number is counted
/// from it.
inline constexpr Sql kExpiredEvents =
    "SELECT e.seq FROM events AS e WHERE e.stored_at < ?1 "
    "AND e.seq <> (SELECT max(seq) FROM events) "
    "AND NOT EXISTS (SELECT 1 FROM deliveries AS d "
    "WHERE d.id >= e.seq << 12 AND d.id < (e.seq + 1) << 12) "
    "AND NOT EXISTS (SELECT 1 FROM dead_letters AS l "
    "WHERE l.id >= e.seq << 12 AND l.id < (e.seq + 1) << 12) LIMIT ?2";
/// A dead letter that was redriven meanwhile needs its event.
inline constexpr Sql kDeleteEvent =
    "DELETE FROM events WHERE seq = ?1 "
    "AND NOT EXISTS (SELECT 1 FROM deliveries WHERE id >= ?1 << 12 AND id < (?1 + 1) << 12) "
    "AND NOT EXISTS (SELECT 1 FROM dead_letters WHERE id >= ?1 << 12 AND id < (?1 + 1) << 12)";

inline constexpr Sql kDeleteExpiredKeys =
    "DELETE FROM idempotency_keys WHERE (user_id, key) IN "
    "(SELECT user_id, key FROM idempotency_keys WHERE used_at <= ?1 LIMIT ?2)";
inline constexpr Sql kDeleteExpiredDeadLetters =
    "DELETE FROM dead_letters WHERE id IN "
    "(SELECT id FROM dead_letters WHERE dead_at < ?1 LIMIT ?2)";

// What is of the whole of a database on purpose, and on a connection of its own: its check and its
// backup.

inline constexpr Sql kTables = "SELECT name FROM sqlite_schema WHERE type = 'table'";
inline constexpr Sql kCopyDatabase = "VACUUM INTO ?1";
inline constexpr Sql kAllJobs = "SELECT job_id FROM jobs";
inline constexpr Sql kAllObjects =
    "SELECT file_key, markdown_key, sidecar_key, chunks_key FROM job_files";

inline constexpr Sql kJobsOfUserFrom =
    "SELECT job_id FROM jobs WHERE user_id = ?1 AND status = ?2 AND job_id >= ?3 "
    "ORDER BY job_id LIMIT ?4";

// The index of the objects.

inline constexpr Sql kFindObject =
    "SELECT size_bytes, etag, modified_at, content_type, attributes, checksum, body, crc32c, file "
    "FROM objects WHERE key = ?1";

inline constexpr Sql kObjectsFrom =
    "SELECT key, size_bytes, etag, modified_at, checksum FROM objects WHERE key >= ?1 ORDER BY key";

inline constexpr Sql kPutObject =
    "INSERT INTO objects (key, size_bytes, etag, modified_at, content_type, attributes, checksum, "
    "body, crc32c, file) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, nullif(?8, 0), ?9, ?10) "
    "ON CONFLICT (key) DO UPDATE SET size_bytes = excluded.size_bytes, etag = excluded.etag, "
    "modified_at = excluded.modified_at, content_type = excluded.content_type, "
    "attributes = excluded.attributes, checksum = excluded.checksum, body = excluded.body, "
    "crc32c = excluded.crc32c, file = excluded.file";

inline constexpr Sql kDeleteObject = "DELETE FROM objects WHERE key = ?1";

inline constexpr Sql kObjectBytes = "SELECT bytes FROM object_bodies WHERE id = ?1";

inline constexpr Sql kInsertObjectBytes = "INSERT INTO object_bodies (bytes) VALUES (?1)";

inline constexpr Sql kUpdateObjectBytes = "UPDATE object_bodies SET bytes = ?2 WHERE id = ?1";

inline constexpr Sql kDeleteObjectBytes = "DELETE FROM object_bodies WHERE id = ?1";

inline constexpr Sql kFileIsUsed =
    "SELECT 1 FROM objects WHERE file = ?1 UNION ALL SELECT 1 FROM multipart_parts WHERE file = ?1";

inline constexpr Sql kInsertFileRemoval = "INSERT OR IGNORE INTO file_removals (file) VALUES (?1)";

inline constexpr Sql kFileIsToRemove = "SELECT 1 FROM file_removals WHERE file = ?1";

inline constexpr Sql kFilesToRemove =
    "SELECT file FROM file_removals WHERE file > x'' ORDER BY file LIMIT ?1";

inline constexpr Sql kForgetFile = "DELETE FROM file_removals WHERE file = ?1";

inline constexpr Sql kAdopted = "SELECT adopted FROM object_index WHERE id = 1";

inline constexpr Sql kFinishAdoption = "UPDATE object_index SET adopted = 1 WHERE id = 1";

// Uploads in parts.

inline constexpr Sql kInsertUpload =
    "INSERT INTO multipart_uploads (upload_id, key, initiator, created_at, content_type, "
    "attributes, checksum, composite) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

inline constexpr Sql kFindUpload =
    "SELECT upload_id, key, initiator, created_at, content_type, attributes, checksum, composite "
    "FROM multipart_uploads WHERE upload_id = ?1";

inline constexpr Sql kUploadsFrom =
    "SELECT upload_id, key, initiator, created_at, content_type, attributes, checksum, composite "
    "FROM multipart_uploads WHERE (key, upload_id) > (?1, ?2) ORDER BY key, upload_id LIMIT ?3";

inline constexpr Sql kUploadsBegunBefore =
    "SELECT upload_id FROM multipart_uploads WHERE created_at < ?1 ORDER BY created_at LIMIT ?2";

inline constexpr Sql kDeleteUpload = "DELETE FROM multipart_uploads WHERE upload_id = ?1";

inline constexpr Sql kPutPart =
    "INSERT INTO multipart_parts (upload_id, n, size_bytes, etag, modified_at, checksum, file) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (upload_id, n) DO UPDATE SET "
    "size_bytes = excluded.size_bytes, etag = excluded.etag, modified_at = excluded.modified_at, "
    "checksum = excluded.checksum, file = excluded.file";

inline constexpr Sql kFileOfPart =
    "SELECT file FROM multipart_parts WHERE upload_id = ?1 AND n = ?2";

inline constexpr Sql kPartsOfUpload =
    "SELECT n, size_bytes, etag, modified_at, checksum, file FROM multipart_parts "
    "WHERE upload_id = ?1 AND n > ?2 ORDER BY n LIMIT ?3";

inline constexpr Sql kDeleteParts = "DELETE FROM multipart_parts WHERE upload_id = ?1";

// Queues and their messages.

inline constexpr Sql kQueues =
    "SELECT name, created_at, modified_at, settings, tags FROM queues ORDER BY name";

inline constexpr Sql kFindQueue = "SELECT id, messages, bytes FROM queues WHERE name = ?1";

inline constexpr Sql kPutQueue =
    "INSERT INTO queues (name, created_at, modified_at, settings, tags) "
    "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (name) DO UPDATE SET "
    "created_at = excluded.created_at, modified_at = excluded.modified_at, "
    "settings = excluded.settings, tags = excluded.tags";

inline constexpr Sql kDeleteQueue = "DELETE FROM queues WHERE id = ?1";

inline constexpr Sql kInsertMessage =
    "INSERT INTO queue_messages (queue, message_id, sent_at, visible_at, trace_header, attributes, "
    "body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

inline constexpr Sql kVisibleMessages =
    "SELECT id, message_id, receive_count, sent_at, first_received_at, source, trace_header, "
    "attributes, body FROM queue_messages WHERE queue = ?1 AND visible_at <= ?2 "
    "ORDER BY visible_at LIMIT ?3";

inline constexpr Sql kTakeMessage =
    "UPDATE queue_messages SET receive_count = receive_count + 1, visible_at = ?2, "
    "first_received_at = coalesce(first_received_at, ?3) WHERE id = ?1";

inline constexpr Sql kMoveToDeadLetterQueue =
    "UPDATE queue_messages SET queue = ?2, visible_at = ?3, source = ?4 WHERE id = ?1";

inline constexpr Sql kMoveMessage =
    "UPDATE queue_messages SET queue = ?2, sent_at = ?3, visible_at = ?3, receive_count = 0, "
    "first_received_at = NULL, source = NULL, message_id = ?4 WHERE id = ?1";

inline constexpr Sql kChangeVisibility =
    "UPDATE queue_messages SET visible_at = ?6 WHERE id = ?1 AND queue = ?2 AND message_id = ?3 "
    "AND receive_count = ?4 AND visible_at > ?5";

inline constexpr Sql kDeleteMessage =
    "DELETE FROM queue_messages WHERE id = ?1 AND queue = ?2 AND message_id = ?3 "
    "AND receive_count = ?4";

inline constexpr Sql kDeleteExpiredMessages =
    "DELETE FROM queue_messages WHERE id IN (SELECT id FROM queue_messages "
    "WHERE queue = ?1 AND sent_at < ?2 ORDER BY sent_at LIMIT ?3)";

inline constexpr Sql kNewestMessage = "SELECT max(id) FROM queue_messages";

inline constexpr Sql kDeleteMessagesOfQueue =
    "DELETE FROM queue_messages WHERE id IN (SELECT id FROM queue_messages "
    "WHERE queue = ?1 AND id <= ?2 LIMIT ?3)";

/// Not received yet, and received but not deleted.
inline constexpr Sql kHiddenMessages =
    "SELECT count(*) FILTER (WHERE receive_count = 0), count(*) FILTER (WHERE receive_count > 0) "
    "FROM queue_messages WHERE queue = ?1 AND visible_at > ?2";

inline constexpr Sql kNextVisible =
    "SELECT visible_at FROM queue_messages WHERE queue = ?1 AND visible_at > ?2 "
    "ORDER BY visible_at LIMIT 1";

/// For a backup.
inline constexpr Sql kAllIndexed = "SELECT size_bytes, file FROM objects";

// Connections and API destinations.

inline constexpr Sql kConnections =
    "SELECT name, id, description, authorization, has_secrets, parameters, state, state_reason, "
    "created_at, modified_at, authorized_at FROM connections ORDER BY name";

inline constexpr Sql kPutConnection =
    "INSERT OR REPLACE INTO connections (name, id, description, authorization, has_secrets, "
    "parameters, state, state_reason, created_at, modified_at, authorized_at) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";

inline constexpr Sql kDeleteConnection = "DELETE FROM connections WHERE name = ?1";

inline constexpr Sql kApiDestinations =
    "SELECT name, id, description, connection_arn, endpoint, method, rate_max, created_at, "
    "modified_at FROM api_destinations ORDER BY name";

inline constexpr Sql kPutApiDestination =
    "INSERT OR REPLACE INTO api_destinations (name, id, description, connection_arn, endpoint, "
    "method, rate_max, created_at, modified_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

inline constexpr Sql kDeleteApiDestination = "DELETE FROM api_destinations WHERE name = ?1";

// Archives and replays.

inline constexpr Sql kArchives =
    "SELECT id, name, bus, description, event_pattern, retention_days, created_at, events, bytes "
    "FROM archives ORDER BY name";

inline constexpr Sql kArchiveId = "SELECT id FROM archives WHERE name = ?1";

inline constexpr Sql kPutArchive =
    "INSERT INTO archives (name, bus, description, event_pattern, retention_days, created_at) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (name) DO UPDATE SET bus = ?2, description = ?3, "
    "event_pattern = ?4, retention_days = ?5";

inline constexpr Sql kDeleteArchive = "DELETE FROM archives WHERE id = ?1";

inline constexpr Sql kPutArchiveRemoval = "INSERT INTO archive_removals (archive) VALUES (?1)";

inline constexpr Sql kFirstArchiveRemoval =
    "SELECT archive FROM archive_removals ORDER BY archive LIMIT 1";

inline constexpr Sql kDeleteArchiveRemoval = "DELETE FROM archive_removals WHERE archive = ?1";

inline constexpr Sql kCountArchivedEvents =
    "UPDATE archives SET events = events + ?2, bytes = bytes + ?3 WHERE id = ?1";

inline constexpr Sql kInsertArchivedEvent =
    "INSERT INTO archived_events (archive, time, event_id, archived_at, bytes, source, "
    "detail_type, account, region, resources, detail) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";

inline constexpr Sql kArchivedEventSize =
    "SELECT bytes FROM archived_events WHERE archive = ?1 AND time = ?2 AND event_id = ?3";

inline constexpr Sql kArchivedFrom =
    "SELECT time, event_id, source, detail_type, account, region, resources, detail "
    "FROM archived_events WHERE archive = ?1 AND (time, event_id) > (?2, ?3) AND time < ?4 "
    "ORDER BY time, event_id LIMIT ?5";

inline constexpr Sql kArchivedFirst =
    "SELECT time, event_id, bytes FROM archived_events WHERE archive = ?1 "
    "ORDER BY time, event_id LIMIT ?2";

inline constexpr Sql kArchivedBefore =
    "SELECT time, event_id FROM archived_events WHERE archive = ?1 AND archived_at < ?2 LIMIT ?3";

inline constexpr Sql kDeleteArchivedEvent =
    "DELETE FROM archived_events WHERE archive = ?1 AND time = ?2 AND event_id = ?3";

inline constexpr Sql kReplays =
    "SELECT name, archive, bus, description, rules, begins, ends, state, state_reason, started_at, "
    "ended_at, replayed_time, replayed_id FROM replays ORDER BY name";

inline constexpr Sql kPutReplay =
    "INSERT OR REPLACE INTO replays (name, archive, bus, description, rules, begins, ends, state, "
    "state_reason, started_at, ended_at, replayed_time, replayed_id) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";

inline constexpr Sql kDeleteEndedReplays =
    "DELETE FROM replays WHERE name IN "
    "(SELECT name FROM replays WHERE ended_at < ?1 LIMIT ?2)";

}  // namespace ingestor::sqlite
