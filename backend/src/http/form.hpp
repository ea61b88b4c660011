#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace ingestor::http {

/// A name and a value of `a=1&b=2`, still encoded.
struct FormPair {
    std::string_view name;
    std::string_view value;
};

/// Takes the first pair off `text`; a piece without `=` has an empty value.
[[nodiscard]] FormPair take_form_pair(std::string_view& text);

/// Decodes `%XX`, and `+` as a blank (WHATWG URL, application/x-www-form-urlencoded).
[[nodiscard]] std::string decode_form_text(std::string_view text);

/// The pairs of an application/x-www-form-urlencoded body, decoded, in order.
/// Errors: too_large (more than `pairs_max`), invalid_argument (not UTF-8; `field` names which).
[[nodiscard]] Result<std::vector<std::pair<std::string, std::string>>> parse_form(
    std::string_view body, std::size_t pairs_max);

}  // namespace ingestor::http
