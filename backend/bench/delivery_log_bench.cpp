// What it costs a delivery to be told to the delivery log, while it runs and when it has ended, and
// an event to be kept for the test of patterns; to one target, and to many in turn. In nanoseconds,
// the median of rounds; one JSON object on stdout.
#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/uuid.hpp"
#include "bus/delivery/delivery_log.hpp"
#include "bus/recent_events.hpp"

using namespace ingestor;
using Clock = std::chrono::steady_clock;

namespace {

constexpr int kRounds = 101;
constexpr std::size_t kDeliveries = 10'000;

std::vector<bus::delivery::Settlement> settlements(std::size_t targets) {
    std::vector<bus::delivery::Settlement> made(kDeliveries);
    for (std::size_t n = 0; n < made.size(); ++n) {
        eventbridge::Event event;
        event.bus = "agent2-ingestor-events-dev";
        event.id = uuid_v4();
        event.detail.assign(600, 'x');
        auto& settlement = made[n];
        settlement.delivery.event = std::make_shared<const eventbridge::Event>(std::move(event));
        settlement.delivery.rule = "agent2-ingestor-document-processing-dev";
        settlement.delivery.target_id = fmt::format("target-{}", n % targets);
        settlement.delivery.target_arn =
            "arn:aws:lambda:us-east-1:000000000000:function:agent2-ingestor-api-dev";
        settlement.outcome = bus::delivery::Acknowledge{};
    }
    return made;
}

/// Nanoseconds of one call of `work`, which is given each settlement.
template <class Work>
double median_of(const std::vector<bus::delivery::Settlement>& all, const Work& work) {
    std::vector<double> rounds;
    for (int round = 0; round < kRounds; ++round) {
        const auto start = Clock::now();
        for (const auto& settlement : all) work(settlement);
        const std::chrono::duration<double, std::nano> took = Clock::now() - start;
        rounds.push_back(took.count() / static_cast<double>(all.size()));
    }
    std::ranges::sort(rounds);
    return rounds[rounds.size() / 2];
}

double told(std::size_t targets) {
    bus::delivery::DeliveryLog log;
    return median_of(settlements(targets), [&log](const bus::delivery::Settlement& settlement) {
        const bus::delivery::DeliveryLog::Running running(log, settlement.delivery, TimePoint());
        log.ended(settlement, TimePoint());
    });
}

double kept() {
    bus::RecentEvents recent;
    return median_of(settlements(1), [&recent](const bus::delivery::Settlement& settlement) {
        recent.note(settlement.delivery.event);
    });
}

}  // namespace

int main() {
    fmt::print(
        "{{\"one_target_ns\":{:.0f},\"many_targets_ns\":{:.0f},\"recent_event_ns\":{:.0f}}}\n",
        told(1), told(64), kept());
    return 0;
}
