#include "jobs/job_service.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "async/for_each_concurrent.hpp"
#include "base/encoding.hpp"
#include "base/uuid.hpp"
#include "jobs/file_keys.hpp"
#include "jobs/job_events.hpp"

namespace ingestor::jobs {

namespace {

/// Of the jobs of one request, so many are changed at once.
constexpr std::size_t kChangesMax = 64;

std::unexpected<Error> no_such_job(const domain::JobId& job_id) {
    return fail(Errc::not_found, fmt::format("there is no job {}", job_id.value()));
}

}  // namespace

JobService::JobService(Dependencies dependencies, domain::Names names, Quotas quotas)
    : dependencies_(dependencies), names_(std::move(names)), quotas_(quotas) {}

auto JobService::usage(ports::Principal who) -> Answer<std::optional<ports::Usage>> {
    if (dependencies_.usage == nullptr) co_return std::nullopt;
    auto usage = co_await dependencies_.usage->usage(who.user_id);
    if (!usage) co_return std::unexpected(std::move(usage.error()));
    co_return *usage;
}

auto JobService::check_room(domain::ObjectKey upload) -> Answer<std::monostate> {
    const auto owner = owner_of_upload(upload.value());
    if (!owner) co_return std::monostate{};
    co_return co_await check_quotas(*owner, 0, 1);
}

auto JobService::check_quotas(const domain::UserId& user_id, std::uint64_t jobs,
                              std::uint64_t bytes) -> Answer<std::monostate> {
    if (dependencies_.usage == nullptr || (quotas_.jobs == 0 && quotas_.bytes == 0)) {
        co_return std::monostate{};
    }
    const auto used = co_await dependencies_.usage->usage(user_id);
    if (!used) co_return std::unexpected(used.error());
    if (quotas_.jobs > 0 && used->jobs + jobs > quotas_.jobs) {
        co_return fail(Errc::rate_limited,
                       fmt::format("you have {} jobs, and {} is the most: delete some that have "
                                   "ended",
                                   used->jobs, quotas_.jobs),
                       std::string(kQuotaField));
    }
    if (quotas_.bytes > 0 && used->bytes + bytes > quotas_.bytes) {
        co_return fail(Errc::out_of_space,
                       fmt::format("the documents of your jobs take {} bytes, these take {} more, "
                                   "and {} is the most: delete jobs that have ended",
                                   used->bytes, bytes, quotas_.bytes),
                       std::string(kQuotaField));
    }
    co_return std::monostate{};
}

auto JobService::owned(const ports::Principal& who, domain::JobId job_id) -> Answer<domain::Job> {
    if (!is_uuid(job_id.value())) co_return no_such_job(job_id);
    auto job = co_await dependencies_.jobs.get(job_id);
    if (!job && job.error().code != Errc::not_found) co_return job;
    if (!job || job->user_id != who.user_id) co_return no_such_job(job_id);
    co_return job;
}

auto JobService::list(ports::Principal who, JobListRequest request) -> Answer<JobList> {
    if (request.limit < 1 || request.limit > kJobsInPageMax) {
        co_return fail(Errc::invalid_argument, fmt::format("the limit is 1 to {}", kJobsInPageMax),
                       "limit");
    }
    if (request.text && (request.text->empty() || !is_utf8(*request.text) ||
                         count_characters(*request.text) > kSearchMax)) {
        co_return fail(
            Errc::invalid_argument,
            fmt::format("search for 1 to {} characters of UTF-8, or leave q out", kSearchMax), "q");
    }
    ports::JobQuery query{.user_id = who.user_id,
                          .statuses = std::move(request.statuses),
                          .text = std::move(request.text).value_or(""),
                          .limit = request.limit};
    if (!request.cursor.empty()) {
        if (!is_uuid(request.cursor)) {
            co_return fail(Errc::invalid_argument,
                           "this cursor is none of ours: take next_cursor of the page before",
                           "cursor");
        }
        query.before = domain::JobId(request.cursor);
    }
    auto page = co_await dependencies_.jobs.list(std::move(query));
    if (!page) co_return std::unexpected(std::move(page.error()));
    JobList list{.jobs = std::move(page->jobs), .next_cursor = std::nullopt};
    if (page->more && !list.jobs.empty()) list.next_cursor = list.jobs.back().job_id.value();
    co_return list;
}

auto JobService::counts(ports::Principal who)
    -> Answer<std::map<domain::JobStatus, std::uint64_t>> {
    auto counts = co_await dependencies_.jobs.count(who.user_id);
    if (!counts) co_return counts;
    for (const auto status :
         {domain::JobStatus::queued, domain::JobStatus::processing, domain::JobStatus::completed,
          domain::JobStatus::failed, domain::JobStatus::cancelled}) {
        counts->try_emplace(status, 0);
    }
    co_return counts;
}

auto JobService::get(ports::Principal who, domain::JobId job_id) -> Answer<JobView> {
    auto job = co_await owned(who, job_id);
    if (!job) co_return std::unexpected(std::move(job.error()));
    JobView view{.job = std::move(*job), .queue_position = std::nullopt};
    if (view.job.status == domain::JobStatus::queued) {
        const auto position = co_await dependencies_.jobs.queue_position(job_id, kQueuePositionMax);
        // The job is shown without it where the store could not count.
        if (position) view.queue_position = *position;
    }
    co_return view;
}

auto JobService::retry(ports::Principal who, domain::JobId job_id) -> Answer<domain::Job> {
    auto job = co_await owned(who, job_id);
    if (!job) co_return job;
    const auto now = dependencies_.clock.now();
    auto event = processing_required(*job, names_, now);
    auto retried = co_await dependencies_.jobs.retry(job_id, std::move(event), now);
    if (retried) dependencies_.watch.notify(who.user_id, job_id);
    co_return retried;
}

auto JobService::cancel(ports::Principal who, domain::JobId job_id) -> Answer<domain::Job> {
    auto job = co_await owned(who, job_id);
    if (!job) co_return job;
    auto cancelled = co_await dependencies_.jobs.cancel(job_id, dependencies_.clock.now());
    if (cancelled) {
        // The store has voided the lease already; this only saves the rest of the work.
        dependencies_.running.stop(job_id, static_cast<int>(cancelled->attempts_count));
        dependencies_.watch.notify(who.user_id, job_id);
    }
    co_return cancelled;
}

auto JobService::retry_many(ports::Principal who, JobSelection selection) -> Answer<BulkOutcome> {
    std::vector changeable{domain::JobStatus::failed, domain::JobStatus::cancelled};
    return change_many(std::move(who), std::move(selection), std::move(changeable),
                       &JobService::retry);
}

auto JobService::cancel_many(ports::Principal who, JobSelection selection) -> Answer<BulkOutcome> {
    std::vector changeable{domain::JobStatus::queued, domain::JobStatus::processing};
    return change_many(std::move(who), std::move(selection), std::move(changeable),
                       &JobService::cancel);
}

auto JobService::remove(ports::Principal who, domain::JobId job_id) -> Answer<domain::Job> {
    auto job = co_await owned(who, job_id);
    if (!job) co_return job;
    const auto removed = co_await dependencies_.deleter.remove(*job);
    if (!removed) {
        if (removed.error().code == Errc::not_found) co_return no_such_job(job_id);
        co_return std::unexpected(removed.error());
    }
    dependencies_.watch.notify(who.user_id, job_id);
    co_return job;
}

auto JobService::remove_many(ports::Principal who, JobSelection selection) -> Answer<BulkOutcome> {
    std::vector changeable{domain::JobStatus::completed, domain::JobStatus::failed,
                           domain::JobStatus::cancelled};
    return change_many(std::move(who), std::move(selection), std::move(changeable),
                       &JobService::remove);
}

auto JobService::select(const ports::Principal& who, JobSelection selection, BulkOutcome& outcome)
    -> Answer<std::vector<domain::JobId>> {
    std::vector<domain::JobId> chosen;
    if (selection.job_ids.empty()) {
        std::optional<domain::JobId> before;
        while (true) {
            ports::JobQuery query{.user_id = who.user_id,
                                  .statuses = {*selection.status},
                                  .limit = kJobsInPageMax,
                                  .before = before};
            const auto page = co_await dependencies_.jobs.list(std::move(query));
            if (!page) co_return std::unexpected(page.error());
            for (const auto& job : page->jobs) {
                if (chosen.size() == kBulkJobsMax) {
                    outcome.more = true;
                    co_return chosen;
                }
                chosen.push_back(job.job_id);
            }
            if (!page->more || page->jobs.empty()) co_return chosen;
            before = page->jobs.back().job_id;
        }
    }
    for (auto& job_id : selection.job_ids) {
        if (selection.status) {
            const auto job = co_await owned(who, job_id);
            if (!job && is_retryable(job.error().code)) {
                co_return std::unexpected(job.error());
            }
            // A job of another status is left out; one that is not there is reported on below.
            if (job && job->status != *selection.status) continue;
        }
        chosen.push_back(std::move(job_id));
    }
    co_return chosen;
}

auto JobService::change_many(ports::Principal who, JobSelection selection,
                             std::vector<domain::JobStatus> changeable, Change change)
    -> Answer<BulkOutcome> {
    if (!selection.status && selection.job_ids.empty()) {
        co_return fail(Errc::invalid_argument, "name the jobs, or a status", "job_ids");
    }
    if (selection.job_ids.size() > kBulkJobsMax) {
        co_return fail(Errc::invalid_argument,
                       fmt::format("{} jobs are over the limit of {} at once",
                                   selection.job_ids.size(), kBulkJobsMax),
                       "job_ids");
    }
    if (selection.status && std::ranges::find(changeable, *selection.status) == changeable.end()) {
        co_return fail(Errc::invalid_argument,
                       fmt::format("no job that is {} can be changed so",
                                   domain::to_string(*selection.status)),
                       "status");
    }
    BulkOutcome outcome;
    const auto chosen = co_await select(who, std::move(selection), outcome);
    if (!chosen) co_return std::unexpected(chosen.error());
    outcome.jobs.resize(chosen->size());
    auto one = [&](std::size_t index) {
        outcome.jobs[index].job_id = (*chosen)[index];
        return change_one(who, change, index, outcome);
    };
    co_await async::for_each_concurrent(outcome.jobs.size(), kChangesMax, one);
    co_return outcome;
}

boost::asio::awaitable<void> JobService::change_one(const ports::Principal& who, Change change,
                                                    std::size_t index, BulkOutcome& outcome) {
    auto& result = outcome.jobs[index];
    const auto job = co_await (this->*change)(who, result.job_id);
    if (job) {
        ++outcome.count;
    } else {
        result.error = job.error();
    }
}

auto JobService::owned_file(const ports::Principal& who, domain::JobId job_id, std::uint32_t index)
    -> Answer<domain::JobFile> {
    auto job = co_await owned(who, job_id);
    if (!job) co_return std::unexpected(std::move(job.error()));
    if (index >= job->files.size()) {
        co_return fail(Errc::not_found, fmt::format("job {} has {} documents, counted from 0",
                                                    job_id.value(), job->files.size()));
    }
    co_return std::move(job->files[index]);
}

auto JobService::find_output(ports::Principal who, domain::JobId job_id, std::uint32_t index,
                             formats::OutputKind kind) -> Answer<StoredDocument> {
    auto file = co_await owned_file(who, job_id, index);
    if (!file) co_return std::unexpected(std::move(file.error()));
    const auto member = recorded_key(kind);
    const auto key = member != nullptr ? (*file).*member : std::nullopt;
    if (!key) {
        co_return fail(Errc::not_found, fmt::format("{} is {} and has no output", file->filename,
                                                    domain::to_string(file->status)));
    }
    auto object = co_await dependencies_.objects.head(*key);
    if (!object) co_return std::unexpected(std::move(object.error()));
    StoredDocument document{.file = std::move(*file), .object = std::move(*object)};
    co_return document;
}

auto JobService::find_source(ports::Principal who, domain::JobId job_id, std::uint32_t index)
    -> Answer<StoredDocument> {
    auto file = co_await owned_file(who, job_id, index);
    if (!file) co_return std::unexpected(std::move(file.error()));
    auto object = co_await dependencies_.objects.head(file->file_key);
    if (!object && object.error().code == Errc::not_found) {
        co_return fail(Errc::not_found,
                       fmt::format("the upload of {} has been deleted", file->filename));
    }
    if (!object) co_return std::unexpected(std::move(object.error()));
    if (auto same = domain::check_same_upload(*file, object->etag); !same) {
        co_return std::unexpected(std::move(same.error()));
    }
    StoredDocument document{.file = std::move(*file), .object = std::move(*object)};
    co_return document;
}

auto JobService::open(const StoredDocument& document, Portion portion)
    -> Answer<ports::OpenObject> {
    auto object = co_await dependencies_.objects.open(document.object.key);
    if (!object || portion == Portion::part) co_return object;
    const auto sound = co_await dependencies_.objects.verify(*object);
    if (!sound) co_return std::unexpected(sound.error());
    co_return object;
}

auto JobService::find_documents(ports::Principal who, std::string sha256)
    -> Answer<std::vector<ports::FoundDocument>> {
    constexpr std::size_t kDigestBytes = 32;
    const auto digest = from_hex(sha256);
    if (!digest || digest->size() != kDigestBytes) {
        co_return fail(Errc::invalid_argument, "Input should be a SHA-256: 64 hexadecimal digits",
                       "sha256");
    }
    co_return co_await dependencies_.jobs.find_documents(who.user_id, to_hex(*digest),
                                                         kFoundDocumentsMax);
}

auto JobService::watch(ports::Principal who, domain::JobId job_id)
    -> Answer<std::unique_ptr<JobSubscription>> {
    const auto job = co_await owned(who, job_id);
    if (!job) co_return std::unexpected(job.error());
    co_return dependencies_.watch.subscribe(job_id);
}

Result<std::unique_ptr<UserSubscription>> JobService::watch_all(const ports::Principal& who) {
    return dependencies_.watch.subscribe(who.user_id);
}

auto JobService::list_named(ports::Principal who, std::vector<domain::JobId> job_ids)
    -> Answer<std::vector<domain::Job>> {
    return dependencies_.jobs.list_named(std::move(who.user_id), std::move(job_ids));
}

}  // namespace ingestor::jobs
