#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "domain/job.hpp"
#include "domain/names.hpp"
#include "formats/outputs.hpp"
#include "jobs/job_deleter.hpp"
#include "jobs/job_watch.hpp"
#include "jobs/running_jobs.hpp"
#include "jobs/upload_urls.hpp"
#include "ports/clock.hpp"
#include "ports/job_store.hpp"
#include "ports/object_store.hpp"
#include "ports/token_verifier.hpp"
#include "ports/usage_ledger.hpp"

namespace ingestor::jobs {

/// Whether the SHA-256 of an upload is to be known at its end.
enum class ContentHash { not_wanted, wanted };

struct UploadRequest {
    std::string filename;
    std::string content_type;
    std::string origin = {};  ///< See UploadUrls::presign.
    ContentHash hash = ContentHash::not_wanted;
};

/// What the browser needs to store a document by itself.
struct PresignedUpload {
    std::string upload_url;
    domain::ObjectKey file_key;
    std::chrono::seconds expires_in{0};
    std::vector<std::pair<std::string, std::string>> headers;
};

/// Which requests of an upload in parts shall be signed.
struct PartUrlsRequest {
    std::string file_key;
    std::string upload_id;
    std::vector<std::uint32_t> part_numbers;
    std::string origin = {};  ///< See UploadUrls::presign.
};
/// The links for S3's UploadPart, ListParts, CompleteMultipartUpload and AbortMultipartUpload.
struct PartUrls {
    std::vector<std::pair<std::uint32_t, std::string>> parts = {};  ///< By number.
    std::string list_url;
    std::string complete_url;
    std::string abort_url;
    std::chrono::seconds expires_in{0};
};

/// A document on its way through this server. Dropping it leaves no trace.
struct UploadUnderWay {
    domain::ObjectKey file_key;
    std::string filename;
    std::unique_ptr<ports::ObjectWriter> writer;
};

struct SubmittedFile {
    std::string file_key;
    std::optional<std::string> filename;  ///< Default: the last segment of the key.
    /// Of its bytes, in hexadecimal, where its key is new with each request: two requests are the
    /// same then if their files have the same names and bytes.
    std::optional<std::string> sha256 = {};
};

struct SubmitRequest {
    std::optional<std::string> job_name;  ///< Default: the first file's name, and how many more.
    std::vector<SubmittedFile> files;
    std::optional<std::string> idempotency_key;
};

/// What the jobs of one user may take; 0: no limit.
struct Quotas {
    std::uint64_t jobs = 0;
    std::uint64_t bytes = 0;  ///< Of their documents, as they were uploaded.
};

/// The Error::field of what a quota refuses.
inline constexpr std::string_view kQuotaField = "quota";

struct JobListRequest {
    std::vector<domain::JobStatus> statuses;  ///< Any of these; none named: every status.
    /// In the name, whatever the case of ASCII letters, or where the id begins; 1 to kSearchMax
    /// characters. nullopt: every job.
    std::optional<std::string> text;
    std::uint32_t limit = 50;
    std::string cursor;  ///< The `next_cursor` of the page before; empty: from the newest on.
};

struct JobList {
    std::vector<domain::Job> jobs;  ///< Without their files and attempts.
    std::optional<std::string> next_cursor;
};

struct JobView {
    domain::Job job;
    /// Jobs that stand before it while it is queued, from 0; kQueuePositionMax: so many or more;
    /// nullopt where the store could not count them.
    std::optional<std::uint64_t> queue_position;
};

/// Which jobs: those named, or all of one status, or those named that are of the status.
struct JobSelection {
    std::optional<domain::JobStatus> status;
    std::vector<domain::JobId> job_ids;
};

struct JobOutcome {
    domain::JobId job_id;
    std::optional<Error> error;  ///< Nothing: done.
};

struct BulkOutcome {
    std::uint32_t count = 0;  ///< How many were done.
    std::vector<JobOutcome> jobs;
    bool more = false;  ///< Others of that status remain: call again.
};

/// A document or an output of it, and where it stands.
struct StoredDocument {
    domain::JobFile file;
    ports::ObjectInfo object;
};

/// How much of a document is asked for: the whole of it is verified first.
enum class Portion { whole, part };

/// What a user may do with documents and jobs. Whether something is the caller's is decided here: a
/// job of somebody else is not_found, a file key of somebody else permission_denied. Any call may
/// fail as `unavailable`. Call from the I/O executor only; calls may overlap.
class JobService {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;

