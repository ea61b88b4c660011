#include "objects/small_object.hpp"

#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/encoding.hpp"

namespace ingestor::objects {
namespace {

std::string digest_of(DigestKind kind, std::string_view bytes) {
    Digest digest(kind);
    digest.update(bytes);
    return digest.finish();
}

}  // namespace

Result<std::string> SmallObject::digest(std::string_view algorithm) {
    if (const auto known = digests_.find(algorithm); known != digests_.end()) return known->second;
    const auto kind = digest_kind(algorithm);
    if (!kind) return std::unexpected(kind.error());
    return digests_.emplace(algorithm, digest_of(*kind, bytes_)).first->second;
}

Result<ports::IndexedObject> SmallObject::indexed(domain::ObjectKey key,
                                                  const ports::PutOptions& options, TimePoint now) {
    ports::IndexedObject object{.info = {.key = std::move(key)}};
    object.info.size_bytes = bytes_.size();
    object.info.etag = domain::ETag{to_hex(digest("md5").value())};
    object.info.last_modified = now;
    object.info.attributes = options.attributes;
    if (!options.kept_digest.empty()) {
        const auto kept = digest(options.kept_digest);
        if (!kept) return std::unexpected(kept.error());
        object.info.attributes.checksum.emplace(options.kept_digest, to_base64(*kept));
    }
    object.bytes_crc32c = digest("crc32c").value();
    object.bytes = std::move(bytes_);
    return object;
}

Result<std::monostate> check_bytes(const ports::IndexedObject& object) {
    if (object.bytes->size() == object.info.size_bytes &&
        digest_of(DigestKind::crc32c, *object.bytes) == object.bytes_crc32c) {
        return std::monostate{};
    }
    return fail(Errc::corrupt, fmt::format("object {}: its bytes in the database are not those "
                                           "that were stored: upload it again",
                                           object.info.key.value()));
}

}  // namespace ingestor::objects
