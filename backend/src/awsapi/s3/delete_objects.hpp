#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "awsapi/s3/access.hpp"
#include "awsapi/s3/asked.hpp"
#include "objects/indexed_objects.hpp"

namespace ingestor::awsapi::s3 {

/// So many objects a request may remove. Source: S3 API reference, DeleteObjects.
inline constexpr std::size_t kDeletedObjectsMax = 1'000;

/// A `Delete` document.
struct Deletion {
    struct Object {
        std::string key;
        std::optional<domain::ETag> etag = {};  ///< Only if it is that one.
        bool other_version = false;             ///< A version is named: there is none.
    };
    std::vector<Object> objects;
    bool quiet = false;  ///< Only what went wrong is told.
};
/// Errors: MalformedXML, NotImplemented (conditions that there are not).
[[nodiscard]] S3Result<Deletion> read_deletion(std::string_view document);

/// DeleteObjects: what the key may not remove, or what is another object by now, is told of one by
/// one; the others are removed in one change.
Answer delete_objects(objects::IndexedObjects& objects, const S3Access& access, Asked asked);

}  // namespace ingestor::awsapi::s3
