#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "domain/ids.hpp"

namespace ingestor {

/// The seed's four states, and `cancelled`, which only the user reaches.
enum class JobStatus { queued, processing, completed, failed, cancelled };

/// What may happen to a job; see next_status().
enum class JobEvent {
    claimed,    ///< An attempt starts, or takes over from one whose lease ran out.
    succeeded,  ///< Every document of the job succeeded.
    failed,     ///< A document failed for good, or the last attempt failed.
    released,   ///< The attempt failed for a passing reason, and others remain.
    cancel_requested,
    retry_requested,
};

[[nodiscard]] std::string_view to_string(JobStatus status);
[[nodiscard]] Result<JobStatus> parse_job_status(std::string_view text);
/// True for completed, failed and cancelled.
[[nodiscard]] bool is_terminal(JobStatus status);
/// The only place that says which transitions are legal; nullopt: refused.
[[nodiscard]] std::optional<JobStatus> next_status(JobStatus from, JobEvent event);

enum class FileStatus { queued, processing, completed, failed, cancelled };
[[nodiscard]] std::string_view to_string(FileStatus status);
[[nodiscard]] Result<FileStatus> parse_file_status(std::string_view text);

/// Why one document failed. `code` is one of Errc's names (empty, corrupt, encrypted, too_large,
/// unsupported, timed_out, …), or `crashed` where the parser itself died.
struct FileError {
    std::string code;
    std::string message;

    friend bool operator==(const FileError&, const FileError&) = default;
};

/// One document of a job. Keys of outputs are set when it is completed.
struct JobFile {
    ObjectKey file_key;
    std::string filename;
    std::string content_type;
    std::uint64_t size_bytes = 0;
    FileStatus status = FileStatus::queued;
    std::optional<FileError> error;
    std::optional<ObjectKey> markdown_key;
    std::optional<ObjectKey> sidecar_key;
    std::optional<ObjectKey> chunks_key;
    /// Of its bytes, 64 lower-case hexadecimal digits; known once it is completed.
    std::optional<std::string> sha256;
    std::optional<std::uint32_t> pages;
    std::optional<std::uint64_t> words;
    std::uint32_t pages_done = 0;
    std::optional<std::chrono::milliseconds> duration;
};

/// One run of the handler over a job.
struct Attempt {
    int number = 0;  ///< From 1.
    TimePoint started_at;
    std::optional<TimePoint> ended_at;
    std::optional<std::string> error;
    /// Ended because the service stopped or crashed, not because of the job: it does not count
    /// towards kFailedAttemptsMax.
    bool interrupted = false;
};

struct Job {
    JobId job_id;
    UserId user_id;
    std::string job_name;
    JobStatus status = JobStatus::queued;
    std::vector<JobFile> files;
    std::uint32_t total_documents = 0;
    std::uint32_t documents_processed = 0;  ///< Completed or failed.
    std::vector<Attempt> attempts;
    std::uint32_t attempts_count = 0;  ///< Also where a list leaves `attempts` out.
    std::optional<std::string> error;
    TimePoint created_at;
    TimePoint updated_at;
    /// Of the first attempt since the job was created or last retried by the user.
    std::optional<TimePoint> started_at;
    std::optional<TimePoint> finished_at;
};

/// A job's third failed attempt ends it as `failed`.
inline constexpr int kFailedAttemptsMax = 3;
/// So many attempts may be cut short by stops and crashes of the service before the job is failed:
/// it bounds the damage of a document that takes the whole service down.
inline constexpr int kInterruptedAttemptsMax = 50;
inline constexpr std::size_t kFilesInJobMax = 1000;
inline constexpr std::size_t kJobNameCharactersMax = 256;
inline constexpr std::size_t kFilenameCharactersMax = 255;
inline constexpr std::size_t kObjectKeyBytesMax = 1024;

}  // namespace ingestor
