#include "api/job_json.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace ingestor::api {

namespace json = boost::json;

namespace {

json::value time_or_null(const std::optional<TimePoint>& time) {
    if (!time) return nullptr;
    return json::value(to_rfc3339(*time));
}

template <class Value>
json::value or_null(const std::optional<Value>& value) {
    if (!value) return nullptr;
    return json::value(*value);
}

json::value key_or_null(const std::optional<domain::ObjectKey>& key) {
    if (!key) return nullptr;
    return json::value(key->value());
}

json::object to_json(const domain::JobFile& file, const domain::JobId& job_id, std::size_t index) {
    json::object out;
    out["file_key"] = file.file_key.value();
    out["filename"] = file.filename;
    out["content_type"] = file.content_type;
    out["size_bytes"] = file.size_bytes;
    out["status"] = domain::to_string(file.status);
    out["error"] = nullptr;
    if (file.error) {
        out["error"] = json::object{{"code", file.error->code}, {"message", file.error->message}};
    }
    out["markdown_key"] = key_or_null(file.markdown_key);
    out["sidecar_key"] = key_or_null(file.sidecar_key);
    out["chunks_key"] = key_or_null(file.chunks_key);
    out["pages"] = or_null(file.pages);
    out["words"] = or_null(file.words);
    out["pages_done"] = file.pages_done;
    out["duration_ms"] = nullptr;
    if (file.duration) out["duration_ms"] = file.duration->count();
    out["links"] = nullptr;
    if (file.status == domain::FileStatus::completed) {
        const auto base = fmt::format("/jobs/{}/documents/{}", job_id.value(), index);
        json::object links;
        for (const auto kind : formats::stored_outputs()) {
            const auto name = formats::row_of(kind).name;
            links[name] = fmt::format("{}/{}", base, name);
        }
        out["links"] = std::move(links);
    }
    return out;
}

json::object to_json(const domain::Attempt& attempt) {
    return {{"number", attempt.number},
            {"started_at", to_rfc3339(attempt.started_at)},
            {"ended_at", time_or_null(attempt.ended_at)},
            {"error", or_null(attempt.error)},
            {"interrupted", attempt.interrupted}};
}

}  // namespace

json::object to_summary(const domain::Job& job) {
    json::object out;
    out["job_id"] = job.job_id.value();
    out["user_id"] = job.user_id.value();
    out["job_name"] = job.job_name;
    out["status"] = domain::to_string(job.status);
    out["total_documents"] = job.total_documents;
    out["documents_processed"] = job.documents_processed;
    out["attempts_count"] = job.attempts_count;
    out["error"] = or_null(job.error);
    out["created_at"] = to_rfc3339(job.created_at);
    out["updated_at"] = to_rfc3339(job.updated_at);
    out["started_at"] = time_or_null(job.started_at);
    out["finished_at"] = time_or_null(job.finished_at);
    return out;
}

json::object to_json(const jobs::JobView& view) {
    auto out = to_summary(view.job);
    json::array files;
    files.reserve(view.job.files.size());
    for (std::size_t i = 0; i < view.job.files.size(); ++i) {
        files.emplace_back(to_json(view.job.files[i], view.job.job_id, i));
    }
    out["files"] = std::move(files);
    json::array attempts;
    for (const auto& attempt : view.job.attempts) attempts.emplace_back(to_json(attempt));
    out["attempts"] = std::move(attempts);
    out["waiting_reason"] = or_null(view.job.waiting_reason);
    out["next_attempt_at"] = time_or_null(view.job.next_attempt_at);
    out["queue_position"] = or_null(view.queue_position);
    return out;
}

}  // namespace ingestor::api
