#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "engine/job_engine.hpp"
#include "memory/manual_clock.hpp"
#include "memory/manual_monotonic_clock.hpp"
#include "simulation/endpoint.hpp"
#include "simulation/helpers.hpp"
#include "simulation/objects.hpp"
#include "sqlite/testing/simulated_disk.hpp"
#include "telemetry/metrics.hpp"

namespace ingestor::simulation {

/// What outlives the processes of a service.
struct Machine {
    Machine(std::uint64_t seed, std::filesystem::path data);

    std::filesystem::path directory;  ///< Of it the lock and the work register are used.
    memory::ManualClock clock;
    sqlite::testing::SimulatedDisk disk;
    ObjectDisk objects;
    HelperFaults helper_faults;
    Endpoint endpoint;
    std::vector<std::string> findings;  ///< What must not happen, and did.
};

/// What an operator may change between two starts.
struct Configuration {
    domain::Names names = {};
    provisioning::WantedState bus = {};  ///< As the template has it for these names.
    std::size_t slots = 2;
    std::size_t jobs_at_once = 4;
};

/// URLs that nobody opens.
class NoUploadUrls final : public jobs::UploadUrls {
public:
    [[nodiscard]] Result<jobs::UploadUrl> presign(const domain::ObjectKey& key,
                                                  const jobs::UploadCall&, std::chrono::seconds,
                                                  const std::string& origin) const override {
        return jobs::UploadUrl{.url = origin + key.value(), .headers = {}};
    }
};

/// One process of the service, on one thread and on time that somebody turns. Everything happens
/// inside step() and advance().
class Service {
public:
    /// Throws std::exception where it cannot start, as a process would end.
    Service(Machine& machine, const Configuration& configuration, std::uint64_t seed,
            telemetry::Log& log);

    /// Runs one handler. False: nothing is ready.
    bool step();
    /// Of monotonic time.
    void advance(std::chrono::milliseconds time);
    /// When something waits to happen next; Deadline::max(): never.
    [[nodiscard]] Deadline next_wait() const { return monotonic_.next_wait(); }
    [[nodiscard]] Deadline now() const { return monotonic_.now(); }

    /// Starts a client's request. Where the process dies first, `then` is not called.
    template <class Value>
    void request(boost::asio::awaitable<Result<Value>> call,
                 std::function<void(Result<Value>)> then) {
        spawn(answer(std::move(call), std::move(then)));
    }
    /// Runs a request to its end; time passes as it needs.
    template <class Value>
    Result<Value> ask(boost::asio::awaitable<Result<Value>> call) {
        std::optional<Result<Value>> answer;
        request<Value>(std::move(call),
                       [&answer](Result<Value> result) { answer.emplace(std::move(result)); });
        if (!run_until([&answer] { return answer.has_value(); }, kAnswerTimeMax)) {
            throw std::runtime_error("a request is never answered");
        }
        return std::move(*answer);
    }

    /// Ends it as SIGTERM does. False: something kept it from ending in time; kill() it.
    [[nodiscard]] bool stop();
    /// Ends it as SIGKILL or a power cut does: from here on nothing of it is seen outside.
    void kill(sqlite::testing::Crash crash, std::uint64_t seed);

    [[nodiscard]] engine::JobEngine& engine() { return *engine_; }
    [[nodiscard]] objects::IndexedObjects& objects() { return engine_->objects(); }
    [[nodiscard]] sqlite::Database& database() { return *database_; }
    [[nodiscard]] const SimulatedHelpers& helpers() const { return helpers_; }

private:
    static constexpr std::chrono::hours kAnswerTimeMax{1};

    template <class Value>
    boost::asio::awaitable<void> answer(boost::asio::awaitable<Result<Value>> call,
                                        std::function<void(Result<Value>)> then) {
        auto result = co_await std::move(call);
        if (!killed_) then(std::move(result));
    }
    void spawn(boost::asio::awaitable<void> task);
    /// False: not within `time`.
    bool run_until(const std::function<bool()>& holds, std::chrono::milliseconds time);
    bool wind_down(std::chrono::milliseconds time);

    Machine& machine_;
    boost::asio::io_context io_;
    memory::ManualMonotonicClock monotonic_;
    telemetry::Metrics metrics_;
    NoUploadUrls upload_urls_;
    SimulatedObjects files_;
    SimulatedHelpers helpers_;
    SimulatedCaller caller_;
    std::unique_ptr<sqlite::Database> database_;
    std::unique_ptr<engine::JobEngine> engine_;
    std::size_t requests_ = 0;  ///< Under way.
    bool stopping_ = false;
    bool stopped_ = false;
    bool killed_ = false;
};

}  // namespace ingestor::simulation
