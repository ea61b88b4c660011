// InMemoryJobStore as JobDeletions.
#include <algorithm>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "base/uuid.hpp"
#include "memory/in_memory_job_store.hpp"

namespace ingestor::memory {

namespace asio = boost::asio;

bool InMemoryJobStore::is_used(const domain::ObjectKey& upload) const {
    return std::ranges::any_of(records_, [&upload](const auto& entry) {
        const auto& files = entry.second.record.job.files;
        return std::ranges::find(files, upload, &domain::JobFile::file_key) != files.end();
    });
}

Result<std::monostate> InMemoryJobStore::check_uploads_stay(const domain::Job& job) const {
    for (std::size_t n = 0; n < job.files.size(); ++n) {
        const auto& file = job.files[n];
        for (const auto& [id, keys] : removals_) {
            if (std::ranges::find(keys, file.file_key) == keys.end()) continue;
            return fail(Errc::not_found,
                        fmt::format("{} is being deleted: upload it again", file.filename),
                        fmt::format("files.{}.file_key", n));
        }
    }
    return std::monostate{};
}

std::vector<ports::Removal> InMemoryJobStore::list_removal(std::vector<domain::ObjectKey> keys,
                                                           TimePoint now) {
    std::vector<ports::Removal> removals;
    if (keys.empty()) return removals;
    auto& removal = removals.emplace_back();
    removal.id = uuid_v7(now);
    removals_[removal.id] = keys;
    removal.keys = std::move(keys);
    return removals;
}

auto InMemoryJobStore::remove_job(domain::JobId job_id, std::vector<domain::ObjectKey> outputs,
                                  TimePoint now) -> Answer<std::vector<ports::Removal>> {
    co_await asio::post(asio::use_awaitable);
    const auto found = find(job_id);
    if (!found) co_return std::unexpected(found.error());
    const auto job = (*found)->record.job;
    if (!domain::is_terminal(job.status)) {
        co_return fail(Errc::conflict, fmt::format("job {} is {} and cannot be deleted: cancel it "
                                                   "first",
                                                   job_id.value(), domain::to_string(job.status)));
    }
    records_.erase(job_id);
    auto keys = std::move(outputs);
    for (const auto& file : job.files) {
        const bool listed = std::ranges::find(keys, file.file_key) != keys.end();
        if (!listed && !is_used(file.file_key)) keys.push_back(file.file_key);
    }
    co_return list_removal(std::move(keys), now);
}

auto InMemoryJobStore::remove_unused(std::vector<domain::ObjectKey> uploads, TimePoint now)
    -> Answer<std::vector<ports::Removal>> {
    co_await asio::post(asio::use_awaitable);
    std::erase_if(uploads, [this](const domain::ObjectKey& upload) { return is_used(upload); });
    co_return list_removal(std::move(uploads), now);
}

auto InMemoryJobStore::pending(std::uint32_t limit) -> Answer<std::vector<ports::Removal>> {
    co_await asio::post(asio::use_awaitable);
    std::vector<ports::Removal> removals;
    for (const auto& [id, keys] : removals_) {
        if (removals.size() == limit) break;
        removals.push_back({.id = id, .keys = keys});
    }
    co_return removals;
}

auto InMemoryJobStore::forget(std::string removal_id) -> Answer<std::monostate> {
    co_await asio::post(asio::use_awaitable);
    removals_.erase(removal_id);
    co_return std::monostate{};
}

auto InMemoryJobStore::find_ended(TimePoint ended_before, std::uint32_t limit)
    -> Answer<std::vector<domain::JobId>> {
    co_await asio::post(asio::use_awaitable);
    std::vector<std::pair<TimePoint, domain::JobId>> ended;
    for (const auto& [id, record] : records_) {
        const auto& job = record.record.job;
        if (domain::is_terminal(job.status) && job.finished_at && *job.finished_at < ended_before) {
            ended.emplace_back(*job.finished_at, id);
        }
    }
    std::ranges::sort(ended);
    if (ended.size() > limit) ended.resize(limit);
    std::vector<domain::JobId> ids;
    ids.reserve(ended.size());
    for (auto& [at, id] : ended) ids.push_back(std::move(id));
    co_return ids;
}

auto InMemoryJobStore::find_missing(std::vector<domain::JobId> job_ids)
    -> Answer<std::vector<domain::JobId>> {
    co_await asio::post(asio::use_awaitable);
    std::erase_if(job_ids,
                  [this](const domain::JobId& job_id) { return records_.contains(job_id); });
    co_return job_ids;
}

auto InMemoryJobStore::usage(domain::UserId user_id) -> Answer<ports::Usage> {
    co_await asio::post(asio::use_awaitable);
    ports::Usage usage;
    for (const auto& [id, record] : records_) {
        if (record.record.job.user_id != user_id) continue;
        ++usage.jobs;
        for (const auto& file : record.record.job.files) usage.bytes += file.size_bytes;
    }
    co_return usage;
}

}  // namespace ingestor::memory
