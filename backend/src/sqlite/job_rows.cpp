#include "sqlite/job_rows.hpp"

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "sqlite/queries.hpp"

namespace ingestor::sqlite {

namespace {

template <class T>
std::optional<T> narrowed(std::optional<std::int64_t> value) {
    if (!value) return std::nullopt;
    return static_cast<T>(*value);
}

std::optional<ObjectKey> key_or_none(const Query& row, int column) {
    auto text = row.text_or_none(column);
    if (!text) return std::nullopt;
    return ObjectKey{std::move(*text)};
}

JobFile read_file(const Query& row) {
    JobFile file;
    file.status = static_cast<FileStatus>(row.integer(0));
    file.file_key = ObjectKey{row.text(1)};
    file.filename = row.text(2);
    file.content_type = row.text(3);
    file.size_bytes = static_cast<std::uint64_t>(row.integer(4));
    file.pages_done = static_cast<std::uint32_t>(row.integer(5));
    file.pages = narrowed<std::uint32_t>(row.integer_or_none(6));
    file.words = narrowed<std::uint64_t>(row.integer_or_none(7));
    if (!row.is_null(8)) file.duration = std::chrono::milliseconds{row.integer(8)};
    if (!row.is_null(9)) file.error = FileError{row.text(9), row.text(10)};
    file.markdown_key = key_or_none(row, 11);
    file.sidecar_key = key_or_none(row, 12);
    file.chunks_key = key_or_none(row, 13);
    if (!row.is_null(14)) file.sha256 = to_hex(row.blob(14));
    return file;
}

Attempt read_attempt(const Query& row) {
    Attempt attempt;
    attempt.number = static_cast<int>(row.integer(0));
    attempt.started_at = row.time(1);
    attempt.ended_at = row.time_or_none(2);
    attempt.interrupted = row.integer(3) != 0;
    attempt.error = row.text_or_none(4);
    return attempt;
}

}  // namespace

Result<JobState> read_state(Connection& connection, const JobId& job_id) {
    if (const auto key = JobKey::of(job_id)) {
        auto row = connection.query(
            "SELECT status, fence, failed_attempts, interrupted_attempts, lease_until, lease_owner "
            "FROM jobs WHERE job_id = ?1",
            Blob{key->bytes()});
        if (row.next()) {
            JobState state;
            state.status = static_cast<JobStatus>(row.integer(0));
            state.fence = row.integer(1);
            state.failed_attempts = static_cast<int>(row.integer(2));
            state.interrupted_attempts = static_cast<int>(row.integer(3));
            state.lease_until = row.time(4);
            state.lease_owner = row.text(5);
            return state;
        }
    }
    return fail(Errc::not_found, fmt::format("no job {}", job_id.value()));
}

Result<JobState> read_held(Connection& connection, const Lease& lease) {
    auto state = read_state(connection, lease.job_id);
    if (!state || state->status != JobStatus::processing || state->fence != lease.fence ||
        state->lease_owner != lease.owner) {
        return fail(Errc::conflict,
                    fmt::format("the lease on job {} is lost", lease.job_id.value()));
    }
    return state;
}

Job read_listed(const Query& row) {
    Job job;
    job.job_id = job_id_of(row.blob(0));
    job.user_id = UserId{row.text(1)};
    job.job_name = row.text(2);
    job.status = static_cast<JobStatus>(row.integer(3));
    job.total_documents = static_cast<std::uint32_t>(row.integer(4));
    job.documents_processed = static_cast<std::uint32_t>(row.integer(5));
    job.created_at = row.time(6);
    job.updated_at = row.time(7);
    job.started_at = row.time_or_none(8);
    job.finished_at = row.time_or_none(9);
    job.error = row.text_or_none(10);
    // Each claim raises the fence, and nothing else does.
    job.attempts_count = static_cast<std::uint32_t>(row.integer(11));
    return job;
}

Result<Job> read_job(Connection& connection, const JobId& job_id) {
    const auto not_found = [&] {
        return fail(Errc::not_found, fmt::format("no job {}", job_id.value()));
    };
    const auto key = JobKey::of(job_id);
    if (!key) return not_found();
    auto row = connection.query(kJobById, Blob{key->bytes()});
    if (!row.next()) return not_found();
    auto job = read_listed(row);
    auto files = connection.query(kJobFiles, Blob{key->bytes()});
    while (files.next()) job.files.push_back(read_file(files));
    auto attempts = connection.query(kJobAttempts, Blob{key->bytes()});
    while (attempts.next()) job.attempts.push_back(read_attempt(attempts));
    return job;
}

bool insert_job(Connection& connection, JobKey key, const Job& job,
                std::optional<std::int64_t> driver) {
    return connection.run(
               "INSERT OR IGNORE INTO jobs (job_id, user_id, job_name, status, total_documents, "
               "created_at, updated_at, driver) VALUES (?1, ?2, ?3, 0, ?4, ?5, ?5, ?6)",
               Blob{key.bytes()}, job.user_id.value(), job.job_name,
               std::uint64_t{job.files.size()}, job.created_at, driver) > 0;
}

void insert_files(Connection& connection, JobKey key, const Job& job) {
    int n = 0;
    for (const auto& file : job.files) {
        connection.run(
            "INSERT INTO job_files (job_id, n, status, file_key, filename, content_type, "
            "size_bytes) VALUES (?1, ?2, 0, ?3, ?4, ?5, ?6)",
            Blob{key.bytes()}, n++, file.file_key.value(), file.filename, file.content_type,
            file.size_bytes);
    }
}

void end_attempt(Connection& connection, JobKey key, TimePoint now,
                 const std::optional<std::string>& error, bool interrupted) {
    connection.run(
        "UPDATE job_attempts SET ended_at = ?2, error = ?3, interrupted = ?4 "
        "WHERE job_id = ?1 AND ended_at IS NULL",
        Blob{key.bytes()}, now, error, interrupted ? 1 : 0);
}

void queue_open_files(Connection& connection, JobKey key) {
    connection.run(
        "UPDATE job_files SET status = 0, pages_done = 0, error_code = NULL, error_message = NULL "
        "WHERE job_id = ?1 AND status IN (1, 4)",
        Blob{key.bytes()});
}

void fail_open_files(Connection& connection, JobKey key, const std::string& error) {
    connection.run(
        "UPDATE job_files SET status = 3, error_code = ?2, error_message = ?3 "
        "WHERE job_id = ?1 AND status IN (0, 1, 4)",
        Blob{key.bytes()}, to_string(Errc::unavailable), error);
    connection.run("UPDATE jobs SET documents_processed = total_documents WHERE job_id = ?1",
                   Blob{key.bytes()});
}

void end_job(Connection& connection, JobKey key, JobStatus status,
             const std::optional<std::string>& error, TimePoint now) {
    connection.run(
        "UPDATE jobs SET status = ?2, error = ?3, finished_at = ?4, updated_at = ?4, "
        "lease_owner = NULL, lease_until = NULL WHERE job_id = ?1",
        Blob{key.bytes()}, static_cast<int>(status), error, now);
}

}  // namespace ingestor::sqlite
