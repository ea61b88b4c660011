#pragma once

#include <string>
#include <string_view>

namespace ingestor::extract::render {

/// The target of a link, or nothing for schemes other than http, https, mailto, ftp and relative
/// references: a document's link must not run anything. Control characters are gone.
[[nodiscard]] std::string safe_target(std::string_view url);

}  // namespace ingestor::extract::render
