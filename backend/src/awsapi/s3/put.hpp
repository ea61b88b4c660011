#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "awsapi/s3/body.hpp"
#include "awsapi/s3/error.hpp"
#include "awsapi/s3/request.hpp"
#include "objects/indexed_objects.hpp"
#include "ports/object_index.hpp"

namespace ingestor::awsapi::s3 {

/// What the head of a PUT says of the object and the body to come.
struct PutPlan {
    ports::PutOptions options;
    BodyPlan body;
};

/// As plan_body(), for an object.
[[nodiscard]] S3Result<PutPlan> plan_put(const S3Request& request, std::string_view payload_hash,
                                         std::optional<std::uint64_t> content_length,
                                         std::uint64_t object_bytes_max);

/// Refuses settings that are no settings where the bucket's owner owns everything in it: ACLs and
/// storage classes. Errors: AccessControlListNotSupported, NotImplemented.
[[nodiscard]] S3Result<std::monostate> check_settings(const S3Request& request);
/// Content-Type, the other headers that an object keeps, its metadata and its tags. `chunked`: the
/// body is aws-chunked. Errors: MetadataTooLarge, InvalidArgument, and as read_tag_header().
[[nodiscard]] S3Result<ports::ObjectAttributes> read_attributes(const S3Request& request,
                                                                bool chunked);
/// If-None-Match: * and If-Match of a write. Errors: NotImplemented (any other, or both).
[[nodiscard]] S3Result<ports::ObjectCondition> read_write_condition(const S3Request& request);
/// What the store said of a write with a condition.
[[nodiscard]] S3Error write_error(const Error& error, const ports::ObjectCondition& condition,
                                  const std::string& key);

/// Streams the body into the store, checks it against all that was said of it, and commits.
[[nodiscard]] boost::asio::awaitable<S3Result<ports::ObjectInfo>> receive_object(
    objects::IndexedObjects& store, domain::ObjectKey key, PutPlan plan, ports::ObjectOrigin origin,
    sigv4::Proof proof, http::Body& body);

}  // namespace ingestor::awsapi::s3
