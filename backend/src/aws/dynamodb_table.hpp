#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "aws/client.hpp"
#include "aws/dynamodb_values.hpp"
#include "aws/retry.hpp"
#include "base/result.hpp"

namespace ingestor::aws {

/// A table's key: `pk` and `sk`, both text.
struct ItemKey {
    std::string pk;
    std::string sk;
};

// In every expression `#name` stands for the attribute `name`, so that no name can be one of
// DynamoDB's several hundred reserved words, and `:name` for the value of that name in `values`.

/// Replaces the whole item, where the condition holds for what is there.
struct Put {
    Item item;
    std::string condition = {};
    Item values = {};
};
/// Changes attributes of an item, where the condition holds for what is there.
struct Update {
    ItemKey key;
    std::string expression;
    std::string condition;
    Item values;
};
/// Removes an item, where the condition holds for what is there.
struct Delete {
    ItemKey key;
    std::string condition;
    Item values;
};
using Write = std::variant<Put, Update, Delete>;

/// Items of one partition, in the order of their sort keys.
struct ItemQuery {
    std::string index = {};  ///< Empty: the table itself, read consistently.
    std::string key_condition;
    std::string filter = {};
    std::string projection = {};  ///< Empty: all that the table or index has.
    Item values = {};
    bool newest_first = false;
    /// Items looked at for one page, before the filter; 0: as many as fit into 1 MB.
    std::uint32_t limit = 0;
    Item after = {};  ///< ItemPage::next of the page before.
};
struct ItemPage {
    std::vector<Item> items;
    Item next;  ///< Where the next page begins; empty: this is the last one.
};

/// One table of DynamoDB. Calls may overlap; call from the I/O executor only. Any call may fail as
/// `unavailable`, and as `internal` where the service refuses the request itself.
class DynamoDbTable {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;

    [[nodiscard]] static JsonClient::Protocol protocol();

    /// `client` outlives the table.
    DynamoDbTable(JsonClient& client, std::string name, RetryPolicy policy);

    /// What every write acknowledged before has left; nullopt: there is no such item.
    Answer<std::optional<Item>> get(ItemKey key);
    /// Those that are there, in any order.
    Answer<std::vector<Item>> get_all(std::vector<ItemKey> keys);
    Answer<ItemPage> query(ItemQuery query);
    /// How many items the query has, counted up to `max`. The query has no `filter` and no `limit`.
    Answer<std::uint64_t> count(ItemQuery query, std::uint64_t max);

    /// False: the condition does not hold. As an answer may be lost and the request be sent again,
    /// it may not hold because of this very write.
    Answer<bool> write(Write write);
    /// All of them or none. False: a condition does not hold. Sent again for a lost answer, it is
    /// carried out once.
    Answer<bool> write_together(std::vector<Write> writes);
    /// Replaces whatever is there, each item for itself: after a failure some may be written.
    Answer<std::monostate> put_all(std::vector<Item> items);
    /// As put_all(). What is not there is no error.
    Answer<std::monostate> delete_all(std::vector<ItemKey> keys);

private:
    boost::asio::awaitable<void> pause(int round);
    /// `actions` are PutRequests or DeleteRequests.
    Answer<std::monostate> write_batches(std::vector<boost::json::object> actions);
    [[nodiscard]] boost::json::object as_request(const Write& write) const;

    JsonClient& client_;
    std::string name_;
    RetryPolicy policy_;
    std::mt19937_64 random_;
};

}  // namespace ingestor::aws
