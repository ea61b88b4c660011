#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ingestor::simulation {

/// What a run was.
struct Outcome {
    /// Broken promises; empty: all was kept.
    std::vector<std::string> findings;
    /// A digest of all that happened: two runs of one seed have the same.
    std::uint64_t trace = 0;
    std::size_t jobs = 0;
    std::size_t processes = 0;
    std::size_t log_lines = 0;  ///< Warnings and errors.
    std::chrono::milliseconds simulated{0};
};

/// One life of a service, all from one seed: users, operators, processes that die and start again,
/// disks, helpers and clocks that fail; then everything heals, and what was promised must be true.
[[nodiscard]] Outcome simulate(std::uint64_t seed);

}  // namespace ingestor::simulation
