#include "sqlite/sqlite_job_store.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "sqlite/job_rows.hpp"
#include "sqlite/queries.hpp"

namespace ingestor {

using sqlite::Blob;
using sqlite::Connection;
using sqlite::JobKey;
using sqlite::RoutedEvent;

namespace {

constexpr std::string_view kCutShort = "the service stopped during this attempt";

/// Sorts after every job.
constexpr std::string_view kAfterAllJobs =
    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff";

std::unexpected<Error> refuse(const JobId& job_id, JobStatus status, std::string_view what) {
    return fail(Errc::conflict, fmt::format("job {} is {} and cannot be {}", job_id.value(),
                                            to_string(status), what));
}

bool is_live(const sqlite::JobState& state, const std::string& owner, TimePoint now) {
    return state.status == JobStatus::processing && state.lease_owner == owner &&
           state.lease_until > now;
}

/// The job of a repeated submit; nullopt: the key is new, or so old that it counts as new.
Result<std::optional<CreatedJob>> job_of_key(Connection& connection, const UserId& user_id,
                                             const IdempotencyKey& key, TimePoint now) {
    auto row = connection.query(sqlite::kKeyUse, user_id.value(), key.key);
    if (!row.next() || row.time(1) + kIdempotencyKeyLifetime <= now) return std::nullopt;
    if (row.text(0) != key.request_hash) {
        return fail(Errc::conflict,
                    "this Idempotency-Key was used for another request: use a new one",
                    "Idempotency-Key");
    }
    return CreatedJob{.job_id = sqlite::job_id_of(row.blob(2)),
                      .files_count = static_cast<std::uint32_t>(row.integer(4)),
                      .status = static_cast<JobStatus>(row.integer(3)),
                      .existed = true};
}

/// A bit for each status; all where none is named. See kJobsOfUser.
std::uint32_t mask_of(const std::vector<JobStatus>& statuses) {
    std::uint32_t mask = 0;
    for (const auto status : statuses) mask |= 1U << static_cast<unsigned>(status);
    return statuses.empty() ? ~0U : mask;
}

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](char sign) {
        return sign >= 'A' && sign <= 'Z' ? static_cast<char>(sign - 'A' + 'a') : sign;
    });
    return text;
}

/// What a unit that publishes an event hands back, for the announcement after the commit.
template <class Value>
struct Published {
    Value value;
    std::optional<std::int64_t> first_delivery;
};

}  // namespace

auto SqliteJobStore::create(Job job, std::optional<IdempotencyKey> key, Event event)
    -> Answer<CreatedJob> {
    const auto job_key = JobKey::of(job.job_id);
    if (!job_key) {
        co_return fail(Errc::invalid_argument, fmt::format("'{}' is no UUID", job.job_id.value()),
                       "job_id");
    }
    auto routed = outbox_.route(std::move(event));
    if (!routed) co_return std::unexpected(routed.error());

    struct Submit {
        Job job;
        JobKey job_key;
        std::optional<IdempotencyKey> key;
        RoutedEvent routed;
    };
    const auto submit = std::make_shared<const Submit>(
        Submit{std::move(job), *job_key, std::move(key), std::move(*routed)});
    auto unit = [this, submit](Connection& connection) -> Result<Published<CreatedJob>> {
        const auto& [new_job, id, used_key, event_of_job] = *submit;
        if (used_key) {
            const auto repeated =
                job_of_key(connection, new_job.user_id, *used_key, new_job.created_at);
            if (!repeated) return std::unexpected(repeated.error());
            if (*repeated) return Published<CreatedJob>{**repeated, std::nullopt};
        }
        const auto seq = outbox_.next_seq(connection);
        std::optional<std::int64_t> driver;
        if (!event_of_job.deliveries.empty()) driver = seq;
        if (!sqlite::insert_job(connection, id, new_job, driver)) {
            return fail(Errc::conflict, fmt::format("job {} exists", new_job.job_id.value()));
        }
        sqlite::insert_files(connection, id, new_job);
        if (used_key) {
            connection.run(
                "INSERT OR REPLACE INTO idempotency_keys (user_id, key, used_at, job_id, "
                "request_hash) VALUES (?1, ?2, ?3, ?4, ?5)",
                new_job.user_id.value(), used_key->key, new_job.created_at, Blob{id.bytes()},
                used_key->request_hash);
        }
        CreatedJob created;
        created.job_id = new_job.job_id;
        created.files_count = static_cast<std::uint32_t>(new_job.files.size());
        return Published<CreatedJob>{std::move(created),
                                     outbox_.store(connection, event_of_job, id)};
    };
    auto published = co_await database_.write(std::move(unit));
    if (!published) co_return std::unexpected(published.error());
    if (published->first_delivery) {
        outbox_.announce(submit->routed, *published->first_delivery);
    }
    co_return std::move(published->value);
}

