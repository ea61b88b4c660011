#pragma once

#include "documents/sandbox_status.hpp"

namespace ingestor::documents {

/// Shuts the zygote in for good, but for what it needs to make helpers: call when everything that
/// needs the machine (tables, libraries) has been loaded, from the only thread. Helpers inherit
/// these layers. A layer that the kernel lacks is left out and reported; the others stand on their
/// own. Clears the signal that is tied to the parent's death.
[[nodiscard]] SandboxStatus enter_zygote_sandbox();

/// What is left to close for a helper, before its first document: adds to what the zygote has.
[[nodiscard]] SandboxStatus enter_helper_sandbox(SandboxStatus zygote);

/// What the process and its shared libraries take of address space now, in bytes.
[[nodiscard]] std::uint64_t address_space_bytes();

}  // namespace ingestor::documents
