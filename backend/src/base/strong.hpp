#pragma once

#include <compare>
#include <functional>
#include <string>
#include <utility>

namespace ingestor {

/// A string that is not just any string: two ids of different kinds do not convert into each other.
template <class Tag>
class StrongString {
public:
    StrongString() = default;
    explicit StrongString(std::string value) : value_(std::move(value)) {}

    [[nodiscard]] const std::string& value() const { return value_; }
    [[nodiscard]] bool empty() const { return value_.empty(); }

    friend bool operator==(const StrongString&, const StrongString&) = default;
    friend auto operator<=>(const StrongString&, const StrongString&) = default;

private:
    std::string value_;
};

}  // namespace ingestor

template <class Tag>
struct std::hash<ingestor::StrongString<Tag>> {
    std::size_t operator()(const ingestor::StrongString<Tag>& id) const noexcept {
        return std::hash<std::string>{}(id.value());
    }
};
