#pragma once

#include <filesystem>

#include "base/program_directory.hpp"

namespace ingestor {

/// The helper program stands beside this one.
[[nodiscard]] inline std::filesystem::path helper_program() {
    return program_directory() / "agent2-ingestor-extract";
}

}  // namespace ingestor
