#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "domain/ids.hpp"
#include "domain/object_key.hpp"

namespace ingestor::ports {

/// What an object carries beside its bytes. Header names are lower-case.
struct ObjectAttributes {
    std::string content_type = "binary/octet-stream";
    /// content-encoding, content-disposition, content-language, cache-control, expires.
    std::map<std::string, std::string> system_headers = {};
    /// Without the `x-amz-meta-` prefix; lower-case names.
    std::map<std::string, std::string> user_metadata = {};
    std::map<std::string, std::string> tags = {};
    /// The checksum that the uploader gave, e.g. {"crc32", base64}; absent: none. One that ends in
    /// `-N` is of the checksums of N parts.
    std::optional<std::pair<std::string, std::string>> checksum = {};
};

struct ObjectInfo {
    domain::ObjectKey key;
    std::uint64_t size_bytes = 0;
    domain::ETag etag = {};  ///< Hex MD5 of the bytes for an object that was put whole.
    TimePoint last_modified = {};
    ObjectAttributes attributes = {};
};

/// An object opened for reading. The bytes stand at 0 .. info.size_bytes of the descriptor; what
/// lies behind them, if anything, is the store's own. A concurrent overwrite does not touch them.
struct OpenObject {
    ObjectInfo info;
    FileDescriptor file;
    /// The bytes are in memory and were compared with what was stored: verify() has nothing to do.
    bool verified = false;
};

/// An upload under way. Dropping it without commit() leaves no trace.
class ObjectWriter {
public:
    virtual ~ObjectWriter() = default;
    /// Appends; the bytes are copied or written before it returns. Errors: unavailable, too_large.
    virtual boost::asio::awaitable<Result<std::monostate>> write(std::string_view bytes) = 0;
    /// Gets done what digest() would otherwise have to do on the caller's thread.
    /// Errors: unavailable.
    virtual boost::asio::awaitable<Result<std::monostate>> flush() { co_return std::monostate{}; }
    /// The digest is that of all bytes written so far; call at the end, before commit.
    /// `algorithm` is one of md5, sha1, sha256, crc32, crc32c, crc64nvme and must be among those
    /// asked for at begin_put. Raw bytes.
    [[nodiscard]] virtual std::string digest(std::string_view algorithm) = 0;
    /// On return the object is durable and readable by every later open().
    /// Errors: conflict (create_only and the key exists; if_match and it is another object),
    /// not_found (if_match and there is none), unavailable.
    virtual boost::asio::awaitable<Result<ObjectInfo>> commit() = 0;
};

enum class PutMode { overwrite, create_only };

struct PutOptions {
    ObjectAttributes attributes = {};
    PutMode mode = PutMode::overwrite;
    /// Overwrite that object and no other. Stores whose objects only the service writes refuse it
    /// as unsupported.
    std::optional<domain::ETag> if_match = {};
    /// Digests to compute beside MD5 (see ObjectWriter::digest).
    std::vector<std::string> digests = {};
    /// The one of `digests` that commit() keeps as the object's checksum, for an uploader who gives
    /// it behind the bytes; empty: attributes.checksum stands as it is.
    std::string kept_digest = {};
};

/// An object that is whole in memory.
struct NewObject {
    domain::ObjectKey key;
    std::string bytes;
    PutOptions options = {};
};

/// Durable blob storage of one bucket, addressed by key. Calls may overlap; call from the I/O
/// executor only. Any call may fail as `unavailable`.
class ObjectStore {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;

    virtual ~ObjectStore() = default;

    /// Errors: not_found.
    virtual Answer<ObjectInfo> head(domain::ObjectKey key) = 0;
    /// Errors: not_found.
    virtual Answer<OpenObject> open(domain::ObjectKey key) = 0;
    /// Reads the bytes of `object`, which this store has opened, and says whether they still are
    /// those that were stored; for whoever hands on all of them. The object outlives the call.
    /// Errors: corrupt. A store that cannot return other bytes has nothing to do.
    virtual Answer<std::monostate> verify(const OpenObject& object) {
        static_cast<void>(object);
        co_return std::monostate{};
    }
    /// The whole object in memory, verified. Errors: not_found, too_large (over `bytes_max`),
    /// corrupt.
    virtual Answer<std::string> get(domain::ObjectKey key, std::uint64_t bytes_max) = 0;

    virtual Answer<std::unique_ptr<ObjectWriter>> begin_put(domain::ObjectKey key,
                                                            PutOptions options) = 0;
    /// begin_put, write and commit in one. Errors: as commit().
    virtual Answer<ObjectInfo> put(domain::ObjectKey key, std::string bytes,
                                   PutOptions options) = 0;
    /// As put() of each, but what they wait for is waited for once. On an error some of them may be
    /// there.
    virtual Answer<std::monostate> put_all(std::vector<NewObject> objects) = 0;
    /// Removing what is not there succeeds.
    virtual Answer<std::monostate> remove(domain::ObjectKey key) = 0;
    /// As remove() of each, but what they wait for is waited for once. On an error some of them may
    /// be gone.
    virtual Answer<std::monostate> remove_all(std::vector<domain::ObjectKey> keys);
};

}  // namespace ingestor::ports
