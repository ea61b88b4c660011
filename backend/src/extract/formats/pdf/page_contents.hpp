#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <Object.h>

#include "base/result.hpp"

namespace ingestor::extract::pdf {

/// The content of a page, unpacked: all its streams, with a line break between. Nothing where a
/// stream has a filter that only Poppler knows (or no filter), or could not be unpacked at all; a
/// damaged stream counts as far as it goes. Not for encrypted documents. Errors: too_large (more
/// than `bytes_max`).
[[nodiscard]] Result<std::optional<std::string>> unpacked_contents(const Object& contents,
                                                                   std::uint64_t bytes_max);

}  // namespace ingestor::extract::pdf
