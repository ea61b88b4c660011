#include "job_report.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/printable.hpp"

namespace ingestor::cli {

namespace json = boost::json;

namespace {

std::string text_of(const json::object& object, const char* name) {
    const auto& value = object.at(name);
    if (value.is_null()) return "-";
    return printable(value.is_string() ? std::string(value.get_string()) : json::serialize(value));
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
        width = std::max(width, text_of(file.as_object(), "filename").size());
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
        const auto markdown = api.get_text(std::string(links->at("markdown").as_string()));
        if (!markdown) continue;
        fmt::print("\n--- {} (GET {})\n", text_of(file, "filename"), text_of(*links, "markdown"));
        std::string_view rest = *markdown;
        for (std::uint32_t i = 0; i < lines && !rest.empty(); ++i) {
            const auto end = rest.find('\n');
            fmt::print("{}\n", printable(rest.substr(0, end), "\t"));
            rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        }
        if (!rest.empty()) fmt::print("…\n");
    }
}

}  // namespace ingestor::cli
