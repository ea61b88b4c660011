#pragma once

#include "sqlite/connection.hpp"

namespace ingestor::sqlite {

// The statements that run often or on large tables. They stand together because a test asks SQLite
// for the plan of each: every one goes by an index and sorts nothing.

inline constexpr Sql kDueDeliveries =
    "SELECT d.id, d.stage, d.attempts, d.created_at, coalesce(d.retry_at, d.created_at), "
    "d.fairness_group, r.bus, r.rule, r.target_id, r.target_arn, "
    "e.event_id, e.time, e.source, e.detail_type, e.account, e.region, e.resources, e.detail "
    "FROM deliveries AS d CROSS JOIN events AS e CROSS JOIN routes AS r "
    "WHERE d.id > ?1 AND (d.retry_at IS NULL OR d.retry_at <= ?2) "
    "AND e.seq = d.id >> 12 AND r.id = d.route ORDER BY d.id LIMIT ?3";

inline constexpr Sql kNextRetry =
    "SELECT retry_at FROM deliveries WHERE retry_at > ?1 ORDER BY retry_at LIMIT 1";

inline constexpr Sql kDeadLetters =
    "SELECT d.id, d.stage, d.attempts, d.created_at, d.next_at, "
    "d.fairness_group, r.bus, r.rule, r.target_id, r.target_arn, "
    "e.event_id, e.time, e.source, e.detail_type, e.account, e.region, e.resources, e.detail, "
    "d.error_code, d.error_message, d.exhausted, d.dead_at "
    "FROM dead_letters AS d CROSS JOIN events AS e CROSS JOIN routes AS r "
    "WHERE e.seq = d.id >> 12 AND r.id = d.route ORDER BY d.dead_at DESC, d.id DESC LIMIT ?1";

/// The job that a delivery drove is left without one, if that was the last.
inline constexpr Sql kUndriveJob =
    "UPDATE jobs SET driver = NULL WHERE job_id = (SELECT job_id FROM events WHERE seq = ?1) "
    "AND driver = ?1 AND status <= 1 "
    "AND NOT EXISTS (SELECT 1 FROM deliveries WHERE id >= ?1 << 12 AND id < (?1 + 1) << 12)";

#define INGESTOR_JOB_COLUMNS                                                                \
    "job_id, user_id, job_name, status, total_documents, documents_processed, created_at, " \
    "updated_at, started_at, finished_at, error, fence"

inline constexpr Sql kJobById = "SELECT " INGESTOR_JOB_COLUMNS " FROM jobs WHERE job_id = ?1";

inline constexpr Sql kJobByRow = "SELECT " INGESTOR_JOB_COLUMNS " FROM jobs WHERE rowid = ?1";

#undef INGESTOR_JOB_COLUMNS

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

inline constexpr Sql kForgottenJobs =
    "SELECT job_id FROM jobs INDEXED BY jobs_undriven "
    "WHERE status = 0 AND driver IS NULL AND updated_at < ?1 ORDER BY job_id LIMIT ?2";

inline constexpr Sql kAbandonedJobs =
    "SELECT job_id FROM jobs INDEXED BY jobs_open "
    "WHERE status = 1 AND status <= 1 AND (lease_until <= ?1 OR lease_owner IS NOT ?2) ORDER BY "
    "job_id LIMIT ?3";

inline constexpr Sql kJobFiles =
    "SELECT status, file_key, filename, content_type, size_bytes, pages_done, pages, words, "
    "duration_ms, error_code, error_message, markdown_key, sidecar_key, chunks_key, sha256 "
    "FROM job_files WHERE job_id = ?1 ORDER BY n";

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

}  // namespace ingestor::sqlite