auto SqliteJobStore::find_repeated(UserId user_id, IdempotencyKey key, TimePoint now)
    -> Answer<std::optional<CreatedJob>> {
    auto work = [user_id = std::move(user_id), key = std::move(key), now](Connection& connection) {
        return job_of_key(connection, user_id, key, now);
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteJobStore::get(JobId job_id) -> Answer<Job> {
    auto work = [job_id = std::move(job_id)](Connection& connection) {
        return sqlite::read_job(connection, job_id);
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteJobStore::list(JobQuery query) -> Answer<JobPage> {
    auto work = [query = std::move(query)](Connection& connection) -> Result<JobPage> {
        const auto before_key = query.before ? JobKey::of(*query.before) : std::nullopt;
        if (query.before && !before_key) {
            return fail(Errc::invalid_argument,
                        fmt::format("'{}' is no job", query.before->value()), "cursor");
        }
        const Blob before{before_key ? before_key->bytes() : kAfterAllJobs};
        // One more than wanted tells whether there are more.
        const auto rows_max = std::int64_t{query.limit} + 1;
        const auto mask = mask_of(query.statuses);
        const auto& user = query.user_id.value();
        const auto text = lower(query.text);
        const sqlite::KeyRange named(text);
        auto ids = text.empty()
                       ? connection.query(sqlite::kJobsOfUser, user, before, mask, rows_max)
                       : connection.query(sqlite::kJobsFound, user, before, mask, rows_max, text,
                                          Blob{named.first()}, Blob{named.last()});
        JobPage page;
        while (ids.next()) {
            auto row = connection.query(sqlite::kJobByRow, ids.integer(1));
            if (row.next()) page.jobs.push_back(sqlite::read_listed(row));
        }
        page.more = page.jobs.size() > query.limit;
        if (page.more) page.jobs.pop_back();
        return page;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteJobStore::list_named(UserId user_id, std::vector<JobId> job_ids)
    -> Answer<std::vector<Job>> {
    auto work = [user_id = std::move(user_id),
                 job_ids = std::move(job_ids)](Connection& connection) -> Result<std::vector<Job>> {
        std::vector<Job> jobs;
        for (const auto& job_id : job_ids) {
            const auto key = JobKey::of(job_id);
            if (!key) continue;
            auto row = connection.query(sqlite::kJobById, Blob{key->bytes()});
            if (!row.next()) continue;
            auto job = sqlite::read_listed(row);
            if (job.user_id == user_id) jobs.push_back(std::move(job));
        }
        return jobs;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteJobStore::find_documents(UserId user_id, std::string sha256, std::uint32_t limit)
    -> Answer<std::vector<FoundDocument>> {
    auto work = [user_id = std::move(user_id), sha256 = std::move(sha256),
                 limit](Connection& connection) -> Result<std::vector<FoundDocument>> {
        std::vector<FoundDocument> found;
        const auto digest = from_hex(sha256);
        if (!digest) return found;
        auto rows =
            connection.query(sqlite::kDocumentsOfContent, user_id.value(), Blob{*digest}, limit);
        while (rows.next()) {
            found.push_back({.job_id = sqlite::job_id_of(rows.blob(0)),
                             .index = static_cast<std::uint32_t>(rows.integer(1)),
                             .filename = rows.text(2),
                             .job_name = rows.text(3),
                             .status = static_cast<FileStatus>(rows.integer(4)),
                             .created_at = rows.time(5)});
        }
        return found;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteJobStore::count(UserId user_id) -> Answer<std::map<JobStatus, std::uint64_t>> {
    auto work = [user_id = std::move(user_id)](
                    Connection& connection) -> Result<std::map<JobStatus, std::uint64_t>> {
        std::map<JobStatus, std::uint64_t> counts;
        auto rows = connection.query(sqlite::kJobCounts, user_id.value());
        while (rows.next()) {
            counts[static_cast<JobStatus>(rows.integer(0))] =
                static_cast<std::uint64_t>(rows.integer(1));
        }
        return counts;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteJobStore::queue_position(JobId job_id, std::uint64_t max) -> Answer<std::uint64_t> {
    auto work = [job_id = std::move(job_id), max](Connection& connection) -> Result<std::uint64_t> {
        const auto key = JobKey::of(job_id);
        if (!key) return 0;
        auto row = connection.query(sqlite::kQueuedBefore, Blob{key->bytes()}, max);
        row.next();
        return static_cast<std::uint64_t>(row.integer(0));
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteJobStore::claim(ClaimRequest request) -> Answer<ClaimOutcome> {
    auto unit = [owner = owner_,
                 request = std::move(request)](Connection& connection) -> Result<ClaimOutcome> {
        const auto& now = request.now;
        const auto state = sqlite::read_state(connection, request.job_id);
        if (!state) return std::unexpected(state.error());
        const auto next = next_status(state->status, JobEvent::claimed);
        if (!next) return AlreadyEnded{state->status};
        if (is_live(*state, owner, now)) return HeldElsewhere{state->lease_until};

        const bool takes_over = state->status == JobStatus::processing;
        const int interrupted = state->interrupted_attempts + (takes_over ? 1 : 0);
        if (state->failed_attempts >= kFailedAttemptsMax ||
            interrupted >= kInterruptedAttemptsMax) {
            auto job = sqlite::read_job(connection, request.job_id);
            if (!job) return std::unexpected(job.error());
            return AttemptsExhausted{std::move(*job)};
        }
        const auto key = *JobKey::of(request.job_id);
        const Blob id{key.bytes()};
        const std::string cut_short(kCutShort);
        sqlite::end_attempt(connection, key, now, cut_short, true);
        connection.run(
            "INSERT INTO job_attempts (job_id, n, started_at) SELECT ?1, coalesce(max(n), 0) + 1, "
            "?2 FROM job_attempts WHERE job_id = ?1",
            id, now);
        connection.run(
            "UPDATE jobs SET status = ?2, updated_at = ?3, started_at = coalesce(started_at, ?3), "
            "fence = fence + 1, interrupted_attempts = ?4, lease_owner = ?5, lease_until = ?6 "
            "WHERE job_id = ?1",
            id, static_cast<int>(*next), now, interrupted, request.owner, request.lease_until);
        sqlite::queue_open_files(connection, key);
        auto job = sqlite::read_job(connection, request.job_id);
        if (!job) return std::unexpected(job.error());
        Lease lease{.job_id = request.job_id, .owner = request.owner, .fence = state->fence + 1};
        return Claimed{std::move(*job), std::move(lease)};
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteJobStore::renew(Lease lease, TimePoint lease_until) -> Answer<std::monostate> {
    auto unit = [lease = std::move(lease),
                 lease_until](Connection& connection) -> Result<std::monostate> {
        const auto held = sqlite::read_held(connection, lease);
        if (!held) return std::unexpected(held.error());
        connection.run("UPDATE jobs SET lease_until = ?2 WHERE job_id = ?1",
                       Blob{JobKey::of(lease.job_id)->bytes()}, lease_until);
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteJobStore::record_file(Lease lease, std::uint32_t index, JobFile file, TimePoint now)
    -> Answer<std::monostate> {
    auto unit = [lease = std::move(lease), index, file = std::move(file),
                 now](Connection& connection) -> Result<std::monostate> {
        const auto held = sqlite::read_held(connection, lease);
        if (!held) return std::unexpected(held.error());
        const auto key = *JobKey::of(lease.job_id);
        const Blob id{key.bytes()};
        auto before = connection.query(
            "SELECT status IN (2, 3) FROM job_files WHERE job_id = ?1 AND n = ?2", id, index);
        if (!before.next()) {
            return fail(Errc::invalid_argument,
                        fmt::format("job {} has no file {}", lease.job_id.value(), index));
        }
        const auto was_done = before.integer(0);
        const auto is_done =
            file.status == FileStatus::completed || file.status == FileStatus::failed ? 1 : 0;
        std::optional<std::string> error_code;
        std::optional<std::string> error_message;
        if (file.error) {
            error_code = file.error->code;
            error_message = file.error->message;
        }
        std::string digest;
        std::optional<Blob> content;
        if (file.sha256) {
            auto bytes = from_hex(*file.sha256);
            if (!bytes) return std::unexpected(std::move(bytes.error()));
            digest = std::move(*bytes);
            content = Blob{digest};
        }
        std::optional<std::int64_t> duration_ms;
        if (file.duration) duration_ms = file.duration->count();
        const auto text = [](const std::optional<ObjectKey>& object) {
            return object ? std::optional(object->value()) : std::nullopt;
        };
        connection.run(
            "UPDATE job_files SET status = ?3, content_type = ?4, size_bytes = ?5, pages_done = "
            "?6, "
            "pages = ?7, words = ?8, duration_ms = ?9, error_code = ?10, error_message = ?11, "
            "markdown_key = ?12, sidecar_key = ?13, chunks_key = ?14, sha256 = ?15, user_id = "
            "CASE WHEN ?15 IS NOT NULL THEN (SELECT user_id FROM jobs WHERE job_id = ?1) END "
            "WHERE job_id = ?1 AND n = ?2",
            id, index, static_cast<int>(file.status), file.content_type, file.size_bytes,
            file.pages_done, file.pages, file.words, duration_ms, error_code, error_message,
            text(file.markdown_key), text(file.sidecar_key), text(file.chunks_key), content);
        connection.run(
            "UPDATE jobs SET documents_processed = documents_processed + ?2, updated_at = ?3 "
            "WHERE job_id = ?1",
            id, is_done - was_done, now);
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteJobStore::finish(Lease lease, JobStatus status, std::optional<std::string> error,
                            Event event, TimePoint now) -> Answer<std::monostate> {
    auto routed = outbox_.route(std::move(event));
    if (!routed) co_return std::unexpected(routed.error());
    const auto shared = std::make_shared<const RoutedEvent>(std::move(*routed));
    auto unit = [this, lease = std::move(lease), status, error = std::move(error), now,
                 shared](Connection& connection) -> Result<std::int64_t> {
        const auto held = sqlite::read_held(connection, lease);
        if (!held) return std::unexpected(held.error());
        const bool succeeded = status == JobStatus::completed;
        const auto next =
            next_status(held->status, succeeded ? JobEvent::succeeded : JobEvent::failed);
        if (next != status) return refuse(lease.job_id, held->status, to_string(status));

        const auto key = *JobKey::of(lease.job_id);
        if (succeeded) {
            auto open = connection.query(
                "SELECT 1 FROM job_files WHERE job_id = ?1 AND status <> 2 LIMIT 1",
                Blob{key.bytes()});
            if (open.next()) {
                return fail(Errc::internal,
                            fmt::format("job {} has documents that are not completed",
                                        lease.job_id.value()));
            }
        } else {
            sqlite::fail_open_files(connection, key, error.value_or("the job failed"));
        }
        sqlite::end_attempt(connection, key, now, error, false);
        sqlite::end_job(connection, key, status, error, now);
        return outbox_.store(connection, *shared, std::nullopt);
    };
    const auto first_delivery = co_await database_.write(std::move(unit));
    if (!first_delivery) co_return std::unexpected(first_delivery.error());
    outbox_.announce(*shared, *first_delivery);
    co_return std::monostate{};
}

auto SqliteJobStore::release(Lease lease, AttemptEnd end, TimePoint now) -> Answer<std::monostate> {
    auto unit = [lease = std::move(lease), end = std::move(end),
                 now](Connection& connection) -> Result<std::monostate> {
        const auto held = sqlite::read_held(connection, lease);
        if (!held) return std::unexpected(held.error());
        const auto next = next_status(held->status, JobEvent::released);
        if (!next) return refuse(lease.job_id, held->status, "released");

        const auto key = *JobKey::of(lease.job_id);
        sqlite::end_attempt(connection, key, now, end.error, end.interrupted);
        sqlite::queue_open_files(connection, key);
        connection.run(
            "UPDATE jobs SET status = ?2, updated_at = ?3, failed_attempts = failed_attempts + ?4, "
            "interrupted_attempts = interrupted_attempts + ?5, lease_owner = NULL, "
            "lease_until = NULL WHERE job_id = ?1",
            Blob{key.bytes()}, static_cast<int>(*next), now, end.counts_as_failed() ? 1 : 0,
            end.interrupted ? 1 : 0);
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteJobStore::fail_exhausted(JobId job_id, std::string error, Event event, TimePoint now)
    -> Answer<std::monostate> {
    auto routed = outbox_.route(std::move(event));
    if (!routed) co_return std::unexpected(routed.error());
    const auto shared = std::make_shared<const RoutedEvent>(std::move(*routed));
    auto unit = [this, job_id = std::move(job_id), error = std::move(error), now,
                 shared](Connection& connection) -> Result<std::int64_t> {
        const auto state = sqlite::read_state(connection, job_id);
        if (!state) return std::unexpected(state.error());
        const auto next = next_status(state->status, JobEvent::failed);
        if (!next) return refuse(job_id, state->status, "failed");
        if (is_live(*state, owner_, now)) {
            return fail(Errc::conflict, fmt::format("job {} is being worked on", job_id.value()));
        }
        const auto key = *JobKey::of(job_id);
        const std::string cut_short(kCutShort);
        sqlite::end_attempt(connection, key, now, cut_short, true);
        sqlite::fail_open_files(connection, key, error);
        sqlite::end_job(connection, key, *next, error, now);
        return outbox_.store(connection, *shared, std::nullopt);
    };
    const auto first_delivery = co_await database_.write(std::move(unit));
    if (!first_delivery) co_return std::unexpected(first_delivery.error());
    outbox_.announce(*shared, *first_delivery);
    co_return std::monostate{};
}

auto SqliteJobStore::cancel(JobId job_id, TimePoint now) -> Answer<Job> {
    auto unit = [job_id = std::move(job_id), now](Connection& connection) -> Result<Job> {
        const auto state = sqlite::read_state(connection, job_id);
        if (!state) return std::unexpected(state.error());
        const auto next = next_status(state->status, JobEvent::cancel_requested);
        if (!next) return refuse(job_id, state->status, "cancelled");

        const auto key = *JobKey::of(job_id);
        const std::string cancelled = "cancelled by the user";
        sqlite::end_attempt(connection, key, now, cancelled, false);
        connection.run("UPDATE job_files SET status = 4 WHERE job_id = ?1 AND status IN (0, 1)",
                       Blob{key.bytes()});
        sqlite::end_job(connection, key, *next, std::nullopt, now);
        return sqlite::read_job(connection, job_id);
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteJobStore::retry(JobId job_id, Event event, TimePoint now) -> Answer<Job> {
    auto routed = outbox_.route(std::move(event));
    if (!routed) co_return std::unexpected(routed.error());
    const auto shared = std::make_shared<const RoutedEvent>(std::move(*routed));
    auto unit = [this, job_id = std::move(job_id), now,
                 shared](Connection& connection) -> Result<Published<Job>> {
        const auto state = sqlite::read_state(connection, job_id);
        if (!state) return std::unexpected(state.error());
        const auto next = next_status(state->status, JobEvent::retry_requested);
        if (!next) return refuse(job_id, state->status, "retried");

        const auto key = *JobKey::of(job_id);
        const Blob id{key.bytes()};
        const auto seq = outbox_.next_seq(connection);
        std::optional<std::int64_t> driver;
        if (!shared->deliveries.empty()) driver = seq;
        connection.run(
            "UPDATE job_files SET status = 0, pages_done = 0, error_code = NULL, "
            "error_message = NULL WHERE job_id = ?1 AND status <> 2",
            id);
        connection.run(
            "UPDATE jobs SET status = ?2, updated_at = ?3, driver = ?4, error = NULL, "
            "started_at = NULL, finished_at = NULL, failed_attempts = 0, interrupted_attempts = 0, "
            "documents_processed = (SELECT count(*) FROM job_files WHERE job_id = ?1 "
            "AND status = 2) WHERE job_id = ?1",
            id, static_cast<int>(*next), now, driver);
        const auto first_delivery = outbox_.store(connection, *shared, key);
        auto job = sqlite::read_job(connection, job_id);
        if (!job) return std::unexpected(job.error());
        return Published<Job>{std::move(*job), first_delivery};
    };
    auto published = co_await database_.write(std::move(unit));
    if (!published) co_return std::unexpected(published.error());
    outbox_.announce(*shared, *published->first_delivery);
    co_return std::move(published->value);
}

auto SqliteJobStore::find_stranded(TimePoint now, TimePoint queued_before, std::uint32_t limit)
    -> Answer<std::vector<JobId>> {
    auto work = [owner = owner_, now, queued_before,
                 limit](Connection& connection) -> Result<std::vector<JobId>> {
        std::vector<JobId> stranded;
        auto abandoned = connection.query(sqlite::kAbandonedJobs, now, owner, limit);
        while (abandoned.next()) stranded.push_back(sqlite::job_id_of(abandoned.blob(0)));
        auto forgotten = connection.query(sqlite::kForgottenJobs, queued_before, limit);
        while (forgotten.next()) stranded.push_back(sqlite::job_id_of(forgotten.blob(0)));
        std::ranges::sort(stranded);
        if (stranded.size() > limit) stranded.resize(limit);
        return stranded;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteJobStore::redrive(JobId job_id, Event event, TimePoint now) -> Answer<std::monostate> {
    auto routed = outbox_.route(std::move(event));
    if (!routed) co_return std::unexpected(routed.error());
    const auto shared = std::make_shared<const RoutedEvent>(std::move(*routed));
    auto unit = [this, job_id = std::move(job_id), now,
                 shared](Connection& connection) -> Result<std::int64_t> {
        const auto state = sqlite::read_state(connection, job_id);
        if (!state) return std::unexpected(state.error());
        if (is_terminal(state->status)) return refuse(job_id, state->status, "published again");

        const auto key = *JobKey::of(job_id);
        const auto seq = outbox_.next_seq(connection);
        std::optional<std::int64_t> driver;
        if (!shared->deliveries.empty()) driver = seq;
        connection.run("UPDATE jobs SET driver = ?2, updated_at = ?3 WHERE job_id = ?1",
                       Blob{key.bytes()}, driver, now);
        return outbox_.store(connection, *shared, key);
    };
    const auto first_delivery = co_await database_.write(std::move(unit));
    if (!first_delivery) co_return std::unexpected(first_delivery.error());
    outbox_.announce(*shared, *first_delivery);
    co_return std::monostate{};
}

}  // namespace ingestor
