#pragma once

#include <string>
#include <string_view>

#include "awsapi/s3/error.hpp"
#include "awsapi/s3/request.hpp"
#include "base/time.hpp"
#include "http/message.hpp"

namespace ingestor::awsapi::s3 {

/// The one bucket that there is.
struct Bucket {
    std::string name;
    std::string region = "us-east-1";
    TimePoint created_at = {};
};

/// ListBuckets: the one, unless `prefix` or `bucket-region` leave it out.
[[nodiscard]] S3Result<http::Response> list_buckets(const S3Request& request, const Bucket& bucket,
                                                    std::string_view owner);
[[nodiscard]] S3Result<http::Response> head_bucket(const S3Request& request, const Bucket& bucket);
[[nodiscard]] S3Result<http::Response> get_bucket_location(const S3Request& request,
                                                           const Bucket& bucket);
/// CreateBucket with the document that came; no bucket comes of it. Of the one that is there: 200
/// in us-east-1 and BucketAlreadyOwnedByYou elsewhere, as AWS has it. Errors: TooManyBuckets (of
/// any other name), IllegalLocationConstraintException, MalformedXML.
[[nodiscard]] S3Result<http::Response> create_bucket(const S3Request& request, const Bucket& bucket,
                                                     std::string_view document);

}  // namespace ingestor::awsapi::s3
