#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "domain/object_key.hpp"
#include "http/message.hpp"
#include "sigv4/aws_chunked.hpp"
#include "sigv4/verify.hpp"

namespace ingestor::awsapi::s3 {

/// An error of the S3 protocol, as the S3 API reference lists them.
struct S3Error {
    unsigned status = 500;
    std::string code;
    std::string message;
    /// Further elements of the document, in order (`Key`, `Region`, `StringToSign`, …).
    std::vector<std::pair<std::string, std::string>> details = {};
    /// What went wrong with us; it goes into the access log and not into the document.
    std::string failure = {};
};

inline constexpr std::string_view kXmlNamespace = "http://s3.amazonaws.com/doc/2006-03-01/";

template <class T>
using S3Result = std::expected<T, S3Error>;

[[nodiscard]] inline std::unexpected<S3Error> refuse(S3Error error) {
    return std::unexpected(std::move(error));
}

[[nodiscard]] S3Error s3_error(const sigv4::AuthError& error);
[[nodiscard]] S3Error s3_error(const sigv4::ChunkError& error);
/// What the store said of `key`.
[[nodiscard]] S3Error s3_error(const Error& error, const std::string& key);
/// The object that a request names. Errors: as S3's for a key that is too long or no UTF-8.
[[nodiscard]] S3Result<domain::ObjectKey> object_key_of(const std::string& key);
/// What reading the body said.
[[nodiscard]] S3Error body_error(const Error& error);

/// 400 `InvalidArgument`, naming the argument.
[[nodiscard]] S3Error invalid_argument(std::string message, std::string name, std::string value);
/// 400 `InvalidRequest`.
[[nodiscard]] S3Error invalid_request(std::string message);
/// 501: what AWS has and we have not. `header` names the header that asks for it, if one does.
[[nodiscard]] S3Error not_implemented(std::string header = {});
/// 400: a document that is no XML, or not of the kind that was asked for.
[[nodiscard]] S3Error malformed_xml();
/// 400: what is sent, or made of what was sent, has so many bytes.
[[nodiscard]] S3Error entity_too_large(std::uint64_t size_bytes, std::uint64_t bytes_max);
/// 400 `BadDigest`; `algorithm` as in ChecksumAlgorithm::name.
[[nodiscard]] S3Error bad_checksum(std::string_view algorithm);
/// 405.
[[nodiscard]] S3Error method_not_allowed(std::string method, std::string resource_type);
/// 409: something that the operation reads was changed meanwhile; it may be tried again.
[[nodiscard]] S3Error operation_aborted();
/// 404.
[[nodiscard]] S3Error no_such_upload(std::string upload_id);
/// 412, naming the condition.
[[nodiscard]] S3Error precondition_failed(std::string condition);

/// AWS's XML document.
[[nodiscard]] std::string error_document(const S3Error& error, std::string_view resource,
                                         std::string_view request_id);
/// With AWS's XML document, unless the request is HEAD, to which no body may answer.
[[nodiscard]] http::Response error_response(const S3Error& error, const http::Request& request);

}  // namespace ingestor::awsapi::s3
