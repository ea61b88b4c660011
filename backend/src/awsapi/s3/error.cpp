#include "awsapi/s3/error.hpp"

#include <fmt/format.h>

#include "awsapi/s3/request.hpp"
#include "awsapi/xml.hpp"
#include "base/encoding.hpp"
#include "domain/job.hpp"

namespace ingestor::awsapi::s3 {
namespace {

struct CodeOf {
    unsigned status;
    std::string_view code;
};

CodeOf code_of(sigv4::AuthFailure failure) {
    using enum sigv4::AuthFailure;
    switch (failure) {
        case missing:
        case missing_date:
        case expired:
        case not_yet_valid:
        case headers_not_signed:
            return {403, "AccessDenied"};
        case ambiguous:
            return {400, "InvalidArgument"};
        case unsupported_algorithm:
        case missing_payload_hash:
            return {400, "InvalidRequest"};
        case malformed_header:
            return {400, "AuthorizationHeaderMalformed"};
        case malformed_query:
            return {400, "AuthorizationQueryParametersError"};
        case unknown_access_key:
            return {403, "InvalidAccessKeyId"};
        case invalid_token:
            return {400, "InvalidToken"};
        case clock_skew:
            return {403, "RequestTimeTooSkewed"};
        case signature_mismatch:
            return {403, "SignatureDoesNotMatch"};
    }
    return {403, "AccessDenied"};
}

S3Error incomplete_body() {
    return {.status = 400,
            .code = "IncompleteBody",
            .message =
                "You did not provide the number of bytes specified by the Content-Length "
                "HTTP header"};
}

S3Error internal_error(std::string failure) {
    return {.status = 500,
            .code = "InternalError",
            .message = "We encountered an internal error. Please try again.",
            .failure = std::move(failure)};
}

}  // namespace

S3Error s3_error(const sigv4::AuthError& error) {
    const auto [status, code] = code_of(error.failure);
    return {.status = status,
            .code = std::string(code),
            .message = error.message,
            .details = error.details};
}

S3Error s3_error(const sigv4::ChunkError& error) {
    switch (error.failure) {
        case sigv4::ChunkFailure::malformed:
        case sigv4::ChunkFailure::trailing_bytes:
            return {
                .status = 400,
                .code = "InvalidRequest",
                .message = fmt::format("The aws-chunked body is malformed: {}.", error.message)};
        case sigv4::ChunkFailure::incomplete:
            return incomplete_body();
        case sigv4::ChunkFailure::signature_mismatch:
            return {.status = 403,
                    .code = "SignatureDoesNotMatch",
                    .message =
                        "The request signature we calculated does not match the signature "
                        "you provided. Check your key and signing method."};
    }
    return internal_error(error.message);
}

S3Error s3_error(const Error& error, const std::string& key) {
    switch (error.code) {
        case Errc::not_found:
            return {.status = 404,
                    .code = "NoSuchKey",
                    .message = "The specified key does not exist.",
                    .details = {{"Key", key}}};
        case Errc::conflict:
            return precondition_failed("If-None-Match");
        case Errc::invalid_argument:
            if (key.size() > domain::kObjectKeyBytesMax) {
                return {
                    .status = 400,
                    .code = "KeyTooLongError",
                    .message = "Your key is too long",
                    .details = {{"Size", std::to_string(key.size())},
                                {"MaxSizeAllowed", std::to_string(domain::kObjectKeyBytesMax)}}};
            }
            return {.status = 400,
                    .code = "InvalidURI",
                    .message = "Couldn't parse the specified URI."};
        case Errc::too_large:
            return {.status = 400,
                    .code = "EntityTooLarge",
                    .message = "Your proposed upload exceeds the maximum allowed size"};
        case Errc::out_of_space:
            // Not one of S3's own, which never is full. Clients send a 503 again at once, with the
            // whole body; a 507 they show to the user, who can do something about it.
            return {.status = 507,
                    .code = "InsufficientStorage",
                    .message =
                        "There is no room left to store the object. Nothing of it was kept. Ask "
                        "the operator of the service to make room, then send it again.",
                    .failure = error.message};
        case Errc::unavailable:
        case Errc::rate_limited:
        case Errc::timed_out:
            return {.status = 503,
                    .code = "ServiceUnavailable",
                    .message = "Service is unable to handle request.",
                    .failure = error.message};
        case Errc::unauthenticated:
        case Errc::permission_denied:
            return {.status = 403, .code = "AccessDenied", .message = "Access Denied"};
        case Errc::unsupported:
            return not_implemented();
        case Errc::cancelled:
        case Errc::corrupt:
        case Errc::encrypted:
        case Errc::empty:
        case Errc::internal:
            break;
    }
    return internal_error(error.message);
}

S3Result<domain::ObjectKey> object_key_of(const std::string& key) {
    auto parsed = domain::ObjectKey::parse(key);
    if (!parsed) return refuse(s3_error(parsed.error(), key));
    return std::move(*parsed);
}

S3Error body_error(const Error& error) {
    if (error.code == Errc::timed_out) {
        return {.status = 400,
                .code = "RequestTimeout",
                .message =
                    "Your socket connection to the server was not read from or written to "
                    "within the timeout period. Idle connections will be closed."};
    }
    if (error.code == Errc::too_large) return s3_error(error, {});
    return incomplete_body();
}

S3Error invalid_argument(std::string message, std::string name, std::string value) {
    return {.status = 400,
            .code = "InvalidArgument",
            .message = std::move(message),
            .details = {{"ArgumentName", std::move(name)}, {"ArgumentValue", std::move(value)}}};
}

S3Error invalid_request(std::string message) {
    return {.status = 400, .code = "InvalidRequest", .message = std::move(message)};
}

S3Error not_implemented(std::string header) {
    S3Error error{.status = 501,
                  .code = "NotImplemented",
                  .message = "A header you provided implies functionality that is not implemented"};
    if (header.empty()) {
        error.message = "This operation is not implemented by this server";
    } else {
        error.details.emplace_back("Header", std::move(header));
    }
    return error;
}

S3Error malformed_xml() {
    return {.status = 400,
            .code = "MalformedXML",
            .message =
                "The XML you provided was not well-formed or did not validate against our "
                "published schema"};
}

S3Error entity_too_large(std::uint64_t size_bytes, std::uint64_t bytes_max) {
    return {.status = 400,
            .code = "EntityTooLarge",
            .message = "Your proposed upload exceeds the maximum allowed size",
            .details = {{"ProposedSize", std::to_string(size_bytes)},
                        {"MaxSizeAllowed", std::to_string(bytes_max)}}};
}

S3Error bad_checksum(std::string_view algorithm) {
    return {.status = 400,
            .code = "BadDigest",
            .message = fmt::format("The {} you specified did not match the calculated checksum.",
                                   checksum_title(algorithm))};
}

S3Error method_not_allowed(std::string method, std::string resource_type) {
    return {.status = 405,
            .code = "MethodNotAllowed",
            .message = "The specified method is not allowed against this resource.",
            .details = {{"Method", std::move(method)}, {"ResourceType", std::move(resource_type)}}};
}

S3Error operation_aborted() {
    return {.status = 409,
            .code = "OperationAborted",
            .message =
                "A conflicting conditional operation is currently in progress against this "
                "resource. Try again."};
}

S3Error no_such_upload(std::string upload_id) {
    return {.status = 404,
            .code = "NoSuchUpload",
            .message =
                "The specified upload does not exist. The upload ID may be invalid, or the "
                "upload may have been aborted or completed.",
            .details = {{"UploadId", std::move(upload_id)}}};
}

S3Error precondition_failed(std::string condition) {
    return {.status = 412,
            .code = "PreconditionFailed",
            .message = "At least one of the pre-conditions you specified did not hold",
            .details = {{"Condition", std::move(condition)}}};
}

std::string error_document(const S3Error& error, std::string_view resource,
                           std::string_view request_id) {
    std::string text(kXmlHead);
    text += "<Error>";
    const auto add = [&text](std::string_view name, std::string_view value) {
        append_element(text, name, xml_escape(value));
    };
    add("Code", error.code);
    add("Message", error.message);
    for (const auto& [name, value] : error.details) add(name, value);
    add("Resource", resource);
    add("RequestId", request_id);
    add("HostId", to_base64(request_id));
    text += "</Error>";
    return text;
}

http::Response error_response(const S3Error& error, const http::Request& request) {
    http::Response response;
    response.status = error.status;
    response.failure = error.failure;
    if (error.status == 503) response.set("Retry-After", "1");
    for (const auto& [name, value] : error.details) {
        if (name == "ActualObjectSize") response.set("Content-Range", "bytes */" + value);
    }
    if (request.method == boost::beast::http::verb::head) return response;
    response.set("Content-Type", "application/xml");
    response.body = error_document(error, request.path(), request.request_id);
    return response;
}

}  // namespace ingestor::awsapi::s3
