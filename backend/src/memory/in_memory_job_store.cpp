#include "memory/in_memory_job_store.hpp"

#include <algorithm>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

namespace ingestor {

namespace asio = boost::asio;

namespace {

bool is_done(FileStatus status) {
    return status == FileStatus::completed || status == FileStatus::failed;
}

std::uint32_t count_done(const Job& job) {
    return static_cast<std::uint32_t>(std::ranges::count_if(job.files, is_done, &JobFile::status));
}

void queue_again(JobFile& file) {
    file.status = FileStatus::queued;
    file.error.reset();
    file.pages_done = 0;
}

/// Ends the attempt that is under way, if any.
void end_attempt(Job& job, TimePoint now, std::optional<std::string> error, bool interrupted) {
    if (job.attempts.empty() || job.attempts.back().ended_at) return;
    auto& attempt = job.attempts.back();
    attempt.ended_at = now;
    attempt.error = std::move(error);
    attempt.interrupted = interrupted;
}

void fail_open_files(Job& job, const std::string& error) {
    for (auto& file : job.files) {
        if (is_done(file.status)) continue;
        file.status = FileStatus::failed;
        file.error = FileError{std::string(to_string(Errc::unavailable)), error};
    }
    job.documents_processed = count_done(job);
}

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](char sign) {
        return sign >= 'A' && sign <= 'Z' ? static_cast<char>(sign - 'A' + 'a') : sign;
    });
    return text;
}

/// `text` is in lower case.
bool is_found(const Job& job, const std::string& text) {
    return lower(job.job_name).find(text) != std::string::npos ||
           job.job_id.value().starts_with(text);
}

Job as_listed(Job job) {
    job.files.clear();
    job.attempts.clear();
    return job;
}

std::unexpected<Error> refuse(const Job& job, std::string_view what) {
    return fail(Errc::conflict, fmt::format("job {} is {} and cannot be {}", job.job_id.value(),
                                            to_string(job.status), what));
}

}  // namespace

InMemoryJobStore::InMemoryJobStore(InMemoryEventLog& log, std::string owner)
    : log_(log), owner_(std::move(owner)) {}

bool InMemoryJobStore::lease_is_live(const Record& record, TimePoint now) const {
    return record.job.status == JobStatus::processing && record.lease_owner == owner_ &&
           record.lease_until > now;
}

auto InMemoryJobStore::find(const JobId& job_id) -> Result<Record*> {
    const auto place = records_.find(job_id);
    if (place == records_.end()) {
        return fail(Errc::not_found, fmt::format("no job {}", job_id.value()));
    }
    return &place->second;
}

auto InMemoryJobStore::find_held(const Lease& lease) -> Result<Record*> {
    const auto place = records_.find(lease.job_id);
    if (place == records_.end() || place->second.job.status != JobStatus::processing ||
        place->second.fence != lease.fence || place->second.lease_owner != lease.owner) {
        return fail(Errc::conflict,
                    fmt::format("the lease on job {} is lost", lease.job_id.value()));
    }
    return &place->second;
}

Result<std::optional<CreatedJob>> InMemoryJobStore::repeated_now(const UserId& user_id,
                                                                 const IdempotencyKey& key,
                                                                 TimePoint now) {
    const auto used = keys_.find(std::pair{user_id, key.key});
    if (used == keys_.end() || used->second.used_at + kIdempotencyKeyLifetime <= now) {
        return std::nullopt;
    }
    if (used->second.request_hash != key.request_hash) {
        return fail(Errc::conflict,
                    "this Idempotency-Key was used for another request: use a new one",
                    "Idempotency-Key");
    }
    const auto& first = records_.at(used->second.job_id).job;
    return CreatedJob{.job_id = first.job_id,
                      .files_count = first.total_documents,
                      .status = first.status,
                      .existed = true};
}

auto InMemoryJobStore::find_repeated(UserId user_id, IdempotencyKey key, TimePoint now)
    -> Answer<std::optional<CreatedJob>> {
    co_await asio::post(asio::use_awaitable);
    co_return repeated_now(user_id, key, now);
}

