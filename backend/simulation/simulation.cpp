#include "simulation/simulation.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <filesystem>
#include <stdexcept>

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file_descriptor.hpp"
#include "base/testing/temporary_directory.hpp"
#include "base/uuid.hpp"
#include "simulation/checks.hpp"
#include "simulation/world.hpp"

namespace ingestor::simulation {

using namespace std::chrono_literals;

namespace {

constexpr int kActs = 150;
/// An hour's backlog of documents that hang, and a minute's wait at most: far below this.
constexpr std::chrono::hours kHealingMax{6};
/// Warnings and errors: a state that lasts is told once a minute, whatever runs into it.
constexpr std::size_t kLinesOfRun = 200;
constexpr std::size_t kLinesOfProcess = 10;
constexpr std::size_t kLinesOfJob = 5;

/// For the lock file and the work register.
std::filesystem::path scratch() {
    const std::filesystem::path memory = "/dev/shm";
    return std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path();
}

std::size_t open_descriptors() {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        static_cast<void>(entry);
        ++count;
    }
    return count;
}

std::size_t count_lines(const FileDescriptor& file) {
    std::size_t lines = 0;
    std::array<char, 65'536> bytes{};
    off_t offset = 0;
    for (;;) {
        const auto read = ::pread(file.get(), bytes.data(), bytes.size(), offset);
        if (read <= 0) return lines;
        offset += read;
        lines += static_cast<std::size_t>(std::count(bytes.begin(), bytes.begin() + read, '\n'));
    }
}

void live(World& world) {
    for (int n = 0; n < kActs; ++n) world.act();
    world.heal(kHealingMax);
    if (!world.machine().findings.empty()) return;
    check_ends(world);
    // Uploads that no job took are kept for a day, by a clock that may have been ahead.
    world.stay_down(48h);
    world.pass(5min);
    world.heal(1h);
    check_objects(world);
    if (!world.machine().findings.empty()) return;
    world.stay_down(31 * 24h);
    world.pass(10min);
    check_nothing_is_left(world);
}

}  // namespace

Outcome simulate(std::uint64_t seed) {
    repeat_uuids_of(seed);
    const TemporaryDirectory directory(scratch());
    const FileDescriptor lines(::memfd_create("log", MFD_CLOEXEC));
    telemetry::Log log(telemetry::LogFormat::json, telemetry::LogLevel::warn, lines.get());
    const auto descriptors = open_descriptors();
    Outcome outcome;
    {
        World world(seed, directory.path(), log);
        try {
            live(world);
        } catch (const std::exception& error) {
            world.machine().findings.emplace_back(error.what());
        }
        outcome = {.findings = world.machine().findings,
                   .trace = world.trace(),
                   .jobs = world.clients().submissions().size(),
                   .processes = world.processes(),
                   .simulated = world.time()};
    }
    log.flush();
    outcome.log_lines = count_lines(lines);
    const auto lines_max =
        kLinesOfRun + kLinesOfProcess * outcome.processes + kLinesOfJob * outcome.jobs;
    if (outcome.log_lines > lines_max) {
        outcome.findings.push_back(fmt::format("{} lines of log", outcome.log_lines));
    }
    if (const auto left = open_descriptors(); left > descriptors) {
        outcome.findings.push_back(fmt::format("{} descriptors are left open", left - descriptors));
    }
    return outcome;
}

}  // namespace ingestor::simulation
