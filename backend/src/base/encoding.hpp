#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace ingestor {

/// Lower-case hexadecimal.
[[nodiscard]] std::string to_hex(std::string_view bytes);
/// Reads either case. Errors: invalid_argument.
[[nodiscard]] Result<std::string> from_hex(std::string_view text);

/// RFC 4648 section 4, with padding.
[[nodiscard]] std::string to_base64(std::string_view bytes);
/// RFC 4648 section 5, without padding, as JSON Web Tokens want it.
[[nodiscard]] std::string to_base64url(std::string_view bytes);
/// Strict: padding required, nothing else than the alphabet. Errors: invalid_argument.
[[nodiscard]] Result<std::string> from_base64(std::string_view text);
/// Strict: padding refused, nothing else than the alphabet. Errors: invalid_argument.
[[nodiscard]] Result<std::string> from_base64url(std::string_view text);

/// Percent-encodes everything but `A-Za-z0-9-_.~` and what is in `keep`; upper-case digits.
[[nodiscard]] std::string percent_encode(std::string_view text, std::string_view keep = {});
/// Decodes `%XX`; a `+` stays a plus, a lone `%` stays itself.
[[nodiscard]] std::string percent_decode(std::string_view text);

/// ASCII letters only, whatever the locale.
[[nodiscard]] std::string lower_case(std::string_view text);
/// As the names and tokens of HTTP compare: ASCII letters alike in either case.
[[nodiscard]] bool equal_ignoring_case(std::string_view left, std::string_view right);
/// Without the blanks and tabs at both ends that HTTP allows around values (RFC 9110, OWS).
[[nodiscard]] std::string_view trimmed(std::string_view text);

/// True for well-formed UTF-8 (no surrogates, nothing beyond U+10FFFF, shortest forms).
[[nodiscard]] bool is_utf8(std::string_view text);

/// The code points of well-formed UTF-8.
[[nodiscard]] std::size_t count_characters(std::string_view text);

}  // namespace ingestor
