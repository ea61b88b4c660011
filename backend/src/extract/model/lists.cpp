#include "extract/model/lists.hpp"

#include <algorithm>
#include <utility>

namespace ingestor::extract::model {
namespace {

List* last_list(Blocks& blocks) {
    return blocks.empty() ? nullptr : std::get_if<List>(&blocks.back().content);
}

bool goes_on(const List& list, const ListItem& item) {
    const bool ordered = item.number > 0;
    return list.ordered == ordered && (!ordered || item.number == list.items.back().number + 1);
}

}  // namespace

void add_item(Blocks& blocks, int depth, ListItem item) {
    Blocks* into = &blocks;
    for (int level = 0; level < std::min(depth, kListDepthMax); ++level) {
        List* const outer = last_list(*into);
        if (outer == nullptr) break;
        into = &outer->items.back().blocks;
    }
    List* list = last_list(*into);
    if (list == nullptr || !goes_on(*list, item)) {
        into->push_back({.content = List{.ordered = item.number > 0}});
        list = last_list(*into);
    }
    list->items.push_back(std::move(item));
}

ListItem* last_item(Blocks& blocks) {
    ListItem* found = nullptr;
    for (List* list = last_list(blocks); list != nullptr; list = last_list(found->blocks))
        found = &list->items.back();
    return found;
}

}  // namespace ingestor::extract::model
