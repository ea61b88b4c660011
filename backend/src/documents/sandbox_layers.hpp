#pragma once

#include <vector>

#include "documents/sandbox_status.hpp"

namespace ingestor::documents {

/// no_new_privs, no capabilities, no groups, and an unprivileged user where root started us.
[[nodiscard]] SandboxLayerStatus drop_privileges();

/// Landlock: the layers file_system, network and signals. Needs no_new_privs.
[[nodiscard]] std::vector<SandboxLayerStatus> restrict_reach();

/// seccomp: the layer system_calls. Needs no_new_privs; the last one to be entered.
[[nodiscard]] SandboxLayerStatus restrict_system_calls();

}  // namespace ingestor::documents
