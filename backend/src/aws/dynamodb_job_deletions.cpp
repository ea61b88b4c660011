#include "aws/dynamodb_job_deletions.hpp"

#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/uuid.hpp"

namespace ingestor::aws {

namespace {

constexpr std::string_view kRemovals = "removal";
/// So much of keys goes into one item, of the 400 KB that it may have.
constexpr std::size_t kRemovalBytesMax = 200'000;
/// So often a removal is tried again that met a change of the job.
constexpr int kRacesMax = 20;

ItemKey removal_key(const std::string& id) {
    return {.pk = std::string(kRemovals), .sk = id};
}

std::string text_of(const boost::json::value& value) {
    const auto* members = members_of(value);
    return members == nullptr ? "" : text_at(*members, "key").value_or("");
}

boost::json::value entry(const std::string& key, const std::string& sort = {}) {
    Item members;
    members["key"] = text_value(key);
    if (!sort.empty()) members["sort"] = text_value(sort);
    return map_value(std::move(members));
}

/// One list, in as many items as it takes.
class RemovalItems {
public:
    explicit RemovalItems(TimePoint now) : now_(now) { begin(); }

    void add(const domain::ObjectKey& object) {
        make_room(object.value().size());
        objects_.push_back(entry(object.value()));
        removals_.back().keys.push_back(object);
    }
    void add(const ItemKey& item) {
        make_room(item.pk.size() + item.sk.size());
        items_.push_back(entry(item.pk, item.sk));
    }
    /// The items to put, and what they say.
    std::vector<Item> finish() {
        end();
        return std::move(puts_);
    }
    std::vector<ports::Removal> take_removals() { return std::move(removals_); }

private:
    void make_room(std::size_t bytes) {
        if (bytes_ + bytes > kRemovalBytesMax) {
            end();
            begin();
        }
        // An entry costs more than its text.
        bytes_ += bytes + 16;
    }
    void begin() {
        removals_.emplace_back().id = uuid_v7(now_);
        bytes_ = 0;
        objects_.clear();
        items_.clear();
    }
    void end() {
        const auto key = removal_key(removals_.back().id);
        Item item;
        item["pk"] = text_value(key.pk);
        item["sk"] = text_value(key.sk);
        item["objects"] = list_value(std::exchange(objects_, {}));
        item["items"] = list_value(std::exchange(items_, {}));
        puts_.push_back(std::move(item));
    }

