#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ports/job_store.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/row_codec.hpp"

namespace ingestor::sqlite {

/// What decides whether a change of a job is allowed.
struct JobState {
    JobStatus status = JobStatus::queued;
    std::int64_t fence = 0;
    int failed_attempts = 0;
    int interrupted_attempts = 0;
    TimePoint lease_until;
    std::string lease_owner;
};

/// Errors: not_found.
[[nodiscard]] Result<JobState> read_state(Connection& connection, const JobId& job_id);
/// The state of a job that the lease still holds. Errors: conflict.
[[nodiscard]] Result<JobState> read_held(Connection& connection, const Lease& lease);
/// The whole job. Errors: not_found.
[[nodiscard]] Result<Job> read_job(Connection& connection, const JobId& job_id);
/// A row of the lists' columns: the job without its files and attempts.
[[nodiscard]] Job read_listed(const Query& row);

/// False where a job with this id is there already; nothing is written then.
[[nodiscard]] bool insert_job(Connection& connection, JobKey key, const Job& job,
                              std::optional<std::int64_t> driver);
void insert_files(Connection& connection, JobKey key, const Job& job);

/// Ends the attempt that is under way, if any.
void end_attempt(Connection& connection, JobKey key, TimePoint now,
                 const std::optional<std::string>& error, bool interrupted);
/// Documents that are neither completed nor failed are queued again.
void queue_open_files(Connection& connection, JobKey key);
/// Documents that are neither completed nor failed become failed, and all count as processed.
void fail_open_files(Connection& connection, JobKey key, const std::string& error);
/// Ends the job.
void end_job(Connection& connection, JobKey key, JobStatus status,
             const std::optional<std::string>& error, TimePoint now);

}  // namespace ingestor::sqlite
