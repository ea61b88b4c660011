#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "awsapi/s3/error.hpp"
#include "awsapi/s3/request.hpp"
#include "ports/object_store.hpp"
#include "sigv4/aws_chunked.hpp"

namespace ingestor::awsapi::s3 {

/// What the head of a PUT says of the body to come.
struct PutPlan {
    ports::PutOptions options;
    std::optional<sigv4::ChunkFraming> framing;
    std::uint64_t size_bytes = 0;           ///< Of the object, as announced.
    std::optional<std::string> sha256_hex;  ///< Of the body, as signed.
    std::optional<std::string> md5;         ///< Raw, from Content-MD5.
    const ChecksumAlgorithm* checksum = nullptr;
    std::optional<std::string> checksum_value;  ///< Base64; absent: it comes in the trailer.
};

/// Reads the head of a PUT whose signature has been verified. `content_length` is that of the
/// transfer. Everything that can be refused before the body is read is refused here.
[[nodiscard]] S3Result<PutPlan> plan_put(const S3Request& request, std::string_view payload_hash,
                                         std::optional<std::uint64_t> content_length,
                                         std::uint64_t object_bytes_max);

/// Streams the body into the store, checks it against all that was said of it, and commits.
[[nodiscard]] boost::asio::awaitable<S3Result<ports::ObjectInfo>> receive_object(
    ports::ObjectStore& store, domain::ObjectKey key, PutPlan plan, sigv4::Proof proof,
    http::Body& body);

}  // namespace ingestor::awsapi::s3
