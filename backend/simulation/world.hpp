#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "simulation/clients.hpp"
#include "simulation/dice.hpp"
#include "simulation/service.hpp"
#include "simulation/simulation.hpp"
#include "telemetry/log.hpp"

namespace ingestor::simulation {

/// What goes wrong for a while, for everybody at once.
enum class Trouble {
    disk_reads,
    disk_writes,
    disk_full,
    disk_everything,
    object_errors,
    objects_full,
    objects_hang,
    no_helper,
    helpers_lost,
    wall_clock_frozen,
    endpoint_down,
    endpoint_answers_lost,
};
inline constexpr std::size_t kTroubles = 12;

/// The machine, its operator and its users, in simulated time.
class World {
public:
    World(std::uint64_t seed, std::filesystem::path directory, telemetry::Log& log);

    /// Something happens: a request, trouble, an end of the process, or only time.
    void act();
    /// All trouble ends, and time passes until nothing is left to do, `most` at the most.
    void heal(std::chrono::milliseconds most);
    /// The service is down for so long, by the wall clock.
    void stay_down(std::chrono::milliseconds time);
    void pass(std::chrono::milliseconds time);

    [[nodiscard]] Service& service() { return *service_; }
    [[nodiscard]] Machine& machine() { return machine_; }
    [[nodiscard]] const Clients& clients() const { return clients_; }
    /// How often the service died while a helper had the document of that name.
    [[nodiscard]] int deaths(const std::string& filename) const;
    [[nodiscard]] std::size_t processes() const { return processes_; }
    [[nodiscard]] std::chrono::milliseconds time() const { return time_; }
    [[nodiscard]] std::uint64_t trace() const { return trace_; }
    /// Starts the service if it is down; tries again for a while.
    void ensure_up();

private:
    struct Window {
        Trouble trouble;
        std::chrono::milliseconds end;
    };

    /// Lets up to `handlers` of them run; the process may die meanwhile.
    void run(std::uint64_t handlers);
    void run_all();
    void look_after_process();
    void start();
    void stop();
    void kill(sqlite::testing::Crash crash);
    void restart_storm();
    void reconfigure();
    void open_window();
    void close_windows();
    void apply_troubles();
    void step_clock();
    void flip_bit();
    void note(std::uint64_t what);
    /// Leads the events of ended jobs to the endpoint.
    void add_stage();
    bool all_ended();

    Dice dice_;
    Machine machine_;
    Clients clients_;
    Configuration configuration_;
    telemetry::Log& log_;
    std::unique_ptr<Service> service_;
    std::vector<Window> windows_;
    std::map<std::string, int> deaths_;
    std::chrono::milliseconds time_{0};
    std::chrono::milliseconds clock_drift_{0};
    bool wall_clock_frozen_ = false;
    std::size_t processes_ = 0;
    std::uint64_t trace_ = 0;
};

}  // namespace ingestor::simulation
