#pragma once

#include "documents/sandbox_status.hpp"

namespace ingestor::documents {

/// Shuts the process in for good: call when everything that needs the machine (tables, fonts,
/// libraries) has been loaded, from the only thread, before the first document. A layer that the
/// kernel lacks is left out and reported; the others stand on their own.
[[nodiscard]] SandboxStatus enter_sandbox();

}  // namespace ingestor::documents
