// Submitting, of JobService.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "async/for_each_concurrent.hpp"
#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/utf8.hpp"
#include "base/uuid.hpp"
#include "jobs/file_keys.hpp"
#include "jobs/job_events.hpp"
#include "jobs/job_service.hpp"

namespace ingestor::jobs {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kIdempotencyKeyBytesMax = 255;
/// Look-ups of one submit that are under way at once: a store behind a network takes its time.
constexpr std::size_t kLookUpsMax = 32;

Result<std::monostate> check_idempotency_key(const std::optional<std::string>& key) {
    if (!key) return std::monostate{};
    const auto printable = [](char sign) { return sign >= 0x20 && sign < 0x7f; };
    if (key->empty() || key->size() > kIdempotencyKeyBytesMax ||
        !std::ranges::all_of(*key, printable)) {
        return fail(Errc::invalid_argument,
                    fmt::format("the idempotency key must be 1 to {} printable ASCII characters",
                                kIdempotencyKeyBytesMax),
                    "idempotency_key");
    }
    return std::monostate{};
}

Result<std::string> job_name_of(const SubmitRequest& request,
                                const std::vector<domain::JobFile>& files) {
    if (request.job_name) {
        const auto& given = *request.job_name;
        const auto refuse = [](std::string message) {
            return fail(Errc::invalid_argument, std::move(message), "job_name");
        };
        if (!is_utf8(given)) return refuse("the job name is not UTF-8");
        if (count_characters(given) > domain::kJobNameCharactersMax) {
            return refuse(fmt::format("the job name has {} characters, over the limit of {}",
                                      count_characters(given), domain::kJobNameCharactersMax));
        }
        const auto control = [](char sign) {
            return static_cast<unsigned char>(sign) < 0x20 || sign == 0x7f;
        };
        if (std::ranges::any_of(given, control)) {
            return refuse("the job name has control characters");
        }
        if (given.find_first_not_of(' ') != std::string::npos) return given;
    }
    const auto& first = files.front().filename;
    if (files.size() == 1) return first;
    const auto more = fmt::format(" and {} more", files.size() - 1);
    return std::string(cut_utf8(first, domain::kJobNameCharactersMax - more.size())) + more;
}

/// The files as a job holds them, before anybody has looked whether they are there.
Result<std::vector<domain::JobFile>> name_files(const SubmitRequest& request) {
    if (request.files.empty()) {
        return fail(Errc::invalid_argument, "the job has no files", "files");
    }
    if (request.files.size() > domain::kFilesInJobMax) {
        return fail(Errc::invalid_argument,
                    fmt::format("the job has {} files, over the limit of {}", request.files.size(),
                                domain::kFilesInJobMax),
                    "files");
    }
    std::vector<domain::JobFile> files;
    files.reserve(request.files.size());
    for (std::size_t index = 0; index < request.files.size(); ++index) {
        const auto& key = request.files[index].file_key;
        const auto& filename = request.files[index].filename;
        const auto key_field = fmt::format("files.{}.file_key", index);
        auto file_key = domain::ObjectKey::parse(key);
        if (!file_key) {
            return fail(Errc::invalid_argument, file_key.error().message, key_field);
        }
        auto name = filename ? *filename : std::string(last_segment(key));
        const auto name_field = filename ? fmt::format("files.{}.filename", index) : key_field;
        if (auto checked = check_filename(name, name_field); !checked) {
            return std::unexpected(std::move(checked.error()));
        }
        files.push_back({.file_key = std::move(*file_key), .filename = std::move(name)});
    }
    return files;
}

/// Only a request that is well-formed throughout learns whose the keys are.
Result<std::monostate> check_owner(const ports::Principal& who,
                                   const std::vector<domain::JobFile>& files) {
    for (std::size_t index = 0; index < files.size(); ++index) {
        if (!owns_key(who.user_id, files[index].file_key.value())) {
            return fail(Errc::permission_denied, "this file key is not yours",
                        fmt::format("files.{}.file_key", index));
        }
    }
    return std::monostate{};
}

/// The same request gives the same hash; no part can run over into the next.
std::string hash_of(const std::string& job_name, const std::vector<domain::JobFile>& files,
                    const std::vector<SubmittedFile>& submitted) {
    auto text = fmt::format("{}:{}", job_name.size(), job_name);
    for (std::size_t index = 0; index < files.size(); ++index) {
        const auto& file = files[index];
        const auto& sha256 = submitted[index].sha256;
        // A file key begins with the prefix of uploads, so no two of these are alike.
        const auto key = sha256 ? "sha256:" + *sha256 : file.file_key.value();
        text += fmt::format("{}:{}{}:{}", key.size(), key, file.filename.size(), file.filename);
    }
    return sha256_hex(text);
}

/// Fills in what the store knows of the file, or tells what is wrong with it.
asio::awaitable<void> look_up(ports::ObjectStore& objects, std::size_t index, domain::JobFile& file,
                              Result<std::monostate>& result) {
    auto info = co_await objects.head(file.file_key);
    auto field = fmt::format("files.{}.file_key", index);
    if (!info) {
        auto error = std::move(info.error());
        if (error.code == Errc::not_found) {
            error.message = fmt::format("{} has not been uploaded (no object {})", file.filename,
                                        file.file_key.value());
        }
        error.field = std::move(field);
        result = std::unexpected(std::move(error));
        co_return;
    }
    if (auto good = check_supported(file.filename, info->attributes.content_type, std::move(field));
        !good) {
        result = std::move(good);
        co_return;
    }
    file.content_type = std::move(info->attributes.content_type);
    file.size_bytes = info->size_bytes;
    if (!info->etag.empty()) file.upload_etag = std::move(info->etag);
}

}  // namespace

