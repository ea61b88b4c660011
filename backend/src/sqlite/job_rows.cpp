#include "sqlite/job_rows.hpp"

#include <charconv>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/encoding.hpp"
#include "sqlite/queries.hpp"

namespace ingestor::sqlite {

namespace {

template <class T>
std::optional<T> narrowed(std::optional<std::int64_t> value) {
    if (!value) return std::nullopt;
    return static_cast<T>(*value);
}

std::optional<domain::ObjectKey> key_or_none(const Query& row, int column) {
    if (row.is_null(column)) return std::nullopt;
    return object_key_at(row, column);
}

domain::JobFile read_file(const Query& row) {
    domain::JobFile file{.file_key = object_key_at(row, 1)};
    file.status = static_cast<domain::FileStatus>(row.integer(0));
    file.filename = row.text(2);
    file.content_type = row.text(3);
    file.size_bytes = static_cast<std::uint64_t>(row.integer(4));
    file.pages_done = static_cast<std::uint32_t>(row.integer(5));
    file.pages = narrowed<std::uint32_t>(row.integer_or_none(6));
    file.words = narrowed<std::uint64_t>(row.integer_or_none(7));
    if (!row.is_null(8)) file.duration = std::chrono::milliseconds{row.integer(8)};
    if (!row.is_null(9)) file.error = domain::FileError{row.text(9), row.text(10)};
    file.markdown_key = key_or_none(row, 11);
    file.sidecar_key = key_or_none(row, 12);
    file.chunks_key = key_or_none(row, 13);
    if (!row.is_null(14)) file.sha256 = to_hex(row.blob(14));
    if (!row.is_null(15)) file.upload_etag = domain::ETag{row.text(15)};
    return file;
}

domain::Attempt read_attempt(const Query& row) {
    domain::Attempt attempt;
    attempt.number = static_cast<int>(row.integer(0));
    attempt.started_at = row.time(1);
    attempt.ended_at = row.time_or_none(2);
    attempt.interrupted = row.integer(3) != 0;
    attempt.error = row.text_or_none(4);
    return attempt;
}

void read_files(Connection& connection, JobKey key, domain::Job& job) {
    auto files = connection.query(kJobFiles, Blob{key.bytes()});
    while (files.next()) job.files.push_back(read_file(files));
}

void read_attempts(Connection& connection, JobKey key, domain::Job& job) {
    auto attempts = connection.query(kJobAttempts, Blob{key.bytes()});
    while (attempts.next()) job.attempts.push_back(read_attempt(attempts));
}

/// Of "3:1,17:2"; of "3,17" with counts of 0.
std::vector<std::pair<std::uint32_t, std::uint32_t>> read_counts(std::string_view text) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> counts;
    const auto* place = text.data();
    const auto* end = place + text.size();
    while (place < end) {
        auto& [document, count] = counts.emplace_back();
        place = std::from_chars(place, end, document).ptr;
        if (place < end && *place == ':') place = std::from_chars(place + 1, end, count).ptr;
        if (place < end) ++place;
    }
    return counts;
}

}  // namespace

std::optional<std::string> at_work_text(const std::vector<std::uint32_t>& documents) {
    if (documents.empty()) return std::nullopt;
    return fmt::format("{}", fmt::join(documents, ","));
}

std::optional<std::string> suspects_text(const std::map<std::uint32_t, std::uint32_t>& suspects) {
    if (suspects.empty()) return std::nullopt;
    std::string text;
    for (const auto& [document, crashes] : suspects) {
        fmt::format_to(std::back_inserter(text), "{}{}:{}", text.empty() ? "" : ",", document,
                       crashes);
    }
    return text;
}

Result<domain::JobRecord> read_record(Connection& connection, const domain::JobId& job_id) {
    if (const auto key = JobKey::of(job_id)) {
        auto row = connection.query(kJobRecord, Blob{key->bytes()});
        if (row.next()) {
            domain::JobRecord record;
            record.job = read_listed(row);
            record.fence = row.integer(11);
            record.lease_owner = row.text(14);
            record.job.waits = static_cast<std::uint32_t>(row.integer(15));
            for (const auto& [document, count] : read_counts(row.text(16))) {
                record.job.at_work.push_back(document);
            }
            for (const auto& [document, crashes] : read_counts(row.text(17))) {
                record.job.suspects[document] = crashes;
            }
            return record;
        }
    }
    return fail(Errc::not_found, fmt::format("no job {}", job_id.value()));
}

Result<domain::JobRecord> read_held(Connection& connection, const domain::Lease& lease) {
    auto record = read_record(connection, lease.job_id);
    if (!record) {
        return fail(Errc::conflict,
                    fmt::format("the lease on job {} is lost", lease.job_id.value()));
    }
    if (const auto held = domain::check_held(*record, lease); !held)
        return std::unexpected(held.error());
    return record;
}

domain::Job read_listed(const Query& row) {
    domain::Job job;
    job.job_id = job_id_of(row.blob(0));
    job.user_id = domain::UserId{row.text(1)};
    job.job_name = row.text(2);
    job.status = static_cast<domain::JobStatus>(row.integer(3));
    job.total_documents = static_cast<std::uint32_t>(row.integer(4));
    job.documents_processed = static_cast<std::uint32_t>(row.integer(5));
    job.created_at = row.time(6);
    job.updated_at = row.time(7);
    job.started_at = row.time_or_none(8);
    job.finished_at = row.time_or_none(9);
    job.error = row.text_or_none(10);
    // Each claim raises the fence, and nothing else does.
    job.attempts_count = static_cast<std::uint32_t>(row.integer(11));
    job.waiting_reason = row.text_or_none(12);
    job.next_attempt_at = row.time_or_none(13);
    return job;
}

