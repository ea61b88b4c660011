#pragma once

#include <optional>

#include "awsapi/s3/request.hpp"

namespace ingestor::awsapi::s3 {

/// The operations of S3 that are served.
enum class Operation {
    list_buckets,
    head_bucket,
    get_bucket_location,
    create_bucket,
    list_objects,
    list_objects_v2,
    list_multipart_uploads,
    get_object,
    head_object,
    put_object,
    copy_object,
    delete_object,
    delete_objects,
    get_object_attributes,
    get_object_tagging,
    put_object_tagging,
    delete_object_tagging,
    create_multipart_upload,
    upload_part,
    upload_part_copy,
    complete_multipart_upload,
    abort_multipart_upload,
    list_parts,
};

/// By method, path, sub-resource and the header that names a source; nullopt: one that is not
/// served.
[[nodiscard]] std::optional<Operation> operation_of(const S3Request& request);

}  // namespace ingestor::awsapi::s3
