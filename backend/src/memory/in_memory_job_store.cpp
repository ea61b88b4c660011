#include "memory/in_memory_job_store.hpp"

#include <algorithm>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

namespace ingestor::memory {

namespace asio = boost::asio;

namespace {

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](char sign) {
        return sign >= 'A' && sign <= 'Z' ? static_cast<char>(sign - 'A' + 'a') : sign;
    });
    return text;
}

/// `text` is in lower case.
bool is_found(const domain::Job& job, const std::string& text) {
    return lower(job.job_name).find(text) != std::string::npos ||
           job.job_id.value().starts_with(text);
}

/// Errors: conflict (lease lost), invalid_argument (no such file).
Result<std::monostate> record_in(domain::JobRecord& record, const domain::Lease& lease,
                                 ports::FileRecord state, TimePoint now) {
    if (state.index >= record.job.files.size()) {
        return fail(Errc::invalid_argument,
                    fmt::format("job {} has no file {}", lease.job_id.value(), state.index));
    }
    return domain::record_file(record, lease, record.job.files[state.index], std::move(state.file),
                               now);
}

domain::Job as_listed(domain::Job job) {
    job.files.clear();
    job.attempts.clear();
    return job;
}

}  // namespace

InMemoryJobStore::InMemoryJobStore(InMemoryEventLog& log, const async::MonotonicClock& monotonic,
                                   std::string owner)
    : log_(log), monotonic_(monotonic), owner_(std::move(owner)) {}

bool InMemoryJobStore::lease_is_live(const domain::JobRecord& record) const {
    return record.job.status == domain::JobStatus::processing && record.lease_owner == owner_ &&
           leases_.is_live(record.job.job_id, record.fence, monotonic_.now());
}

void InMemoryJobStore::publish(Record& record, eventbridge::Event event) {
    const std::vector<eventbridge::Event> events{std::move(event)};
    record.deliveries = log_.append_now(events);
}

auto InMemoryJobStore::find(const domain::JobId& job_id) -> Result<Record*> {
    const auto place = records_.find(job_id);
    if (place == records_.end()) {
        return fail(Errc::not_found, fmt::format("no job {}", job_id.value()));
    }
    return &place->second;
}

auto InMemoryJobStore::find_held(const domain::Lease& lease) -> Result<Record*> {
    const auto place = records_.find(lease.job_id);
    if (place == records_.end()) {
        return fail(Errc::conflict,
                    fmt::format("the lease on job {} is lost", lease.job_id.value()));
    }
    if (const auto held = domain::check_held(place->second.record, lease); !held) {
        return std::unexpected(held.error());
    }
    return &place->second;
}

Result<std::optional<ports::CreatedJob>> InMemoryJobStore::repeated_now(
    const domain::UserId& user_id, const ports::IdempotencyKey& key, TimePoint now) {
    const auto used = keys_.find(std::pair{user_id, key.key});
    if (used == keys_.end() || used->second.used_at + ports::kIdempotencyKeyLifetime <= now) {
        return std::nullopt;
    }
    if (used->second.request_hash != key.request_hash) {
        return fail(Errc::conflict,
                    "this Idempotency-Key was used for another request: use a new one",
                    "Idempotency-Key");
    }
    const auto found = find(used->second.job_id);
    if (!found) return std::nullopt;
    const auto& first = (*found)->record.job;
    return ports::CreatedJob{.job_id = first.job_id,
                             .files_count = first.total_documents,
                             .status = first.status,
                             .existed = true};
}

auto InMemoryJobStore::find_repeated(domain::UserId user_id, ports::IdempotencyKey key,
                                     TimePoint now) -> Answer<std::optional<ports::CreatedJob>> {
    co_await asio::post(asio::use_awaitable);
    co_return repeated_now(user_id, key, now);
}

auto InMemoryJobStore::create(domain::Job job, std::optional<ports::IdempotencyKey> key,
                              eventbridge::Event event) -> Answer<ports::CreatedJob> {
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
    if (auto stays = check_uploads_stay(job); !stays) {
        co_return std::unexpected(std::move(stays.error()));
    }
    if (key) {
        const std::pair place{job.user_id, key->key};
        keys_.insert_or_assign(place, KeyUse{key->request_hash, job.job_id, now});
    }
    job.status = domain::JobStatus::queued;
    job.total_documents = static_cast<std::uint32_t>(job.files.size());
    job.updated_at = now;
    ports::CreatedJob created{.job_id = job.job_id, .files_count = job.total_documents};
    auto& record = records_[job.job_id];
    record.record.job = std::move(job);
    publish(record, std::move(event));
    co_return created;
}

