#include "utf8_name.hpp"

#include "base/encoding.hpp"
#include "base/printable.hpp"

namespace ingestor::cli {

std::string utf8_name(const std::filesystem::path& path) {
    std::string name = path.filename().string();
    if (is_utf8(name)) return name;
    std::string kept;
    for (char c = 1; c < 0x20; ++c) kept += c;
    return printable(name, kept);
}

}  // namespace ingestor::cli
