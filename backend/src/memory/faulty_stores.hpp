#pragma once

#include "memory/fault_plan.hpp"
#include "ports/event_log.hpp"
#include "ports/job_deletions.hpp"
#include "ports/job_store.hpp"
#include "ports/object_store.hpp"

namespace ingestor::memory {

/// A JobStore whose calls fail as `unavailable` when the plan says so. A test that wants one call
/// to fail in a way of its own overrides it.
class FaultyJobStore : public ports::JobStore {
public:
    /// Both outlive this.
    FaultyJobStore(ports::JobStore& store, FaultPlan& plan) : store_(store), plan_(plan) {}

    Answer<ports::CreatedJob> create(domain::Job job, std::optional<ports::IdempotencyKey> key,
                                     eventbridge::Event event) override;
    Answer<std::optional<ports::CreatedJob>> find_repeated(domain::UserId user_id,
                                                           ports::IdempotencyKey key,
                                                           TimePoint now) override;
    Answer<domain::Job> get(domain::JobId job_id) override;
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
    Answer<std::vector<domain::JobId>> find_orphaned(TimePoint now, TimePoint queued_before,
                                                     std::uint32_t limit) override;
    Answer<std::vector<domain::JobId>> find_waiting(TimePoint now, std::uint32_t limit) override;
    Answer<std::monostate> republish(domain::JobId job_id, eventbridge::Event event,
                                     TimePoint now) override;

private:
    ports::JobStore& store_;
    FaultPlan& plan_;
};

/// An ObjectStore whose calls fail as `unavailable` when the plan says so. A test that wants one
/// call to fail in a way of its own overrides it.
class FaultyObjectStore : public ports::ObjectStore {
public:
    /// Both outlive this.
    FaultyObjectStore(ports::ObjectStore& store, FaultPlan& plan) : store_(store), plan_(plan) {}

    Answer<ports::ObjectInfo> head(domain::ObjectKey key) override;
    Answer<ports::OpenObject> open(domain::ObjectKey key) override;
    Answer<std::string> get(domain::ObjectKey key, std::uint64_t bytes_max) override;
    Answer<std::unique_ptr<ports::ObjectWriter>> begin_put(domain::ObjectKey key,
                                                           ports::PutOptions options) override;
    Answer<ports::ObjectInfo> put(domain::ObjectKey key, std::string bytes,
                                  ports::PutOptions options) override;
    Answer<std::monostate> put_all(std::vector<ports::NewObject> objects) override;
    Answer<std::monostate> remove(domain::ObjectKey key) override;

private:
    ports::ObjectStore& store_;
    FaultPlan& plan_;
};

/// A JobDeletions whose calls fail as `unavailable` when the plan says so.
class FaultyJobDeletions final : public ports::JobDeletions {
public:
    /// Both outlive this.
    FaultyJobDeletions(ports::JobDeletions& store, FaultPlan& plan) : store_(store), plan_(plan) {}

    Answer<std::vector<ports::Removal>> remove_job(domain::JobId job_id,
                                                   std::vector<domain::ObjectKey> outputs,
                                                   TimePoint now) override;
    Answer<std::vector<ports::Removal>> remove_unused(std::vector<domain::ObjectKey> uploads,
                                                      TimePoint now) override;
    Answer<std::vector<ports::Removal>> pending(std::uint32_t limit) override;
    Answer<std::monostate> forget(std::string removal_id) override;
    Answer<std::vector<domain::JobId>> find_ended(TimePoint ended_before,
                                                  std::uint32_t limit) override;
    Answer<std::vector<domain::JobId>> find_missing(std::vector<domain::JobId> job_ids) override;

private:
    ports::JobDeletions& store_;
    FaultPlan& plan_;
};

/// An EventLog whose calls fail as `unavailable` when the plan says so.
class FaultyEventLog final : public ports::EventLog {
public:
    /// Both outlive this.
    FaultyEventLog(ports::EventLog& log, FaultPlan& plan) : log_(log), plan_(plan) {}

    Answer<std::monostate> append(std::vector<eventbridge::Event> events) override;
    Answer<std::monostate> fire(ports::RuleKey rule, TimePoint at,
                                eventbridge::Event event) override;
    Answer<std::vector<ports::DueGroup>> due_groups(TimePoint now, std::optional<std::string> after,
                                                    std::uint32_t groups_max,
                                                    std::uint32_t of_each) override;
    Answer<std::vector<std::int64_t>> due(TimePoint now, std::string fairness_group,
                                          std::int64_t after, std::uint32_t limit) override;
    Answer<ports::FoundDeliveries> read(std::vector<std::int64_t> ids) override;
    Answer<std::optional<TimePoint>> next_due(TimePoint now) override;
    Answer<std::uint64_t> depth() override;
    Answer<std::monostate> acknowledge(std::int64_t id) override;
    Answer<std::monostate> reschedule(std::int64_t id, ports::Retry retry) override;
    Answer<std::monostate> move_to_dead_letters(std::int64_t id, ports::GivenUp reason) override;
    Answer<std::monostate> set_aside(std::int64_t id, TimePoint at) override;
    Answer<std::vector<ports::DeadLetter>> dead_letters(std::uint32_t limit) override;
    Answer<std::vector<std::int64_t>> redrive(std::vector<std::int64_t> ids,
                                              TimePoint now) override;
    Answer<std::vector<ports::EventBusRecord>> buses() override;
    Answer<std::vector<ports::Rule>> rules() override;
    Answer<std::monostate> apply(ports::BusChange change) override;

private:
    ports::EventLog& log_;
    FaultPlan& plan_;
};

}  // namespace ingestor::memory
