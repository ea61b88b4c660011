#pragma once

#include <cstdint>
#include <cstring>
#include <random>
#include <string_view>

namespace ingestor::eventbridge::patterns {

/// Hashes texts together with the space that they belong to. Begins with a random seed, so that
/// nobody can choose texts that collide.
class TextHash {
public:
    TextHash() {
        std::random_device device;
        seed_ = (std::uint64_t{device()} << 32) | device();
    }

    [[nodiscard]] std::uint64_t operator()(std::uint64_t space, std::string_view text) const {
        // Odd numbers with as many bits set as not.
        constexpr std::uint64_t kFirst = 0x9E3779B97F4A7C15;
        constexpr std::uint64_t kSecond = 0xE7037ED1A0B428DB;
        const char* at = text.data();
        auto left = text.size();
        auto state = mix(seed_ ^ (space * kFirst), kSecond ^ left);
        for (; left > 16; left -= 16, at += 16) {
            state = mix(load<std::uint64_t>(at) ^ kFirst, load<std::uint64_t>(at + 8) ^ state);
        }
        // What is left is read from both ends, which may overlap.
        std::uint64_t low = 0;
        std::uint64_t high = 0;
        if (left >= 8) {
            low = load<std::uint64_t>(at);
            high = load<std::uint64_t>(at + left - 8);
        } else if (left >= 4) {
            low = load<std::uint32_t>(at);
            high = load<std::uint32_t>(at + left - 4);
        } else if (left > 0) {
            low = load<std::uint8_t>(at) | (load<std::uint8_t>(at + left / 2) << 8);
            high = load<std::uint8_t>(at + left - 1);
        }
        return mix(low ^ kSecond, high ^ state);
    }

private:
    __extension__ using Wide = unsigned __int128;

    /// Multiplies and folds, which mixes all bits of both.
    static std::uint64_t mix(std::uint64_t left, std::uint64_t right) {
        const Wide product = static_cast<Wide>(left) * right;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    }

    template <class Word>
    static std::uint64_t load(const char* from) {
        Word word = 0;
        std::memcpy(&word, from, sizeof word);
        return word;
    }

    std::uint64_t seed_;
};

}  // namespace ingestor::eventbridge::patterns
