#pragma once

#include <string_view>

namespace ingestor::extract::pdf {

/// True where a cross-reference stream of the file claims more objects than its bytes can hold.
/// Poppler makes room for as many as are claimed, some 40 bytes each, before it reads any.
[[nodiscard]] bool declares_too_many_objects(std::string_view bytes);

}  // namespace ingestor::extract::pdf
