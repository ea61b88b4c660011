#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace ingestor::eventbridge::patterns {

/// The first and the last eight bytes of a name, which tell names of up to 16 bytes apart without
/// a look at memory that belongs to another name.
struct NameKey {
    /// So many bytes from the begin of a name must be readable, however short it is.
    static constexpr std::size_t kReadable = sizeof(std::uint64_t);

    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::size_t size = 0;

    explicit NameKey(std::string_view name) : size(name.size()) {
        // By size: those bytes of a word that belong to the name.
        static constexpr auto kMasks = [] {
            std::array<std::uint64_t, kReadable + 1> masks = {};
            for (std::size_t i = 1; i <= kReadable; ++i)
                masks[i] = ~std::uint64_t{0} >> (64 - 8 * i);
            return masks;
        }();
        const auto kept = std::min(size, kReadable);
        const auto* const begin = name.data();
        std::memcpy(&first, begin, sizeof first);
        std::memcpy(&last, begin + (size - kept), sizeof last);
        first &= kMasks[kept];
        last &= kMasks[kept];
    }

    /// The key of a name behind which nothing can be read.
    [[nodiscard]] static NameKey of_any(std::string_view name) {
        std::string padded(name);
        padded.resize(std::max(name.size(), kReadable));
        return NameKey(std::string_view(padded).substr(0, name.size()));
    }

    /// Whether names of the same key are the same.
    [[nodiscard]] bool is_whole() const { return size <= 2 * kReadable; }

    friend bool operator==(const NameKey&, const NameKey&) = default;
};

}  // namespace ingestor::eventbridge::patterns
