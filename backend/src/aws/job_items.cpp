#include "aws/job_items.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <boost/crc.hpp>
#include <fmt/format.h>

#include "base/encoding.hpp"

namespace ingestor::aws {

namespace json = boost::json;

namespace {

constexpr std::string_view kJob = "job";

std::string_view shortened(std::string_view error) {
    if (error.size() <= kErrorBytesMax) return error;
    auto end = kErrorBytesMax;
    while (end > 0 && (static_cast<unsigned char>(error[end]) & 0xc0) == 0x80) --end;
    return error.substr(0, end);
}

void put_error(Item& item, std::string_view name, const std::optional<std::string>& error) {
    if (error) item[name] = text_value(shortened(*error));
}

void put_time(Item& item, std::string_view name, const std::optional<TimePoint>& time) {
    if (time) item[name] = time_value(*time);
}

void put_object_key(Item& item, std::string_view name,
                    const std::optional<domain::ObjectKey>& key) {
    if (key) item[name] = text_value(key->value());
}

/// nullopt: it is not there. Errors: corrupt.
Result<std::optional<domain::ObjectKey>> object_key_at(const Item& item, std::string_view name) {
    auto text = text_at(item, name);
    if (!text) return std::nullopt;
    auto key = domain::ObjectKey::parse(std::move(*text));
    if (!key) return fail(Errc::corrupt, "a document in the jobs table: " + key.error().message);
    return std::move(*key);
}

template <class Number>
std::optional<Number> integer_or_none(const Item& item, std::string_view name) {
    const auto number = number_at(item, name);
    if (!number) return std::nullopt;
    return static_cast<Number>(*number);
}

json::value to_value(const domain::Attempt& attempt) {
    Item members;
    members["number"] = number_value(attempt.number);
    members["started_at"] = time_value(attempt.started_at);
    put_time(members, "ended_at", attempt.ended_at);
    put_error(members, "error", attempt.error);
    if (attempt.interrupted) members["interrupted"] = flag_value(true);
    return map_value(std::move(members));
}

domain::Attempt read_attempt(const Item& members) {
    return {.number = integer_at<int>(members, "number"),
            .started_at = time_at(members, "started_at").value_or(TimePoint{}),
            .ended_at = time_at(members, "ended_at"),
            .error = text_at(members, "error"),
            .interrupted = flag_at(members, "interrupted")};
}

json::value suspects_value(const std::map<std::uint32_t, std::uint32_t>& suspects) {
    Item members;
    for (const auto& [document, crashes] : suspects) {
        members[std::to_string(document)] = number_value(crashes);
    }
    return map_value(std::move(members));
}

std::map<std::uint32_t, std::uint32_t> read_suspects(const Item& item) {
    std::map<std::uint32_t, std::uint32_t> suspects;
    const auto* members = map_at(item, "suspects");
    if (members == nullptr) return suspects;
    for (const auto& member : *members) {
        const std::string_view place = member.key();
        std::uint32_t document = 0;
        std::from_chars(place.data(), place.data() + place.size(), document);
        suspects[document] = integer_at<std::uint32_t>(*members, place);
    }
    return suspects;
}

std::vector<std::uint32_t> read_at_work(const Item& item) {
    std::vector<std::uint32_t> documents;
    if (const auto* places = list_at(item, "at_work")) {
        for (const auto& place : *places) {
            const Item wrapped{{"place", place}};
            documents.push_back(integer_at<std::uint32_t>(wrapped, "place"));
        }
    }
    return documents;
}

json::value to_value(const eventbridge::Event& event) {
    json::array resources;
    for (const auto& resource : event.resources) resources.push_back(text_value(resource));
    Item members;
    members["id"] = text_value(event.id);
    members["detail_type"] = text_value(event.detail_type);
    members["source"] = text_value(event.source);
    members["account"] = text_value(event.account);
    members["time"] = time_value(event.time);
    members["region"] = text_value(event.region);
    members["resources"] = list_value(std::move(resources));
    members["detail"] = text_value(event.detail);
    return map_value(std::move(members));
}

eventbridge::Event read_event(const Item& members) {
    eventbridge::Event event{.id = text_at(members, "id").value_or(""),
                             .detail_type = text_at(members, "detail_type").value_or(""),
                             .source = text_at(members, "source").value_or(""),
                             .account = text_at(members, "account").value_or(""),
                             .time = time_at(members, "time").value_or(TimePoint{}),
                             .region = text_at(members, "region").value_or(""),
                             .detail = text_at(members, "detail").value_or("")};
    if (const auto* resources = list_at(members, "resources")) {
        for (const auto& resource : *resources) {
            const Item wrapped{{"resource", resource}};
            event.resources.push_back(text_at(wrapped, "resource").value_or(""));
        }
    }
    return event;
}

/// Makes the job stand in the live index, where whoever has to do something about it finds it.
void put_live_key(Item& item, const JobRecord& record) {
    const auto& job = record.job;
    const auto shard = shard_of(job.job_id);
    const auto put = [&](Live live, std::string key) {
        item["live_shard"] = text_value(shard_name(live, shard));
        item["live_key"] = text_value(key);
    };
    if (job.status == domain::JobStatus::queued && job.next_attempt_at) {
        put(Live::waiting, live_key(*job.next_attempt_at, job.job_id));
    } else if (job.status == domain::JobStatus::queued) {
        put(Live::queued, job.job_id.value());
    } else if (job.status == domain::JobStatus::processing) {
        put(Live::processing, live_key(record.lease_until, job.job_id));
    } else if (record.outbox) {
        put(Live::outbox, live_key(job.updated_at, job.job_id));
    } else if (job.finished_at) {
        put(Live::ended, live_key(*job.finished_at, job.job_id));
    }
}

std::string key_partition(const domain::UserId& user_id, const std::string& key) {
    // No two users share a partition: an encoded id holds no '#'.
    return fmt::format("idempotency#{}#{}", percent_encode(user_id.value()), key);
}

}  // namespace

json::value at_work_value(const std::vector<std::uint32_t>& documents) {
    json::array places;
    for (const auto document : documents) places.push_back(number_value(document));
    return list_value(std::move(places));
}

std::string sortable(TimePoint time) {
    return fmt::format("{:015}", time.time_since_epoch().count());
}

std::string live_key(TimePoint time, const domain::JobId& job_id) {
    return sortable(time) + '#' + job_id.value();
}

std::string shard_name(Live live, unsigned shard) {
    switch (live) {
        case Live::queued:
            return fmt::format("queued#{:02}", shard);
        case Live::waiting:
            return fmt::format("waiting#{:02}", shard);
        case Live::processing:
            return fmt::format("processing#{:02}", shard);
        case Live::ended:
            return fmt::format("ended#{:02}", shard);
        case Live::outbox:
            break;
    }
    return fmt::format("outbox#{:02}", shard);
}

unsigned shard_of(const domain::JobId& job_id) {
    boost::crc_32_type crc;
    crc.process_bytes(job_id.value().data(), job_id.value().size());
    return crc.checksum() % kShards;
}

std::string upload_partition(const domain::ObjectKey& upload) {
    return "upload#" + upload.value();
}

ItemKey upload_use_key(const domain::ObjectKey& upload, const domain::JobId& job_id) {
    return {.pk = upload_partition(upload), .sk = job_id.value()};
}

ItemKey job_key(const domain::JobId& job_id) {
    return {.pk = "job#" + job_id.value(), .sk = std::string(kJob)};
}

domain::JobId job_of(const Item& item) {
    constexpr std::string_view kPrefix = "job#";
    const auto pk = text_at(item, "pk").value_or("");
    return domain::JobId(pk.starts_with(kPrefix) ? pk.substr(kPrefix.size()) : pk);
}

ItemKey file_key(const domain::JobId& job_id, std::uint32_t index) {
    return {.pk = "job#" + job_id.value(), .sk = fmt::format("file#{:04}", index)};
}

Item to_members(const FileRecord& record) {
    const auto& file = record.file;
    Item item;
    item["file_key"] = text_value(file.file_key.value());
    item["filename"] = text_value(file.filename);
    item["content_type"] = text_value(file.content_type);
    item["size_bytes"] = number_value(static_cast<std::int64_t>(file.size_bytes));
    if (file.upload_etag) item["upload_etag"] = text_value(file.upload_etag->value());
    item["status"] = text_value(domain::to_string(file.status));
    item["fence"] = number_value(record.fence);
    if (file.error) {
        item["error_code"] = text_value(file.error->code);
        item["error_message"] = text_value(shortened(file.error->message));
    }
    put_object_key(item, "markdown_key", file.markdown_key);
    put_object_key(item, "sidecar_key", file.sidecar_key);
    put_object_key(item, "chunks_key", file.chunks_key);
    if (file.sha256) item["sha256"] = text_value(*file.sha256);
    if (file.pages) item["pages"] = number_value(*file.pages);
    if (file.words) item["words"] = number_value(static_cast<std::int64_t>(*file.words));
    if (file.pages_done > 0) item["pages_done"] = number_value(file.pages_done);
    if (file.duration) item["duration_ms"] = number_value(file.duration->count());
    return item;
}

Result<FileRecord> read_file(const Item& members) {
    const auto status = domain::parse_file_status(text_at(members, "status").value_or(""));
    if (!status) return fail(Errc::corrupt, "a document in the jobs table has no status");
    auto file_key = object_key_at(members, "file_key");
    if (!file_key) return std::unexpected(std::move(file_key.error()));
    if (!*file_key) return fail(Errc::corrupt, "a document in the jobs table has no key");
    FileRecord record{.file = {.file_key = std::move(**file_key)},
                      .fence = integer_at<std::int64_t>(members, "fence")};
    auto& file = record.file;
    file.filename = text_at(members, "filename").value_or("");
    file.content_type = text_at(members, "content_type").value_or("");
    file.size_bytes = integer_at<std::uint64_t>(members, "size_bytes");
    if (auto etag = text_at(members, "upload_etag"))
        file.upload_etag = domain::ETag(std::move(*etag));
    file.status = *status;
    if (auto code = text_at(members, "error_code")) {
        file.error =
            domain::FileError{std::move(*code), text_at(members, "error_message").value_or("")};
    }
    for (const auto& [name, output] :
         {std::pair{"markdown_key", &file.markdown_key},
          std::pair{"sidecar_key", &file.sidecar_key}, std::pair{"chunks_key", &file.chunks_key}}) {
        auto key = object_key_at(members, name);
        if (!key) return std::unexpected(std::move(key.error()));
        *output = std::move(*key);
    }
    file.sha256 = text_at(members, "sha256");
    file.pages = integer_or_none<std::uint32_t>(members, "pages");
    file.words = integer_or_none<std::uint64_t>(members, "words");
    file.pages_done = integer_at<std::uint32_t>(members, "pages_done");
    if (const auto took = number_at(members, "duration_ms")) {
        file.duration = std::chrono::milliseconds{*took};
    }
    return record;
}

Item to_file_item(const domain::JobId& job_id, std::uint32_t index, const FileRecord& record) {
    auto item = to_members(record);
    const auto key = file_key(job_id, index);
    item["pk"] = text_value(key.pk);
    item["sk"] = text_value(key.sk);
    return item;
}

Item to_item(const JobRecord& record) {
    const auto& job = record.job;
    const auto key = job_key(job.job_id);
    Item item;
    item["pk"] = text_value(key.pk);
    item["sk"] = text_value(key.sk);
    item["job_id"] = text_value(job.job_id.value());
    item["user_id"] = text_value(job.user_id.value());
    item["job_name"] = text_value(job.job_name);
    item["status"] = text_value(domain::to_string(job.status));
    item["total_documents"] = number_value(job.total_documents);
    item["documents_processed"] = number_value(job.documents_processed);
    item["documents_completed"] = number_value(record.documents_completed);
    item["attempts_count"] = number_value(job.attempts_count);
    item["created_at"] = time_value(job.created_at);
    item["updated_at"] = time_value(job.updated_at);
    put_time(item, "started_at", job.started_at);
    put_time(item, "finished_at", job.finished_at);
    put_error(item, "error", job.error);
    item["fence"] = number_value(record.fence);
    item["retry_fence"] = number_value(record.retry_fence);
    put_error(item, "waiting_reason", job.waiting_reason);
    put_time(item, "next_attempt_at", job.next_attempt_at);
    if (job.waits > 0) item["waits"] = number_value(job.waits);
    if (!job.at_work.empty()) item["at_work"] = at_work_value(job.at_work);
    if (!job.suspects.empty()) item["suspects"] = suspects_value(job.suspects);
    if (!record.lease_owner.empty()) {
        item["lease_owner"] = text_value(record.lease_owner);
        item["lease_until"] = time_value(record.lease_until);
    }
    item["published_at"] = time_value(record.published_at);
    item["change_id"] = text_value(record.change_id);
    item["submission_id"] = text_value(record.submission_id);

    json::array attempts;
    for (const auto& attempt : job.attempts) attempts.push_back(to_value(attempt));
    item["attempts"] = list_value(std::move(attempts));
    json::array files;
    const auto inline_files = std::min<std::size_t>(record.files.size(), kInlineFilesMax);
    for (std::size_t index = 0; index < inline_files; ++index) {
        files.push_back(map_value(to_members(record.files[index])));
    }
    item["files"] = list_value(std::move(files));
    if (record.outbox) item["outbox"] = to_value(*record.outbox);
    put_live_key(item, record);
    return item;
}

Result<domain::Job> read_listed(const Item& item) {
    const auto status = domain::parse_job_status(text_at(item, "status").value_or(""));
    if (!status) {
        return fail(Errc::corrupt, fmt::format("job {} in the jobs table has no status",
                                               text_at(item, "job_id").value_or("?")));
    }
    domain::Job job;
    job.job_id = domain::JobId(text_at(item, "job_id").value_or(""));
    job.user_id = domain::UserId(text_at(item, "user_id").value_or(""));
    job.job_name = text_at(item, "job_name").value_or("");
    job.status = *status;
    job.total_documents = integer_at<std::uint32_t>(item, "total_documents");
    job.documents_processed = integer_at<std::uint32_t>(item, "documents_processed");
    job.attempts_count = integer_at<std::uint32_t>(item, "attempts_count");
    job.error = text_at(item, "error");
    job.created_at = time_at(item, "created_at").value_or(TimePoint{});
    job.updated_at = time_at(item, "updated_at").value_or(TimePoint{});
    job.started_at = time_at(item, "started_at");
    job.finished_at = time_at(item, "finished_at");
    return job;
}

Result<JobRecord> read_job(const Item& item) {
    auto job = read_listed(item);
    if (!job) return std::unexpected(std::move(job.error()));
    JobRecord record;
    record.job = std::move(*job);
    record.documents_completed = integer_at<std::uint32_t>(item, "documents_completed");
    record.fence = integer_at<std::int64_t>(item, "fence");
    record.retry_fence = integer_at<std::int64_t>(item, "retry_fence");
    record.job.waiting_reason = text_at(item, "waiting_reason");
    record.job.next_attempt_at = time_at(item, "next_attempt_at");
    record.job.waits = integer_at<std::uint32_t>(item, "waits");
    record.job.at_work = read_at_work(item);
    record.job.suspects = read_suspects(item);
    record.lease_owner = text_at(item, "lease_owner").value_or("");
    record.lease_until = time_at(item, "lease_until").value_or(TimePoint{});
    record.published_at = time_at(item, "published_at").value_or(TimePoint{});
    record.change_id = text_at(item, "change_id").value_or("");
    record.submission_id = text_at(item, "submission_id").value_or("");
    if (const auto* attempts = list_at(item, "attempts")) {
        for (const auto& value : *attempts) {
            const auto* members = members_of(value);
            if (members != nullptr) record.job.attempts.push_back(read_attempt(*members));
        }
    }
    if (const auto* files = list_at(item, "files")) {
        for (const auto& value : *files) {
            const auto* members = members_of(value);
            auto file = read_file(members != nullptr ? *members : Item());
            if (!file) return std::unexpected(std::move(file.error()));
            record.files.push_back(std::move(*file));
        }
    }
    if (const auto* outbox = map_at(item, "outbox")) record.outbox = read_event(*outbox);
    return record;
}

bool is_done(const FileRecord& file, const JobRecord& record) {
    if (file.file.status == domain::FileStatus::completed) return true;
    return file.file.status == domain::FileStatus::failed && file.fence > record.retry_fence;
}

domain::Job as_job(const JobRecord& record) {
    auto job = record.job;
    job.files.reserve(record.files.size());
    for (const auto& kept : record.files) {
        auto& file = job.files.emplace_back(kept.file);
        const bool under_way = file.status == domain::FileStatus::processing &&
                               job.status == domain::JobStatus::processing &&
                               kept.fence == record.fence;
        if (is_done(kept, record) || under_way) continue;
        file.status = domain::FileStatus::queued;
        file.error.reset();
        if (job.status == domain::JobStatus::cancelled) {
            domain::cancel_open(file);
        } else if (job.status == domain::JobStatus::failed) {
            domain::fail_open(file, job.error.value_or("the job failed"));
        } else {
            domain::requeue(file);
        }
    }
    return job;
}

ItemKey use_key(const domain::UserId& user_id, const std::string& key) {
    return {.pk = key_partition(user_id, key), .sk = "key"};
}

Item to_item(const KeyUse& use, const domain::UserId& user_id, const std::string& key) {
    const auto place = use_key(user_id, key);
    const auto expires = std::chrono::ceil<std::chrono::seconds>(use.used_at) +
                         std::chrono::seconds(ports::kIdempotencyKeyLifetime);
    Item item;
    item["pk"] = text_value(place.pk);
    item["sk"] = text_value(place.sk);
    item["job_id"] = text_value(use.job_id.value());
    item["request_hash"] = text_value(use.request_hash);
    item["files_count"] = number_value(use.files_count);
    item["used_at"] = time_value(use.used_at);
    item["expires_at"] = number_value(expires.time_since_epoch().count());
    return item;
}

KeyUse read_key_use(const Item& item) {
    return {.job_id = domain::JobId(text_at(item, "job_id").value_or("")),
            .request_hash = text_at(item, "request_hash").value_or(""),
            .files_count = integer_at<std::uint32_t>(item, "files_count"),
            .used_at = time_at(item, "used_at").value_or(TimePoint{})};
}

std::string content_partition(const domain::UserId& user_id, std::string_view sha256) {
    return fmt::format("sha256#{}#{}", percent_encode(user_id.value()), sha256);
}

ItemKey content_place_key(const ContentPlace& place, const domain::UserId& user_id,
                          std::string_view sha256) {
    return {.pk = content_partition(user_id, sha256),
            .sk = fmt::format("{}#{:04}", place.job_id.value(), place.index)};
}

Item to_item(const ContentPlace& place, const domain::UserId& user_id, std::string_view sha256) {
    const auto key = content_place_key(place, user_id, sha256);
    Item item;
    item["pk"] = text_value(key.pk);
    item["sk"] = text_value(key.sk);
    return item;
}

ContentPlace read_content_place(const Item& item) {
    const auto place = text_at(item, "sk").value_or("");
    const auto mark = std::min(place.rfind('#'), place.size());
    ContentPlace read{.job_id = domain::JobId(place.substr(0, mark))};
    if (mark < place.size()) {
        std::from_chars(place.data() + mark + 1, place.data() + place.size(), read.index);
    }
    return read;
}

}  // namespace ingestor::aws
