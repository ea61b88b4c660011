#include "sqlite/sqlite_job_store.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "sqlite/job_rows.hpp"
#include "sqlite/queries.hpp"

namespace ingestor::sqlite {

namespace asio = boost::asio;

namespace {

/// Sorts after every job.
constexpr std::string_view kAfterAllJobs =
    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff";

/// The job of a repeated submit; nullopt: the key is new, or so old that it counts as new.
Result<std::optional<ports::CreatedJob>> job_of_key(Connection& connection,
                                                    const domain::UserId& user_id,
                                                    const ports::IdempotencyKey& key,
                                                    TimePoint now) {
    auto row = connection.query(kKeyUse, user_id.value(), key.key);
    if (!row.next() || row.time(1) + ports::kIdempotencyKeyLifetime <= now) return std::nullopt;
    if (row.text(0) != key.request_hash) {
        return fail(Errc::conflict,
                    "this Idempotency-Key was used for another request: use a new one",
                    "Idempotency-Key");
    }
    return ports::CreatedJob{.job_id = job_id_of(row.blob(2)),
                             .files_count = static_cast<std::uint32_t>(row.integer(4)),
                             .status = static_cast<domain::JobStatus>(row.integer(3)),
                             .existed = true};
}

/// A bit for each status; all where none is named. See kJobsOfUser.
std::uint32_t mask_of(const std::vector<domain::JobStatus>& statuses) {
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

/// For a change by who holds the lease. Errors: conflict (lease lost).
Result<JobChange> load_held(Connection& connection, const domain::Lease& lease) {
    auto change = JobChange::load(connection, lease.job_id, JobChange::Files::not_completed);
    if (change) return change;
    return fail(Errc::conflict, fmt::format("the lease on job {} is lost", lease.job_id.value()));
}

/// What a unit that publishes an event hands back, for the announcement after the commit.
template <class Value>
struct Published {
    Value value;
    std::optional<std::int64_t> first_delivery;
};

/// Errors: conflict (lease lost), invalid_argument (no such file).
Result<std::monostate> record_in(Connection& connection, const domain::Lease& lease,
                                 const ports::FileRecord& record, TimePoint now) {
    const auto& [index, file] = record;
    const auto held = read_held(connection, lease);
    if (!held) return std::unexpected(held.error());
    const auto key = *JobKey::of(lease.job_id);
    const Blob id{key.bytes()};
    auto before = connection.query(kFileStatus, id, index);
    if (!before.next()) {
        return fail(Errc::invalid_argument,
                    fmt::format("job {} has no file {}", lease.job_id.value(), index));
    }
    const auto counts =
        domain::count_change(static_cast<domain::FileStatus>(before.integer(0)), file.status);
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
    const auto text = [](const std::optional<domain::ObjectKey>& object) {
        return object ? std::optional(object->value()) : std::nullopt;
    };
    connection.run(kRecordFile, id, index, static_cast<int>(file.status), file.content_type,
                   file.size_bytes, file.pages_done, file.pages, file.words, duration_ms,
                   error_code, error_message, text(file.markdown_key), text(file.sidecar_key),
                   text(file.chunks_key), content);
    connection.run(kCountDocuments, id, counts.processed, now);
    return std::monostate{};
}

}  // namespace

SqliteJobStore::SqliteJobStore(Database& database, Outbox& outbox,
                               const async::MonotonicClock& monotonic, std::string owner)
    : database_(database),
      outbox_(outbox),
      monotonic_(monotonic),
      owner_(std::move(owner)),
      at_work_(database.file().parent_path() / "at-work") {
    if (!at_work_.left_over().empty()) take_over_at_work();
}

void SqliteJobStore::take_over_at_work() {
    std::map<std::pair<domain::JobId, std::int64_t>, std::vector<std::uint32_t>> attempts;
    for (const auto& entry : at_work_.left_over()) {
        attempts[{entry.job_id, entry.fence}].push_back(entry.document);
    }
    auto unit = [attempts](Connection& connection) -> Result<std::monostate> {
        for (const auto& [attempt, documents] : attempts) {
            const auto key = JobKey::of(attempt.first);
            if (!key) continue;
            connection.run(kSetAtWork, Blob{key->bytes()}, attempt.second, at_work_text(documents));
        }
        return std::monostate{};
    };
    // Where it cannot be written now, the next start does it.
    if (database_.write_and_wait(std::move(unit))) at_work_.forget_left_over();
}

auto SqliteJobStore::create(domain::Job job, std::optional<ports::IdempotencyKey> key,
                            eventbridge::Event event) -> Answer<ports::CreatedJob> {
    const auto job_key = JobKey::of(job.job_id);
    if (!job_key) {
        co_return fail(Errc::invalid_argument, fmt::format("'{}' is no UUID", job.job_id.value()),
                       "job_id");
    }
    auto routed = outbox_.route(std::move(event));
    if (!routed) co_return std::unexpected(routed.error());

    struct Submit {
        domain::Job job;
        JobKey job_key;
        std::optional<ports::IdempotencyKey> key;
        RoutedEvent routed;
    };
    const auto submit = std::make_shared<const Submit>(
        Submit{std::move(job), *job_key, std::move(key), std::move(*routed)});
    auto unit = [this, submit](Connection& connection) -> Result<Published<ports::CreatedJob>> {
        const auto& [new_job, id, used_key, event_of_job] = *submit;
        if (used_key) {
            const auto repeated =
                job_of_key(connection, new_job.user_id, *used_key, new_job.created_at);
            if (!repeated) return std::unexpected(repeated.error());
            if (*repeated) return Published<ports::CreatedJob>{**repeated, std::nullopt};
        }
        if (auto there = check_uploads_stay(connection, new_job); !there) {
            return std::unexpected(std::move(there.error()));
        }
        const auto seq = outbox_.next_seq(connection);
        std::optional<std::int64_t> pending_event;
        if (!event_of_job.deliveries.empty()) pending_event = seq;
        if (!insert_job(connection, id, new_job, pending_event)) {
            return fail(Errc::conflict, fmt::format("job {} exists", new_job.job_id.value()));
        }
        insert_files(connection, id, new_job);
        if (used_key) {
            connection.run(kPutKeyUse, new_job.user_id.value(), used_key->key, new_job.created_at,
                           Blob{id.bytes()}, used_key->request_hash);
        }
        ports::CreatedJob created;
        created.job_id = new_job.job_id;
        created.files_count = static_cast<std::uint32_t>(new_job.files.size());
        return Published<ports::CreatedJob>{std::move(created),
                                            outbox_.store(connection, event_of_job, id)};
    };
    auto published = co_await database_.write(std::move(unit));
    if (!published) co_return std::unexpected(published.error());
    if (published->first_delivery) {
        outbox_.announce(submit->routed, *published->first_delivery);
    }
    co_return std::move(published->value);
}

auto SqliteJobStore::find_repeated(domain::UserId user_id, ports::IdempotencyKey key, TimePoint now)
    -> Answer<std::optional<ports::CreatedJob>> {
    auto work = [user_id = std::move(user_id), key = std::move(key), now](Connection& connection) {
        return job_of_key(connection, user_id, key, now);
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteJobStore::get(domain::JobId job_id) -> Answer<domain::Job> {
    auto work = [job_id = std::move(job_id)](Connection& connection) {
        return read_job(connection, job_id);
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteJobStore::list(ports::JobQuery query) -> Answer<ports::JobPage> {
    auto work = [query = std::move(query)](Connection& connection) -> Result<ports::JobPage> {
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
        const KeyRange named(text);
        auto ids = text.empty() ? connection.query(kJobsOfUser, user, before, mask, rows_max)
                                : connection.query(kJobsFound, user, before, mask, rows_max, text,
                                                   Blob{named.first()}, Blob{named.last()});
        ports::JobPage page;
        while (ids.next()) {
            auto row = connection.query(kJobByRow, ids.integer(1));
            if (row.next()) page.jobs.push_back(read_listed(row));
        }
        page.more = page.jobs.size() > query.limit;
        if (page.more) page.jobs.pop_back();
        return page;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteJobStore::list_named(domain::UserId user_id, std::vector<domain::JobId> job_ids)
    -> Answer<std::vector<domain::Job>> {
    auto work = [user_id = std::move(user_id), job_ids = std::move(job_ids)](
                    Connection& connection) -> Result<std::vector<domain::Job>> {
        std::vector<domain::Job> jobs;
        for (const auto& job_id : job_ids) {
            const auto key = JobKey::of(job_id);
            if (!key) continue;
            auto row = connection.query(kJobById, Blob{key->bytes()});
            if (!row.next()) continue;
            auto job = read_listed(row);
            if (job.user_id == user_id) jobs.push_back(std::move(job));
        }
        return jobs;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteJobStore::find_documents(domain::UserId user_id, std::string sha256, std::uint32_t limit)
    -> Answer<std::vector<ports::FoundDocument>> {
    auto work = [user_id = std::move(user_id), sha256 = std::move(sha256),
                 limit](Connection& connection) -> Result<std::vector<ports::FoundDocument>> {
        std::vector<ports::FoundDocument> found;
        const auto digest = from_hex(sha256);
        if (!digest) return found;
        auto rows = connection.query(kDocumentsOfContent, user_id.value(), Blob{*digest}, limit);
        while (rows.next()) {
            found.push_back({.job_id = job_id_of(rows.blob(0)),
                             .index = static_cast<std::uint32_t>(rows.integer(1)),
                             .filename = rows.text(2),
                             .job_name = rows.text(3),
                             .status = static_cast<domain::FileStatus>(rows.integer(4)),
                             .created_at = rows.time(5)});
        }
        return found;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteJobStore::count(domain::UserId user_id)
    -> Answer<std::map<domain::JobStatus, std::uint64_t>> {
    auto work = [user_id = std::move(user_id)](
                    Connection& connection) -> Result<std::map<domain::JobStatus, std::uint64_t>> {
        std::map<domain::JobStatus, std::uint64_t> counts;
        auto rows = connection.query(kJobCounts, user_id.value());
        while (rows.next()) {
            counts[static_cast<domain::JobStatus>(rows.integer(0))] =
                static_cast<std::uint64_t>(rows.integer(1));
        }
        return counts;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteJobStore::queue_position(domain::JobId job_id, std::uint64_t max)
    -> Answer<std::uint64_t> {
    auto work = [job_id = std::move(job_id), max](Connection& connection) -> Result<std::uint64_t> {
        const auto key = JobKey::of(job_id);
        if (!key) return 0;
        auto row = connection.query(kQueuedBefore, Blob{key->bytes()}, max);
        row.next();
        return static_cast<std::uint64_t>(row.integer(0));
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteJobStore::claim(domain::ClaimRequest request) -> Answer<ports::ClaimOutcome> {
    const auto lease_until = monotonic_.now() + (request.lease_until - request.now);
    auto noted = at_work_.noted(request.job_id);
    auto unit = [this, request = std::move(request), lease_until,
                 noted = std::move(noted)](Connection& connection) -> Result<ports::ClaimOutcome> {
        auto change = JobChange::load(connection, request.job_id, JobChange::Files::all);
        if (!change) return std::unexpected(std::move(change.error()));
        auto& record = change->record();
        const auto& job = record.job;
        for (const auto& entry : noted) {
            if (entry.fence == record.fence) record.job.at_work.push_back(entry.document);
        }
        const bool live = is_live(request.job_id, record.fence, record.lease_owner);
        switch (ingestor::domain::claim(record, request, live)) {
            case domain::ClaimDecision::ended:
                return ports::AlreadyEnded{job.status};
            case domain::ClaimDecision::held:
                return ports::HeldElsewhere{};
            case domain::ClaimDecision::not_due:
                return ports::NotDue{*job.next_attempt_at};
            case domain::ClaimDecision::claimed:
                break;
        }
        change->save(connection, request.lease_until);
        leases_.hold(request.job_id, record.fence, lease_until);
        domain::Lease lease{
            .job_id = request.job_id, .owner = request.owner, .fence = record.fence};
        return ports::Claimed{std::move(record.job), std::move(lease)};
    };
    co_return co_await database_.write(std::move(unit));
}

bool SqliteJobStore::is_live(const domain::JobId& job_id, std::int64_t fence,
                             const std::string& owner) const {
    return owner == owner_ && leases_.is_live(job_id, fence, monotonic_.now());
}

auto SqliteJobStore::renew(domain::Lease lease, TimePoint now, TimePoint lease_until)
    -> Answer<std::monostate> {
    const auto held_until = monotonic_.now() + (lease_until - now);
    auto unit = [lease, lease_until](Connection& connection) -> Result<std::monostate> {
        const auto held = read_held(connection, lease);
        if (!held) return std::unexpected(held.error());
        connection.run(kRenewLease, Blob{JobKey::of(lease.job_id)->bytes()}, lease_until);
        return std::monostate{};
    };
    auto renewed = co_await database_.write(std::move(unit));
    if (renewed) leases_.hold(lease.job_id, lease.fence, held_until);
    co_return renewed;
}

auto SqliteJobStore::note_at_work(domain::Lease lease, std::vector<std::uint32_t> documents)
    -> Answer<std::monostate> {
    co_return at_work_.set(lease.job_id, lease.fence, documents);
}

auto SqliteJobStore::record_file(domain::Lease lease, std::uint32_t index, domain::JobFile file,
                                 TimePoint now) -> Answer<std::monostate> {
    auto unit = [lease = std::move(lease),
                 record = ports::FileRecord{.index = index, .file = std::move(file)},
                 now](Connection& connection) { return record_in(connection, lease, record, now); };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteJobStore::finish(domain::Lease lease, ports::JobEnd end, eventbridge::Event event,
                            TimePoint now) -> Answer<std::monostate> {
    at_work_.clear(lease.job_id, lease.fence);
    auto routed = outbox_.route(std::move(event));
    if (!routed) co_return std::unexpected(routed.error());
    const auto shared = std::make_shared<const RoutedEvent>(std::move(*routed));
    auto unit = [this, lease, end = std::move(end), now,
                 shared](Connection& connection) -> Result<std::int64_t> {
        if (end.last) {
            const auto recorded = record_in(connection, lease, *end.last, now);
            if (!recorded) return std::unexpected(recorded.error());
        }
        auto change = load_held(connection, lease);
        if (!change) return std::unexpected(std::move(change.error()));
        const auto finished =
            ingestor::domain::finish(change->record(), lease, end.status, end.error, now);
        if (!finished) return std::unexpected(finished.error());
        change->save(connection);
        return outbox_.store(connection, *shared, std::nullopt);
    };
    const auto first_delivery = co_await database_.write(std::move(unit));
    if (!first_delivery) co_return std::unexpected(first_delivery.error());
    leases_.drop(lease.job_id, lease.fence);
    outbox_.announce(*shared, *first_delivery);
    co_return std::monostate{};
}

auto SqliteJobStore::release(domain::Lease lease, domain::AttemptEnd end, TimePoint now)
    -> Answer<std::monostate> {
    // Before anything can fail: the attempt has ended in order, whatever becomes of its record.
    at_work_.clear(lease.job_id, lease.fence);
    auto unit = [lease, end = std::move(end),
                 now](Connection& connection) -> Result<std::monostate> {
        auto change = load_held(connection, lease);
        if (!change) return std::unexpected(std::move(change.error()));
        auto released = ingestor::domain::release(change->record(), lease, end, now);
        if (released) change->save(connection);
        return released;
    };
    auto released = co_await database_.write(std::move(unit));
    if (released) leases_.drop(lease.job_id, lease.fence);
    co_return released;
}

auto SqliteJobStore::cancel(domain::JobId job_id, TimePoint now) -> Answer<domain::Job> {
    auto unit = [job_id, now](Connection& connection) -> Result<domain::JobRecord> {
        auto change = JobChange::load(connection, job_id, JobChange::Files::all);
        if (!change) return std::unexpected(std::move(change.error()));
        const auto cancelled = ingestor::domain::cancel(change->record(), now);
        if (!cancelled) return std::unexpected(cancelled.error());
        change->save(connection);
        return std::move(change->record());
    };
    auto cancelled = co_await database_.write(std::move(unit));
    if (!cancelled) co_return std::unexpected(std::move(cancelled.error()));
    at_work_.clear(job_id, cancelled->fence);
    leases_.drop(job_id, cancelled->fence);
    co_return std::move(cancelled->job);
}

auto SqliteJobStore::retry(domain::JobId job_id, eventbridge::Event event, TimePoint now)
    -> Answer<domain::Job> {
    auto routed = outbox_.route(std::move(event));
    if (!routed) co_return std::unexpected(routed.error());
    const auto shared = std::make_shared<const RoutedEvent>(std::move(*routed));
    auto unit = [this, job_id = std::move(job_id), now,
                 shared](Connection& connection) -> Result<Published<domain::Job>> {
        auto change = JobChange::load(connection, job_id, JobChange::Files::all);
        if (!change) return std::unexpected(std::move(change.error()));
        const auto retried = ingestor::domain::retry(change->record(), now);
        if (!retried) return std::unexpected(retried.error());
        change->save(connection);
        const auto first_delivery = publish(connection, *JobKey::of(job_id), *shared);
        return Published<domain::Job>{std::move(change->record().job), first_delivery};
    };
    auto published = co_await database_.write(std::move(unit));
    if (!published) co_return std::unexpected(published.error());
    outbox_.announce(*shared, *published->first_delivery);
    co_return std::move(published->value);
}

auto SqliteJobStore::find_orphaned(TimePoint, TimePoint queued_before, std::uint32_t limit)
    -> Answer<std::vector<domain::JobId>> {
    auto work = [this, queued_before,
                 limit](Connection& connection) -> Result<std::vector<domain::JobId>> {
        std::vector<domain::JobId> orphaned;
        auto under_way = connection.query(kJobsUnderWay);
        while (orphaned.size() < limit && under_way.next()) {
            auto job_id = job_id_of(under_way.blob(0));
            if (!is_live(job_id, under_way.integer(1), under_way.text(2))) {
                orphaned.push_back(std::move(job_id));
            }
        }
        auto queued = connection.query(kJobsWithoutEvent, queued_before, limit);
        while (queued.next()) orphaned.push_back(job_id_of(queued.blob(0)));
        std::ranges::sort(orphaned);
        if (orphaned.size() > limit) orphaned.resize(limit);
        return orphaned;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteJobStore::find_waiting(TimePoint now, std::uint32_t limit)
    -> Answer<std::vector<domain::JobId>> {
    auto work = [now, limit](Connection& connection) -> Result<std::vector<domain::JobId>> {
        std::vector<domain::JobId> waiting;
        auto due = connection.query(kWaitingJobs, now, limit);
        while (due.next()) waiting.push_back(job_id_of(due.blob(0)));
        auto too_late =
            connection.query(kJobsWaitingTooLong, TimePoint{now + domain::kWaitMax}, limit);
        while (waiting.size() < limit && too_late.next()) {
            waiting.push_back(job_id_of(too_late.blob(0)));
        }
        return waiting;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteJobStore::republish(domain::JobId job_id, eventbridge::Event event, TimePoint now)
    -> Answer<std::monostate> {
    auto routed = outbox_.route(std::move(event));
    if (!routed) co_return std::unexpected(routed.error());
    const auto shared = std::make_shared<const RoutedEvent>(std::move(*routed));
    auto unit = [this, job_id = std::move(job_id), now,
                 shared](Connection& connection) -> Result<std::int64_t> {
        auto record = read_record(connection, job_id);
        if (!record) return std::unexpected(std::move(record.error()));
        const auto republished = ingestor::domain::republish(*record, now);
        if (!republished) return std::unexpected(republished.error());
        const auto key = *JobKey::of(job_id);
        connection.run(kEndWaiting, Blob{key.bytes()}, record->job.updated_at);
        return publish(connection, key, *shared);
    };
    const auto first_delivery = co_await database_.write(std::move(unit));
    if (!first_delivery) co_return std::unexpected(first_delivery.error());
    outbox_.announce(*shared, *first_delivery);
    co_return std::monostate{};
}

std::int64_t SqliteJobStore::publish(Connection& connection, JobKey key,
                                     const RoutedEvent& routed) {
    std::optional<std::int64_t> pending_event;
    if (!routed.deliveries.empty()) pending_event = outbox_.next_seq(connection);
    connection.run(kSetPendingEvent, Blob{key.bytes()}, pending_event);
    return outbox_.store(connection, routed, key);
}

}  // namespace ingestor::sqlite
