#include "bus/delivery/fair_places.hpp"

#include <algorithm>

namespace ingestor::bus::delivery {

namespace {

/// Of so many places one is kept in reserve.
constexpr std::size_t kPlacesOfReserve = 4;

}  // namespace

FairPlaces::FairPlaces(std::size_t places)
    : places_(places),
      reserve_(places < 2 ? 0 : std::max<std::size_t>(1, places / kPlacesOfReserve)) {}

bool FairPlaces::may_take(const std::string& group) const {
    if (full()) return false;
    return places_ - taken_ > reserve_ || !of_group_.contains(group);
}

void FairPlaces::take(const std::string& group) {
    ++of_group_[group];
    ++taken_;
}

void FairPlaces::give_back(const std::string& group) {
    const auto held = of_group_.find(group);
    if (held == of_group_.end()) return;
    --taken_;
    if (--held->second == 0) of_group_.erase(held);
}

}  // namespace ingestor::bus::delivery
