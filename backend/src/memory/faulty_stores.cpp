#include "memory/faulty_stores.hpp"

namespace ingestor::memory {

namespace {

template <class T>
using Answer = boost::asio::awaitable<Result<T>>;

/// Awaits `call`, which has not started yet, unless the plan has it fail first.
template <class T>
Answer<T> with_faults(FaultPlan& plan, Answer<T> call) {
    if (plan.fails_before()) co_return fail(Errc::unavailable, "injected: the call was not made");
    auto answer = co_await std::move(call);
    if (plan.fails_after()) co_return fail(Errc::unavailable, "injected: the answer was lost");
    co_return std::move(answer);
}

}  // namespace

auto FaultyJobStore::create(domain::Job job, std::optional<ports::IdempotencyKey> key,
                            eventbridge::Event event) -> Answer<ports::CreatedJob> {
    return with_faults(plan_, store_.create(std::move(job), std::move(key), std::move(event)));
}
auto FaultyJobStore::find_repeated(domain::UserId user_id, ports::IdempotencyKey key, TimePoint now)
    -> Answer<std::optional<ports::CreatedJob>> {
    return with_faults(plan_, store_.find_repeated(std::move(user_id), std::move(key), now));
}
auto FaultyJobStore::get(domain::JobId job_id) -> Answer<domain::Job> {
    return with_faults(plan_, store_.get(std::move(job_id)));
}
auto FaultyJobStore::list(ports::JobQuery query) -> Answer<ports::JobPage> {
    return with_faults(plan_, store_.list(std::move(query)));
}
auto FaultyJobStore::list_named(domain::UserId user_id, std::vector<domain::JobId> job_ids)
    -> Answer<std::vector<domain::Job>> {
    return with_faults(plan_, store_.list_named(std::move(user_id), std::move(job_ids)));
}
auto FaultyJobStore::find_documents(domain::UserId user_id, std::string sha256, std::uint32_t limit)
    -> Answer<std::vector<ports::FoundDocument>> {
    return with_faults(plan_, store_.find_documents(std::move(user_id), std::move(sha256), limit));
}
auto FaultyJobStore::count(domain::UserId user_id)
    -> Answer<std::map<domain::JobStatus, std::uint64_t>> {
    return with_faults(plan_, store_.count(std::move(user_id)));
}
auto FaultyJobStore::queue_position(domain::JobId job_id, std::uint64_t max)
    -> Answer<std::uint64_t> {
    return with_faults(plan_, store_.queue_position(std::move(job_id), max));
}
auto FaultyJobStore::claim(domain::ClaimRequest request) -> Answer<ports::ClaimOutcome> {
    return with_faults(plan_, store_.claim(std::move(request)));
}
auto FaultyJobStore::renew(domain::Lease lease, TimePoint now, TimePoint lease_until)
    -> Answer<std::monostate> {
    return with_faults(plan_, store_.renew(std::move(lease), now, lease_until));
}
auto FaultyJobStore::note_at_work(domain::Lease lease, std::vector<std::uint32_t> documents)
    -> Answer<std::monostate> {
    return with_faults(plan_, store_.note_at_work(std::move(lease), std::move(documents)));
}
auto FaultyJobStore::record_file(domain::Lease lease, std::uint32_t index, domain::JobFile file,
                                 TimePoint now) -> Answer<std::monostate> {
    return with_faults(plan_, store_.record_file(std::move(lease), index, std::move(file), now));
}
auto FaultyJobStore::finish(domain::Lease lease, ports::JobEnd end, eventbridge::Event event,
                            TimePoint now) -> Answer<std::monostate> {
    return with_faults(plan_,
                       store_.finish(std::move(lease), std::move(end), std::move(event), now));
}
auto FaultyJobStore::release(domain::Lease lease, domain::AttemptEnd end, TimePoint now)
    -> Answer<std::monostate> {
    return with_faults(plan_, store_.release(std::move(lease), std::move(end), now));
}
auto FaultyJobStore::cancel(domain::JobId job_id, TimePoint now) -> Answer<domain::Job> {
    return with_faults(plan_, store_.cancel(std::move(job_id), now));
}
auto FaultyJobStore::retry(domain::JobId job_id, eventbridge::Event event, TimePoint now)
    -> Answer<domain::Job> {
    return with_faults(plan_, store_.retry(std::move(job_id), std::move(event), now));
}
auto FaultyJobStore::find_orphaned(TimePoint now, TimePoint queued_before, std::uint32_t limit)
    -> Answer<std::vector<domain::JobId>> {
    return with_faults(plan_, store_.find_orphaned(now, queued_before, limit));
}
auto FaultyJobStore::find_waiting(TimePoint now, std::uint32_t limit)
    -> Answer<std::vector<domain::JobId>> {
    return with_faults(plan_, store_.find_waiting(now, limit));
}
auto FaultyJobStore::republish(domain::JobId job_id, eventbridge::Event event, TimePoint now)
    -> Answer<std::monostate> {
    return with_faults(plan_, store_.republish(std::move(job_id), std::move(event), now));
}

auto FaultyObjectStore::head(domain::ObjectKey key) -> Answer<ports::ObjectInfo> {
    return with_faults(plan_, store_.head(std::move(key)));
}
auto FaultyObjectStore::open(domain::ObjectKey key) -> Answer<ports::OpenObject> {
    return with_faults(plan_, store_.open(std::move(key)));
}
auto FaultyObjectStore::get(domain::ObjectKey key, std::uint64_t bytes_max) -> Answer<std::string> {
    return with_faults(plan_, store_.get(std::move(key), bytes_max));
}
auto FaultyObjectStore::begin_put(domain::ObjectKey key, ports::PutOptions options)
    -> Answer<std::unique_ptr<ports::ObjectWriter>> {
    return with_faults(plan_, store_.begin_put(std::move(key), std::move(options)));
}
auto FaultyObjectStore::put(domain::ObjectKey key, std::string bytes, ports::PutOptions options)
    -> Answer<ports::ObjectInfo> {
    return with_faults(plan_, store_.put(std::move(key), std::move(bytes), std::move(options)));
}
auto FaultyObjectStore::put_all(std::vector<ports::NewObject> objects) -> Answer<std::monostate> {
    return with_faults(plan_, store_.put_all(std::move(objects)));
}
auto FaultyObjectStore::remove(domain::ObjectKey key) -> Answer<std::monostate> {
    return with_faults(plan_, store_.remove(std::move(key)));
}

auto FaultyJobDeletions::remove_job(domain::JobId job_id, std::vector<domain::ObjectKey> outputs,
                                    TimePoint now) -> Answer<std::vector<ports::Removal>> {
    return with_faults(plan_, store_.remove_job(std::move(job_id), std::move(outputs), now));
}
auto FaultyJobDeletions::remove_unused(std::vector<domain::ObjectKey> uploads, TimePoint now)
    -> Answer<std::vector<ports::Removal>> {
    return with_faults(plan_, store_.remove_unused(std::move(uploads), now));
}
auto FaultyJobDeletions::pending(std::uint32_t limit) -> Answer<std::vector<ports::Removal>> {
    return with_faults(plan_, store_.pending(limit));
}
auto FaultyJobDeletions::forget(std::string removal_id) -> Answer<std::monostate> {
    return with_faults(plan_, store_.forget(std::move(removal_id)));
}
auto FaultyJobDeletions::find_ended(TimePoint ended_before, std::uint32_t limit)
    -> Answer<std::vector<domain::JobId>> {
    return with_faults(plan_, store_.find_ended(ended_before, limit));
}
auto FaultyJobDeletions::find_missing(std::vector<domain::JobId> job_ids)
    -> Answer<std::vector<domain::JobId>> {
    return with_faults(plan_, store_.find_missing(std::move(job_ids)));
}

auto FaultyEventLog::append(std::vector<eventbridge::Event> events) -> Answer<std::monostate> {
    return with_faults(plan_, log_.append(std::move(events)));
}
auto FaultyEventLog::fire(ports::RuleKey rule, TimePoint at, eventbridge::Event event)
    -> Answer<std::monostate> {
    return with_faults(plan_, log_.fire(std::move(rule), at, std::move(event)));
}
auto FaultyEventLog::due_groups(TimePoint now, std::optional<std::string> after,
                                std::uint32_t groups_max, std::uint32_t of_each)
    -> Answer<std::vector<ports::DueGroup>> {
    return with_faults(plan_, log_.due_groups(now, std::move(after), groups_max, of_each));
}
auto FaultyEventLog::due(TimePoint now, std::string fairness_group, std::int64_t after,
                         std::uint32_t limit) -> Answer<std::vector<std::int64_t>> {
    return with_faults(plan_, log_.due(now, std::move(fairness_group), after, limit));
}
auto FaultyEventLog::read(std::vector<std::int64_t> ids) -> Answer<ports::FoundDeliveries> {
    return with_faults(plan_, log_.read(std::move(ids)));
}
auto FaultyEventLog::next_due(TimePoint now) -> Answer<std::optional<TimePoint>> {
    return with_faults(plan_, log_.next_due(now));
}
auto FaultyEventLog::depth() -> Answer<std::uint64_t> {
    return with_faults(plan_, log_.depth());
}
auto FaultyEventLog::acknowledge(std::int64_t id) -> Answer<std::monostate> {
    return with_faults(plan_, log_.acknowledge(id));
}
auto FaultyEventLog::reschedule(std::int64_t id, ports::Retry retry) -> Answer<std::monostate> {
    return with_faults(plan_, log_.reschedule(id, std::move(retry)));
}
auto FaultyEventLog::move_to_dead_letters(std::int64_t id, ports::GivenUp reason)
    -> Answer<std::monostate> {
    return with_faults(plan_, log_.move_to_dead_letters(id, std::move(reason)));
}
auto FaultyEventLog::set_aside(std::int64_t id, TimePoint at) -> Answer<std::monostate> {
    return with_faults(plan_, log_.set_aside(id, at));
}
auto FaultyEventLog::dead_letters(std::uint32_t limit) -> Answer<std::vector<ports::DeadLetter>> {
    return with_faults(plan_, log_.dead_letters(limit));
}
auto FaultyEventLog::redrive(std::vector<std::int64_t> ids, TimePoint now)
    -> Answer<std::vector<std::int64_t>> {
    return with_faults(plan_, log_.redrive(std::move(ids), now));
}
auto FaultyEventLog::buses() -> Answer<std::vector<ports::EventBusRecord>> {
    return with_faults(plan_, log_.buses());
}
auto FaultyEventLog::rules() -> Answer<std::vector<ports::Rule>> {
    return with_faults(plan_, log_.rules());
}
auto FaultyEventLog::apply(ports::BusChange change) -> Answer<std::monostate> {
    return with_faults(plan_, log_.apply(std::move(change)));
}

}  // namespace ingestor::memory
