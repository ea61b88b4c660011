#include "aws/s3_object_writer.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "async/offload.hpp"
#include "base/digest.hpp"
#include "base/encoding.hpp"

namespace ingestor::aws {

namespace asio = boost::asio;
namespace {

constexpr std::string_view kEntityTagDigest = "md5";
constexpr std::string_view kWholeDigest = "crc32";

boost::asio::awaitable<void> drop(S3Bucket& bucket, telemetry::Log& log, domain::ObjectKey key,
                                  std::string upload_id) {
    const auto dropped = co_await bucket.drop_parts(key, std::move(upload_id));
    if (!dropped) {
        log.warn("an unfinished upload is left in the bucket",
                 {{"key", key.value()}, {"error", dropped.error().message}});
    }
}

}  // namespace

/// The bytes of the part that is being filled, and the digests of all that went before.
struct S3ObjectWriter::Content {
    std::string part;
    std::size_t hashed = 0;  ///< Of the part.
    std::map<std::string, Digest, std::less<>> digests;
    std::map<std::string, std::string, std::less<>> finished;

    void hash() {
        const auto fresh = std::string_view(part).substr(hashed);
        for (auto& [name, digest] : digests) digest.update(fresh);
        hashed = part.size();
    }
    /// Ends them all. Empty for what was not asked for.
    std::string digest(std::string_view algorithm) {
        if (finished.empty()) {
            hash();
            for (auto& [name, digest] : digests) finished.emplace(name, digest.finish());
            digests.clear();
        }
        const auto found = finished.find(algorithm);
        return found == finished.end() ? std::string() : found->second;
    }
    S3Payload take() {
        if (!digests.empty()) hash();
        Digest crc(DigestKind::crc32);
        crc.update(part);
        hashed = 0;
        auto bytes = std::exchange(part, {});
        auto sha = sha256_hex(bytes);
        return {
            .bytes = std::move(bytes), .sha256 = std::move(sha), .crc32 = to_base64(crc.finish())};
    }
};

Result<std::unique_ptr<S3ObjectWriter>> S3ObjectWriter::begin(Dependencies dependencies,
                                                              Limits limits, domain::ObjectKey key,
                                                              ports::PutOptions options) {
    if (const auto good = headers_of(options.attributes); !good) {
        return std::unexpected(good.error());
    }
    std::unique_ptr<S3ObjectWriter> writer(
        new S3ObjectWriter(dependencies, limits, std::move(key), std::move(options)));
    auto& digests = writer->content_->digests;
    digests.emplace(kEntityTagDigest, Digest(DigestKind::md5));
    digests.emplace(kWholeDigest, Digest(DigestKind::crc32));
    for (const auto& name : writer->options_.digests) {
        const auto kind = digest_kind(name);
        if (!kind) return std::unexpected(kind.error());
        digests.try_emplace(name, *kind);
    }
    return writer;
}

S3ObjectWriter::S3ObjectWriter(Dependencies dependencies, Limits limits, domain::ObjectKey key,
                               ports::PutOptions options)
    : dependencies_(dependencies),
      limits_(limits),
      key_(std::move(key)),
      options_(std::move(options)),
      content_(std::make_shared<Content>()) {}

S3ObjectWriter::~S3ObjectWriter() {
    if (upload_id_.empty()) return;
    dependencies_.tasks.spawn(drop(dependencies_.bucket, dependencies_.log, key_, upload_id_));
}

asio::awaitable<Result<std::monostate>> S3ObjectWriter::write(std::string_view bytes) {
    if (failure_) co_return std::unexpected(*failure_);
    if (bytes.size() > limits_.object_bytes_max - size_bytes_) {
        co_return fail(Errc::too_large, fmt::format("object {} is over {} bytes", key_.value(),
                                                    limits_.object_bytes_max));
    }
    while (!bytes.empty()) {
        auto& part = content_->part;
        // A full part waits for the first byte behind it: an object of just one is put whole.
        if (part.size() == limits_.part_bytes) {
            auto sent = co_await send_part();
            if (!sent) {
                failure_ = sent.error();
                co_return sent;
            }
        }
        const auto taken = std::min(bytes.size(), limits_.part_bytes - content_->part.size());
        content_->part.append(bytes.substr(0, taken));
        bytes.remove_prefix(taken);
        size_bytes_ += taken;
    }
    co_return std::monostate{};
}

asio::awaitable<Result<std::monostate>> S3ObjectWriter::flush() {
    auto work = [content = content_] {
        content->hash();
        return std::monostate{};
    };
    co_return co_await async::offload(dependencies_.pool, std::move(work));
}

std::string S3ObjectWriter::digest(std::string_view algorithm) {
    return content_->digest(algorithm);
}

asio::awaitable<S3Payload> S3ObjectWriter::take_payload() {
    // Not worth the way to the pool and back.
    constexpr std::size_t kSmallBytes = 64 * 1024;
    if (content_->part.size() <= kSmallBytes) co_return content_->take();
    auto work = [content = content_] { return content->take(); };
    co_return co_await async::offload(dependencies_.pool, std::move(work));
}

asio::awaitable<Result<std::monostate>> S3ObjectWriter::send_part() {
    auto payload = co_await take_payload();
    if (upload_id_.empty()) {
        auto attributes = options_.attributes;
        // Of an object that comes in parts S3 keeps the checksum that they are given with.
        attributes.checksum.reset();
        auto headers = headers_of(attributes);
        if (!headers) co_return std::unexpected(headers.error());
        auto id = co_await dependencies_.bucket.begin_parts(key_, std::move(*headers));
        if (!id) co_return std::unexpected(id.error());
        upload_id_ = std::move(*id);
    }
    const int number = static_cast<int>(sent_.size()) + 1;
    auto part =
        co_await dependencies_.bucket.put_part(key_, upload_id_, number, std::move(payload));
    if (!part) co_return std::unexpected(part.error());
    sent_.push_back(std::move(*part));
    co_return std::monostate{};
}

asio::awaitable<Result<ports::ObjectInfo>> S3ObjectWriter::commit() {
    if (failure_) co_return std::unexpected(*failure_);
    auto finish = upload_id_.empty() ? put_whole() : complete();
    auto info = co_await std::move(finish);
    if (!info) {
        failure_ = info.error();
        co_return info;
    }
    upload_id_.clear();
    info->size_bytes = size_bytes_;
    info->attributes = options_.attributes;
    co_return info;
}

asio::awaitable<Result<ports::ObjectInfo>> S3ObjectWriter::put_whole() {
    auto payload = co_await take_payload();
    auto& checksum = options_.attributes.checksum;
    if (const auto kept = digest(options_.kept_digest); !kept.empty()) {
        checksum = {options_.kept_digest, to_base64(kept)};
    }
    if (!checksum || checksum->first == kEntityTagDigest) {
        checksum = {std::string(kWholeDigest), payload.crc32};
    }
    auto headers = headers_of(options_.attributes);
    if (!headers) co_return std::unexpected(headers.error());
    co_return co_await dependencies_.bucket.put(key_, std::move(payload), std::move(*headers),
                                                options_.mode);
}

asio::awaitable<Result<ports::ObjectInfo>> S3ObjectWriter::complete() {
    auto sent = co_await send_part();
    if (!sent) co_return std::unexpected(sent.error());
    auto crc32 = to_base64(digest(kWholeDigest));
    options_.attributes.checksum = {std::string(kWholeDigest), crc32};
    S3Bucket::Completion completion{.upload_id = upload_id_,
                                    .parts = sent_,
                                    .crc32 = std::move(crc32),
                                    .size_bytes = size_bytes_,
                                    .mode = options_.mode};
    co_return co_await dependencies_.bucket.complete_parts(key_, std::move(completion));
}

}  // namespace ingestor::aws
