#pragma once

#include "extract/model/document.hpp"

namespace ingestor::extract::model {

/// Lists deeper than this are shown at this depth.
inline constexpr int kListDepthMax = 32;

/// Adds an item to the list at the end of `blocks`, or to a list within its last item, so deep as
/// said (from 0) and as the lists there allow. Another kind of list, or a count that does not go
/// on, begins a new list. For formats that know an item's depth and not its list.
void add_item(Blocks& blocks, int depth, ListItem item);

/// The item that `add_item` would continue, however deep; nullptr where the blocks do not end in a
/// list.
[[nodiscard]] ListItem* last_item(Blocks& blocks);

}  // namespace ingestor::extract::model
