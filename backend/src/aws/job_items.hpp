#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/dynamodb_table.hpp"
#include "aws/dynamodb_values.hpp"
#include "domain/job.hpp"
#include "domain/transitions.hpp"
#include "eventbridge/event.hpp"
#include "ports/job_store.hpp"

namespace ingestor::aws {

// How jobs stand in the table; docs/formats/jobs_table.md is the specification.

/// So many of a job's documents stand in the job's own item, each further one in an item of its
/// own: a write costs by the size of the whole item, which may have 400 KB at most.
inline constexpr std::uint32_t kInlineFilesMax = 10;
/// Long errors are cut for the same reason.
inline constexpr std::size_t kErrorBytesMax = 1024;

inline constexpr const char* kUserIndex = "user-index";
inline constexpr const char* kLiveIndex = "live-index";
/// Jobs that are not yet done with are spread over so many partitions of the live index, as one
/// partition takes a thousand writes a second.
inline constexpr unsigned kShards = 16;
enum class Live { queued, waiting, processing, outbox, ended };
[[nodiscard]] std::string shard_name(Live live, unsigned shard);
[[nodiscard]] unsigned shard_of(const domain::JobId& job_id);

/// A document as it was recorded. What was recorded under an earlier claim may not count any more:
/// see as_job().
struct FileRecord {
    domain::JobFile file;
    std::int64_t fence = 0;  ///< Of the claim that recorded it; 0: none has.
};

/// All that the table holds of a job. Its documents stand in `files` and not in `job`.
struct JobRecord : ingestor::domain::JobRecord {
    std::vector<FileRecord> files;  ///< The inline ones; the others too, once they have been read.
    /// Failures that were recorded under this fence or an earlier one do not count any more: the
    /// user has had the job retried since.
    std::int64_t retry_fence = 0;
    TimePoint lease_until;
    /// When the event that is to drive the job was handed to the bus, or was about to be.
    TimePoint published_at;
    /// An event of the job's end that the bus may not have yet.
    std::optional<eventbridge::Event> outbox;
    /// New with each write. A write is made on condition that it is still the one that was read;
    /// and a write whose answer was lost is known by it.
    std::string change_id;
    std::string submission_id;  ///< The change_id of the first write.
};

[[nodiscard]] ItemKey job_key(const domain::JobId& job_id);
/// Whose item, or entry of an index, it is.
[[nodiscard]] domain::JobId job_of(const Item& item);
[[nodiscard]] ItemKey file_key(const domain::JobId& job_id, std::uint32_t index);

[[nodiscard]] Item to_item(const JobRecord& record);
/// Errors: corrupt.
[[nodiscard]] Result<JobRecord> read_job(const Item& item);
/// What the user index has: the job without its files and attempts. Errors: corrupt.
[[nodiscard]] Result<domain::Job> read_listed(const Item& item);

/// Job::at_work as it stands in the item.
[[nodiscard]] boost::json::value at_work_value(const std::vector<std::uint32_t>& documents);

/// The members of a document, inline or in its own item.
[[nodiscard]] Item to_members(const FileRecord& record);
/// Errors: corrupt.
[[nodiscard]] Result<FileRecord> read_file(const Item& members);
[[nodiscard]] Item to_file_item(const domain::JobId& job_id, std::uint32_t index,
                                const FileRecord& record);

/// True where the document counts in `documents_processed`.
[[nodiscard]] bool is_done(const FileRecord& file, const JobRecord& record);
/// The job with the states that its documents have now: what an attempt left open is queued again,
/// or has ended with the job. So no change of a job has to touch its documents.
[[nodiscard]] domain::Job as_job(const JobRecord& record);

/// A caller's idempotency key: which job it made.
struct KeyUse {
    domain::JobId job_id;
    std::string request_hash;
    std::uint32_t files_count = 0;
    TimePoint used_at;
};
[[nodiscard]] ItemKey use_key(const domain::UserId& user_id, const std::string& key);
[[nodiscard]] Item to_item(const KeyUse& use, const domain::UserId& user_id,
                           const std::string& key);
[[nodiscard]] KeyUse read_key_use(const Item& item);

/// Where a completed document of some content is.
struct ContentPlace {
    domain::JobId job_id;
    std::uint32_t index = 0;
};
[[nodiscard]] std::string content_partition(const domain::UserId& user_id, std::string_view sha256);
[[nodiscard]] ItemKey content_place_key(const ContentPlace& place, const domain::UserId& user_id,
                                        std::string_view sha256);
[[nodiscard]] Item to_item(const ContentPlace& place, const domain::UserId& user_id,
                           std::string_view sha256);
[[nodiscard]] ContentPlace read_content_place(const Item& item);

/// That a job uses an upload: which objects go with a job is asked of it.
[[nodiscard]] std::string upload_partition(const domain::ObjectKey& upload);
[[nodiscard]] ItemKey upload_use_key(const domain::ObjectKey& upload, const domain::JobId& job_id);

/// Sorts as the time does.
[[nodiscard]] std::string sortable(TimePoint time);
/// In the live index: by time, then by job.
[[nodiscard]] std::string live_key(TimePoint time, const domain::JobId& job_id);

}  // namespace ingestor::aws
