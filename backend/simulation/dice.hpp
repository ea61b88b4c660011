#pragma once

#include <chrono>
#include <cstdint>
#include <random>

namespace ingestor::simulation {

/// The one source of chance of a simulation: the same seed gives the same run.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : random_(seed) {}

    /// From 0 to `count` - 1.
    std::uint64_t below(std::uint64_t count) { return random_() % count; }
    bool percent(std::uint64_t chance) { return below(100) < chance; }
    std::chrono::milliseconds upto(std::chrono::milliseconds most) {
        return std::chrono::milliseconds(below(static_cast<std::uint64_t>(most.count()) + 1));
    }
    std::uint64_t seed() { return random_(); }

private:
    std::mt19937_64 random_;
};

}  // namespace ingestor::simulation
