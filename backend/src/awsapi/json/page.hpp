#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

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

/// The items of the page, of a list that is ordered by `name`, a member or a function of an item;
/// the token is empty where nothing follows.
template <class Item, class Name>
std::string take_page(std::vector<Item>& items, const PageRequest& page, const Name& name) {
    std::erase_if(items, [&](const Item& item) { return std::invoke(name, item) <= page.after; });
    if (items.size() <= page.limit) return {};
    items.resize(page.limit);
    return next_token(std::invoke(name, items.back()));
}

/// The answer of a list: the page of the items as `member`, each written by `to_json(item)`, and
/// the token where more follow.
template <class Item, class Name, class ToJson>
boost::json::object page_answer(std::string_view member, std::vector<Item> items,
                                const PageRequest& page, const Name& name, const ToJson& to_json) {
    const auto token = take_page(items, page, name);
    boost::json::array list;
    for (const Item& item : items) list.push_back(to_json(item));
    boost::json::object out{{member, std::move(list)}};
    if (!token.empty()) out["NextToken"] = token;
    return out;
}

}  // namespace ingestor::awsapi::json
