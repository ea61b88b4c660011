#pragma once

#include <string>

#include "async/monotonic_clock.hpp"
#include "domain/held_leases.hpp"
#include "ports/job_store.hpp"
#include "sqlite/database.hpp"
#include "sqlite/outbox.hpp"
#include "sqlite/work_register.hpp"

namespace ingestor::sqlite {

/// The JobStore of the embedded engine. A job's row, its documents, its event and the deliveries of
/// that event are written in one transaction.
class SqliteJobStore final : public ports::JobStore {
public:
    /// All references outlive this. `owner` names this process in leases: as the data directory is
    /// held by this process alone, a lease of any other owner is dead. Takes over what the former
    /// process noted to be at work when it died. Throws std::system_error.
    SqliteJobStore(Database& database, Outbox& outbox, const async::MonotonicClock& monotonic,
                   std::string owner);

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
    /// Blocks.
    void take_over_at_work();
    /// Safe from any thread.
    [[nodiscard]] bool is_live(const domain::JobId& job_id, std::int64_t fence,
                               const std::string& owner) const;
    /// An event that drives the job from now on; returns the id of its first delivery. On the
    /// writer's thread.
    std::int64_t publish(Connection& connection, JobKey key, const RoutedEvent& routed);

    Database& database_;
    Outbox& outbox_;
    const async::MonotonicClock& monotonic_;
    std::string owner_;
    domain::HeldLeases leases_;
    WorkRegister at_work_;
};

}  // namespace ingestor::sqlite