auto InMemoryJobStore::create(Job job, std::optional<IdempotencyKey> key, Event event)
    -> Answer<CreatedJob> {
    co_await asio::post(asio::use_awaitable);
    const auto now = job.created_at;
    if (key) {
        auto repeated = repeated_now(job.user_id, *key, now);
        if (!repeated) co_return std::unexpected(std::move(repeated.error()));
        if (*repeated) co_return **repeated;
    }
    if (records_.contains(job.job_id)) {
        co_return fail(Errc::conflict, fmt::format("job {} exists", job.job_id.value()));
    }
    if (key) {
        const std::pair place{job.user_id, key->key};
        keys_.insert_or_assign(place, KeyUse{key->request_hash, job.job_id, now});
    }
    job.status = JobStatus::queued;
    job.total_documents = static_cast<std::uint32_t>(job.files.size());
    job.updated_at = now;
    CreatedJob created{.job_id = job.job_id, .files_count = job.total_documents};
    auto& record = records_[job.job_id];
    record.job = std::move(job);
    const std::vector<Event> events{std::move(event)};
    record.deliveries = log_.append_now(events);
    co_return created;
}

auto InMemoryJobStore::get(JobId job_id) -> Answer<Job> {
    co_await asio::post(asio::use_awaitable);
    const auto record = find(job_id);
    if (!record) co_return std::unexpected(record.error());
    co_return (*record)->job;
}

auto InMemoryJobStore::list(JobQuery query) -> Answer<JobPage> {
    co_await asio::post(asio::use_awaitable);
    const auto text = lower(query.text);
    JobPage page;
    for (auto place = records_.rbegin(); place != records_.rend(); ++place) {
        const auto& job = place->second.job;
        if (job.user_id != query.user_id) continue;
        if (!query.statuses.empty() &&
            std::ranges::find(query.statuses, job.status) == query.statuses.end())
            continue;
        if (!text.empty() && !is_found(job, text)) continue;
        if (query.before && job.job_id >= *query.before) continue;
        if (page.jobs.size() == query.limit) {
            page.more = true;
            break;
        }
        page.jobs.push_back(as_listed(job));
    }
    co_return page;
}

auto InMemoryJobStore::list_named(UserId user_id, std::vector<JobId> job_ids)
    -> Answer<std::vector<Job>> {
    co_await asio::post(asio::use_awaitable);
    std::vector<Job> jobs;
    for (const auto& job_id : job_ids) {
        const auto record = find(job_id);
        if (record && (*record)->job.user_id == user_id) {
            jobs.push_back(as_listed((*record)->job));
        }
    }
    co_return jobs;
}

auto InMemoryJobStore::find_documents(UserId user_id, std::string sha256, std::uint32_t limit)
    -> Answer<std::vector<FoundDocument>> {
    co_await asio::post(asio::use_awaitable);
    std::vector<FoundDocument> found;
    for (auto place = records_.rbegin(); place != records_.rend(); ++place) {
        const auto& job = place->second.job;
        if (job.user_id != user_id) continue;
        for (auto index = job.files.size(); index-- > 0;) {
            const auto& file = job.files[index];
            if (file.sha256 != sha256) continue;
            if (found.size() == limit) co_return found;
            found.push_back({.job_id = job.job_id,
                             .index = static_cast<std::uint32_t>(index),
                             .filename = file.filename,
                             .job_name = job.job_name,
                             .status = file.status,
                             .created_at = job.created_at});
        }
    }
    co_return found;
}

auto InMemoryJobStore::count(UserId user_id) -> Answer<std::map<JobStatus, std::uint64_t>> {
    co_await asio::post(asio::use_awaitable);
    std::map<JobStatus, std::uint64_t> counts;
    for (const auto& [id, record] : records_) {
        if (record.job.user_id == user_id) ++counts[record.job.status];
    }
    co_return counts;
}

auto InMemoryJobStore::queue_position(JobId job_id, std::uint64_t max) -> Answer<std::uint64_t> {
    co_await asio::post(asio::use_awaitable);
    std::uint64_t before = 0;
    for (const auto& [id, record] : records_) {
        if (id >= job_id || before == max) break;
        if (record.job.status == JobStatus::queued) ++before;
    }
    co_return before;
}

