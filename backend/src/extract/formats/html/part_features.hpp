#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ingestor::extract::html {

enum class Feature : std::uint8_t {
#define HTML_FEATURE(identifier) identifier,
#include "extract/formats/html/part_features.inc"
#undef HTML_FEATURE
};

inline constexpr auto kFeatureNames = std::to_array<std::string_view>({
#define HTML_FEATURE(identifier) #identifier,
#include "extract/formats/html/part_features.inc"
#undef HTML_FEATURE
});

/// What is known of a part of a page, as numbers.
class PartFeatures {
public:
    float& operator[](Feature feature) { return values_[static_cast<std::size_t>(feature)]; }
    float operator[](Feature feature) const { return values_[static_cast<std::size_t>(feature)]; }
    [[nodiscard]] const std::array<float, kFeatureNames.size()>& values() const { return values_; }

private:
    std::array<float, kFeatureNames.size()> values_ = {};
};

}  // namespace ingestor::extract::html