Result<domain::Job> read_job(Connection& connection, const domain::JobId& job_id) {
    auto record = read_record(connection, job_id);
    if (!record) return std::unexpected(std::move(record.error()));
    read_files(connection, *JobKey::of(job_id), record->job);
    read_attempts(connection, *JobKey::of(job_id), record->job);
    return std::move(record->job);
}

Result<JobChange> JobChange::load(Connection& connection, const domain::JobId& job_id,
                                  Files files) {
    auto record = read_record(connection, job_id);
    if (!record) return std::unexpected(std::move(record.error()));
    JobChange change;
    change.key_ = *JobKey::of(job_id);
    change.record_ = std::move(*record);
    auto& job = change.record_.job;
    if (files == Files::all) {
        read_files(connection, change.key_, job);
        for (std::uint32_t n = 0; n < job.files.size(); ++n) change.places_.push_back(n);
    } else {
        auto rows = connection.query(kFilesNotCompleted, Blob{change.key_.bytes()});
        while (rows.next()) {
            change.places_.push_back(static_cast<std::uint32_t>(rows.integer(0)));
            job.files.push_back({.file_key = object_key_at(rows, 2),
                                 .status = static_cast<domain::FileStatus>(rows.integer(1))});
        }
    }
    std::uint32_t not_completed = 0;
    for (const auto& file : job.files) {
        change.states_.push_back(file.status);
        if (file.status != domain::FileStatus::completed) ++not_completed;
    }
    change.record_.documents_completed = job.total_documents - not_completed;
    read_attempts(connection, change.key_, job);
    if (!job.attempts.empty()) {
        const auto& newest = job.attempts.back();
        change.oldest_attempt_ = job.attempts.front().number;
        change.newest_attempt_ = newest.number;
        if (!newest.ended_at) change.open_attempt_ = newest.number;
    }
    return change;
}

void JobChange::save(Connection& connection, std::optional<TimePoint> lease_until) const {
    const auto& job = record_.job;
    const Blob id{key_.bytes()};
    std::optional<std::string> lease_owner;
    if (!record_.lease_owner.empty()) lease_owner = record_.lease_owner;
    connection.run(kUpdateJob, id, static_cast<int>(job.status), job.documents_processed,
                   job.updated_at, job.started_at, job.finished_at, job.error, record_.fence,
                   lease_owner, lease_until, job.waiting_reason, job.next_attempt_at, job.waits,
                   at_work_text(job.at_work), suspects_text(job.suspects));
    for (std::size_t index = 0; index < places_.size(); ++index) {
        const auto& file = job.files[index];
        if (file.status == states_[index]) continue;
        std::optional<std::string> error_code;
        std::optional<std::string> error_message;
        if (file.error) {
            error_code = file.error->code;
            error_message = file.error->message;
        }
        connection.run(kUpdateFileStatus, id, places_[index], static_cast<int>(file.status),
                       file.pages_done, error_code, error_message);
    }
    for (const auto& attempt : job.attempts) {
        if (attempt.number == open_attempt_) {
            connection.run(kEndAttempt, id, attempt.number, attempt.ended_at, attempt.error,
                           attempt.interrupted ? 1 : 0);
        } else if (!newest_attempt_ || attempt.number > *newest_attempt_) {
            connection.run(kInsertAttempt, id, attempt.number, attempt.started_at);
        }
    }
    if (oldest_attempt_ && job.attempts.front().number > *oldest_attempt_) {
        connection.run(kDeleteOldAttempts, id, job.attempts.front().number);
    }
}

bool insert_job(Connection& connection, JobKey key, const domain::Job& job,
                std::optional<std::int64_t> pending_event) {
    return connection.run(kInsertJob, Blob{key.bytes()}, job.user_id.value(), job.job_name,
                          std::uint64_t{job.files.size()}, job.created_at, pending_event) > 0;
}

void insert_files(Connection& connection, JobKey key, const domain::Job& job) {
    int n = 0;
    std::uint64_t bytes = 0;
    for (const auto& file : job.files) {
        std::optional<std::string> etag;
        if (file.upload_etag) etag = file.upload_etag->value();
        connection.run(kInsertFile, Blob{key.bytes()}, n++, file.file_key.value(), file.filename,
                       file.content_type, file.size_bytes, etag);
        bytes += file.size_bytes;
    }
    connection.run(kCountSubmit, job.user_id.value(), bytes);
}

Result<std::monostate> check_uploads_stay(Connection& connection, const domain::Job& job) {
    for (std::size_t n = 0; n < job.files.size(); ++n) {
        const auto& file = job.files[n];
        auto removal = connection.query(kIsBeingRemoved, file.file_key.value());
        if (removal.next()) {
            return fail(Errc::not_found,
                        fmt::format("{} is being deleted: upload it again", file.filename),
                        fmt::format("files.{}.file_key", n));
        }
    }
    return std::monostate{};
}

}  // namespace ingestor::sqlite
