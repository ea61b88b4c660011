#include "simulation/service.hpp"

#include <exception>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "async/testing/spawned_task.hpp"
#include "base/uuid.hpp"

namespace ingestor::simulation {

using namespace std::chrono_literals;
using sqlite::testing::Crash;

namespace {

/// Whoever stops a service waits for so long, and kills it then.
constexpr std::chrono::seconds kStopTimeMax{90};
/// What is cut off has nothing to wait for, but for its own timers.
constexpr std::chrono::hours kEndTimeMax{3};

/// So that some objects stand in the database, and some in files.
constexpr std::uint64_t kSmallBytesMax = 32;

sqlite::DatabaseOptions database_options(const Machine& machine, boost::asio::io_context& io) {
    sqlite::DatabaseOptions options;
    options.readers = 1;
    options.vfs = machine.disk.vfs().c_str();
    // All checkpoints on the writer; small, so that a crash often comes in the middle of one.
    options.checkpoints = {.pages_wanted = 1'000'000, .pages_max = 64};
    options.executor = io.get_executor();
    return options;
}

std::string read_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const std::filesystem::path& file, const std::string& bytes) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << bytes;
}

}  // namespace

Machine::Machine(std::uint64_t seed, std::filesystem::path data)
    : directory(std::move(data)), disk(seed), objects(seed + 1), endpoint(seed + 2) {}

Service::Service(Machine& machine, const Configuration& configuration, std::uint64_t seed,
                 telemetry::Log& log)
    : machine_(machine),
      files_(machine.objects, machine.clock, monotonic_),
      helpers_(configuration.slots + 1, machine.helper_faults, seed, monotonic_, machine.findings),
      caller_(machine.endpoint, monotonic_) {
    auto opened =
        sqlite::Database::open(machine.directory, machine.clock, database_options(machine, io_));
    if (!opened) throw std::runtime_error(opened.error().message);
    database_ = std::move(*opened);
    engine_ = std::make_unique<engine::JobEngine>(
        engine::JobEngine::Dependencies{.executor = io_.get_executor(),
                                        .database = *database_,
                                        .files = files_,
                                        .walkable_files = files_,
                                        .file_join = files_,
                                        .extractor = helpers_,
                                        .upload_urls = upload_urls_,
                                        .http_caller = caller_,
                                        .removal_permit = [] { return std::make_shared<int>(); },
                                        .clock = machine.clock,
                                        .monotonic = monotonic_,
                                        .log = log,
                                        .metrics = metrics_},
        engine::JobEngine::Options{.owner = uuid_v4(),
                                   .names = configuration.names,
                                   .slots = configuration.slots,
                                   .reserved_slots = 1,
                                   .jobs_at_once = configuration.jobs_at_once,
                                   .jitter_seed = seed,
                                   .objects = {.small_bytes_max = kSmallBytesMax}});
    const auto bus = ask(engine_->open_bus(configuration.bus));
    if (!bus) throw std::runtime_error(bus.error().message);
    engine_->start();
}

bool Service::step() {
    if (io_.stopped()) io_.restart();
    return io_.poll_one() > 0;
}

void Service::advance(std::chrono::milliseconds time) {
    monotonic_.advance(time);
}

void Service::spawn(boost::asio::awaitable<void> task) {
    ++requests_;
    auto ended = [this](const std::exception_ptr& thrown) {
        --requests_;
        if (!thrown) return;
        try {
            std::rethrow_exception(thrown);
        } catch (const std::exception& error) {
            machine_.findings.emplace_back(std::string("a request threw: ") + error.what());
        }
    };
    async::testing::spawn_for_test(io_, std::move(task), std::move(ended));
}

bool Service::run_until(const std::function<bool()>& holds, std::chrono::milliseconds time) {
    const auto latest = monotonic_.now() + time;
    while (!holds()) {
        if (step()) continue;
        if (monotonic_.now() > latest) return false;
        monotonic_.advance(50ms);
    }
    return true;
}

bool Service::wind_down(std::chrono::milliseconds time) {
    if (!std::exchange(stopping_, true)) {
        auto end = [](Service& self) -> boost::asio::awaitable<void> {
            co_await self.engine_->stop(Deadline::max());
            self.stopped_ = true;
        };
        spawn(end(*this));
    }
    if (!run_until([this] { return stopped_ && requests_ == 0; }, time)) return false;
    engine_.reset();
    database_.reset();
    return true;
}

bool Service::stop() {
    return wind_down(kStopTimeMax);
}

void Service::kill(Crash crash, std::uint64_t seed) {
    // The file system goes on: what the kernel has of the register is what the next process reads.
    const auto register_file = machine_.directory / "at-work";
    auto noted = read_file(register_file);
    killed_ = true;
    machine_.disk.stop_after(0);
    files_.cut_off();
    caller_.cut_off();
    if (!wind_down(kEndTimeMax)) throw std::runtime_error("a process does not end");
    if (crash == Crash::power && seed % 2 == 0) noted.resize(noted.size() / 2);
    write_file(register_file, noted);
    machine_.disk.restart(crash);
    machine_.objects.restart(crash);
}

}  // namespace ingestor::simulation
