#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "awsapi/json/input.hpp"

namespace ingestor::awsapi::json {

/// Which part of a list is asked for, by names: `NextToken` and `Limit`.
struct PageRequest {
    std::string after;  ///< The name that the page before ended with; empty: the first page.
    std::size_t limit = 100;
};

/// A violation where either is wrong.
[[nodiscard]] PageRequest read_page_request(Input& input);

/// What leads to the page behind the one that ends with this name.
[[nodiscard]] std::string next_token(std::string_view last_name);

/// The items of the page, of a list that is ordered by `name(item)`; the token is empty where
/// nothing follows.
template <class Item, class Name>
std::string take_page(std::vector<Item>& items, const PageRequest& page, const Name& name) {
    std::erase_if(items, [&](const Item& item) { return name(item) <= page.after; });
    if (items.size() <= page.limit) return {};
    items.resize(page.limit);
    return next_token(name(items.back()));
}

}  // namespace ingestor::awsapi::json
