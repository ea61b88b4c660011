#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "aws/dynamodb_table.hpp"
#include "aws/event_publisher.hpp"
#include "aws/job_items.hpp"
#include "ports/job_store.hpp"
#include "telemetry/log.hpp"

namespace ingestor::aws {

/// Jobs in DynamoDB.
///
/// How it works: a change of a job reads its item, decides, and writes it back on condition that
/// nobody has changed it since; where somebody has, it starts again. Each write leaves an id of its
/// own on the item, by which one whose answer was lost knows itself. The item and an event are not
/// one transaction: a new job's event is published after the item was written, and an event of its
/// end is kept on the item until the bus has it. What a crash leaves in between is published by
/// find_orphaned() with republish(), and by publish_outbox(): at least once.
class DynamoDbJobStore final : public JobStore {
public:
    /// All of it outlives the store.
    struct Parts {
        DynamoDbTable& table;
        EventPublisher& publisher;
        Log& log;
    };
    struct Options {
        /// A lease is left alone for so long after its end, as the clocks of two hosts differ.
        std::chrono::milliseconds clock_skew{2'000};
    };
    DynamoDbJobStore(Parts parts, Options options);

    /// Succeeds once the job is stored, even where its event cannot be published just now.
    Answer<CreatedJob> create(Job job, std::optional<IdempotencyKey> key, Event event) override;
    Answer<std::optional<CreatedJob>> find_repeated(UserId user_id, IdempotencyKey key,
                                                    TimePoint now) override;
    Answer<Job> get(JobId job_id) override;
    /// Of the lists: a job may show its last change a moment late.
    Answer<JobPage> list(JobQuery query) override;
    Answer<std::vector<Job>> list_named(UserId user_id, std::vector<JobId> job_ids) override;
    Answer<std::vector<FoundDocument>> find_documents(UserId user_id, std::string sha256,
                                                      std::uint32_t limit) override;
    Answer<std::map<JobStatus, std::uint64_t>> count(UserId user_id) override;
    Answer<std::uint64_t> queue_position(JobId job_id, std::uint64_t max) override;
    Answer<ClaimOutcome> claim(ClaimRequest request) override;
    Answer<std::monostate> renew(Lease lease, TimePoint now, TimePoint lease_until) override;
    Answer<std::monostate> note_at_work(Lease lease, std::vector<std::uint32_t> documents) override;
    Answer<std::monostate> record_file(Lease lease, std::uint32_t index, JobFile file,
                                       TimePoint now) override;
    Answer<std::monostate> finish(Lease lease, JobStatus status, std::optional<std::string> error,
                                  Event event, TimePoint now) override;
    Answer<std::monostate> release(Lease lease, AttemptEnd end, TimePoint now) override;
    Answer<Job> cancel(JobId job_id, TimePoint now) override;
    Answer<Job> retry(JobId job_id, Event event, TimePoint now) override;
    /// Deliveries cannot be looked into here: a queued job is orphaned once its event was published
    /// before `queued_before`.
    Answer<std::vector<JobId>> find_orphaned(TimePoint now, TimePoint queued_before,
                                             std::uint32_t limit) override;
    Answer<std::vector<JobId>> find_waiting(TimePoint now, std::uint32_t limit) override;
    Answer<std::monostate> republish(JobId job_id, Event event, TimePoint now) override;

    /// Publishes the events of jobs that ended before `ended_before` and whose event the bus may
    /// not have, at most `limit`, and no further ones once the bus or the table cannot be reached.
    /// Returns how many.
    Answer<std::uint32_t> publish_outbox(TimePoint ended_before, std::uint32_t limit);

private:
    /// Alters the record; false: nothing is to be written. Called again after a lost race.
    using Decision = std::function<Result<bool>(JobRecord&)>;
    struct Changed {
        JobRecord record;
        bool written = false;
    };

    Answer<JobRecord> load(JobId job_id);
    /// Adds the documents that stand in items of their own.
    Answer<std::monostate> load_files(JobRecord& record);
    Answer<Job> with_files(JobRecord record);
    Answer<Changed> change(JobId job_id, Decision decide);
    struct UseOfKey {
        std::optional<CreatedJob> repeated;
        std::optional<JobId> gone;  ///< The key's job was deleted: it is free for the next one.
    };
    Answer<UseOfKey> find_use(UserId user_id, IdempotencyKey key, TimePoint now);
    Answer<bool> store_new(const JobRecord& record, const std::optional<IdempotencyKey>& key,
                           const std::optional<JobId>& gone);
    Answer<FileRecord> load_file(const JobRecord& record, std::uint32_t index);
    Answer<bool> write_file(const JobRecord& record, const Lease& lease, std::uint32_t index,
                            const FileRecord& before, const FileRecord& after, TimePoint now);
    Answer<std::monostate> publish(Event event);
    /// Publishes the event of the job's end and forgets it. What fails is left to publish_outbox().
    Answer<std::monostate> publish_end(JobRecord record);
    Answer<std::vector<JobId>> find_live(Live live, unsigned shard, ItemQuery query,
                                         std::uint32_t limit);

    DynamoDbTable& table_;
    EventPublisher& publisher_;
    Log& log_;
    Options options_;
};

}  // namespace ingestor::aws
