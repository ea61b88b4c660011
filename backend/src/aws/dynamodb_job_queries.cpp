// The questions that DynamoDbJobStore answers about many jobs.
#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "async/for_each_concurrent.hpp"
#include "aws/dynamodb_job_store.hpp"
#include "base/encoding.hpp"
#include "base/uuid.hpp"

namespace ingestor::aws {

namespace asio = boost::asio;

namespace {

/// Where a filter may pass over most, so many are looked at in one request.
constexpr std::uint32_t kFilteredPage = 250;

/// `text` is in lower case.
bool is_wanted(const domain::Job& job, const ports::JobQuery& query, const std::string& text) {
    if (!query.statuses.empty() &&
        std::ranges::find(query.statuses, job.status) == query.statuses.end()) {
        return false;
    }
    return text.empty() || lower_case(job.job_name).find(text) != std::string::npos ||
           job.job_id.value().starts_with(text);
}

ItemQuery of_user(const domain::UserId& user_id) {
    ItemQuery query{.index = kUserIndex, .key_condition = "#user_id = :user", .newest_first = true};
    query.values[":user"] = text_value(user_id.value());
    return query;
}

ItemQuery of_shard(Live live, unsigned shard) {
    ItemQuery query{.index = kLiveIndex, .key_condition = "#live_shard = :shard"};
    query.values[":shard"] = text_value(shard_name(live, shard));
    return query;
}

template <class T>
asio::awaitable<void> keep(Result<T>& place, asio::awaitable<Result<T>> answer) {
    place = co_await std::move(answer);
}

/// What the shards have found. It is work to do, so one that could not be asked does not hold up
/// that of the others; it is an error where there is no other.
Result<std::vector<domain::JobId>> joined(std::vector<Result<std::vector<domain::JobId>>> parts,
                                          telemetry::Log& log) {
    std::vector<domain::JobId> all;
    std::optional<Error> failure;
    for (auto& part : parts) {
        if (part) {
            std::ranges::move(*part, std::back_inserter(all));
        } else {
            failure = std::move(part.error());
        }
    }
    if (!failure) return all;
    if (all.empty()) return std::unexpected(std::move(*failure));
    log.warn("jobs of a part of the table are left to the next sweep",
             {{"error", failure->message}});
    return all;
}

}  // namespace

auto DynamoDbJobStore::list(ports::JobQuery query) -> Answer<ports::JobPage> {
    const auto text = lower_case(query.text);
    auto pages = of_user(query.user_id);
    pages.limit = query.statuses.empty() && text.empty() ? query.limit + 1 : kFilteredPage;
    if (query.before) {
        if (!is_uuid(query.before->value())) {
            co_return fail(Errc::invalid_argument,
                           fmt::format("'{}' is no job", query.before->value()), "cursor");
        }
        pages.key_condition += " AND #job_id < :before";
        pages.values[":before"] = text_value(query.before->value());
    }
    ports::JobPage found;
    do {
        auto page = co_await table_.query(pages);
        if (!page) co_return std::unexpected(std::move(page.error()));
        for (const auto& item : page->items) {
            auto job = read_listed(item);
            if (!job) co_return std::unexpected(std::move(job.error()));
            if (!is_wanted(*job, query, text)) continue;
            if (found.jobs.size() == query.limit) {
                found.more = true;
                co_return found;
            }
            found.jobs.push_back(std::move(*job));
        }
        pages.after = std::move(page->next);
    } while (!pages.after.empty());
    co_return found;
}

auto DynamoDbJobStore::list_named(domain::UserId user_id, std::vector<domain::JobId> job_ids)
    -> Answer<std::vector<domain::Job>> {
    // A batch must not name a key twice.
    const std::set<domain::JobId> named(job_ids.begin(), job_ids.end());
    std::vector<ItemKey> keys;
    for (const auto& job_id : named) {
        if (is_uuid(job_id.value())) keys.push_back(job_key(job_id));
    }
    const auto items = co_await table_.get_all(std::move(keys));
    if (!items) co_return std::unexpected(items.error());
    std::map<domain::JobId, domain::Job> found;
    for (const auto& item : *items) {
        auto job = read_listed(item);
        if (!job) co_return std::unexpected(std::move(job.error()));
        if (job->user_id == user_id) found.emplace(job->job_id, std::move(*job));
    }
    std::vector<domain::Job> jobs;
    for (const auto& job_id : job_ids) {
        if (const auto place = found.find(job_id); place != found.end()) {
            jobs.push_back(place->second);
        }
    }
    co_return jobs;
}

auto DynamoDbJobStore::find_documents(domain::UserId user_id, std::string sha256,
                                      std::uint32_t limit)
    -> Answer<std::vector<ports::FoundDocument>> {
    ItemQuery places{.key_condition = "#pk = :content", .newest_first = true, .limit = limit};
    places.values[":content"] = text_value(content_partition(user_id, sha256));
    std::vector<ports::FoundDocument> found;
    do {
        auto page = co_await table_.query(places);
        if (!page) co_return std::unexpected(std::move(page.error()));
        for (const auto& item : page->items) {
            const auto place = read_content_place(item);
            const auto record = co_await load(place.job_id);
            if (!record) {
                if (record.error().code == Errc::not_found) continue;
                co_return std::unexpected(record.error());
            }
            const auto document = co_await load_file(*record, place.index);
            if (!document) co_return std::unexpected(document.error());
            const auto& file = document->file;
            // The place is written before the document is recorded: it may not have come to that.
            if (file.status != domain::FileStatus::completed || file.sha256 != sha256) continue;
            if (found.size() == limit) co_return found;
            found.push_back({.job_id = place.job_id,
                             .index = place.index,
                             .filename = file.filename,
                             .job_name = record->job.job_name,
                             .status = file.status,
                             .created_at = record->job.created_at});
        }
        places.after = std::move(page->next);
    } while (!places.after.empty() && found.size() < limit);
    co_return found;
}

auto DynamoDbJobStore::count(domain::UserId user_id)
    -> Answer<std::map<domain::JobStatus, std::uint64_t>> {
    auto pages = of_user(user_id);
    pages.projection = "#status";
    std::map<domain::JobStatus, std::uint64_t> counts;
    do {
        auto page = co_await table_.query(pages);
        if (!page) co_return std::unexpected(std::move(page.error()));
        for (const auto& item : page->items) {
            const auto status = domain::parse_job_status(text_at(item, "status").value_or(""));
            if (status) ++counts[*status];
        }
        pages.after = std::move(page->next);
    } while (!pages.after.empty());
    co_return counts;
}

auto DynamoDbJobStore::queue_position(domain::JobId job_id, std::uint64_t max)
    -> Answer<std::uint64_t> {
    if (!is_uuid(job_id.value())) co_return 0;
    std::vector<Result<std::uint64_t>> counts(kShards);
    auto one = [&](std::size_t shard) {
        auto query = of_shard(Live::queued, static_cast<unsigned>(shard));
        query.key_condition += " AND #live_key < :job";
        query.values[":job"] = text_value(job_id.value());
        return keep(counts[shard], table_.count(std::move(query), max));
    };
    co_await async::for_each_concurrent(kShards, kShards, one);
    std::uint64_t before = 0;
    for (const auto& count : counts) {
        if (!count) co_return std::unexpected(count.error());
        before += *count;
    }
    co_return std::min(before, max);
}

auto DynamoDbJobStore::find_live(Live live, unsigned shard, ItemQuery query, std::uint32_t limit)
    -> Answer<std::vector<domain::JobId>> {
    query.values[":shard"] = text_value(shard_name(live, shard));
    std::vector<domain::JobId> found;
    do {
        auto page = co_await table_.query(query);
        if (!page) co_return std::unexpected(std::move(page.error()));
        for (const auto& item : page->items) found.push_back(job_of(item));
        query.after = std::move(page->next);
    } while (!query.after.empty() && found.size() < limit);
    if (found.size() > limit) found.resize(limit);
    co_return found;
}

auto DynamoDbJobStore::find_orphaned(TimePoint now, TimePoint queued_before, std::uint32_t limit)
    -> Answer<std::vector<domain::JobId>> {
    auto queued = of_shard(Live::queued, 0);
    queued.filter = "#published_at < :before";
    queued.values[":before"] = time_value(queued_before);
    auto left_behind = of_shard(Live::processing, 0);
    left_behind.key_condition += " AND #live_key < :now";
    // A key goes on behind its time: the next millisecond is beyond all of this one.
    const auto ended_before = now - options_.clock_skew + std::chrono::milliseconds{1};
    left_behind.values[":now"] = text_value(sortable(ended_before));

    std::vector<Result<std::vector<domain::JobId>>> parts(std::size_t{2} * kShards);
    auto one = [&](std::size_t part) {
        const bool of_queued = part < kShards;
        const auto live = of_queued ? Live::queued : Live::processing;
        const auto shard = static_cast<unsigned>(part % kShards);
        return keep(parts[part], find_live(live, shard, of_queued ? queued : left_behind, limit));
    };
    co_await async::for_each_concurrent(parts.size(), kShards, one);
    auto orphaned = joined(std::move(parts), log_);
    if (!orphaned) co_return std::unexpected(std::move(orphaned.error()));
    std::ranges::sort(*orphaned);
    if (orphaned->size() > limit) orphaned->resize(limit);
    co_return orphaned;
}

auto DynamoDbJobStore::find_waiting(TimePoint now, std::uint32_t limit)
    -> Answer<std::vector<domain::JobId>> {
    auto due = of_shard(Live::waiting, 0);
    due.key_condition += " AND #live_key < :now";
    due.values[":now"] = text_value(sortable(now + std::chrono::milliseconds{1}));
    std::vector<Result<std::vector<domain::JobId>>> parts(kShards);
    auto one = [&](std::size_t shard) {
        return keep(parts[shard],
                    find_live(Live::waiting, static_cast<unsigned>(shard), due, limit));
    };
    co_await async::for_each_concurrent(kShards, kShards, one);
    auto waiting = joined(std::move(parts), log_);
    if (waiting && waiting->size() > limit) waiting->resize(limit);
    co_return waiting;
}

auto DynamoDbJobStore::publish_outbox(TimePoint ended_before, std::uint32_t limit)
    -> Answer<std::uint32_t> {
    auto ended = of_shard(Live::outbox, 0);
    ended.key_condition += " AND #live_key < :before";
    ended.values[":before"] = text_value(sortable(ended_before));
    std::vector<Result<std::vector<domain::JobId>>> parts(kShards);
    auto one = [&](std::size_t shard) {
        return keep(parts[shard],
                    find_live(Live::outbox, static_cast<unsigned>(shard), ended, limit));
    };
    co_await async::for_each_concurrent(kShards, kShards, one);
    const auto waiting = joined(std::move(parts), log_);
    if (!waiting) co_return std::unexpected(waiting.error());
    std::uint32_t published = 0;
    for (const auto& job_id : *waiting) {
        if (published == limit) break;
        auto record = co_await load(job_id);
        if (!record) co_return std::unexpected(std::move(record.error()));
        if (!record->outbox) continue;
        const auto out = co_await publish_end(std::move(*record));
        if (out) {
            ++published;
        } else if (is_retryable(out.error().code)) {
            break;
        }
    }
    co_return published;
}

}  // namespace ingestor::aws
