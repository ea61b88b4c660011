#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "awsapi/s3/error.hpp"
#include "awsapi/s3/request.hpp"
#include "ports/object_store.hpp"
#include "sigv4/aws_chunked.hpp"

namespace ingestor::awsapi::s3 {

/// What the head of a request says of the body to come.
struct BodyPlan {
    std::optional<sigv4::ChunkFraming> framing;
    std::uint64_t size_bytes = 0;           ///< Without the framing, as announced.
    std::optional<std::string> sha256_hex;  ///< Of the body, as signed.
    std::optional<std::string> md5;         ///< Raw, from Content-MD5.
    const ChecksumAlgorithm* checksum = nullptr;
    std::optional<std::string> checksum_value;  ///< Base64; absent: it comes in the trailer.

    /// What is to be computed of the body, and of that what the object keeps.
    [[nodiscard]] std::vector<std::string> digests() const;
    [[nodiscard]] std::string kept_digest() const;
};

/// Reads the head of a request whose signature has been verified. `content_length` is that of the
/// transfer. Everything that can be refused before the body is read is refused here.
[[nodiscard]] S3Result<BodyPlan> plan_body(const S3Request& request, std::string_view payload_hash,
                                           std::optional<std::uint64_t> content_length,
                                           std::uint64_t body_bytes_max);

/// As plan_body(), for a document: what the head says of a checksum is not of the document.
[[nodiscard]] S3Result<BodyPlan> plan_document(const S3Request& request,
                                               std::string_view payload_hash,
                                               std::optional<std::uint64_t> content_length,
                                               std::uint64_t body_bytes_max);

/// Streams the body to `writer`, which was begun with the digests of the plan, and checks it
/// against all that was said of it. The commit is the caller's.
[[nodiscard]] boost::asio::awaitable<S3Result<std::monostate>> receive_body(
    const BodyPlan& plan, sigv4::Proof proof, http::Body& body, ports::ObjectWriter& writer,
    const std::string& key);

/// A body that is a document, checked in the same way.
[[nodiscard]] boost::asio::awaitable<S3Result<std::string>> receive_document(const BodyPlan& plan,
                                                                             sigv4::Proof proof,
                                                                             http::Body& body);

}  // namespace ingestor::awsapi::s3
