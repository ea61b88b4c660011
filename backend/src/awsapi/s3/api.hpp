#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "awsapi/s3/access.hpp"
#include "awsapi/s3/asked.hpp"
#include "awsapi/s3/bucket.hpp"
#include "awsapi/s3/cors.hpp"
#include "awsapi/s3/error.hpp"
#include "awsapi/s3/operation.hpp"
#include "awsapi/s3/request.hpp"
#include "awsapi/s3/uploads.hpp"
#include "awsapi/s3/visible_objects.hpp"
#include "http/message.hpp"
#include "objects/indexed_objects.hpp"
#include "ports/clock.hpp"
#include "sigv4/verify.hpp"

namespace ingestor::awsapi::s3 {

struct S3Options {
    Bucket bucket;
    std::vector<std::string> allowed_origins = {};             ///< See CorsPolicy.
    std::uint64_t object_bytes_max = std::uint64_t{5} << 30;   ///< Of an object or a part.
    std::uint64_t quick_bytes_max = std::uint64_t{256} << 20;  ///< See Uploads::Options.
    /// Asked before an object is stored, if it is there. Errors: out_of_space (whose key it is has
    /// no room left).
    std::function<boost::asio::awaitable<Result<std::monostate>>(domain::ObjectKey)> check_room =
        {};
};

/// Whose the jobs are.
struct JobsOfUsers {
    JobOwnership owns_job;
    OwnJobs own_jobs;
};

/// One bucket over the S3 REST protocol, in path style.
///
/// How it works. A request is verified (header or presigned link, see sigv4), then told apart by
/// operation_of(), and its operation is asked for at S3Access: what the holder of a key may do is
/// said there, for every request; a presigned link grants what it signs, of what its signer may do.
/// Whatever else S3 can do is refused as NotImplemented, down to single headers and parameters, so
/// that nothing is ever ignored in silence. Bodies are streamed both ways.
class S3Api {
public:
    /// The references outlive it. `lookup` knows the access keys.
    S3Api(objects::IndexedObjects& objects, objects::Multipart& multipart,
          const ports::Clock& clock, S3KeyLookup lookup, JobsOfUsers jobs, S3Options options);

    /// Whether the request is for this protocol: it is signed for s3, or lies below `/{bucket}`.
    /// Cheap; proves nothing.
    [[nodiscard]] bool claims(const http::Request& request) const;
    /// The request outlives the call.
    [[nodiscard]] boost::asio::awaitable<http::Response> handle(http::Request& request);

private:
    Answer dispatch(http::Request& request);
    /// The bucket's name, for what needs a bucket to be there. Errors: NoSuchBucket.
    [[nodiscard]] S3Result<std::monostate> check_bucket(const std::string& name) const;
    /// Whether the one who signed may do it, and for a write whether there is room. Returns whose
    /// key it is.
    boost::asio::awaitable<S3Result<S3Key>> allow(const sigv4::Proof& proof, S3Action action,
                                                  const std::string& object) const;
    /// A form that a browser sends: its fields are signed, and not its head.
    Answer post_object(http::Request& request);
    Answer perform(Operation operation, Asked asked);
    /// An operation that takes its bytes from an object, which the key must be allowed to read.
    Answer perform_copy(Operation operation, Asked asked);
    Answer create_bucket(Asked asked);
    Answer list_objects(Asked asked, bool v2);
    Answer list_uploads(Asked asked);
    Answer put_object(Asked asked);
    Answer get_object(const S3Request& request);
    Answer head_object(const S3Request& request);
    Answer delete_object(const S3Request& request);
    /// Errors: QuotaExceeded.
    boost::asio::awaitable<S3Result<std::monostate>> check_room(const std::string& key) const;

    objects::IndexedObjects& objects_;
    const ports::Clock& clock_;
    S3KeyLookup lookup_;
    S3Access access_;
    VisibleObjects visible_objects_;
    S3Options options_;
    Uploads uploads_;
    sigv4::Verifier verifier_;
    CorsPolicy cors_;
};

}  // namespace ingestor::awsapi::s3
