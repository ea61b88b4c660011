#include "aws/dynamodb_job_store.hpp"

#include <set>
#include <utility>

#include <fmt/format.h>

#include "aws/job_changes.hpp"
#include "base/uuid.hpp"

namespace ingestor::aws {

namespace {

/// So often a change is tried again that others were faster with theirs.
constexpr int kRacesMax = 20;

std::unexpected<Error> busy(const domain::JobId& job_id) {
    return fail(Errc::unavailable,
                fmt::format("job {} is changed by many at once: try again", job_id.value()));
}

std::unexpected<Error> lost(const domain::Lease& lease) {
    return fail(Errc::conflict, fmt::format("the lease on job {} is lost", lease.job_id.value()));
}

Item key_item(const ItemKey& key) {
    Item item;
    item["pk"] = text_value(key.pk);
    item["sk"] = text_value(key.sk);
    return item;
}

constexpr const char* kHeld = "#status = :processing AND #fence = :fence AND #lease_owner = :owner";

Item held_values(const domain::Lease& lease) {
    Item values;
    values[":processing"] = text_value(domain::to_string(domain::JobStatus::processing));
    values[":fence"] = number_value(lease.fence);
    values[":owner"] = text_value(lease.owner);
    return values;
}

JobRecord new_record(domain::Job job) {
    JobRecord record;
    for (auto& file : job.files) {
        file.status = domain::FileStatus::queued;
        record.files.push_back({.file = std::move(file)});
    }
    job.files.clear();
    job.status = domain::JobStatus::queued;
    job.total_documents = static_cast<std::uint32_t>(record.files.size());
    job.documents_processed = 0;
    job.updated_at = job.created_at;
    record.published_at = job.created_at;
    record.job = std::move(job);
    record.change_id = uuid_v4();
    record.submission_id = record.change_id;
    return record;
}

}  // namespace

DynamoDbJobStore::DynamoDbJobStore(Dependencies dependencies, Options options)
    : table_(dependencies.table),
      publisher_(dependencies.publisher),
      log_(dependencies.log),
      options_(options) {}

auto DynamoDbJobStore::load(domain::JobId job_id) -> Answer<JobRecord> {
    auto item = co_await table_.get(job_key(job_id));
    if (!item) co_return std::unexpected(std::move(item.error()));
    if (!*item) co_return fail(Errc::not_found, fmt::format("no job {}", job_id.value()));
    co_return read_job(**item);
}

auto DynamoDbJobStore::load_files(JobRecord& record) -> Answer<std::monostate> {
    const auto& job = record.job;
    if (job.total_documents <= kInlineFilesMax) co_return std::monostate{};
    ItemQuery query{.key_condition = "#pk = :pk AND begins_with(#sk, :file)"};
    query.values[":pk"] = text_value(job_key(job.job_id).pk);
    query.values[":file"] = text_value("file#");
    do {
        auto page = co_await table_.query(query);
        if (!page) co_return std::unexpected(std::move(page.error()));
        for (const auto& item : page->items) {
            auto file = read_file(item);
            if (!file) co_return std::unexpected(std::move(file.error()));
            record.files.push_back(std::move(*file));
        }
        query.after = std::move(page->next);
    } while (!query.after.empty());
    if (record.files.size() != job.total_documents) {
        co_return fail(Errc::corrupt,
                       fmt::format("job {} has {} documents on record and not {}",
                                   job.job_id.value(), record.files.size(), job.total_documents));
    }
    co_return std::monostate{};
}

auto DynamoDbJobStore::with_files(JobRecord record) -> Answer<domain::Job> {
    const auto loaded = co_await load_files(record);
    if (!loaded) co_return std::unexpected(loaded.error());
    co_return as_job(record);
}

auto DynamoDbJobStore::change(domain::JobId job_id, Decision decide) -> Answer<Changed> {
    const auto change_id = uuid_v4();
    for (int race = 0; race < kRacesMax; ++race) {
        auto record = co_await load(job_id);
        if (!record) co_return std::unexpected(std::move(record.error()));
        if (record->change_id == change_id) {
            // The answer to the write was lost, and only the write itself had come through.
            Changed changed{.record = std::move(*record), .written = true};
            co_return changed;
        }
        const auto was = std::exchange(record->change_id, change_id);
        const auto decided = decide(*record);
        if (!decided) co_return std::unexpected(decided.error());
        Changed changed{.record = std::move(*record), .written = *decided};
        if (!*decided) co_return changed;
        Put put{.item = to_item(changed.record), .condition = "#change_id = :was"};
        put.values[":was"] = text_value(was);
        const auto written = co_await table_.write(std::move(put));
        if (!written) co_return std::unexpected(written.error());
        if (*written) co_return changed;
    }
    co_return busy(job_id);
}

auto DynamoDbJobStore::publish(eventbridge::Event event) -> Answer<std::monostate> {
    std::vector<eventbridge::Event> events;
    events.push_back(std::move(event));
    co_return co_await publisher_.publish(std::move(events));
}

auto DynamoDbJobStore::store_new(const JobRecord& record,
                                 const std::optional<ports::IdempotencyKey>& key,
                                 const std::optional<domain::JobId>& gone) -> Answer<bool> {
    const auto& job = record.job;
    // First, so that a job that is there has all of its documents, and is known to use its uploads.
    // What a crash leaves without a job is never read, as its id is never used again.
    std::vector<Item> files;
    std::set<domain::ObjectKey> uploads;
    for (const auto& [file, fence] : record.files) {
        // An item may stand in a batch once only.
        if (uploads.insert(file.file_key).second) {
            files.push_back(key_item(upload_use_key(file.file_key, job.job_id)));
        }
    }
    for (auto index = kInlineFilesMax; index < job.total_documents; ++index) {
        files.push_back(to_file_item(job.job_id, index, record.files[index]));
    }
    const auto put = co_await table_.put_all(std::move(files));
    if (!put) co_return std::unexpected(put.error());

    Put put_job{.item = to_item(record), .condition = "attribute_not_exists(#pk)"};
    if (!key) co_return co_await table_.write(std::move(put_job));
    const KeyUse use{.job_id = job.job_id,
                     .request_hash = key->request_hash,
                     .files_count = job.total_documents,
                     .used_at = job.created_at};
    // DynamoDB deletes what has expired only by and by.
    Put put_key{.item = to_item(use, job.user_id, key->key),
                .condition = "attribute_not_exists(#pk) OR #used_at <= :expired"};
    put_key.values[":expired"] = time_value(job.created_at - ports::kIdempotencyKeyLifetime);
    if (gone) {
        put_key.condition += " OR #job_id = :gone";
        put_key.values[":gone"] = text_value(gone->value());
    }
    std::vector<Write> writes;
    writes.emplace_back(std::move(put_job));
    writes.emplace_back(std::move(put_key));
    co_return co_await table_.write_together(std::move(writes));
}

auto DynamoDbJobStore::create(domain::Job job, std::optional<ports::IdempotencyKey> key,
                              eventbridge::Event event) -> Answer<ports::CreatedJob> {
    if (!is_uuid(job.job_id.value())) {
        co_return fail(Errc::invalid_argument, fmt::format("'{}' is no UUID", job.job_id.value()),
                       "job_id");
    }
    const auto record = new_record(std::move(job));
    const auto& created = record.job;
    std::optional<domain::JobId> gone;
    if (key) {
        auto use = co_await find_use(created.user_id, *key, created.created_at);
        if (!use) co_return std::unexpected(std::move(use.error()));
        if (use->repeated) co_return std::move(*use->repeated);
        gone = std::move(use->gone);
    }
    const auto stored = co_await store_new(record, key, gone);
    if (!stored) co_return std::unexpected(stored.error());
    if (!*stored) {
        const auto there = co_await load(created.job_id);
        const bool ours = there && there->submission_id == record.submission_id;
        if (!ours && there) {
            co_return fail(Errc::conflict, fmt::format("job {} exists", created.job_id.value()));
        }
        if (!ours) {
            if (there.error().code != Errc::not_found) co_return std::unexpected(there.error());
            // Another submit with this key was faster.
            auto repeated = co_await find_repeated(created.user_id, *key, created.created_at);
            if (!repeated) co_return std::unexpected(std::move(repeated.error()));
            if (*repeated) co_return **repeated;
            co_return busy(created.job_id);
        }
    }
    const auto published = co_await publish(std::move(event));
    if (!published) {
        log_.warn("a new job's event is left to the sweep",
                  {{"job_id", created.job_id.value()}, {"error", published.error().message}});
    }
    co_return ports::CreatedJob{.job_id = created.job_id, .files_count = created.total_documents};
}

auto DynamoDbJobStore::find_repeated(domain::UserId user_id, ports::IdempotencyKey key,
                                     TimePoint now) -> Answer<std::optional<ports::CreatedJob>> {
    auto use = co_await find_use(std::move(user_id), std::move(key), now);
    if (!use) co_return std::unexpected(std::move(use.error()));
    co_return std::move(use->repeated);
}

auto DynamoDbJobStore::find_use(domain::UserId user_id, ports::IdempotencyKey key, TimePoint now)
    -> Answer<UseOfKey> {
    const auto item = co_await table_.get(use_key(user_id, key.key));
    if (!item) co_return std::unexpected(item.error());
    UseOfKey found;
    if (!*item) co_return found;
    const auto use = read_key_use(**item);
    if (use.used_at + ports::kIdempotencyKeyLifetime <= now) co_return found;
    if (use.request_hash != key.request_hash) {
        co_return fail(Errc::conflict,
                       "this Idempotency-Key was used for another request: use a new one",
                       "Idempotency-Key");
    }
    const auto record = co_await load(use.job_id);
    if (!record && record.error().code == Errc::not_found) {
        found.gone = use.job_id;
        co_return found;
    }
    if (!record) co_return std::unexpected(record.error());
    found.repeated = ports::CreatedJob{.job_id = use.job_id,
                                       .files_count = use.files_count,
                                       .status = record->job.status,
                                       .existed = true};
    co_return found;
}

auto DynamoDbJobStore::get(domain::JobId job_id) -> Answer<domain::Job> {
    auto record = co_await load(std::move(job_id));
    if (!record) co_return std::unexpected(std::move(record.error()));
    co_return co_await with_files(std::move(*record));
}

auto DynamoDbJobStore::claim(domain::ClaimRequest request) -> Answer<ports::ClaimOutcome> {
    auto decision = domain::ClaimDecision::ended;
    Decision decide = [this, &request, &decision](JobRecord& record) -> Result<bool> {
        const bool live = lease_is_live(record, request.now, options_.clock_skew);
        decision = aws::claim(record, request, live);
        return decision == domain::ClaimDecision::claimed;
    };
    auto changed = co_await change(request.job_id, std::move(decide));
    if (!changed) co_return std::unexpected(std::move(changed.error()));
    auto& record = changed->record;
    switch (decision) {
        case domain::ClaimDecision::ended:
            co_return ports::ClaimOutcome(ports::AlreadyEnded{record.job.status});
        case domain::ClaimDecision::held:
            co_return ports::ClaimOutcome(ports::HeldElsewhere{});
        case domain::ClaimDecision::not_due:
            co_return ports::ClaimOutcome(ports::NotDue{*record.job.next_attempt_at});
        case domain::ClaimDecision::claimed:
            break;
    }
    domain::Lease lease{.job_id = request.job_id, .owner = request.owner, .fence = record.fence};
    auto job = co_await with_files(std::move(record));
    if (!job) co_return std::unexpected(std::move(job.error()));
    co_return ports::ClaimOutcome(
        ports::Claimed{.job = std::move(*job), .lease = std::move(lease)});
}

auto DynamoDbJobStore::renew(domain::Lease lease, TimePoint, TimePoint lease_until)
    -> Answer<std::monostate> {
    Update update{
        .key = job_key(lease.job_id),
        .expression = "SET #lease_until = :until, #live_key = :live_key, #change_id = :change_id",
        .condition = kHeld,
        .values = held_values(lease)};
    update.values[":until"] = time_value(lease_until);
    update.values[":live_key"] = text_value(live_key(lease_until, lease.job_id));
    update.values[":change_id"] = text_value(uuid_v4());
    const auto renewed = co_await table_.write(std::move(update));
    if (!renewed) co_return std::unexpected(renewed.error());
    if (!*renewed) co_return lost(lease);
    co_return std::monostate{};
}

auto DynamoDbJobStore::note_at_work(domain::Lease lease, std::vector<std::uint32_t> documents)
    -> Answer<std::monostate> {
    Update update{.key = job_key(lease.job_id),
                  .expression = "SET #at_work = :at_work, #change_id = :change_id",
                  .condition = kHeld,
                  .values = held_values(lease)};
    update.values[":at_work"] = at_work_value(documents);
    update.values[":change_id"] = text_value(uuid_v4());
    const auto noted = co_await table_.write(std::move(update));
    if (!noted) co_return std::unexpected(noted.error());
    if (!*noted) co_return lost(lease);
    co_return std::monostate{};
}

auto DynamoDbJobStore::load_file(const JobRecord& record, std::uint32_t index)
    -> Answer<FileRecord> {
    if (index < record.files.size()) co_return record.files[index];
    const auto item = co_await table_.get(file_key(record.job.job_id, index));
    if (!item) co_return std::unexpected(item.error());
    if (!*item) {
        co_return fail(Errc::corrupt, fmt::format("job {} lacks its document {}",
                                                  record.job.job_id.value(), index));
    }
    co_return read_file(**item);
}

auto DynamoDbJobStore::write_file(const JobRecord& record, const domain::Lease& lease,
                                  std::uint32_t index, const FileRecord& before,
                                  const FileRecord& after, TimePoint now) -> Answer<bool> {
    const auto counts = count_change(before, after, record);
    Item as_before;
    as_before[":status_before"] = text_value(domain::to_string(before.file.status));
    as_before[":fence_before"] = number_value(before.fence);

    Update update{.key = job_key(lease.job_id),
                  .expression = "SET #updated_at = :now, #change_id = :change_id",
                  .condition = kHeld,
                  .values = held_values(lease)};
    update.values[":now"] = time_value(now);
    update.values[":change_id"] = text_value(uuid_v4());
    update.values[":processed"] = number_value(counts.processed);
    update.values[":completed"] = number_value(counts.completed);
    constexpr const char* kCount =
        " ADD #documents_processed :processed, #documents_completed :completed";
    if (index < kInlineFilesMax) {
        update.expression += fmt::format(", #files[{}] = :file{}", index, kCount);
        update.condition += fmt::format(
            " AND #files[{0}].#status = :status_before AND #files[{0}].#fence = :fence_before",
            index);
        for (auto& [name, value] : as_before) update.values[name] = value;
        update.values[":file"] = map_value(to_members(after));
        co_return co_await table_.write(std::move(update));
    }
    update.expression += kCount;
    Put put{.item = to_file_item(lease.job_id, index, after),
            .condition = "#status = :status_before AND #fence = :fence_before",
            .values = std::move(as_before)};
    std::vector<Write> writes;
    writes.emplace_back(std::move(put));
    writes.emplace_back(std::move(update));
    co_return co_await table_.write_together(std::move(writes));
}

auto DynamoDbJobStore::record_file(domain::Lease lease, std::uint32_t index, domain::JobFile file,
                                   TimePoint now) -> Answer<std::monostate> {
    bool findable = false;
    for (int race = 0; race < kRacesMax; ++race) {
        const auto record = co_await load(lease.job_id);
        if (!record) {
            if (record.error().code == Errc::not_found) co_return lost(lease);
            co_return std::unexpected(record.error());
        }
        if (const auto held = domain::check_held(*record, lease); !held) {
            co_return std::unexpected(held.error());
        }
        if (index >= record->job.total_documents) {
            co_return fail(Errc::invalid_argument,
                           fmt::format("job {} has no file {}", lease.job_id.value(), index));
        }
        const auto before = co_await load_file(*record, index);
        if (!before) co_return std::unexpected(before.error());
        FileRecord after{.file = file, .fence = lease.fence};
        after.file.file_key = before->file.file_key;
        after.file.filename = before->file.filename;
        // So it is too where the answer of the write before was lost.
        if (to_members(*before) == to_members(after)) co_return std::monostate{};

        if (file.status == domain::FileStatus::completed && file.sha256 && !findable) {
            // Before the record, so that no completed document is missed; who looks it up checks.
            const ContentPlace place{.job_id = lease.job_id, .index = index};
            Put put{.item = to_item(place, record->job.user_id, *file.sha256)};
            const auto written = co_await table_.write(std::move(put));
            if (!written) co_return std::unexpected(written.error());
            findable = true;
        }
        const auto written = co_await write_file(*record, lease, index, *before, after, now);
        if (!written) co_return std::unexpected(written.error());
        if (*written) co_return std::monostate{};
    }
    co_return busy(lease.job_id);
}

auto DynamoDbJobStore::finish(domain::Lease lease, ports::JobEnd end, eventbridge::Event event,
                              TimePoint now) -> Answer<std::monostate> {
    if (auto& last = end.last) {
        auto recorded = co_await record_file(lease, last->index, std::move(last->file), now);
        if (!recorded) co_return recorded;
    }
    const JobEnd ended_as{
        .status = end.status, .error = std::move(end.error), .event = std::move(event)};
    Decision decide = [&lease, &ended_as, now](JobRecord& record) -> Result<bool> {
        if (const auto ended = aws::finish(record, lease, ended_as, now); !ended) {
            return std::unexpected(ended.error());
        }
        return true;
    };
    auto changed = co_await change(lease.job_id, std::move(decide));
    if (!changed) {
        if (changed.error().code == Errc::not_found) co_return lost(lease);
        co_return std::unexpected(std::move(changed.error()));
    }
    (void)co_await publish_end(std::move(changed->record));
    co_return std::monostate{};
}

auto DynamoDbJobStore::release(domain::Lease lease, domain::AttemptEnd end, TimePoint now)
    -> Answer<std::monostate> {
    Decision decide = [&lease, &end, now](JobRecord& record) -> Result<bool> {
        if (const auto released = aws::release(record, lease, end, now); !released) {
            return std::unexpected(released.error());
        }
        return true;
    };
    const auto changed = co_await change(lease.job_id, std::move(decide));
    if (!changed) {
        if (changed.error().code == Errc::not_found) co_return lost(lease);
        co_return std::unexpected(changed.error());
    }
    co_return std::monostate{};
}

auto DynamoDbJobStore::cancel(domain::JobId job_id, TimePoint now) -> Answer<domain::Job> {
    Decision decide = [now](JobRecord& record) -> Result<bool> {
        if (const auto ended = ingestor::domain::cancel(record, now); !ended) {
            return std::unexpected(ended.error());
        }
        return true;
    };
    auto changed = co_await change(std::move(job_id), std::move(decide));
    if (!changed) co_return std::unexpected(std::move(changed.error()));
    co_return co_await with_files(std::move(changed->record));
}

auto DynamoDbJobStore::retry(domain::JobId job_id, eventbridge::Event event, TimePoint now)
    -> Answer<domain::Job> {
    const auto record = co_await load(job_id);
    if (!record) co_return std::unexpected(record.error());
    if (record->outbox) {
        // The retried job has no room for the event of the end that it takes back.
        const auto published = co_await publish(*record->outbox);
        if (!published) co_return std::unexpected(published.error());
    }
    Decision decide = [now](JobRecord& found) -> Result<bool> {
        if (const auto retried = aws::retry(found, now); !retried) {
            return std::unexpected(retried.error());
        }
        return true;
    };
    auto changed = co_await change(job_id, std::move(decide));
    if (!changed) co_return std::unexpected(std::move(changed.error()));
    const auto published = co_await publish(std::move(event));
    if (!published) {
        log_.warn("a retried job's event is left to the sweep",
                  {{"job_id", job_id.value()}, {"error", published.error().message}});
    }
    co_return co_await with_files(std::move(changed->record));
}

auto DynamoDbJobStore::republish(domain::JobId job_id, eventbridge::Event event, TimePoint now)
    -> Answer<std::monostate> {
    Decision decide = [now](JobRecord& record) -> Result<bool> {
        if (const auto republished = aws::republish(record, now); !republished) {
            return std::unexpected(republished.error());
        }
        return true;
    };
    const auto changed = co_await change(std::move(job_id), std::move(decide));
    if (!changed) co_return std::unexpected(changed.error());
    co_return co_await publish(std::move(event));
}

auto DynamoDbJobStore::publish_end(JobRecord record) -> Answer<std::monostate> {
    const auto& job_id = record.job.job_id;
    auto left = [&](const Error& error) {
        log_.warn("the event of a job's end is left to the sweep",
                  {{"job_id", job_id.value()}, {"error", error.message}});
        return std::unexpected(error);
    };
    if (!record.outbox) co_return std::monostate{};
    const auto published = co_await publish(std::move(*record.outbox));
    if (!published) co_return left(published.error());
    Update update{.key = job_key(job_id),
                  .expression =
                      "SET #change_id = :change_id, #live_shard = :shard, #live_key = :key "
                      "REMOVE #outbox",
                  .condition = "#change_id = :was",
                  .values = {}};
    update.values[":change_id"] = text_value(uuid_v4());
    update.values[":was"] = text_value(record.change_id);
    update.values[":shard"] = text_value(shard_name(Live::ended, shard_of(job_id)));
    update.values[":key"] =
        text_value(live_key(record.job.finished_at.value_or(record.job.updated_at), job_id));
    // Where the condition fails, the job has been retried, or somebody has published the event too.
    const auto forgotten = co_await table_.write(std::move(update));
    if (!forgotten) co_return left(forgotten.error());
    co_return std::monostate{};
}

}  // namespace ingestor::aws