auto InMemoryJobStore::get(domain::JobId job_id) -> Answer<domain::Job> {
    co_await asio::post(asio::use_awaitable);
    const auto record = find(job_id);
    if (!record) co_return std::unexpected(record.error());
    co_return (*record)->record.job;
}

auto InMemoryJobStore::list(ports::JobQuery query) -> Answer<ports::JobPage> {
    co_await asio::post(asio::use_awaitable);
    const auto text = lower(query.text);
    ports::JobPage page;
    for (auto place = records_.rbegin(); place != records_.rend(); ++place) {
        const auto& job = place->second.record.job;
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

auto InMemoryJobStore::list_named(domain::UserId user_id, std::vector<domain::JobId> job_ids)
    -> Answer<std::vector<domain::Job>> {
    co_await asio::post(asio::use_awaitable);
    std::vector<domain::Job> jobs;
    for (const auto& job_id : job_ids) {
        const auto record = find(job_id);
        if (record && (*record)->record.job.user_id == user_id) {
            jobs.push_back(as_listed((*record)->record.job));
        }
    }
    co_return jobs;
}

auto InMemoryJobStore::find_documents(domain::UserId user_id, std::string sha256,
                                      std::uint32_t limit)
    -> Answer<std::vector<ports::FoundDocument>> {
    co_await asio::post(asio::use_awaitable);
    std::vector<ports::FoundDocument> found;
    for (auto place = records_.rbegin(); place != records_.rend(); ++place) {
        const auto& job = place->second.record.job;
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

auto InMemoryJobStore::count(domain::UserId user_id)
    -> Answer<std::map<domain::JobStatus, std::uint64_t>> {
    co_await asio::post(asio::use_awaitable);
    std::map<domain::JobStatus, std::uint64_t> counts;
    for (const auto& [id, kept] : records_) {
        const auto& job = kept.record.job;
        if (job.user_id == user_id) ++counts[job.status];
    }
    co_return counts;
}

auto InMemoryJobStore::queue_position(domain::JobId job_id, std::uint64_t max)
    -> Answer<std::uint64_t> {
    co_await asio::post(asio::use_awaitable);
    std::uint64_t before = 0;
    for (const auto& [id, kept] : records_) {
        if (id >= job_id || before == max) break;
        if (kept.record.job.status == domain::JobStatus::queued) ++before;
    }
    co_return before;
}

auto InMemoryJobStore::claim(domain::ClaimRequest request) -> Answer<ports::ClaimOutcome> {
    co_await asio::post(asio::use_awaitable);
    const auto found = find(request.job_id);
    if (!found) co_return std::unexpected(found.error());
    auto& record = (*found)->record;
    const auto& job = record.job;
    switch (ingestor::domain::claim(record, request, lease_is_live(record))) {
        case domain::ClaimDecision::ended:
            co_return ports::ClaimOutcome{ports::AlreadyEnded{job.status}};
        case domain::ClaimDecision::held:
            co_return ports::ClaimOutcome{ports::HeldElsewhere{}};
        case domain::ClaimDecision::not_due:
            co_return ports::ClaimOutcome{ports::NotDue{*job.next_attempt_at}};
        case domain::ClaimDecision::claimed:
            break;
    }
    leases_.hold(job.job_id, record.fence, monotonic_.now() + (request.lease_until - request.now));
    ports::Claimed claimed{
        .job = job,
        .lease =
            domain::Lease{.job_id = job.job_id, .owner = request.owner, .fence = record.fence}};
    co_return ports::ClaimOutcome{std::move(claimed)};
}

auto InMemoryJobStore::renew(domain::Lease lease, TimePoint now, TimePoint lease_until)
    -> Answer<std::monostate> {
    co_await asio::post(asio::use_awaitable);
    const auto found = find_held(lease);
    if (!found) co_return std::unexpected(found.error());
    leases_.hold(lease.job_id, lease.fence, monotonic_.now() + (lease_until - now));
    co_return std::monostate{};
}

auto InMemoryJobStore::note_at_work(domain::Lease lease, std::vector<std::uint32_t> documents)
    -> Answer<std::monostate> {
    co_await asio::post(asio::use_awaitable);
    const auto found = find_held(lease);
    if (!found) co_return std::unexpected(found.error());
    (*found)->record.job.at_work = std::move(documents);
    co_return std::monostate{};
}

auto InMemoryJobStore::record_file(domain::Lease lease, std::uint32_t index, domain::JobFile file,
                                   TimePoint now) -> Answer<std::monostate> {
    co_await asio::post(asio::use_awaitable);
    const auto found = find_held(lease);
    if (!found) co_return std::unexpected(found.error());
    co_return record_in((*found)->record, lease, {.index = index, .file = std::move(file)}, now);
}

auto InMemoryJobStore::finish(domain::Lease lease, ports::JobEnd end, eventbridge::Event event,
                              TimePoint now) -> Answer<std::monostate> {
    co_await asio::post(asio::use_awaitable);
    const auto found = find_held(lease);
    if (!found) co_return std::unexpected(found.error());
    auto record = (*found)->record;
    if (end.last) {
        auto recorded = record_in(record, lease, std::move(*end.last), now);
        if (!recorded) co_return recorded;
    }
    auto finished = ingestor::domain::finish(record, lease, end.status, std::move(end.error), now);
    if (!finished) co_return finished;
    (*found)->record = std::move(record);
    const std::vector<eventbridge::Event> events{std::move(event)};
    log_.append_now(events);
    co_return finished;
}

auto InMemoryJobStore::release(domain::Lease lease, domain::AttemptEnd end, TimePoint now)
    -> Answer<std::monostate> {
    co_await asio::post(asio::use_awaitable);
    const auto found = find_held(lease);
    if (!found) co_return std::unexpected(found.error());
    co_return ingestor::domain::release((*found)->record, lease, std::move(end), now);
}

auto InMemoryJobStore::cancel(domain::JobId job_id, TimePoint now) -> Answer<domain::Job> {
    co_await asio::post(asio::use_awaitable);
    const auto found = find(job_id);
    if (!found) co_return std::unexpected(found.error());
    auto& record = (*found)->record;
    const auto cancelled = ingestor::domain::cancel(record, now);
    if (!cancelled) co_return std::unexpected(cancelled.error());
    co_return record.job;
}

auto InMemoryJobStore::retry(domain::JobId job_id, eventbridge::Event event, TimePoint now)
    -> Answer<domain::Job> {
    co_await asio::post(asio::use_awaitable);
    const auto found = find(job_id);
    if (!found) co_return std::unexpected(found.error());
    auto& record = (*found)->record;
    const auto retried = ingestor::domain::retry(record, now);
    if (!retried) co_return std::unexpected(retried.error());
    publish(**found, std::move(event));
    co_return record.job;
}

auto InMemoryJobStore::find_orphaned(TimePoint, TimePoint queued_before, std::uint32_t limit)
    -> Answer<std::vector<domain::JobId>> {
    co_await asio::post(asio::use_awaitable);
    std::vector<domain::JobId> orphaned;
    for (const auto& [id, kept] : records_) {
        if (orphaned.size() == limit) break;
        const auto& job = kept.record.job;
        const auto driven = std::ranges::any_of(
            kept.deliveries, [this](std::int64_t delivery) { return log_.under_way(delivery); });
        const bool without_event = job.status == domain::JobStatus::queued && !driven &&
                                   !job.next_attempt_at && job.updated_at < queued_before;
        const bool left_behind =
            job.status == domain::JobStatus::processing && !lease_is_live(kept.record);
        if (without_event || left_behind) orphaned.push_back(id);
    }
    co_return orphaned;
}

auto InMemoryJobStore::find_waiting(TimePoint now, std::uint32_t limit)
    -> Answer<std::vector<domain::JobId>> {
    co_await asio::post(asio::use_awaitable);
    std::vector<std::pair<TimePoint, domain::JobId>> due;
    for (const auto& [id, kept] : records_) {
        const auto& job = kept.record.job;
        if (job.next_attempt_at && domain::is_due(job.next_attempt_at, now)) {
            due.emplace_back(*job.next_attempt_at, id);
        }
    }
    std::ranges::sort(due);
    std::vector<domain::JobId> waiting;
    for (auto& [at, id] : due) {
        if (waiting.size() < limit) waiting.push_back(std::move(id));
    }
    co_return waiting;
}

auto InMemoryJobStore::republish(domain::JobId job_id, eventbridge::Event event, TimePoint now)
    -> Answer<std::monostate> {
    co_await asio::post(asio::use_awaitable);
    const auto found = find(job_id);
    if (!found) co_return std::unexpected(found.error());
    auto republished = ingestor::domain::republish((*found)->record, now);
    if (republished) publish(**found, std::move(event));
    co_return republished;
}

}  // namespace ingestor::memory
