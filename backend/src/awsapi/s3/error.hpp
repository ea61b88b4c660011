#pragma once

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
/// 412, naming the condition.
[[nodiscard]] S3Error precondition_failed(std::string condition);

/// With AWS's XML document, unless the request is HEAD, to which no body may answer.
[[nodiscard]] http::Response error_response(const S3Error& error, const http::Request& request);

}  // namespace ingestor::awsapi::s3
