#pragma once

#include "memory/fault_plan.hpp"
#include "ports/event_log.hpp"
#include "ports/job_deletions.hpp"
#include "ports/job_store.hpp"
#include "ports/object_store.hpp"

namespace ingestor {

/// A JobStore whose calls fail as `unavailable` when the plan says so. A test that wants one call
/// to fail in a way of its own overrides it.
class FaultyJobStore : public JobStore {
public:
    /// Both outlive this.
    FaultyJobStore(JobStore& store, FaultPlan& plan) : store_(store), plan_(plan) {}

    Answer<CreatedJob> create(Job job, std::optional<IdempotencyKey> key, Event event) override;
    Answer<std::optional<CreatedJob>> find_repeated(UserId user_id, IdempotencyKey key,
                                                    TimePoint now) override;
    Answer<Job> get(JobId job_id) override;
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
    Answer<std::vector<JobId>> find_orphaned(TimePoint now, TimePoint queued_before,
                                             std::uint32_t limit) override;
    Answer<std::vector<JobId>> find_waiting(TimePoint now, std::uint32_t limit) override;
    Answer<std::monostate> republish(JobId job_id, Event event, TimePoint now) override;

private:
    JobStore& store_;
    FaultPlan& plan_;
};

/// An ObjectStore whose calls fail as `unavailable` when the plan says so. A test that wants one
/// call to fail in a way of its own overrides it.
class FaultyObjectStore : public ObjectStore {
public:
    /// Both outlive this.
    FaultyObjectStore(ObjectStore& store, FaultPlan& plan) : store_(store), plan_(plan) {}

    Answer<ObjectInfo> head(ObjectKey key) override;
    Answer<OpenObject> open(ObjectKey key) override;
    Answer<std::string> get(ObjectKey key, std::uint64_t bytes_max) override;
    Answer<std::unique_ptr<ObjectWriter>> begin_put(ObjectKey key, PutOptions options) override;
    Answer<ObjectInfo> put(ObjectKey key, std::string bytes, PutOptions options) override;
    Answer<std::monostate> put_all(std::vector<NewObject> objects) override;
    Answer<std::monostate> remove(ObjectKey key) override;

private:
    ObjectStore& store_;
    FaultPlan& plan_;
};

/// A JobDeletions whose calls fail as `unavailable` when the plan says so.
class FaultyJobDeletions final : public JobDeletions {
public:
    /// Both outlive this.
    FaultyJobDeletions(JobDeletions& store, FaultPlan& plan) : store_(store), plan_(plan) {}

    Answer<std::vector<Removal>> remove_job(JobId job_id, std::vector<ObjectKey> outputs,
                                            TimePoint now) override;
    Answer<std::vector<Removal>> remove_unused(std::vector<ObjectKey> uploads,
                                               TimePoint now) override;
    Answer<std::vector<Removal>> pending(std::uint32_t limit) override;
    Answer<std::monostate> forget(std::string removal_id) override;
    Answer<std::vector<JobId>> find_ended(TimePoint ended_before, std::uint32_t limit) override;
    Answer<std::vector<JobId>> find_missing(std::vector<JobId> job_ids) override;

private:
    JobDeletions& store_;
    FaultPlan& plan_;
};

/// An EventLog whose calls fail as `unavailable` when the plan says so.
class FaultyEventLog final : public EventLog {
public:
    /// Both outlive this.
    FaultyEventLog(EventLog& log, FaultPlan& plan) : log_(log), plan_(plan) {}

    Answer<std::monostate> append(std::vector<Event> events) override;
    Answer<std::vector<DueGroup>> due_groups(TimePoint now, std::optional<std::string> after,
                                             std::uint32_t groups_max,
                                             std::uint32_t of_each) override;
    Answer<std::vector<std::int64_t>> due(TimePoint now, std::string fairness_group,
                                          std::int64_t after, std::uint32_t limit) override;
    Answer<FoundDeliveries> read(std::vector<std::int64_t> ids) override;
    Answer<std::optional<TimePoint>> next_due(TimePoint now) override;
    Answer<std::uint64_t> depth() override;
    Answer<std::monostate> acknowledge(std::int64_t id) override;
    Answer<std::monostate> reschedule(std::int64_t id, DeliveryStage stage, int attempts,
                                      TimePoint next_at, TimePoint failed_at) override;
    Answer<std::monostate> move_to_dead_letters(std::int64_t id, GivenUp reason) override;
    Answer<std::monostate> set_aside(std::int64_t id, TimePoint at) override;
    Answer<std::vector<DeadLetter>> dead_letters(std::uint32_t limit) override;
    Answer<std::vector<std::int64_t>> redrive(std::vector<std::int64_t> ids,
                                              TimePoint now) override;
    Answer<std::vector<EventBusRecord>> buses() override;
    Answer<std::vector<Rule>> rules() override;
    Answer<std::monostate> apply(BusChange change) override;

private:
    EventLog& log_;
    FaultPlan& plan_;
};

}  // namespace ingestor
