#include "files/object_upload.hpp"

#include <array>
#include <cerrno>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "base/encoding.hpp"
#include "base/system_error.hpp"
#include "files/object_path.hpp"

namespace ingestor::files {
namespace {

constexpr std::string_view kEntityTagDigest = "md5";
/// Tells bytes that the disk has changed; fast enough to be asked at every reading.
constexpr std::string_view kContentDigest = "crc32c";

}  // namespace

ObjectUpload::ObjectUpload(ObjectDirectory& directory, const ports::Clock& clock,
                           domain::ObjectKey key, ports::PutOptions options)
    : directory_(&directory), clock_(&clock), key_(std::move(key)), options_(std::move(options)) {}

Result<ObjectUpload> ObjectUpload::begin(ObjectDirectory& directory, const ports::Clock& clock,
                                         domain::ObjectKey key, ports::PutOptions options) {
    if (options.if_match) {
        return fail(Errc::unsupported, "a file cannot be compared and replaced at once");
    }
    ObjectUpload upload(directory, clock, std::move(key), std::move(options));
    upload.digests_.emplace(kEntityTagDigest, Digest(DigestKind::md5));
    upload.digests_.emplace(kContentDigest, Digest(DigestKind::crc32c));
    for (const auto& name : upload.options_.digests) {
        const auto kind = digest_kind(name);
        if (!kind) return std::unexpected(kind.error());
        upload.digests_.try_emplace(name, *kind);
    }
    return upload;
}

void ObjectUpload::accept(std::string_view& bytes) {
    const auto taken = std::min(bytes.size(), kPieceBytes - piece_.size());
    piece_.append(bytes.substr(0, taken));
    bytes.remove_prefix(taken);
}

void ObjectUpload::hash_piece() {
    const auto fresh = std::string_view(piece_).substr(hashed_);
    if (fresh.empty()) return;
    for (auto& [name, digest] : digests_) digest.update(fresh);
    hashed_ = piece_.size();
}

std::string ObjectUpload::digest(std::string_view algorithm) {
    const auto done = finished_.find(algorithm);
    if (done != finished_.end()) return done->second;
    hash_piece();
    for (auto& [name, digest] : digests_) finished_.emplace(name, digest.finish());
    digests_.clear();
    const auto found = finished_.find(algorithm);
    return found == finished_.end() ? std::string() : found->second;
}

Result<std::monostate> ObjectUpload::write(std::string_view bytes) {
    if (broken_) return std::unexpected(*broken_);
    if (!file_) {
        auto staged = directory_->stage();
        if (!staged) return std::unexpected(staged.error());
        file_.emplace(std::move(*staged));
    }
    while (!bytes.empty()) {
        const auto count = ::write(file_->fd(), bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            broken_ = system_error(fmt::format("write {}", key_.value()), errno);
            return std::unexpected(*broken_);
        }
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return std::monostate{};
}

Result<std::monostate> ObjectUpload::write_piece() {
    hash_piece();
    auto written = write(piece_);
    if (!written) return written;
    written_bytes_ += piece_.size();
    piece_.clear();
    hashed_ = 0;
    return std::monostate{};
}

Result<ports::ObjectInfo> ObjectUpload::finish() {
    ports::ObjectInfo info{.key = key_,
                           .size_bytes = size_bytes(),
                           .etag = domain::ETag{to_hex(digest(kEntityTagDigest))},
                           .last_modified = clock_->now(),
                           .attributes = options_.attributes};
    if (!options_.kept_digest.empty()) {
        info.attributes.checksum.emplace(options_.kept_digest,
                                         to_base64(digest(options_.kept_digest)));
    }
    // One write for what is left and the tail: most objects are a single one.
    const ObjectTail tail{.info = info, .content_crc32c = digest(kContentDigest)};
    piece_ += to_bytes(tail);
    if (const auto written = write(piece_); !written) return std::unexpected(written.error());
    return info;
}

Publication ObjectUpload::publication() {
    return {.file = &*file_, .path = object_path(key_.value()), .mode = options_.mode};
}

Result<ports::ObjectInfo> ObjectUpload::commit() {
    auto info = finish();
    if (!info) return info;
    const std::array publications = {publication()};
    const auto published = directory_->publish(publications);
    if (!published) return std::unexpected(published.error());
    return info;
}

Result<std::monostate> ObjectUpload::commit_all(std::span<ObjectUpload> uploads) {
    if (uploads.empty()) return std::monostate{};
    std::vector<Publication> publications;
    for (auto& upload : uploads) {
        const auto info = upload.finish();
        if (!info) return std::unexpected(info.error());
        publications.push_back(upload.publication());
    }
    return uploads.front().directory_->publish(publications);
}

}  // namespace ingestor::files
