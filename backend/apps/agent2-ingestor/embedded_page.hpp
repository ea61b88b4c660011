#pragma once

#include <span>

#include "http/static_files.hpp"

namespace ingestor {

/// The web page as the build found it in INGESTOR_PAGE_DIR; empty: built without.
[[nodiscard]] std::span<const http::StaticFile> embedded_page();

}  // namespace ingestor
