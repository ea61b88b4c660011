#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "domain/ids.hpp"
#include "domain/object_key.hpp"

namespace ingestor::domain {

/// The seed's four states, and `cancelled`, which only the user reaches.
enum class JobStatus { queued, processing, completed, failed, cancelled };

/// What may happen to a job; see next_status().
enum class JobEvent {
    claimed,    ///< An attempt starts, or takes over from one whose lease ran out.
    succeeded,  ///< Every document of the job succeeded.
    failed,     ///< A document failed.
    released,   ///< The attempt ends and another goes on.
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
/// unsupported, timed_out, …), or `crashed` where the parser or the service itself died of it.
struct FileError {
    std::string code;
    std::string message;

    friend bool operator==(const FileError&, const FileError&) = default;
};

/// One document of a job. Keys of outputs are set when it is completed.
struct JobFile {
    ObjectKey file_key;
    std::string filename = {};
    std::string content_type = {};
    std::uint64_t size_bytes = 0;
    /// Of the upload when the job was submitted: no other object under its key is the job's.
    /// nullopt: not on record, as of jobs of earlier versions.
    std::optional<ETag> upload_etag = {};
    FileStatus status = FileStatus::queued;
    std::optional<FileError> error = {};
    std::optional<ObjectKey> markdown_key = {};
    std::optional<ObjectKey> sidecar_key = {};
    std::optional<ObjectKey> chunks_key = {};
    /// Of its bytes, 64 lower-case hexadecimal digits; known once it is completed.
    std::optional<std::string> sha256 = {};
    std::optional<std::uint32_t> pages = {};
    std::optional<std::uint64_t> words = {};
    std::uint32_t pages_done = 0;
    std::optional<std::chrono::milliseconds> duration = {};
};

/// One run of the handler over a job.
struct Attempt {
    int number = 0;  ///< From 1.
    TimePoint started_at;
    std::optional<TimePoint> ended_at;
    std::optional<std::string> error;
    /// Cut short by a stop or a crash of the service.
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
    std::vector<Attempt> attempts;          ///< The newest kAttemptsKeptMax.
    std::uint32_t attempts_count = 0;       ///< Of all; also where a list leaves `attempts` out.
    std::optional<std::string> error;
    /// Trouble of the service that the job waits out while it is queued. Not of a list.
    std::optional<std::string> waiting_reason;
    /// No attempt before this; see is_due(). Set together with `waiting_reason`, which outlasts it
    /// until the next attempt begins.
    std::optional<TimePoint> next_attempt_at;
    /// How many attempts in a row ended in trouble of the service.
    std::uint32_t waits = 0;
    /// Places of the documents that the attempt under way has handed to a helper.
    std::vector<std::uint32_t> at_work;
    /// Place of a document and how often the service died while at work on it. Such a document is
    /// worked on by itself, and fails at kDocumentCrashesMax.
    std::map<std::uint32_t, std::uint32_t> suspects;
    TimePoint created_at;
    TimePoint updated_at;
    /// Of the first attempt since the job was created or last retried by the user.
    std::optional<TimePoint> started_at;
    std::optional<TimePoint> finished_at;
};

/// So many attempts are kept on a job; older ones are only counted, so that a job that waits for a
/// day does not grow.
inline constexpr std::size_t kAttemptsKeptMax = 50;
/// The service may die so often while at work on a document until the document fails.
inline constexpr std::uint32_t kDocumentCrashesMax = 3;
/// Before the next attempt after one that ended in trouble of the service; doubles up to the
/// ceiling.
inline constexpr std::chrono::milliseconds kFirstWait{1'000};
inline constexpr std::chrono::milliseconds kWaitMax{60'000};
inline constexpr std::size_t kFilesInJobMax = 1000;
inline constexpr std::size_t kJobNameCharactersMax = 256;
inline constexpr std::size_t kFilenameCharactersMax = 255;

}  // namespace ingestor::domain
