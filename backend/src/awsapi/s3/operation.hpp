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
    get_object,
    head_object,
    put_object,
    delete_object,
};

/// By method, path and sub-resource; nullopt: one that is not served.
[[nodiscard]] std::optional<Operation> operation_of(const S3Request& request);

}  // namespace ingestor::awsapi::s3
