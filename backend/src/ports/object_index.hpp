#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "domain/object_key.hpp"
#include "eventbridge/event.hpp"
#include "ports/object_listing.hpp"
#include "ports/object_store.hpp"

namespace ingestor::ports {

/// An object as the index has it: with its bytes, or with the name of the file that holds them.
struct IndexedObject {
    ObjectInfo info;
    std::optional<std::string> bytes = {};
    /// Of `bytes`, 4 raw bytes.
    std::string bytes_crc32c = {};
    std::string file = {};  ///< Empty where there are bytes.
};

/// What the object of that name must be, for a change to be made.
struct ObjectCondition {
    PutMode mode = PutMode::overwrite;
    std::optional<domain::ETag> if_match = {};
};

/// Of which request an object came, for the event that tells of it.
struct ObjectOrigin {
    std::string reason = {};  ///< As S3 has it: `PutObject`, `POST Object`, `CopyObject`, ...
    std::string request_id = {};
    std::string source_ip = {};
};

/// Copies an object under another name; its bytes are not touched.
struct ObjectCopy {
    domain::ObjectKey source;
    domain::ETag source_etag = {};  ///< As it was when it was looked at.
    domain::ObjectKey target;
    TimePoint now = {};
    /// Nullopt: those of the source.
    std::optional<ObjectAttributes> attributes = {};
    ObjectCondition condition = {};
    std::optional<ObjectOrigin> origin = {};
    std::optional<eventbridge::Event> event = {};  ///< See ObjectIndex::Put.
};

/// What a bucket holds. A change is durable on return, and is made as a whole or not at all. A file
/// to which no object leads any more is put on the list of files to remove, in the same change.
/// Call from the I/O executor only. Any call may fail as unavailable, and then a change may have
/// been made or not.
class ObjectIndex : public ObjectListing {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;
    enum class With { info, bytes };

    struct Put {
        IndexedObject object;
        ObjectCondition condition = {};
        /// Goes onto its bus with the change, if somebody listens.
        std::optional<eventbridge::Event> event = {};
    };
    struct Remove {
        domain::ObjectKey key;
        std::optional<domain::ETag> if_match = {};
    };

    /// Nullopt: there is none.
    virtual Answer<std::optional<IndexedObject>> find(domain::ObjectKey key, With with) = 0;
    /// Errors: conflict, not_found: see ObjectWriter::commit.
    virtual Answer<std::monostate> put(std::vector<Put> puts) = 0;
    /// Errors: not_found (no such source), conflict (it is another one by now; or the condition).
    virtual Answer<ObjectInfo> copy(ObjectCopy copy) = 0;
    /// Errors: conflict, not_found: by if_match.
    virtual Answer<std::monostate> remove(std::vector<Remove> removals) = 0;

    /// Files to remove, the first ones.
    virtual Answer<std::vector<std::string>> files_to_remove(std::size_t count) = 0;
    /// Takes them off the list.
    virtual Answer<std::monostate> forget_files(std::vector<std::string> files) = 0;
    /// Those of `files` that belong to nothing, and are not on the list either.
    virtual Answer<std::vector<std::string>> unknown_files(std::vector<std::string> files) = 0;

    // Objects from before there was an index: each in a file that has its key for a name.

    /// Whether all of them are in the index.
    virtual Answer<bool> adopted() = 0;
    /// Takes them in, save those whose key has an object already or whose file is to be removed.
    virtual Answer<std::monostate> adopt(std::vector<IndexedObject> objects) = 0;
    /// All of them are in.
    virtual Answer<std::monostate> finish_adoption() = 0;
};

}  // namespace ingestor::ports
