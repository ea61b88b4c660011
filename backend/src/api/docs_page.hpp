#pragma once

#include <string>

namespace ingestor::api {

/// A page that shows `/openapi.json` and sends requests from it; it needs nothing from elsewhere.
[[nodiscard]] const std::string& docs_page();

/// Its Content-Security-Policy: only the page's own script, named by its hash.
[[nodiscard]] const std::string& docs_policy();

}  // namespace ingestor::api
