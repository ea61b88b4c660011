#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "async/monotonic_clock.hpp"
#include "ports/http_caller.hpp"
#include "simulation/dice.hpp"

namespace ingestor::simulation {

/// What is wrong with the endpoint at the moment.
struct EndpointFaults {
    bool down = false;
    std::uint64_t lost_answers_percent = 0;  ///< The request was taken, and nobody hears of it.
};

/// An HTTP endpoint somewhere else; it outlives the processes that send to it.
class Endpoint {
public:
    explicit Endpoint(std::uint64_t seed) : dice_(seed) {}

    EndpointFaults faults;

    /// How often a request with this body was taken, by body.
    [[nodiscard]] const std::map<std::string, int>& taken() const { return taken_; }

private:
    friend class SimulatedCaller;

    Dice dice_;
    std::map<std::string, int> taken_;
};

/// The HttpCaller of one process.
class SimulatedCaller final : public ports::HttpCaller {
public:
    /// Both outlive this.
    SimulatedCaller(Endpoint& endpoint, async::MonotonicClock& monotonic)
        : endpoint_(endpoint), monotonic_(monotonic) {}

    boost::asio::awaitable<Result<ports::IncomingAnswer>> call(
        ports::OutgoingRequest request) override;
    /// The process ends: nothing that it sends from here on arrives.
    void cut_off() { cut_off_ = true; }

private:
    Endpoint& endpoint_;
    async::MonotonicClock& monotonic_;
    bool cut_off_ = false;
};

}  // namespace ingestor::simulation
