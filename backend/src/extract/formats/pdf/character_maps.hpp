#pragma once

#include <string_view>
#include <unordered_set>

#include <Object.h>

namespace ingestor::extract::pdf {

/// True where Poppler can make the tables of a character map (CMap) in proportion to what maps
/// hold: it makes one for each beginning that a code may have, and an entry for each code of a
/// range, as many as a line of the map declares.
[[nodiscard]] bool is_affordable_map(std::string_view map);

/// Looks at the maps that fonts of a document carry with them, before Poppler reads the fonts.
class CharacterMaps {
public:
    /// False where a font among these resources, or of a form or pattern among them, has a map
    /// that is not affordable. Each object is looked at once.
    [[nodiscard]] bool are_affordable(Dict* resources) { return visit(resources, 0); }

private:
    [[nodiscard]] bool visit(Dict* resources, int depth);
    [[nodiscard]] bool visit_all(const Object& named, int depth);

    std::unordered_set<int> seen_;
};

}  // namespace ingestor::extract::pdf
