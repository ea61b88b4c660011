#include "simulation/simulation.hpp"

#include <exception>
#include <filesystem>
#include <stdexcept>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file_descriptor.hpp"
#include "base/uuid.hpp"
#include "simulation/checks.hpp"
#include "simulation/world.hpp"

namespace ingestor::simulation {

using namespace std::chrono_literals;

namespace {

constexpr int kActs = 150;
/// An hour's backlog of documents that hang, and a minute's wait at most: far below this.
constexpr std::chrono::hours kHealingMax{6};

/// Of it the lock file and the work register are used; removed with this.
class Directory {
public:
    Directory() {
        auto name = (std::filesystem::exists("/dev/shm") ? std::filesystem::path("/dev/shm")
                                                         : std::filesystem::temp_directory_path()) /
                    "agent2-ingestor-simulation-XXXXXX";
        auto text = name.string();
        if (::mkdtemp(text.data()) == nullptr) throw std::runtime_error("mkdtemp " + text);
        path_ = text;
    }
    ~Directory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

void live(World& world) {
    for (int n = 0; n < kActs; ++n) world.act();
    world.heal(kHealingMax);
    if (!world.machine().findings.empty()) return;
    check_ends(world);
    // Uploads that no job took are kept for a day, by a clock that may have been ahead.
    world.sleep(48h);
    world.pass(5min);
    world.heal(1h);
    check_objects(world);
    if (!world.machine().findings.empty()) return;
    world.sleep(31 * 24h);
    world.pass(10min);
    check_nothing_is_left(world);
}

}  // namespace

Outcome simulate(std::uint64_t seed) {
    repeat_uuids_of(seed);
    const Directory directory;
    const FileDescriptor nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    Log log(LogFormat::json, LogLevel::error, nowhere.get());
    World world(seed, directory.path(), log);
    try {
        live(world);
    } catch (const std::exception& error) {
        world.machine().findings.emplace_back(error.what());
    }
    return {.findings = world.machine().findings,
            .trace = world.trace(),
            .jobs = world.clients().submissions().size(),
            .processes = world.processes(),
            .simulated = world.time()};
}

}  // namespace ingestor::simulation
