#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/result.hpp"

namespace ingestor::identity {

/// Reads one JSON object, and refuses what two readers could understand differently: a key given
/// twice in any object, a NUL inside any string, invalid UTF-8, bytes after the end, nesting deeper
/// than 16. Errors: invalid_argument, too_large.
[[nodiscard]] Result<boost::json::object> parse_strict_object(std::string_view text,
                                                              std::size_t bytes_max);

/// The text of a string member; nothing where it is absent or of another kind.
[[nodiscard]] std::optional<std::string_view> text_member(const boost::json::object& object,
                                                          std::string_view name);

}  // namespace ingestor::identity
