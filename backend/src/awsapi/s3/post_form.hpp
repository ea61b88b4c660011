#pragma once

#include <cstddef>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "awsapi/s3/error.hpp"
#include "awsapi/s3/post_policy.hpp"
#include "http/multipart.hpp"
#include "ports/object_store.hpp"
#include "sigv4/verify.hpp"

namespace ingestor::awsapi::s3 {

/// All fields before the file have at most so many bytes together, as at S3.
inline constexpr std::size_t kFormFieldsBytesMax = 20'000;
inline constexpr std::size_t kFormPartsMax = 100;

/// A form of S3's POST up to the bytes of its file.
struct PostForm {
    FormFields fields;  ///< With `${filename}` replaced by the file's name.

    [[nodiscard]] std::string field(const std::string& name) const;
    [[nodiscard]] sigv4::FormSignature signature() const;
};

/// Reads the fields; what `reader` gives next is the file. Errors: InvalidArgument (no file, no
/// key), MaxPostPreDataLengthExceeded, MalformedPOSTRequest, and what the body fails of.
[[nodiscard]] boost::asio::awaitable<S3Result<PostForm>> read_post_form(
    http::MultipartReader& reader);

/// How the object is to be stored. Errors: as read_attributes() and check_settings();
/// NotImplemented (a field that asks for more).
[[nodiscard]] S3Result<ports::PutOptions> put_options_of(const PostForm& form);

/// Streams the file to `writer` and reads to the end of the form. Errors: EntityTooSmall,
/// EntityTooLarge, and as read_post_form().
[[nodiscard]] boost::asio::awaitable<S3Result<std::monostate>> receive_file(
    http::MultipartReader& reader, const PostPolicy& policy, ports::ObjectWriter& writer,
    std::string key);

/// 204, or what the form asks for of `success_action_redirect` and `success_action_status`.
[[nodiscard]] http::Response posted_answer(const PostForm& form, const ports::ObjectInfo& stored,
                                           const std::string& bucket, const std::string& location);

}  // namespace ingestor::awsapi::s3
