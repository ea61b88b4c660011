#pragma once

#include <filesystem>

namespace ingestor {

/// The helper program stands beside this one.
[[nodiscard]] inline std::filesystem::path helper_program() {
    return std::filesystem::read_symlink("/proc/self/exe").parent_path() /
           "agent2-ingestor-extract";
}

}  // namespace ingestor
