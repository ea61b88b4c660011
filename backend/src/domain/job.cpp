#include "domain/job.hpp"

#include <array>

namespace ingestor::domain {

std::string_view to_string(JobStatus status) {
    switch (status) {
        case JobStatus::queued:
            return "queued";
        case JobStatus::processing:
            return "processing";
        case JobStatus::completed:
            return "completed";
        case JobStatus::failed:
            return "failed";
        case JobStatus::cancelled:
            return "cancelled";
    }
    return "";
}

Result<JobStatus> parse_job_status(std::string_view text) {
    static constexpr std::array kAll = {JobStatus::queued, JobStatus::processing,
                                        JobStatus::completed, JobStatus::failed,
                                        JobStatus::cancelled};
    for (const auto status : kAll) {
        if (to_string(status) == text) return status;
    }
    return fail(Errc::invalid_argument,
                "Input should be 'queued', 'processing', 'completed', 'failed' or 'cancelled'",
                "status");
}

bool is_terminal(JobStatus status) {
    return status == JobStatus::completed || status == JobStatus::failed ||
           status == JobStatus::cancelled;
}

std::optional<JobStatus> next_status(JobStatus from, JobEvent event) {
    const bool running = from == JobStatus::processing;
    switch (event) {
        case JobEvent::claimed:
            if (from == JobStatus::queued || running) return JobStatus::processing;
            return std::nullopt;
        case JobEvent::succeeded:
            if (running) return JobStatus::completed;
            return std::nullopt;
        case JobEvent::failed:
            if (running) return JobStatus::failed;
            return std::nullopt;
        case JobEvent::released:
            if (running) return JobStatus::queued;
            return std::nullopt;
        case JobEvent::cancel_requested:
            if (from == JobStatus::queued || running) return JobStatus::cancelled;
            return std::nullopt;
        case JobEvent::retry_requested:
            if (from == JobStatus::failed || from == JobStatus::cancelled) return JobStatus::queued;
            return std::nullopt;
    }
    return std::nullopt;
}

std::string_view to_string(FileStatus status) {
    switch (status) {
        case FileStatus::queued:
            return "queued";
        case FileStatus::processing:
            return "processing";
        case FileStatus::completed:
            return "completed";
        case FileStatus::failed:
            return "failed";
        case FileStatus::cancelled:
            return "cancelled";
    }
    return "";
}

Result<FileStatus> parse_file_status(std::string_view text) {
    static constexpr std::array kAll = {FileStatus::queued, FileStatus::processing,
                                        FileStatus::completed, FileStatus::failed,
                                        FileStatus::cancelled};
    for (const auto status : kAll) {
        if (to_string(status) == text) return status;
    }
    return fail(Errc::invalid_argument, "no status of a document", "status");
}

}  // namespace ingestor::domain
