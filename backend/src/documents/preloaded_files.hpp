#pragma once

#include <cstddef>
#include <filesystem>

namespace ingestor::documents {

/// Maps every file below `directory`, so that reading it takes no system call that names it: the
/// sandbox allows none. From then on fopen() of the whole program, the libraries' included, finds
/// those files in memory by the path that they have here. Returns how many there are; what cannot
/// be read is left out.
std::size_t preload_files(const std::filesystem::path& directory);

}  // namespace ingestor::documents
