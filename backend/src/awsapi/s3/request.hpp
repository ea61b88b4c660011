#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "awsapi/s3/error.hpp"
#include "http/message.hpp"
#include "sigv4/canonical.hpp"

namespace ingestor::awsapi::s3 {

/// The checksums that S3 knows, by the names they have in headers (`x-amz-checksum-…`).
struct ChecksumAlgorithm {
    std::string_view name;    ///< `crc32`
    std::string_view title;   ///< `CRC32`, as error messages have it.
    std::size_t value_bytes;  ///< Before base64.
};
[[nodiscard]] std::span<const ChecksumAlgorithm> checksum_algorithms();
/// By name, in either case; nullptr: there is none.
[[nodiscard]] const ChecksumAlgorithm* checksum_algorithm(std::string_view name);
/// Its title; empty: there is none of that name.
[[nodiscard]] std::string_view checksum_title(std::string_view name);
/// `COMPOSITE` for one of the checksums of parts (`...-N`), else `FULL_OBJECT`.
[[nodiscard]] std::string_view checksum_type(std::string_view value);
inline constexpr std::string_view kChecksumPrefix = "x-amz-checksum-";
inline constexpr std::string_view kCopySourceHeader = "x-amz-copy-source";
inline constexpr std::string_view kMetadataPrefix = "x-amz-meta-";

/// An HTTP request read as one of S3. Refers to the http::Request, which outlives it.
struct S3Request {
    sigv4::RequestHead head;
    std::vector<sigv4::QueryParameter> query;
    std::string bucket;  ///< Path style; empty for `/`.
    std::string key;     ///< Decoded once; empty for the bucket itself.
    /// Signed in the query: parameters then stand for headers.
    bool presigned = false;

    /// A header, or in a presigned link the parameter that stands for it; nullopt if absent.
    [[nodiscard]] std::optional<std::string> field(std::string_view name) const;
    /// All of that prefix, lower-case, without repetition.
    [[nodiscard]] std::vector<std::string> field_names(std::string_view prefix) const;
    /// A header proper. A presigned link of the JavaScript SDK has the checksum of an empty body
    /// among its parameters, so checksums are asked for by this one.
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const {
        return head.header(name);
    }
    [[nodiscard]] const std::string* parameter(std::string_view name) const;
};

[[nodiscard]] S3Request read_s3_request(const http::Request& request);

/// Refuses what names a feature that is not there: a parameter or an `x-amz-*` header outside
/// `parameters` and `headers` (a name that ends in `-` stands for all that begin with it) and those
/// that any request may have.
[[nodiscard]] S3Result<std::monostate> refuse_unknown(const S3Request& request,
                                                      std::span<const std::string_view> parameters,
                                                      std::span<const std::string_view> headers);

/// False for what cannot stand in a header.
[[nodiscard]] bool is_header_value(std::string_view text);

}  // namespace ingestor::awsapi::s3
