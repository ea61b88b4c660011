#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "aws/client.hpp"
#include "aws/s3_headers.hpp"
#include "ports/object_store.hpp"

namespace ingestor::aws {

/// Bytes to store, with what S3 is told of them.
struct S3Payload {
    std::string bytes;
    std::string sha256;  ///< Hex; signed with the request.
    std::string crc32;   ///< Base64; S3 compares it with what has arrived.
};

/// A part of a multipart upload that S3 has taken.
struct S3Part {
    int number = 0;  ///< From 1.
    std::string etag;
    std::string crc32;  ///< Base64.
};

/// The requests of S3's REST protocol to one bucket, by path. Errors are those of the ObjectStore
/// port, and permission_denied. The client outlives it. Call from the I/O executor only.
class S3Bucket {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;

    /// `client` is one of Service::s3.
    S3Bucket(Client& client, std::string name) : client_(client), name_(std::move(name)) {}

    Answer<ports::ObjectInfo> head(domain::ObjectKey key);
    Answer<std::string> get(domain::ObjectKey key, std::uint64_t bytes_max);
    /// Writes the object to `fd`, from its start on. Its checksum is not compared.
    Answer<ports::ObjectInfo> download(domain::ObjectKey key, int fd);
    /// `headers` hold a checksum. Errors: conflict. Success gives what the answer says; size and
    /// attributes are the caller's.
    Answer<ports::ObjectInfo> put(domain::ObjectKey key, S3Payload payload, Headers headers,
                                  ports::PutMode mode);
    Answer<std::monostate> remove(domain::ObjectKey key);

    /// Returns the id of the upload. Its parts are of one CRC-32, that of the object.
    Answer<std::string> begin_parts(domain::ObjectKey key, Headers headers);
    Answer<S3Part> put_part(domain::ObjectKey key, std::string upload_id, int number,
                            S3Payload payload);
    struct Completion {
        std::string upload_id;
        std::vector<S3Part> parts;
        std::string crc32;  ///< Of all bytes, base64.
        std::uint64_t size_bytes = 0;
        ports::PutMode mode = ports::PutMode::overwrite;
    };
    /// Errors: conflict. Success is as that of put().
    Answer<ports::ObjectInfo> complete_parts(domain::ObjectKey key, Completion completion);
    Answer<std::monostate> drop_parts(domain::ObjectKey key, std::string upload_id);

private:
    /// Whether a 403 may stand for a 404 in what was asked.
    enum class Asked { of_object, to_change };

    [[nodiscard]] ServiceRequest request(std::string method, const domain::ObjectKey& key) const;
    boost::asio::awaitable<ServiceResult<httpclient::HttpReply>> send(ServiceRequest request);
    [[nodiscard]] Error error_of(const ServiceError& error, const domain::ObjectKey& key,
                                 std::string_view doing, Asked asked) const;
    /// The object where it is the one that we meant to create, else the error `otherwise`: asked
    /// after a request was sent more than once, since an earlier one may have been carried out with
    /// only its answer lost.
    Answer<ports::ObjectInfo> find_ours(domain::ObjectKey key, std::uint64_t size_bytes,
                                        std::string crc32, Error otherwise);

    Client& client_;
    std::string name_;
};

}  // namespace ingestor::aws
