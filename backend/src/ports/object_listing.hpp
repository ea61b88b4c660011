#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "base/time.hpp"
#include "domain/ids.hpp"
#include "domain/object_key.hpp"

namespace ingestor::ports {

/// A page of a list of keys, which stand in the order of their bytes.
struct ListQuery {
    std::string prefix = {};
    /// Keys that have it behind the prefix are one group, named up to its end; empty: no groups.
    std::string delimiter = {};
    /// The page begins here: at the first key that is not less. Bytes, not always a key.
    std::string from = {};
    std::size_t count = 1'000;
    /// Only keys that begin with one of these, which are in order and none a prefix of another;
    /// nullopt: all.
    std::optional<std::vector<std::string>> within = std::nullopt;
};

struct ListedObject {
    domain::ObjectKey key;
    std::uint64_t size_bytes = 0;
    domain::ETag etag = {};
    TimePoint last_modified = {};
    /// As ObjectAttributes has it.
    std::optional<std::pair<std::string, std::string>> checksum = {};
};

struct ListPage {
    std::vector<ListedObject> objects;
    std::vector<std::string> groups;
    /// Where the next page begins; nullopt: this was the last.
    std::optional<std::string> next = {};
    /// What the page cost: looks into the index, whatever the number of objects.
    std::size_t rows_read = 0;
};

/// Lists what is in a store. A page shows one moment.
class ObjectListing {
public:
    virtual ~ObjectListing() = default;
    /// Errors: unavailable, also as long as older objects are not in the index yet.
    virtual boost::asio::awaitable<Result<ListPage>> list(ListQuery query) = 0;
};

/// The least text that is greater than all that begin with `prefix`; nullopt: there is none.
[[nodiscard]] std::optional<std::string> end_of_prefix(std::string prefix);
/// The group that a key is in; empty: it is in none.
[[nodiscard]] std::string group_of(std::string_view key, std::string_view prefix,
                                   std::string_view delimiter);

}  // namespace ingestor::ports
