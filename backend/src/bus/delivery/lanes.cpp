#include "bus/delivery/lanes.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "bus/delivery/lane.hpp"

namespace ingestor::bus::delivery {

namespace {

/// Calls to other targets are short, but for those that do not answer.
constexpr std::size_t kTargetsInFlightMax = 256;
constexpr std::size_t kTargetsWindowMax = 2'000;

Dispatcher::Options options_of_targets(Dispatcher::Options options) {
    options.lane = Lane::targets;
    options.in_flight_max = kTargetsInFlightMax;
    options.window_max = kTargetsWindowMax;
    ++options.jitter_seed;
    return options;
}

bool is_to_function(const ports::Delivery& delivery) {
    return lane_of(delivery.group()) == Lane::functions;
}

}  // namespace

Lanes::Lanes(boost::asio::any_io_executor executor, const Dispatcher::Dependencies& dependencies,
             Dispatcher::Options options)
    : functions_(executor, dependencies, options),
      targets_(executor, dependencies, options_of_targets(options)) {}

void Lanes::start() {
    functions_.start();
    targets_.start();
}

void Lanes::accept(std::vector<ports::Delivery> deliveries) {
    // Mostly all are to the function, and stay where they are.
    const auto others = std::ranges::stable_partition(deliveries, is_to_function);
    if (!others.empty()) {
        targets_.accept(
            {std::make_move_iterator(others.begin()), std::make_move_iterator(others.end())});
        deliveries.erase(others.begin(), others.end());
    }
    if (!deliveries.empty()) functions_.accept(std::move(deliveries));
}

boost::asio::awaitable<bool> Lanes::stop(Deadline latest) {
    // Both are asked before either is waited for.
    functions_.begin_stop();
    targets_.begin_stop();
    const bool functions_ended = co_await functions_.stop(latest);
    const bool targets_ended = co_await targets_.stop(latest);
    co_return functions_ended&& targets_ended;
}

}  // namespace ingestor::bus::delivery
