#pragma once

#include <span>
#include <string_view>

namespace ingestor::http {

/// How the bytes of a representation are coded for the way (RFC 9110 section 8.4.1).
enum class ContentCoding { identity, gzip, brotli };

/// The name in Content-Encoding.
[[nodiscard]] std::string_view to_string(ContentCoding coding);

/// Which of `available`, the best one first, suits the `Accept-Encoding` of a request best
/// (RFC 9110 section 12.5.3). Identity where nothing suits: an answer that the client did not ask
/// for serves it better than none.
[[nodiscard]] ContentCoding choose_coding(std::string_view accept_encoding,
                                          std::span<const ContentCoding> available);

}  // namespace ingestor::http
