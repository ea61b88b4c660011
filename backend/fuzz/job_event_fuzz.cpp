#include <boost/json.hpp>

#include "base/encoding.hpp"
#include "fuzz.hpp"
#include "jobs/job_events.hpp"

namespace {

using namespace ingestor;
using namespace ingestor::domain;
using namespace ingestor::eventbridge;
using namespace ingestor::jobs;
using fuzz::require;

/// What a submit publishes leads the handler to the job.
void round_trip(fuzz::Input input) {
    if (!is_utf8(input.rest())) return;
    Job job;
    job.job_id = JobId("019aae1c-6a0e-7412-9c2b-33a1f5a0d6c1");
    job.user_id = UserId(std::string(input.line()));
    job.job_name = input.line();
    while (!input.rest().empty() && job.files.size() < kFilesInJobMax) {
        auto key = ObjectKey::parse("uploads/" + std::string(input.line()));
        if (!key) continue;
        auto filename = key->value();
        job.files.push_back({.file_key = std::move(*key), .filename = std::move(filename)});
    }
    const auto event = processing_required(job, Names{}, TimePoint{});
    const auto job_id = job_of(event);
    require(job_id && *job_id == job.job_id, "an event names its job");
    const auto detail = boost::json::parse(event.detail).as_object();
    require(detail.at("files_count") == job.files.size(), "and how many files it has");
    const bool truncated = detail.contains("files_truncated");
    require(truncated || detail.at("files").as_array().size() == job.files.size(), "and which");
    const auto ended = processing_ended(job, JobStatus::failed, job.job_name, Names{}, TimePoint{});
    require(job_of(ended).has_value(), "so does the event of its end");
}

}  // namespace

/// The detail of an event that anybody may have put; and, line by line, what a job consists of.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::Input input(data, size);
    const auto job_id = job_of(Event{.id = "e", .detail = std::string(input.rest())});
    if (!job_id) require(job_id.error().field == "detail.job_id", "a refusal says where");
    round_trip(input);
    return 0;
}
