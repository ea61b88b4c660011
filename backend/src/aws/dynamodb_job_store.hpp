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
class DynamoDbJobStore final : public ports::JobStore {
public:
    /// All of it outlives the store.
    struct Dependencies {
        DynamoDbTable& table;
        EventPublisher& publisher;
        telemetry::Log& log;
    };
    struct Options {
        /// A lease is left alone for so long after its end, as the clocks of two hosts differ.
        std::chrono::milliseconds clock_skew{2'000};
    };
    DynamoDbJobStore(Dependencies dependencies, Options options);

    /// Succeeds once the job is stored, even where its event cannot be published just now.
    Answer<ports::CreatedJob> create(domain::Job job, std::optional<ports::IdempotencyKey> key,
                                     eventbridge::Event event) override;
    Answer<std::optional<ports::CreatedJob>> find_repeated(domain::UserId user_id,
                                                           ports::IdempotencyKey key,
                                                           TimePoint now) override;
    Answer<domain::Job> get(domain::JobId job_id) override;
    /// Of the lists: a job may show its last change a moment late.
    Answer<ports::JobPage> list(ports::JobQuery query) override;
    Answer<std::vector<domain::Job>> list_named(domain::UserId user_id,
                                                std::vector<domain::JobId> job_ids) override;
    Answer<std::vector<ports::FoundDocument>> find_documents(domain::UserId user_id,
                                                             std::string sha256,
                                                             std::uint32_t limit) override;
    Answer<std::map<domain::JobStatus, std::uint64_t>> count(domain::UserId user_id) override;
    Answer<std::uint64_t> queue_position(domain::JobId job_id, std::uint64_t max) override;
    Answer<ports::ClaimOutcome> claim(domain::ClaimRequest request) override;
    Answer<std::monostate> renew(domain::Lease lease, TimePoint now,
                                 TimePoint lease_until) override;
    Answer<std::monostate> note_at_work(domain::Lease lease,
                                        std::vector<std::uint32_t> documents) override;
    Answer<std::monostate> record_file(domain::Lease lease, std::uint32_t index,
                                       domain::JobFile file, TimePoint now) override;
    Answer<std::monostate> finish(domain::Lease lease, ports::JobEnd end, eventbridge::Event event,
                                  TimePoint now) override;
    Answer<std::monostate> release(domain::Lease lease, domain::AttemptEnd end,
                                   TimePoint now) override;
    Answer<domain::Job> cancel(domain::JobId job_id, TimePoint now) override;
    Answer<domain::Job> retry(domain::JobId job_id, eventbridge::Event event,
                              TimePoint now) override;
    /// Deliveries cannot be looked into here: a queued job is orphaned once its event was published
    /// before `queued_before`.
    Answer<std::vector<domain::JobId>> find_orphaned(TimePoint now, TimePoint queued_before,
                                                     std::uint32_t limit) override;
    Answer<std::vector<domain::JobId>> find_waiting(TimePoint now, std::uint32_t limit) override;
    Answer<std::monostate> republish(domain::JobId job_id, eventbridge::Event event,
                                     TimePoint now) override;

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

    Answer<JobRecord> load(domain::JobId job_id);
    /// Adds the documents that stand in items of their own.
    Answer<std::monostate> load_files(JobRecord& record);
    Answer<domain::Job> with_files(JobRecord record);
    Answer<Changed> change(domain::JobId job_id, Decision decide);
    struct UseOfKey {
        std::optional<ports::CreatedJob> repeated;
        std::optional<domain::JobId>
            gone;  ///< The key's job was deleted: it is free for the next one.
    };
    Answer<UseOfKey> find_use(domain::UserId user_id, ports::IdempotencyKey key, TimePoint now);
    Answer<bool> store_new(const JobRecord& record, const std::optional<ports::IdempotencyKey>& key,
                           const std::optional<domain::JobId>& gone);
    Answer<FileRecord> load_file(const JobRecord& record, std::uint32_t index);
    Answer<bool> write_file(const JobRecord& record, const domain::Lease& lease,
                            std::uint32_t index, const FileRecord& before, const FileRecord& after,
                            TimePoint now);
    Answer<std::monostate> publish(eventbridge::Event event);
    /// Publishes the event of the job's end and forgets it. What fails is left to publish_outbox().
    Answer<std::monostate> publish_end(JobRecord record);
    Answer<std::vector<domain::JobId>> find_live(Live live, unsigned shard, ItemQuery query,
                                                 std::uint32_t limit);

    DynamoDbTable& table_;
    EventPublisher& publisher_;
    telemetry::Log& log_;
    Options options_;
};

}  // namespace ingestor::aws