    TimePoint now_;
    std::size_t bytes_ = 0;
    boost::json::array objects_;
    boost::json::array items_;
    std::vector<Item> puts_;
    std::vector<ports::Removal> removals_;
};

}  // namespace

auto DynamoDbJobDeletions::files_of(const JobRecord& record) -> Answer<std::vector<FileRecord>> {
    auto files = record.files;
    if (record.job.total_documents <= kInlineFilesMax) co_return files;
    ItemQuery query{.key_condition = "#pk = :pk AND begins_with(#sk, :file)"};
    query.values[":pk"] = text_value(job_key(record.job.job_id).pk);
    query.values[":file"] = text_value("file#");
    do {
        auto page = co_await table_.query(query);
        if (!page) co_return std::unexpected(std::move(page.error()));
        for (const auto& item : page->items) {
            auto file = read_file(item);
            if (!file) co_return std::unexpected(std::move(file.error()));
            files.push_back(std::move(*file));
        }
        query.after = std::move(page->next);
    } while (!query.after.empty());
    co_return files;
}

auto DynamoDbJobDeletions::is_used(domain::ObjectKey upload, const domain::JobId& job_id)
    -> Answer<bool> {
    ItemQuery query{.key_condition = "#pk = :pk"};
    query.values[":pk"] = text_value(upload_partition(upload));
    do {
        auto page = co_await table_.query(query);
        if (!page) co_return std::unexpected(std::move(page.error()));
        for (const auto& item : page->items) {
            const domain::JobId user(text_at(item, "sk").value_or(""));
            if (user == job_id) continue;
            // A use is written before its job, which a crash may have kept from being.
            const auto job = co_await table_.get(job_key(user));
            if (!job) co_return std::unexpected(job.error());
            if (*job) co_return true;
        }
        query.after = std::move(page->next);
    } while (!query.after.empty());
    co_return false;
}

auto DynamoDbJobDeletions::remove_job(domain::JobId job_id, std::vector<domain::ObjectKey> outputs,
                                      TimePoint now) -> Answer<std::vector<ports::Removal>> {
    for (int race = 0; race < kRacesMax; ++race) {
        const auto item = co_await table_.get(job_key(job_id));
        if (!item) co_return std::unexpected(item.error());
        if (!*item) co_return fail(Errc::not_found, fmt::format("no job {}", job_id.value()));
        const auto record = read_job(**item);
        if (!record) co_return std::unexpected(record.error());
        const auto& job = record->job;
        if (!domain::is_terminal(job.status)) {
            co_return fail(Errc::conflict,
                           fmt::format("job {} is {} and cannot be deleted: cancel it first",
                                       job_id.value(), domain::to_string(job.status)));
        }
        const auto files = co_await files_of(*record);
        if (!files) co_return std::unexpected(files.error());

        RemovalItems removal(now);
        for (const auto& output : outputs) removal.add(output);
        std::set<domain::ObjectKey> uploads;
        std::uint32_t index = 0;
        for (const auto& [file, fence] : *files) {
            if (index >= kInlineFilesMax) removal.add(file_key(job_id, index));
            if (file.sha256) {
                removal.add(content_place_key({.job_id = job_id, .index = index}, job.user_id,
                                              *file.sha256));
            }
            ++index;
            if (!uploads.insert(file.file_key).second) continue;
            removal.add(upload_use_key(file.file_key, job_id));
            const auto used = co_await is_used(file.file_key, job_id);
            if (!used) co_return std::unexpected(used.error());
            if (!*used) removal.add(file.file_key);
        }
        std::vector<Write> writes;
        for (auto& put : removal.finish()) writes.emplace_back(Put{.item = std::move(put)});
        Delete gone{.key = job_key(job_id), .condition = "#change_id = :was", .values = {}};
        gone.values[":was"] = text_value(record->change_id);
        writes.emplace_back(std::move(gone));
        const auto written = co_await table_.write_together(std::move(writes));
        if (!written) co_return std::unexpected(written.error());
        if (*written) co_return removal.take_removals();
    }
    co_return fail(Errc::unavailable,
                   fmt::format("job {} is changed by many at once: try again", job_id.value()));
}

auto DynamoDbJobDeletions::remove_unused(std::vector<domain::ObjectKey> uploads, TimePoint now)
    -> Answer<std::vector<ports::Removal>> {
    const domain::JobId nobody;
    RemovalItems removal(now);
    bool any = false;
    for (const auto& upload : uploads) {
        const auto used = co_await is_used(upload, nobody);
        if (!used) co_return std::unexpected(used.error());
        if (*used) continue;
        removal.add(upload);
        any = true;
    }
    if (!any) co_return std::vector<ports::Removal>{};
    const auto put = co_await table_.put_all(removal.finish());
    if (!put) co_return std::unexpected(put.error());
    co_return removal.take_removals();
}

auto DynamoDbJobDeletions::pending(std::uint32_t limit) -> Answer<std::vector<ports::Removal>> {
    ItemQuery query{.key_condition = "#pk = :pk", .limit = limit};
    query.values[":pk"] = text_value(kRemovals);
    auto page = co_await table_.query(std::move(query));
    if (!page) co_return std::unexpected(std::move(page.error()));
    std::vector<ports::Removal> removals;
    for (const auto& item : page->items) {
        auto& removal = removals.emplace_back();
        removal.id = text_at(item, "sk").value_or("");
        const auto* objects = list_at(item, "objects");
        if (objects == nullptr) continue;
        for (const auto& object : *objects) removal.keys.emplace_back(text_of(object));
    }
    co_return removals;
}

auto DynamoDbJobDeletions::forget(std::string removal_id) -> Answer<std::monostate> {
    const auto item = co_await table_.get(removal_key(removal_id));
    if (!item) co_return std::unexpected(item.error());
    if (!*item) co_return std::monostate{};
    std::vector<ItemKey> around;
    if (const auto* items = list_at(**item, "items")) {
        for (const auto& value : *items) {
            const auto* members = members_of(value);
            if (members == nullptr) continue;
            around.push_back({.pk = text_at(*members, "key").value_or(""),
                              .sk = text_at(*members, "sort").value_or("")});
        }
    }
    const auto cleared = co_await table_.delete_all(std::move(around));
    if (!cleared) co_return std::unexpected(cleared.error());
    std::vector<ItemKey> own;
    own.push_back(removal_key(removal_id));
    co_return co_await table_.delete_all(std::move(own));
}

auto DynamoDbJobDeletions::find_ended(TimePoint ended_before, std::uint32_t limit)
    -> Answer<std::vector<domain::JobId>> {
    std::vector<domain::JobId> ended;
    for (unsigned shard = 0; shard < kShards && ended.size() < limit; ++shard) {
        ItemQuery query{.index = kLiveIndex,
                        .key_condition = "#live_shard = :shard AND #live_key < :before",
                        .projection = "#pk",
                        .limit = limit};
        query.values[":shard"] = text_value(shard_name(Live::ended, shard));
        query.values[":before"] = text_value(sortable(ended_before));
        const auto page = co_await table_.query(std::move(query));
        if (!page) co_return std::unexpected(page.error());
        for (const auto& item : page->items) {
            if (ended.size() < limit) ended.push_back(job_of(item));
        }
    }
    co_return ended;
}

auto DynamoDbJobDeletions::find_missing(std::vector<domain::JobId> job_ids)
    -> Answer<std::vector<domain::JobId>> {
    std::vector<ItemKey> keys;
    keys.reserve(job_ids.size());
    for (const auto& job_id : job_ids) keys.push_back(job_key(job_id));
    const auto items = co_await table_.get_all(std::move(keys));
    if (!items) co_return std::unexpected(items.error());
    std::set<domain::JobId> found;
    for (const auto& item : *items) found.insert(job_of(item));
    std::erase_if(job_ids,
                  [&found](const domain::JobId& job_id) { return found.contains(job_id); });
    co_return job_ids;
}

}  // namespace ingestor::aws
