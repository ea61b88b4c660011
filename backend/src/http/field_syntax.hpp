#pragma once

#include <string_view>

namespace ingestor::http {

/// A token of RFC 9110 section 5.6.2: what a header may be called.
[[nodiscard]] bool is_field_name(std::string_view text);
/// Without line breaks and other controls than the tab, so that it cannot begin another header.
[[nodiscard]] bool is_field_value(std::string_view text);
/// A client's `x-request-id` that is safe to log and to send back: letters, digits, `-_.`, at most
/// 128 of them.
[[nodiscard]] bool is_request_id(std::string_view text);

}  // namespace ingestor::http
