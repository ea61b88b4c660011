#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "awsapi/s3/access.hpp"
#include "awsapi/s3/cors.hpp"
#include "awsapi/s3/error.hpp"
#include "awsapi/s3/request.hpp"
#include "http/message.hpp"
#include "ports/clock.hpp"
#include "ports/object_store.hpp"
#include "sigv4/verify.hpp"

namespace ingestor::awsapi::s3 {

struct S3Options {
    std::string bucket;
    std::string region = "us-east-1";
    std::vector<std::string> allowed_origins = {};  ///< See CorsPolicy.
    std::uint64_t object_bytes_max = std::uint64_t{5} << 30;
    /// Asked before an object is stored, if it is there. Errors: out_of_space (whose key it is has
    /// no room left).
    std::function<boost::asio::awaitable<Result<std::monostate>>(domain::ObjectKey)> check_room =
        {};
};

/// One bucket over the S3 REST protocol, in path style.
///
/// How it works. A request is verified (header or presigned link, see sigv4), then dispatched by
/// method: objects are put, read, described and deleted; the bucket is described. Whatever else S3
/// can do is refused as NotImplemented, down to single headers and parameters, so that nothing is
/// ever ignored in silence. What the holder of a key may do is S3Access's to say, for every
/// request; a presigned link grants what it signs, of what its signer may do. Bodies are streamed
/// both ways.
class S3Api {
public:
    /// The references outlive it. `lookup` knows the access keys, `owns_job` whose outputs are
    /// whose.
    S3Api(ports::ObjectStore& store, const ports::Clock& clock, S3KeyLookup lookup,
          JobOwnership owns_job, S3Options options);

    /// Whether the request is for this protocol: it is signed for s3, or lies below `/{bucket}`.
    /// Cheap; proves nothing.
    [[nodiscard]] bool claims(const http::Request& request) const;
    /// The request outlives the call.
    [[nodiscard]] boost::asio::awaitable<http::Response> handle(http::Request& request);

private:
    using Answer = boost::asio::awaitable<S3Result<http::Response>>;

    Answer dispatch(http::Request& request);
    [[nodiscard]] boost::asio::awaitable<S3Result<std::monostate>> authorize(
        const S3Request& request, const sigv4::Proof& proof, S3Action action) const;
    Answer put_object(const S3Request& request, sigv4::Proof proof, http::Body& body);
    Answer get_object(const S3Request& request);
    Answer head_object(const S3Request& request);
    Answer delete_object(const S3Request& request);
    [[nodiscard]] S3Result<http::Response> describe_bucket(const S3Request& request) const;

    ports::ObjectStore& store_;
    const ports::Clock& clock_;
    S3KeyLookup lookup_;
    S3Access access_;
    S3Options options_;
    sigv4::Verifier verifier_;
    CorsPolicy cors_;
};

}  // namespace ingestor::awsapi::s3
