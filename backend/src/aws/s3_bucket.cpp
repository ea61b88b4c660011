#include "aws/s3_bucket.hpp"

#include <algorithm>
#include <sstream>

#include <boost/property_tree/xml_parser.hpp>
#include <fmt/format.h>

#include "aws/xml.hpp"
#include "base/encoding.hpp"

namespace ingestor::aws {

namespace asio = boost::asio;

namespace {

/// Room for an error document, however short the object may be.
constexpr std::uint64_t kErrorBytesMax = 64 * 1024;
/// Of an upload of a part over a slow line; a stalled one ends sooner.
constexpr std::chrono::milliseconds kPutTimeout{300'000};
constexpr std::chrono::milliseconds kNoTimeout{0};

std::string document_of(const std::vector<S3Part>& parts) {
    boost::property_tree::ptree tree;
    auto& root = tree.add("CompleteMultipartUpload", "");
    for (const auto& part : parts) {
        auto& node = root.add("Part", "");
        node.put("ChecksumCRC32", part.crc32);
        node.put("ETag", part.etag);
        node.put("PartNumber", part.number);
    }
    std::ostringstream text;
    boost::property_tree::write_xml(text, tree);
    return text.str();
}

/// S3 tells when an object was last changed only with the object; the time of the answer is within
/// a moment of it.
TimePoint time_of(const httpclient::HttpReply& reply) {
    return parse_http_date(reply.header("date")).value_or(TimePoint{});
}

ports::ObjectInfo stored(domain::ObjectKey key, std::string_view etag,
                         const httpclient::HttpReply& reply) {
    ports::ObjectInfo info{.key = std::move(key)};
    info.etag = etag_of(etag);
    info.last_modified = time_of(reply);
    return info;
}

ServiceError moved(const httpclient::HttpReply& reply) {
    return {.code = "PermanentRedirect",
            .message = fmt::format("the bucket is in the region '{}': set AWS_REGION to it",
                                   reply.header("x-amz-bucket-region")),
            .http_status = reply.status,
            .errc = Errc::unavailable};
}

}  // namespace

ServiceRequest S3Bucket::request(std::string method, const domain::ObjectKey& key) const {
    return {.method = std::move(method),
            .path = '/' + percent_encode(name_) + '/' + percent_encode(key.value(), "/")};
}

asio::awaitable<ServiceResult<httpclient::HttpReply>> S3Bucket::send(ServiceRequest request) {
    auto reply = co_await client_.send(std::move(request));
    if (reply && reply->status >= 300) co_return std::unexpected(moved(*reply));
    co_return reply;
}

Error S3Bucket::error_of(const ServiceError& error, const domain::ObjectKey& key,
                         std::string_view doing, Asked asked) const {
    if (error.code == "NoSuchBucket") {
        return {.code = Errc::unavailable,
                .message = fmt::format("there is no bucket '{}': make it, or name another in "
                                       "S3_BUCKET",
                                       name_)};
    }
    if (error.code == "NoSuchKey" || (error.code.empty() && error.http_status == 404)) {
        return {.code = Errc::not_found, .message = fmt::format("no object {}", key.value())};
    }
    if (error.code == "PreconditionFailed" || error.http_status == 412) {
        return {.code = Errc::conflict, .message = fmt::format("object {} exists", key.value())};
    }
    auto out = error.error(fmt::format("{} object {}", doing, key.value()));
    // Another request for the key, or the upload, was under way at the same time.
    if (error.code == "ConditionalRequestConflict" || error.code == "NoSuchUpload") {
        out.code = Errc::unavailable;
    }
    if (error.code == "EntityTooLarge") out.code = Errc::too_large;
    if (out.code == Errc::permission_denied && asked == Asked::of_object) {
        out.message += fmt::format(
            " (an object that is missing is answered so where the role lacks s3:ListBucket on "
            "the bucket {})",
            name_);
    }
    return out;
}

auto S3Bucket::head(domain::ObjectKey key) -> Answer<ports::ObjectInfo> {
    auto asked = request("HEAD", key);
    asked.headers.emplace_back("x-amz-checksum-mode", "ENABLED");
    const auto reply = co_await send(std::move(asked));
    if (!reply) {
        co_return std::unexpected(error_of(reply.error(), key, "look up", Asked::of_object));
    }
    co_return info_of(std::move(key), *reply);
}

auto S3Bucket::get(domain::ObjectKey key, std::uint64_t bytes_max) -> Answer<std::string> {
    auto asked = request("GET", key);
    asked.answer_bytes_max = std::max(bytes_max, kErrorBytesMax);
    asked.total_timeout = kNoTimeout;
    auto reply = co_await send(std::move(asked));
    if (!reply) co_return std::unexpected(error_of(reply.error(), key, "read", Asked::of_object));
    if (reply->body.size() > bytes_max) {
        co_return fail(Errc::too_large,
                       fmt::format("object {} is over {} bytes", key.value(), bytes_max));
    }
    co_return std::move(reply->body);
}

auto S3Bucket::download(domain::ObjectKey key, int fd) -> Answer<ports::ObjectInfo> {
    auto asked = request("GET", key);
    asked.headers.emplace_back("x-amz-checksum-mode", "ENABLED");
    asked.answer_fd = fd;
    asked.total_timeout = kNoTimeout;
    // Sent again it starts anew, and the head of the answer that came whole describes its bytes: an
    // overwrite in between does no harm.
    const auto reply = co_await send(std::move(asked));
    if (!reply) co_return std::unexpected(error_of(reply.error(), key, "read", Asked::of_object));
    auto info = info_of(std::move(key), *reply);
    info.size_bytes = reply->bytes_received;
    co_return info;
}

auto S3Bucket::put(domain::ObjectKey key, S3Payload payload, Headers headers, ports::PutMode mode)
    -> Answer<ports::ObjectInfo> {
    const auto size_bytes = payload.bytes.size();
    auto wanted = request("PUT", key);
    wanted.headers = std::move(headers);
    if (mode == ports::PutMode::create_only) wanted.headers.emplace_back("if-none-match", "*");
    wanted.body = std::move(payload.bytes);
    wanted.payload_hash = std::move(payload.sha256);
    wanted.total_timeout = kPutTimeout;
    const auto reply = co_await send(std::move(wanted));
    if (reply) {
        const auto etag = reply->header("etag");
        co_return stored(std::move(key), etag, *reply);
    }
    auto error = error_of(reply.error(), key, "store", Asked::to_change);
    const bool may_be_ours = error.code == Errc::conflict && reply.error().attempts > 1;
    if (!may_be_ours) co_return std::unexpected(std::move(error));
    co_return co_await find_ours(std::move(key), size_bytes, std::move(payload.crc32),
                                 std::move(error));
}

auto S3Bucket::find_ours(domain::ObjectKey key, std::uint64_t size_bytes, std::string crc32,
                         Error otherwise) -> Answer<ports::ObjectInfo> {
    auto found = co_await head(std::move(key));
    if (!found || found->size_bytes != size_bytes) co_return std::unexpected(std::move(otherwise));
    const auto& checksum = found->attributes.checksum;
    if (checksum && checksum->first == "crc32" && checksum->second != crc32) {
        co_return std::unexpected(std::move(otherwise));
    }
    co_return found;
}

auto S3Bucket::remove(domain::ObjectKey key) -> Answer<std::monostate> {
    const auto reply = co_await send(request("DELETE", key));
    if (!reply && reply.error().code != "NoSuchKey") {
        co_return std::unexpected(error_of(reply.error(), key, "remove", Asked::to_change));
    }
    co_return std::monostate{};
}

auto S3Bucket::begin_parts(domain::ObjectKey key, Headers headers) -> Answer<std::string> {
    auto wanted = request("POST", key);
    wanted.query = "uploads=";
    wanted.headers = std::move(headers);
    wanted.headers.emplace_back("x-amz-checksum-algorithm", "CRC32");
    wanted.headers.emplace_back("x-amz-checksum-type", "FULL_OBJECT");
    const auto reply = co_await send(std::move(wanted));
    if (!reply) {
        co_return std::unexpected(error_of(reply.error(), key, "store", Asked::to_change));
    }
    const auto tree = parse_xml(reply->body);
    auto id = tree ? tree->get("InitiateMultipartUploadResult.UploadId", "") : std::string();
    if (id.empty()) {
        co_return fail(Errc::unavailable,
                       fmt::format("store object {}: S3 gave no upload id", key.value()));
    }
    co_return id;
}

auto S3Bucket::put_part(domain::ObjectKey key, std::string upload_id, int number, S3Payload payload)
    -> Answer<S3Part> {
    auto wanted = request("PUT", key);
    wanted.query = fmt::format("partNumber={}&uploadId={}", number, percent_encode(upload_id));
    wanted.headers = checksum_headers({"crc32", payload.crc32});
    wanted.body = std::move(payload.bytes);
    wanted.payload_hash = std::move(payload.sha256);
    wanted.total_timeout = kPutTimeout;
    const auto reply = co_await send(std::move(wanted));
    if (!reply) {
        co_return std::unexpected(error_of(reply.error(), key, "store", Asked::to_change));
    }
    co_return S3Part{number, std::string(reply->header("etag")), std::move(payload.crc32)};
}

auto S3Bucket::complete_parts(domain::ObjectKey key, Completion completion)
    -> Answer<ports::ObjectInfo> {
    auto wanted = request("POST", key);
    wanted.query = "uploadId=" + percent_encode(completion.upload_id);
    wanted.headers = {{"content-type", "application/xml"},
                      {"x-amz-checksum-crc32", completion.crc32}};
    wanted.headers.emplace_back("x-amz-checksum-type", "FULL_OBJECT");
    if (completion.mode == ports::PutMode::create_only) {
        wanted.headers.emplace_back("if-none-match", "*");
    }
    wanted.body = document_of(completion.parts);
    wanted.may_fail_within_200 = true;
    wanted.total_timeout = kPutTimeout;
    const auto reply = co_await send(std::move(wanted));
    if (reply) {
        const auto tree = parse_xml(reply->body);
        const auto etag =
            tree ? tree->get("CompleteMultipartUploadResult.ETag", "") : std::string();
        co_return stored(std::move(key), etag, *reply);
    }
    auto error = error_of(reply.error(), key, "store", Asked::to_change);
    const bool may_be_ours = reply.error().attempts > 1 &&
                             (error.code == Errc::conflict || reply.error().code == "NoSuchUpload");
    if (!may_be_ours) co_return std::unexpected(std::move(error));
    co_return co_await find_ours(std::move(key), completion.size_bytes, std::move(completion.crc32),
                                 std::move(error));
}

auto S3Bucket::drop_parts(domain::ObjectKey key, std::string upload_id) -> Answer<std::monostate> {
    auto wanted = request("DELETE", key);
    wanted.query = "uploadId=" + percent_encode(upload_id);
    const auto reply = co_await send(std::move(wanted));
    if (!reply && reply.error().code != "NoSuchUpload") {
        co_return std::unexpected(error_of(reply.error(), key, "give up", Asked::to_change));
    }
    co_return std::monostate{};
}

}  // namespace ingestor::aws
