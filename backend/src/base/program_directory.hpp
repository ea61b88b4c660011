#pragma once

#include <filesystem>
#include <system_error>

namespace ingestor {

/// The directory of the running program; empty where there is no /proc.
[[nodiscard]] inline std::filesystem::path program_directory() {
    std::error_code error;
    return std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
}

}  // namespace ingestor
