#pragma once

#include <string>
#include <string_view>

namespace ingestor::extract {

/// The language of a text as a BCP 47 tag, where its script or its commonest words leave little
/// doubt; else empty.
[[nodiscard]] std::string guess_language(std::string_view text);

}  // namespace ingestor::extract