auto InMemoryJobStore::claim(ClaimRequest request) -> Answer<ClaimOutcome> {
    co_await asio::post(asio::use_awaitable);
    const auto found = find(request.job_id);
    if (!found) co_return std::unexpected(found.error());
    auto& record = **found;
    auto& job = record.job;
    const auto next = next_status(job.status, JobEvent::claimed);
    if (!next) co_return ClaimOutcome{AlreadyEnded{job.status}};
    if (lease_is_live(record, request.now)) {
        co_return ClaimOutcome{HeldElsewhere{record.lease_until}};
    }
    const int interrupted =
        record.interrupted_attempts + (job.status == JobStatus::processing ? 1 : 0);
    if (record.failed_attempts >= kFailedAttemptsMax || interrupted >= kInterruptedAttemptsMax) {
        co_return ClaimOutcome{AttemptsExhausted{job}};
    }
    end_attempt(job, request.now, "the service stopped during this attempt", true);
    record.interrupted_attempts = interrupted;
    job.status = *next;
    auto& attempt = job.attempts.emplace_back();
    job.attempts_count = static_cast<std::uint32_t>(job.attempts.size());
    attempt.number = static_cast<int>(job.attempts.size());
    attempt.started_at = request.now;
    if (!job.started_at) job.started_at = request.now;
    job.updated_at = request.now;
    for (auto& file : job.files) {
        if (!is_done(file.status)) queue_again(file);
    }
    record.lease_owner = request.owner;
    record.lease_until = request.lease_until;
    ++record.fence;
    Claimed claimed{
        .job = job,
        .lease = Lease{.job_id = job.job_id, .owner = request.owner, .fence = record.fence}};
    co_return ClaimOutcome{std::move(claimed)};
}

auto InMemoryJobStore::renew(Lease lease, TimePoint lease_until) -> Answer<std::monostate> {
    co_await asio::post(asio::use_awaitable);
    const auto record = find_held(lease);
    if (!record) co_return std::unexpected(record.error());
    (*record)->lease_until = lease_until;
    co_return std::monostate{};
}

auto InMemoryJobStore::record_file(Lease lease, std::uint32_t index, JobFile file, TimePoint now)
    -> Answer<std::monostate> {
    co_await asio::post(asio::use_awaitable);
    const auto record = find_held(lease);
    if (!record) co_return std::unexpected(record.error());
    auto& job = (*record)->job;
    if (index >= job.files.size()) {
        co_return fail(Errc::invalid_argument,
                       fmt::format("job {} has no file {}", job.job_id.value(), index));
    }
    auto& kept = job.files[index];
    file.file_key = kept.file_key;
    file.filename = kept.filename;
    kept = std::move(file);
    job.documents_processed = count_done(job);
    job.updated_at = now;
    co_return std::monostate{};
}

auto InMemoryJobStore::finish(Lease lease, JobStatus status, std::optional<std::string> error,
                              Event event, TimePoint now) -> Answer<std::monostate> {
    co_await asio::post(asio::use_awaitable);
    const auto record = find_held(lease);
    if (!record) co_return std::unexpected(record.error());
    auto& job = (*record)->job;
    const bool succeeded = status == JobStatus::completed;
    const auto next = next_status(job.status, succeeded ? JobEvent::succeeded : JobEvent::failed);
    if (next != status) co_return refuse(job, to_string(status));
    const auto is_completed = [](const JobFile& file) {
        return file.status == FileStatus::completed;
    };
    if (succeeded && !std::ranges::all_of(job.files, is_completed)) {
        co_return fail(Errc::internal, fmt::format("job {} has documents that are not completed",
                                                   job.job_id.value()));
    }
    if (!succeeded) fail_open_files(job, error.value_or("the job failed"));
    end_attempt(job, now, error, false);
    job.status = status;
    job.error = std::move(error);
    job.finished_at = now;
    job.updated_at = now;
    (*record)->lease_owner.clear();
    const std::vector<Event> events{std::move(event)};
    log_.append_now(events);
    co_return std::monostate{};
}

auto InMemoryJobStore::release(Lease lease, AttemptEnd end, TimePoint now)
    -> Answer<std::monostate> {
    co_await asio::post(asio::use_awaitable);
    const auto record = find_held(lease);
    if (!record) co_return std::unexpected(record.error());
    auto& job = (*record)->job;
    const auto next = next_status(job.status, JobEvent::released);
    if (!next) co_return refuse(job, "released");
    if (end.counts_as_failed()) ++(*record)->failed_attempts;
    if (end.interrupted) ++(*record)->interrupted_attempts;
    end_attempt(job, now, std::move(end.error), end.interrupted);
    for (auto& file : job.files) {
        if (!is_done(file.status)) queue_again(file);
    }
    job.status = *next;
    job.updated_at = now;
    (*record)->lease_owner.clear();
    co_return std::monostate{};
}

