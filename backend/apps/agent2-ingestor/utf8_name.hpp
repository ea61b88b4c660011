#pragma once

#include <filesystem>
#include <string>

namespace ingestor::cli {

/// The last part of a path, for what holds nothing but UTF-8: names are bytes to the system, and
/// those of it that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string utf8_name(const std::filesystem::path& path);

}  // namespace ingestor::cli
