#include "jobs/job_events.hpp"

#include <array>

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/uuid.hpp"
#include "jobs/file_keys.hpp"

namespace ingestor::jobs {

namespace json = boost::json;

namespace {

eventbridge::Event event_of(const domain::Job& job, std::string_view detail_type,
                            const json::object& detail, const domain::Names& names, TimePoint now) {
    return {.bus = names.event_bus(),
            .fairness_group = job.user_id.value(),
            .subject = job.job_id.value(),
            .id = uuid_v4(),
            .detail_type = std::string(detail_type),
            .source = std::string(domain::kEventSource),
            .account = names.account,
            .time = now,
            .region = names.region,
            .detail = json::serialize(detail)};
}

}  // namespace

eventbridge::Event processing_required(const domain::Job& job, const domain::Names& names,
                                       TimePoint now) {
    // Every submit passes here: a small job's detail is built on the stack.
    std::array<unsigned char, 4096> scratch{};
    json::monotonic_resource memory(scratch.data(), scratch.size());
    json::array files(&memory);
    std::size_t bytes = 0;
    bool truncated = false;
    for (const auto& file : job.files) {
        bytes +=
            file.file_key.value().size() + file.filename.size() + file.content_type.size() + 64;
        truncated = bytes > kEventFilesBytesMax;
        if (truncated) break;
        files.push_back(json::object({{"file_key", file.file_key.value()},
                                      {"filename", file.filename},
                                      {"content_type", file.content_type},
                                      {"size_bytes", file.size_bytes}},
                                     &memory));
    }
    json::object detail({{"job_id", job.job_id.value()},
                         {"user_id", job.user_id.value()},
                         {"job_name", job.job_name},
                         {"files_count", job.files.size()}},
                        &memory);
    if (truncated) detail["files_truncated"] = true;
    detail["files"] = std::move(files);
    return event_of(job, domain::kProcessingRequired, detail, names, now);
}

eventbridge::Event processing_ended(const domain::Job& job, domain::JobStatus status,
                                    const std::optional<std::string>& error,
                                    const domain::Names& names, TimePoint now) {
    json::object detail{{"job_id", job.job_id.value()},
                        {"user_id", job.user_id.value()},
                        {"job_name", job.job_name},
                        {"status", domain::to_string(status)},
                        {"total_documents", job.files.size()}};
    if (error) detail["error"] = *error;
    detail["manifest_key"] = manifest_key(job.job_id).value();
    return event_of(job,
                    status == domain::JobStatus::completed ? domain::kProcessingCompleted
                                                           : domain::kProcessingFailed,
                    detail, names, now);
}

Result<domain::JobId> job_of(const eventbridge::Event& event) {
    if (!event.subject.empty()) return domain::JobId(event.subject);
    // It came as an envelope, which has the detail alone.
    boost::system::error_code error;
    const auto detail = json::parse(event.detail, error);
    if (!error && detail.is_object()) {
        if (const auto* id = detail.get_object().if_contains("job_id"); id && id->is_string()) {
            return domain::JobId(std::string(id->get_string()));
        }
    }
    return fail(Errc::invalid_argument, fmt::format("event {} names no job", event.id),
                "detail.job_id");
}

}  // namespace ingestor::jobs
