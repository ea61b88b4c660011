#include "http/entity_tag.hpp"

#include <algorithm>

namespace ingestor::http {

bool if_none_match_matches(std::string_view if_none_match, std::string_view tag) {
    auto rest = if_none_match;
    while (true) {
        rest.remove_prefix(std::min(rest.find_first_not_of(" \t,"), rest.size()));
        if (rest.empty()) return false;
        if (rest.starts_with('*')) return true;
        if (rest.starts_with("W/")) rest.remove_prefix(2);
        const auto end = rest.starts_with('"') ? rest.find('"', 1) : std::string_view::npos;
        if (end == std::string_view::npos) return false;
        if (rest.substr(0, end + 1) == tag) return true;
        rest.remove_prefix(end + 1);
    }
}

}  // namespace ingestor::http