    static constexpr std::chrono::seconds kUploadLifetime{900};
    static constexpr std::uint32_t kPartsMax = 10'000;  ///< As S3 has it.
    static constexpr std::size_t kPartUrlsMax = 100;
    /// What a part of an upload should have; the last may be smaller.
    static constexpr std::uint64_t kPartBytes = std::uint64_t{16} << 20;
    static constexpr std::uint32_t kJobsInPageMax = 200;
    static constexpr std::size_t kSearchMax = 200;
    static constexpr std::uint64_t kQueuePositionMax = 1'000;
    static constexpr std::size_t kBulkJobsMax = 1'000;
    static constexpr std::uint32_t kFoundDocumentsMax = 10;

    /// What the use cases work with; all of it outlives the service.
    struct Dependencies {
        ports::JobStore& jobs;
        ports::ObjectStore& objects;
        const UploadUrls& upload_urls;
        const ports::Clock& clock;
        RunningJobs& running;
        JobWatch& watch;
        JobDeleter& deleter;
        ports::UsageLedger* usage = nullptr;  ///< Null: nobody knows, and there are no quotas.
    };
    JobService(Dependencies dependencies, domain::Names names, Quotas quotas = {});

    /// Errors: invalid_argument (`filename`), unsupported (no format of ours), out_of_space (the
    /// user's quota of bytes is used up).
    Answer<PresignedUpload> presign_upload(ports::Principal who, UploadRequest request);

    /// A link that begins an upload in parts (S3's CreateMultipartUpload). Errors: as
    /// presign_upload.
    Answer<PresignedUpload> begin_parts(ports::Principal who, UploadRequest request);
    /// The links that it goes on with. Errors: invalid_argument (`file_key`, `upload_id`,
    /// `part_numbers`), permission_denied (the key of somebody else).
    [[nodiscard]] Result<PartUrls> presign_parts(const ports::Principal& who,
                                                 const PartUrlsRequest& request) const;

    /// Starts storing a document that comes through this server. Errors: as presign_upload.
    Answer<UploadUnderWay> begin_upload(ports::Principal who, UploadRequest request);

    /// One durable write: the job and the event that starts it. Errors, checked in this order:
    /// invalid_argument (`files`, `files.3.file_key`, `files.3.filename`, `job_name`,
    /// `idempotency_key`), permission_denied (the key of somebody else), unsupported, not_found
    /// (no such object; names the file), conflict (the idempotency key was used for another
    /// request), rate_limited (over the user's quota of jobs), out_of_space (over that of bytes).
    /// A repeat is answered by its key even where the objects are gone since, or the quota is used
    /// up.
    Answer<ports::CreatedJob> submit(ports::Principal who, SubmitRequest request);

    /// Newest first. Errors: invalid_argument (`limit`, `cursor`, `q`).
    Answer<JobList> list(ports::Principal who, JobListRequest request);

    /// The caller's jobs of each status; every status is there.
    Answer<std::map<domain::JobStatus, std::uint64_t>> counts(ports::Principal who);

    /// Errors: not_found.
    Answer<JobView> get(ports::Principal who, domain::JobId job_id);

    /// Failed or cancelled becomes queued again. Errors: not_found, conflict.
    Answer<domain::Job> retry(ports::Principal who, domain::JobId job_id);

    /// Queued or processing becomes cancelled; work under way is stopped. Errors: not_found,
    /// conflict (already ended).
    Answer<domain::Job> cancel(ports::Principal who, domain::JobId job_id);

