#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ports/job_store.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/row_codec.hpp"

namespace ingestor::sqlite {

/// A job's row alone: without its files and attempts, and without counting what is completed.
/// Errors: not_found.
[[nodiscard]] Result<domain::JobRecord> read_record(Connection& connection,
                                                    const domain::JobId& job_id);
/// The row of a job that the lease still holds. Errors: conflict.
[[nodiscard]] Result<domain::JobRecord> read_held(Connection& connection,
                                                  const domain::Lease& lease);

/// Loads a job, has one of the transitions of domain/ change it, and writes what that changed.
class JobChange {
public:
    /// Which documents the record gets: those that a change may touch, with their states alone, or
    /// all with all that is known.
    enum class Files { not_completed, all };
    /// Errors: not_found.
    [[nodiscard]] static Result<JobChange> load(Connection& connection, const domain::JobId& job_id,
                                                Files files);

    [[nodiscard]] domain::JobRecord& record() { return record_; }
    /// `lease_until`: of the lease that the job has now, if it has one.
    void save(Connection& connection, std::optional<TimePoint> lease_until = std::nullopt) const;

private:
    JobKey key_;
    domain::JobRecord record_;
    std::vector<std::uint32_t> places_;       ///< Of the record's files.
    std::vector<domain::FileStatus> states_;  ///< Theirs, as loaded.
    std::optional<int> open_attempt_;         ///< Its number, as loaded.
    std::optional<int> newest_attempt_;       ///< As loaded.
    std::optional<int> oldest_attempt_;       ///< As loaded.
};

/// The whole job. Errors: not_found.
[[nodiscard]] Result<domain::Job> read_job(Connection& connection, const domain::JobId& job_id);
/// A row of the lists' columns: the job without its files and attempts.
[[nodiscard]] domain::Job read_listed(const Query& row);

/// False where a job with this id is there already; nothing is written then.
[[nodiscard]] bool insert_job(Connection& connection, JobKey key, const domain::Job& job,
                              std::optional<std::int64_t> pending_event);
/// The documents of a new job, and what the job adds to its user's usage.
void insert_files(Connection& connection, JobKey key, const domain::Job& job);
/// Errors: not_found (an upload of the job is being removed: see JobDeletions).
[[nodiscard]] Result<std::monostate> check_uploads_stay(Connection& connection,
                                                        const domain::Job& job);

/// How Job::at_work and Job::suspects stand in the tables: "3,17" and "3:1,17:2"; nullopt for none.
[[nodiscard]] std::optional<std::string> at_work_text(const std::vector<std::uint32_t>& documents);
[[nodiscard]] std::optional<std::string> suspects_text(
    const std::map<std::uint32_t, std::uint32_t>& suspects);

}  // namespace ingestor::sqlite
