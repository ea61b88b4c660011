#include "ports/object_store.hpp"

namespace ingestor::ports {

auto ObjectStore::remove_all(std::vector<domain::ObjectKey> keys) -> Answer<std::monostate> {
    for (auto& key : keys) {
        auto removed = co_await remove(std::move(key));
        if (!removed) co_return removed;
    }
    co_return std::monostate{};
}

}  // namespace ingestor::ports