auto InMemoryJobStore::fail_exhausted(JobId job_id, std::string error, Event event, TimePoint now)
    -> Answer<std::monostate> {
    co_await asio::post(asio::use_awaitable);
    const auto found = find(job_id);
    if (!found) co_return std::unexpected(found.error());
    auto& record = **found;
    auto& job = record.job;
    const auto next = next_status(job.status, JobEvent::failed);
    if (!next) co_return refuse(job, "failed");
    if (lease_is_live(record, now)) {
        co_return fail(Errc::conflict, fmt::format("job {} is being worked on", job_id.value()));
    }
    end_attempt(job, now, "the service stopped during this attempt", true);
    fail_open_files(job, error);
    job.status = *next;
    job.error = std::move(error);
    job.finished_at = now;
    job.updated_at = now;
    record.lease_owner.clear();
    const std::vector<Event> events{std::move(event)};
    log_.append_now(events);
    co_return std::monostate{};
}

auto InMemoryJobStore::cancel(JobId job_id, TimePoint now) -> Answer<Job> {
    co_await asio::post(asio::use_awaitable);
    const auto found = find(job_id);
    if (!found) co_return std::unexpected(found.error());
    auto& job = (*found)->job;
    const auto next = next_status(job.status, JobEvent::cancel_requested);
    if (!next) co_return refuse(job, "cancelled");
    end_attempt(job, now, "cancelled by the user", false);
    for (auto& file : job.files) {
        if (!is_done(file.status)) file.status = FileStatus::cancelled;
    }
    job.status = *next;
    job.finished_at = now;
    job.updated_at = now;
    (*found)->lease_owner.clear();
    co_return job;
}

auto InMemoryJobStore::retry(JobId job_id, Event event, TimePoint now) -> Answer<Job> {
    co_await asio::post(asio::use_awaitable);
    const auto found = find(job_id);
    if (!found) co_return std::unexpected(found.error());
    auto& record = **found;
    auto& job = record.job;
    const auto next = next_status(job.status, JobEvent::retry_requested);
    if (!next) co_return refuse(job, "retried");
    for (auto& file : job.files) {
        if (file.status != FileStatus::completed) queue_again(file);
    }
    job.status = *next;
    job.documents_processed = count_done(job);
    job.error.reset();
    job.started_at.reset();
    job.finished_at.reset();
    job.updated_at = now;
    record.failed_attempts = 0;
    record.interrupted_attempts = 0;
    const std::vector<Event> events{std::move(event)};
    record.deliveries = log_.append_now(events);
    co_return job;
}

auto InMemoryJobStore::find_stranded(TimePoint now, TimePoint queued_before, std::uint32_t limit)
    -> Answer<std::vector<JobId>> {
    co_await asio::post(asio::use_awaitable);
    std::vector<JobId> stranded;
    for (const auto& [id, record] : records_) {
        if (stranded.size() == limit) break;
        const auto driven = std::ranges::any_of(
            record.deliveries, [this](std::int64_t delivery) { return log_.under_way(delivery); });
        const bool forgotten = record.job.status == JobStatus::queued && !driven &&
                               record.job.updated_at < queued_before;
        const bool abandoned =
            record.job.status == JobStatus::processing && !lease_is_live(record, now);
        if (forgotten || abandoned) stranded.push_back(id);
    }
    co_return stranded;
}

auto InMemoryJobStore::redrive(JobId job_id, Event event, TimePoint now) -> Answer<std::monostate> {
    co_await asio::post(asio::use_awaitable);
    const auto found = find(job_id);
    if (!found) co_return std::unexpected(found.error());
    auto& record = **found;
    if (is_terminal(record.job.status)) co_return refuse(record.job, "published again");
    record.job.updated_at = now;
    const std::vector<Event> events{std::move(event)};
    record.deliveries = log_.append_now(events);
    co_return std::monostate{};
}

}  // namespace ingestor