    /// Each job on its own; see the outcomes. Errors: invalid_argument (nothing selected, or more
    /// than kBulkJobsMax).
    Answer<BulkOutcome> retry_many(ports::Principal who, JobSelection selection);
    Answer<BulkOutcome> cancel_many(ports::Principal who, JobSelection selection);

    /// Deletes an ended job with its outputs, and with the uploads that no other job uses. Returns
    /// the job as it was. Errors: not_found, conflict (it has not ended).
    Answer<domain::Job> remove(ports::Principal who, domain::JobId job_id);
    /// As retry_many().
    Answer<BulkOutcome> remove_many(ports::Principal who, JobSelection selection);

    /// Whether the user whose upload it would be has room for more. Errors: out_of_space.
    Answer<std::monostate> check_room(domain::ObjectKey upload);

    /// nullopt: nobody knows. Errors: unavailable.
    Answer<std::optional<ports::Usage>> usage(ports::Principal who);
    [[nodiscard]] const Quotas& quotas() const { return quotas_; }

    /// Removes uploads that were not submitted after all; those that a job uses stay.
    boost::asio::awaitable<void> discard_uploads(std::vector<domain::ObjectKey> uploads);

    /// An output of document `index` (from 0). Errors: not_found (the job, the document, or the
    /// output, which is there once the document is completed).
    Answer<StoredDocument> find_output(ports::Principal who, domain::JobId job_id,
                                       std::uint32_t index, formats::OutputKind kind);

    /// Document `index` (from 0) as it was uploaded. Errors: not_found (the job, the document, or
    /// the upload, which may have been deleted since), conflict (the upload was replaced since).
    Answer<StoredDocument> find_source(ports::Principal who, domain::JobId job_id,
                                       std::uint32_t index);

    /// What find_output() or find_source() has found. Errors: not_found (deleted meanwhile), and
    /// for the whole of it corrupt.
    Answer<ports::OpenObject> open(const StoredDocument& document, Portion portion);

    /// The caller's completed documents with that SHA-256 (hexadecimal), newest first, at most
    /// kFoundDocumentsMax. Errors: invalid_argument (`sha256`).
    Answer<std::vector<ports::FoundDocument>> find_documents(ports::Principal who,
                                                             std::string sha256);

    /// Hears of changes of a job. Errors: not_found, unavailable.
    Answer<std::unique_ptr<JobSubscription>> watch(ports::Principal who, domain::JobId job_id);

    /// Hears of changes of all jobs of the caller. Errors: unavailable.
    Result<std::unique_ptr<UserSubscription>> watch_all(const ports::Principal& who);
    /// Those of `job_ids` that are the caller's, without files and attempts.
    Answer<std::vector<domain::Job>> list_named(ports::Principal who,
                                                std::vector<domain::JobId> job_ids);

private:
    using Change = Answer<domain::Job> (JobService::*)(ports::Principal, domain::JobId);

    Answer<domain::Job> owned(const ports::Principal& who, domain::JobId job_id);
    Answer<domain::JobFile> owned_file(const ports::Principal& who, domain::JobId job_id,
                                       std::uint32_t index);
    Answer<PresignedUpload> presign(ports::Principal who, UploadRequest request, UploadCall call);
    /// Whether so much more is within the user's quotas.
    Answer<std::monostate> check_quotas(const domain::UserId& user_id, std::uint64_t jobs,
                                        std::uint64_t bytes);
    Answer<std::vector<domain::JobFile>> look_up_files(std::vector<domain::JobFile> files);
    Answer<std::vector<domain::JobId>> select(const ports::Principal& who, JobSelection selection,
                                              BulkOutcome& outcome);
    Answer<BulkOutcome> change_many(ports::Principal who, JobSelection selection,
                                    std::vector<domain::JobStatus> changeable, Change change);
    boost::asio::awaitable<void> change_one(const ports::Principal& who, Change change,
                                            std::size_t index, BulkOutcome& outcome);

    Dependencies dependencies_;
    domain::Names names_;
    Quotas quotas_;
};

}  // namespace ingestor::jobs
