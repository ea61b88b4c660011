#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <string>

#include "base/result.hpp"

namespace ingestor::domain {

inline constexpr std::size_t kObjectKeyBytesMax = 1024;

/// The name of an object in a bucket: 1 to kObjectKeyBytesMax bytes of UTF-8 without NUL.
/// Source: S3 User Guide, "Naming Amazon S3 objects".
class ObjectKey {
public:
    /// For text that is known to be a key. Throws std::invalid_argument where it is not.
    explicit ObjectKey(std::string text);
    /// For text from outside. Errors: invalid_argument (field `key`).
    [[nodiscard]] static Result<ObjectKey> parse(std::string text);

    [[nodiscard]] const std::string& value() const { return value_; }

    friend bool operator==(const ObjectKey&, const ObjectKey&) = default;
    friend auto operator<=>(const ObjectKey&, const ObjectKey&) = default;

private:
    std::string value_;
};

}  // namespace ingestor::domain

template <>
struct std::hash<ingestor::domain::ObjectKey> {
    std::size_t operator()(const ingestor::domain::ObjectKey& key) const noexcept {
        return std::hash<std::string>{}(key.value());
    }
};
