#include "ports/object_listing.hpp"

namespace ingestor::ports {

std::optional<std::string> end_of_prefix(std::string prefix) {
    while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xFF) prefix.pop_back();
    if (prefix.empty()) return std::nullopt;
    prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
    return prefix;
}

std::string group_of(std::string_view key, std::string_view prefix, std::string_view delimiter) {
    if (delimiter.empty() || !key.starts_with(prefix)) return {};
    const auto place = key.find(delimiter, prefix.size());
    if (place == std::string_view::npos) return {};
    return std::string(key.substr(0, place + delimiter.size()));
}

}  // namespace ingestor::ports
