#include "job_report.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace ingestor::cli {

namespace json = boost::json;

namespace {

std::string text_of(const json::object& object, const char* name) {
    const auto& value = object.at(name);
    if (value.is_null()) return "-";
    if (value.is_string()) return std::string(value.get_string());
    return json::serialize(value);
}

}  // namespace

bool has_ended(const json::object& job) {
    const auto status = text_of(job, "status");
    return status == "completed" || status == "failed" || status == "cancelled";
}

std::string describe_job(const json::object& job) {
    std::string out;
    out += fmt::format("Job {}  {}\n", text_of(job, "job_id"), text_of(job, "status"));
    out += fmt::format("  name       {}\n", text_of(job, "job_name"));
    out += fmt::format("  documents  {} of {}\n", text_of(job, "documents_processed"),
                       text_of(job, "total_documents"));
    out += fmt::format("  created    {}\n", text_of(job, "created_at"));
    out += fmt::format("  finished   {}\n", text_of(job, "finished_at"));
    if (!job.at("error").is_null()) out += fmt::format("  error      {}\n", text_of(job, "error"));
    std::size_t width = 8;
    for (const auto& file : job.at("files").as_array()) {
        width = std::max(width, file.at("filename").as_string().size());
    }
    out += fmt::format("\n  {:>3}  {:<{}}  {:<10} {:>6} {:>8} {:>8}\n", "n", "document", width,
                       "status", "pages", "words", "ms");
    std::size_t index = 0;
    for (const auto& value : job.at("files").as_array()) {
        const auto& file = value.as_object();
        out += fmt::format("  {:>3}  {:<{}}  {:<10} {:>6} {:>8} {:>8}\n", index++,
                           text_of(file, "filename"), width, text_of(file, "status"),
                           text_of(file, "pages"), text_of(file, "words"),
                           text_of(file, "duration_ms"));
        if (const auto* error = file.at("error").if_object()) {
            out +=
                fmt::format("       {}: {}\n", text_of(*error, "code"), text_of(*error, "message"));
        }
    }
    return out;
}

void print_previews(ApiClient& api, const json::object& job, std::uint32_t lines) {
    for (const auto& value : job.at("files").as_array()) {
        const auto& file = value.as_object();
        const auto* links = file.at("links").if_object();
        if (links == nullptr) continue;
        const auto markdown = api.get_text(text_of(*links, "markdown"));
        if (!markdown) continue;
        fmt::print("\n--- {} (GET {})\n", text_of(file, "filename"), text_of(*links, "markdown"));
        std::string_view rest = *markdown;
        for (std::uint32_t i = 0; i < lines && !rest.empty(); ++i) {
            const auto end = rest.find('\n');
            fmt::print("{}\n", rest.substr(0, end));
            rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        }
        if (!rest.empty()) fmt::print("…\n");
    }
}

}  // namespace ingestor::cli
