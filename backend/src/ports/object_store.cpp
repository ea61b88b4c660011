#include "ports/object_store.hpp"

#include "base/encoding.hpp"
#include "domain/job.hpp"

namespace ingestor {

Result<std::monostate> check_object_key(const ObjectKey& key) {
    const auto& text = key.value();
    if (text.empty() || text.size() > kObjectKeyBytesMax || !is_utf8(text) ||
        text.find('\0') != std::string::npos) {
        return fail(Errc::invalid_argument,
                    "an object key is 1 to " + std::to_string(kObjectKeyBytesMax) +
                        " bytes of UTF-8 without NUL",
                    "key");
    }
    return std::monostate{};
}

auto ObjectStore::remove_all(std::vector<ObjectKey> keys) -> Answer<std::monostate> {
    for (auto& key : keys) {
        auto removed = co_await remove(std::move(key));
        if (!removed) co_return removed;
    }
    co_return std::monostate{};
}

}  // namespace ingestor
