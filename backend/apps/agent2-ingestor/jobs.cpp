#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/encoding.hpp"
#include "base/printable.hpp"
#include "commands.hpp"
#include "exit_codes.hpp"
#include "job_report.hpp"

namespace ingestor::cli {

namespace json = boost::json;

namespace {

int print_job(const Result<json::object>& job, bool as_json) {
    if (!job) return report(job.error());
    if (as_json) {
        fmt::print("{}\n", printable(json::serialize(*job)));
    } else {
        fmt::print("{}", describe_job(*job));
    }
    return kDone;
}

int change_job(const JobsOptions& options, const char* what) {
    auto api = ApiClient::connect(options.service);
    if (!api) return report(api.error());
    return print_job(api->post("/jobs/" + percent_encode(options.job_id) + "/" + what, {}),
                     options.json);
}

}  // namespace

int list_jobs(const JobsOptions& options) {
    auto api = ApiClient::connect(options.service);
    if (!api) return report(api.error());
    auto path = fmt::format("/jobs?limit={}", options.limit);
    if (!options.status.empty()) path += "&status=" + percent_encode(options.status);
    const auto page = api->get(path);
    if (!page) return report(page.error());
    if (options.json) {
        fmt::print("{}\n", printable(json::serialize(*page)));
        return kDone;
    }
    const auto& jobs = page->at("jobs").as_array();
    if (jobs.empty()) {
        fmt::print("No jobs{}. Submit one: agent2-ingestor submit FILE… --wait\n",
                   options.status.empty() ? "" : " of that status");
        return kDone;
    }
    fmt::print("{:<36}  {:<10}  {:>9}  {:<24}  {}\n", "job_id", "status", "documents", "created_at",
               "name");
    for (const auto& job : jobs) {
        fmt::print("{:<36}  {:<10}  {:>9}  {:<24}  {}\n",
                   std::string_view(job.at("job_id").as_string()),
                   std::string_view(job.at("status").as_string()),
                   fmt::format("{}/{}", json::serialize(job.at("documents_processed")),
                               json::serialize(job.at("total_documents"))),
                   std::string_view(job.at("created_at").as_string()),
                   printable(job.at("job_name").as_string()));
    }
    if (!page->at("next_cursor").is_null()) fmt::print("… more: --limit N (200 at most)\n");
    return kDone;
}

int show_job(const JobsOptions& options) {
    auto api = ApiClient::connect(options.service);
    if (!api) return report(api.error());
    return print_job(api->get("/jobs/" + percent_encode(options.job_id)), options.json);
}

int retry_job(const JobsOptions& options) {
    return change_job(options, "retry");
}

int cancel_job(const JobsOptions& options) {
    return change_job(options, "cancel");
}

int delete_jobs(const JobsOptions& options) {
    auto api = ApiClient::connect(options.service);
    if (!api) return report(api.error());
    int status = kDone;
    json::array deleted;
    for (const auto& job_id : options.job_ids) {
        const auto done = api->remove("/jobs/" + percent_encode(job_id));
        if (!done) {
            status = report(done.error());
            continue;
        }
        deleted.emplace_back(job_id);
        if (!options.json) fmt::print("deleted {}\n", job_id);
    }
    if (options.json) {
        fmt::print("{}\n", json::serialize(json::object{{"deleted", std::move(deleted)}}));
    }
    return status;
}

}  // namespace ingestor::cli
