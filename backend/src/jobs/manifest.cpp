#include "jobs/manifest.hpp"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "jobs/file_keys.hpp"

namespace ingestor::jobs {

namespace json = boost::json;

namespace {

json::object describe(const domain::JobFile& file, std::size_t index) {
    json::object entry{{"n", index},
                       {"file_key", file.file_key.value()},
                       {"filename", file.filename},
                       {"content_type", file.content_type},
                       {"size_bytes", file.size_bytes},
                       {"status", domain::to_string(file.status)}};
    if (file.pages) entry["pages"] = *file.pages;
    if (file.words) entry["words"] = *file.words;
    if (file.markdown_key) entry["markdown_key"] = file.markdown_key->value();
    if (file.sidecar_key) entry["sidecar_key"] = file.sidecar_key->value();
    if (file.chunks_key) entry["chunks_key"] = file.chunks_key->value();
    if (file.error) {
        entry["error"] = json::object{{"code", file.error->code}, {"message", file.error->message}};
    }
    return entry;
}

}  // namespace

domain::JobStatus status_at_end(const domain::Job& job) {
    return failure_of(job) ? domain::JobStatus::failed : domain::JobStatus::completed;
}

ports::NewObject manifest_of(const domain::Job& job) {
    json::array files;
    for (std::size_t index = 0; index < job.files.size(); ++index) {
        files.push_back(describe(job.files[index], index));
    }
    const json::object manifest{{"schema", "agent2-ingestor.manifest/1"},
                                {"job_id", job.job_id.value()},
                                {"job_name", job.job_name},
                                {"status", domain::to_string(status_at_end(job))},
                                {"created_at", to_rfc3339(job.created_at)},
                                {"documents", std::move(files)}};
    ports::PutOptions options;
    options.attributes.content_type = "application/json";
    return {.key = manifest_key(job.job_id),
            .bytes = json::serialize(manifest),
            .options = std::move(options)};
}

std::optional<std::string> failure_of(const domain::Job& job) {
    const auto failed = [](const domain::JobFile& file) {
        return file.status == domain::FileStatus::failed;
    };
    const auto first = std::ranges::find_if(job.files, failed);
    if (first == job.files.end()) return std::nullopt;
    const auto reason = first->error
                            ? fmt::format("{}: {}", first->error->code, first->error->message)
                            : std::string("unknown");
    if (job.files.size() == 1) return fmt::format("{} failed ({})", first->filename, reason);
    const auto count = std::ranges::count_if(job.files, failed);
    return fmt::format("{} of {} documents failed; the first: {} ({})", count, job.files.size(),
                       first->filename, reason);
}

}  // namespace ingestor::jobs
