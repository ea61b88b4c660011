#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "domain/ids.hpp"
#include "ports/object_index.hpp"

namespace ingestor::ports {

/// An object that comes in parts.
struct MultipartUpload {
    std::string upload_id;
    domain::ObjectKey key;
    domain::UserId initiator = {};
    TimePoint created_at = {};
    ObjectAttributes attributes = {};
    /// The digest that its parts have, and the object will; empty: none.
    std::string checksum = {};
    bool composite = false;  ///< The object's checksum is that of its parts' checksums.
};

struct UploadedPart {
    std::uint32_t number = 1;
    std::uint64_t size_bytes = 0;
    domain::ETag etag = {};  ///< Hex MD5.
    TimePoint last_modified = {};
    std::string checksum = {};  ///< Base64; empty: none.
    std::string file = {};
};

/// Uploads under way, in the order of their keys and ids.
struct UploadPosition {
    std::string key;
    std::string upload_id = {};  ///< Empty: behind all of that key.
};

/// What is on record of uploads in parts, in the database of the ObjectIndex, whose list of files
/// to remove takes what is not needed any more. A change is durable on return and made as a whole.
/// Call from the I/O executor only. Any call may fail as unavailable.
class MultipartUploads {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;

    virtual ~MultipartUploads() = default;

    virtual Answer<std::monostate> create(MultipartUpload upload) = 0;
    /// Errors: not_found.
    virtual Answer<MultipartUpload> find(std::string upload_id) = 0;
    /// In place of an earlier one of that number. Errors: not_found (no such upload).
    virtual Answer<std::monostate> put_part(std::string upload_id, UploadedPart part) = 0;
    /// In order, those behind `after`.
    virtual Answer<std::vector<UploadedPart>> parts(std::string upload_id, std::uint32_t after,
                                                    std::size_t count) = 0;
    /// Those whose keys begin with `prefix`, behind `after`.
    virtual Answer<std::vector<MultipartUpload>> uploads(std::string prefix,
                                                         std::optional<UploadPosition> after,
                                                         std::size_t count) = 0;
    /// The object takes the place of its upload, if these still are the files of its parts.
    /// Errors: not_found (no such upload), conflict (field `parts`: a part was replaced; else the
    /// condition), and not_found with field `key` by the condition.
    virtual Answer<std::monostate> complete(std::string upload_id, std::vector<std::string> files,
                                            ObjectIndex::Put object) = 0;
    /// Removes it with its parts. Errors: not_found.
    virtual Answer<std::monostate> abort(std::string upload_id) = 0;
    /// Uploads that were begun before, the first ones.
    virtual Answer<std::vector<std::string>> begun_before(TimePoint time, std::size_t count) = 0;
};

}  // namespace ingestor::ports