auto JobService::look_up_files(std::vector<domain::JobFile> files)
    -> Answer<std::vector<domain::JobFile>> {
    std::vector<Result<std::monostate>> results(files.size());
    auto one = [&](std::size_t index) {
        return look_up(dependencies_.objects, index, files[index], results[index]);
    };
    co_await async::for_each_concurrent(files.size(), kLookUpsMax, one);
    for (auto& result : results) {
        if (!result) co_return std::unexpected(std::move(result.error()));
    }
    co_return files;
}

auto JobService::submit(ports::Principal who, SubmitRequest request) -> Answer<ports::CreatedJob> {
    if (auto key = check_idempotency_key(request.idempotency_key); !key) {
        co_return std::unexpected(std::move(key.error()));
    }
    auto named = name_files(request);
    if (!named) co_return std::unexpected(std::move(named.error()));
    auto job_name = job_name_of(request, *named);
    if (!job_name) co_return std::unexpected(std::move(job_name.error()));
    if (auto owner = check_owner(who, *named); !owner) {
        co_return std::unexpected(std::move(owner.error()));
    }

    std::optional<ports::IdempotencyKey> key;
    if (request.idempotency_key) {
        key = ports::IdempotencyKey{.key = *request.idempotency_key,
                                    .request_hash = hash_of(*job_name, *named, request.files)};
    }
    auto files = co_await look_up_files(std::move(*named));
    const auto now = dependencies_.clock.now();
    if (files) {
        std::uint64_t bytes = 0;
        for (const auto& file : *files) bytes += file.size_bytes;
        const auto room = co_await check_quotas(who.user_id, 1, bytes);
        if (!room) files = std::unexpected(room.error());
    }
    if (!files) {
        if (key) {
            auto repeated = co_await dependencies_.jobs.find_repeated(who.user_id, *key, now);
            if (!repeated) co_return std::unexpected(std::move(repeated.error()));
            if (*repeated) co_return **repeated;
        }
        co_return std::unexpected(std::move(files.error()));
    }

    domain::Job job;
    job.job_id = domain::JobId(uuid_v7(now));
    job.user_id = who.user_id;
    job.job_name = std::move(*job_name);
    job.files = std::move(*files);
    job.total_documents = static_cast<std::uint32_t>(job.files.size());
    job.created_at = now;
    job.updated_at = now;
    auto event = processing_required(job, names_, now);
    auto created =
        co_await dependencies_.jobs.create(std::move(job), std::move(key), std::move(event));
    if (created && !created->existed) dependencies_.watch.notify(who.user_id, created->job_id);
    co_return created;
}

}  // namespace ingestor::jobs
