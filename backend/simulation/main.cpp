// simulate FIRST LAST: runs these seeds, prints what breaks a promise, and exits 1 if anything
// does.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>

#include <fmt/core.h>
#include <sqlite3.h>

#include "simulation/simulation.hpp"

int main(int argc, char** argv) {
    using ingestor::simulation::simulate;
    if (argc < 2) {
        fmt::print(stderr, "simulate FIRST [LAST]\n");
        return 2;
    }
    // One thread runs all of it: SQLite's locks would cost an eighth of the time.
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    const auto first = std::strtoull(argv[1], nullptr, 10);
    const auto last = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : first;
    std::uint64_t jobs = 0;
    std::uint64_t processes = 0;
    std::chrono::milliseconds simulated{0};
    std::size_t log_lines_most = 0;
    bool sound = true;
    for (auto seed = first; seed <= last; ++seed) {
        const auto outcome = simulate(seed);
        jobs += outcome.jobs;
        log_lines_most = std::max(log_lines_most, outcome.log_lines);
        processes += outcome.processes;
        simulated += outcome.simulated;
        for (const auto& finding : outcome.findings) {
            fmt::print("SIMULATION_SEED={}: {}\n", seed, finding);
            sound = false;
        }
    }
    fmt::print("seeds {} to {}: {} submits, {} processes, {} days, {} lines of log at most\n",
               first, last, jobs, processes,
               std::chrono::duration_cast<std::chrono::hours>(simulated).count() / 24,
               log_lines_most);
    return sound ? 0 : 1;
}
