// Uploads, of JobService: links for whoever stores a document by themselves, and documents that
// come through this server.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "jobs/file_keys.hpp"
#include "jobs/job_service.hpp"

namespace ingestor::jobs {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kContentTypeBytesMax = 255;
constexpr std::size_t kUploadIdBytesMax = 1'024;

Result<std::monostate> check_upload(const UploadRequest& request) {
    if (auto name = check_filename(request.filename, "filename"); !name) return name;
    const auto printable = [](char sign) { return sign >= 0x20 && sign < 0x7f; };
    if (request.content_type.size() > kContentTypeBytesMax ||
        !std::ranges::all_of(request.content_type, printable)) {
        return fail(Errc::invalid_argument, "the content type is no media type", "content_type");
    }
    return check_supported(request.filename, request.content_type, "filename");
}

Result<domain::ObjectKey> own_upload(const ports::Principal& who, const std::string& file_key) {
    auto key = domain::ObjectKey::parse(file_key);
    if (!key) {
        key.error().field = "file_key";
        return key;
    }
    if (owns_key(who.user_id, key->value())) return key;
    return fail(Errc::permission_denied, "this upload is not yours", "file_key");
}

Result<std::monostate> check_parts(const PartUrlsRequest& request) {
    if (request.upload_id.empty() || request.upload_id.size() > kUploadIdBytesMax) {
        return fail(Errc::invalid_argument,
                    fmt::format("an upload id has 1 to {} bytes", kUploadIdBytesMax), "upload_id");
    }
    if (request.part_numbers.size() > JobService::kPartUrlsMax) {
        return fail(Errc::invalid_argument,
                    fmt::format("{} parts at most are asked for at once", JobService::kPartUrlsMax),
                    "part_numbers");
    }
    for (std::size_t n = 0; n < request.part_numbers.size(); ++n) {
        const auto number = request.part_numbers[n];
        if (number >= 1 && number <= JobService::kPartsMax) continue;
        return fail(Errc::invalid_argument,
                    fmt::format("parts are numbered from 1 to {}", JobService::kPartsMax),
                    fmt::format("part_numbers.{}", n));
    }
    return std::monostate{};
}

}  // namespace

auto JobService::presign_upload(ports::Principal who, UploadRequest request)
    -> Answer<PresignedUpload> {
    UploadCall call{.method = "PUT", .content_type = request.content_type};
    co_return co_await presign(std::move(who), std::move(request), std::move(call));
}

auto JobService::presign(ports::Principal who, UploadRequest request, UploadCall call)
    -> Answer<PresignedUpload> {
    if (auto checked = check_upload(request); !checked) co_return std::unexpected(checked.error());
    // Whatever is uploaded has a byte at least.
    const auto room = co_await check_quotas(who.user_id, 0, 1);
    if (!room) co_return std::unexpected(room.error());
    auto key = new_upload_key(who.user_id, request.filename, dependencies_.clock.now());
    if (!key) co_return std::unexpected(std::move(key.error()));
    auto signed_url =
        dependencies_.upload_urls.presign(*key, call, kUploadLifetime, request.origin);
    if (!signed_url) co_return std::unexpected(std::move(signed_url.error()));
    PresignedUpload upload{.upload_url = std::move(signed_url->url),
                           .file_key = std::move(*key),
                           .expires_in = kUploadLifetime,
                           .headers = std::move(signed_url->headers)};
    co_return upload;
}

auto JobService::begin_upload(ports::Principal who, UploadRequest request)
    -> Answer<UploadUnderWay> {
    if (auto checked = check_upload(request); !checked) co_return std::unexpected(checked.error());
    const auto room = co_await check_quotas(who.user_id, 0, 1);
    if (!room) co_return std::unexpected(room.error());
    auto key = new_upload_key(who.user_id, request.filename, dependencies_.clock.now());
    if (!key) co_return std::unexpected(std::move(key.error()));
    ports::PutOptions options;
    if (!request.content_type.empty()) options.attributes.content_type = request.content_type;
    if (request.hash == ContentHash::wanted) options.digests.emplace_back("sha256");
    auto writer = co_await dependencies_.objects.begin_put(*key, std::move(options));
    if (!writer) co_return std::unexpected(std::move(writer.error()));
    UploadUnderWay upload{.file_key = std::move(*key),
                          .filename = std::move(request.filename),
                          .writer = std::move(*writer)};
    co_return upload;
}

asio::awaitable<void> JobService::discard_uploads(std::vector<domain::ObjectKey> uploads) {
    if (uploads.empty()) co_return;
    // What cannot be removed just now is found by the retention, as an upload that no job took.
    co_await dependencies_.deleter.remove_unused(std::move(uploads));
}

auto JobService::begin_parts(ports::Principal who, UploadRequest request)
    -> Answer<PresignedUpload> {
    UploadCall call{.method = "POST", .query = "uploads=", .content_type = request.content_type};
    co_return co_await presign(std::move(who), std::move(request), std::move(call));
}

Result<PartUrls> JobService::presign_parts(const ports::Principal& who,
                                           const PartUrlsRequest& request) const {
    const auto key = own_upload(who, request.file_key);
    if (!key) return std::unexpected(key.error());
    if (auto good = check_parts(request); !good) return std::unexpected(good.error());
    const auto of_upload = "uploadId=" + percent_encode(request.upload_id);
    Result<std::monostate> signed_all;
    const auto sign = [&](std::string method, std::string query) -> std::string {
        const UploadCall call{.method = std::move(method), .query = std::move(query)};
        auto link = dependencies_.upload_urls.presign(*key, call, kUploadLifetime, request.origin);
        if (link) return std::move(link->url);
        signed_all = std::unexpected(std::move(link.error()));
        return {};
    };
    PartUrls urls{.list_url = sign("GET", of_upload),
                  .complete_url = sign("POST", of_upload),
                  .abort_url = sign("DELETE", of_upload),
                  .expires_in = kUploadLifetime};
    for (const auto number : request.part_numbers) {
        urls.parts.emplace_back(number,
                                sign("PUT", fmt::format("partNumber={}&{}", number, of_upload)));
    }
    if (!signed_all) return std::unexpected(std::move(signed_all.error()));
    return urls;
}

}  // namespace ingestor::jobs
