#include <condition_variable>
#include <filesystem>
#include <mutex>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/printable.hpp"
#include "commands.hpp"
#include "exit_codes.hpp"
#include "job_report.hpp"
#include "progress_bar.hpp"
#include "utf8_name.hpp"

namespace ingestor::cli {

namespace json = boost::json;

namespace {

constexpr auto kFirstPoll = std::chrono::milliseconds{50};
constexpr auto kSlowestPoll = std::chrono::milliseconds{1000};

void pause(std::chrono::milliseconds time) {
    std::mutex mutex;
    std::condition_variable never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, time, [] { return false; });
}

Result<json::object> wait_for_end(ApiClient& api, const std::string& job_id) {
    ProgressBar bar;
    auto delay = kFirstPoll;
    while (true) {
        auto job = api.get("/jobs/" + job_id);
        if (!job || has_ended(*job)) return job;
        const auto done = job->at("documents_processed").to_number<std::uint64_t>();
        const auto total = job->at("total_documents").to_number<std::uint64_t>();
        bar.show(fmt::format("{}, {} of {} documents", std::string(job->at("status").as_string()),
                             done, total),
                 done, total);
        pause(delay);
        delay = std::min(delay * 2, kSlowestPoll);
    }
}

Result<json::array> upload_all(ApiClient& api, const std::vector<std::string>& paths) {
    ProgressBar bar;
    json::array files;
    for (std::size_t i = 0; i < paths.size(); ++i) {
        const auto name = utf8_name(paths[i]);
        const auto tell = [&](std::uint64_t sent, std::uint64_t total) {
            bar.show(fmt::format("uploading {} ({} of {})", name, i + 1, paths.size()), sent,
                     total);
        };
        auto key = api.upload(paths[i], tell);
        if (!key) {
            auto error = key.error();
            error.message = paths[i] + ": " + error.message;
            return std::unexpected(std::move(error));
        }
        files.push_back(json::object{{"file_key", *key}, {"filename", name}});
    }
    return files;
}

}  // namespace

int submit(const SubmitOptions& options) {
    for (const auto& path : options.files) {
        std::error_code error;
        if (!std::filesystem::is_regular_file(path, error)) {
            fmt::print(stderr, "agent2-ingestor: {}: no such file\n", printable(path));
            return kUsage;
        }
    }
    auto api = ApiClient::connect(options.service);
    if (!api) return report(api.error());
    auto files = upload_all(*api, options.files);
    if (!files) return report(files.error());

    json::object request{{"files", std::move(*files)}};
    if (!options.job_name.empty()) request["job_name"] = options.job_name;
    const auto accepted = api->post("/upload/process-s3-files", request);
    if (!accepted) return report(accepted.error());
    const std::string job_id(accepted->at("job_id").as_string());
    if (!options.wait) {
        if (options.json) {
            fmt::print("{}\n", printable(json::serialize(*accepted)));
        } else {
            fmt::print("{}\n", job_id);
        }
        return kDone;
    }
    const auto job = wait_for_end(*api, job_id);
    if (!job) return report(job.error());
    if (options.json) {
        fmt::print("{}\n", printable(json::serialize(*job)));
    } else {
        fmt::print("{}", describe_job(*job));
        if (options.preview_lines > 0) print_previews(*api, *job, options.preview_lines);
    }
    return job->at("status").as_string() == "completed" ? kDone : kFailed;
}

}  // namespace ingestor::cli
