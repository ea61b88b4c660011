#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "ports/object_index.hpp"

namespace ingestor::objects {

/// The bytes of an object that is not large, held in memory until they are stored.
class SmallObject {
public:
    explicit SmallObject(std::string bytes = {}) : bytes_(std::move(bytes)) {}

    void append(std::string_view bytes) { bytes_.append(bytes); }
    [[nodiscard]] const std::string& bytes() const { return bytes_; }
    /// Raw bytes. Errors: invalid_argument (no such digest).
    [[nodiscard]] Result<std::string> digest(std::string_view algorithm);
    /// As it goes into the index. Errors: invalid_argument (`kept_digest`).
    [[nodiscard]] Result<ports::IndexedObject> indexed(domain::ObjectKey key,
                                                       const ports::PutOptions& options,
                                                       TimePoint now);

private:
    std::string bytes_;
    std::map<std::string, std::string, std::less<>> digests_;
};

/// Errors: corrupt (these are not the bytes that were stored).
[[nodiscard]] Result<std::monostate> check_bytes(const ports::IndexedObject& object);

}  // namespace ingestor::objects
