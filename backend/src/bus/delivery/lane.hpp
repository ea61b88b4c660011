#pragma once

#include <string_view>

#include "ports/fairness_group.hpp"

namespace ingestor::bus::delivery {

/// What deliveries are dispatched together; see ports/fairness_group.hpp.
enum class Lane { functions, targets };

[[nodiscard]] inline Lane lane_of(std::string_view group) {
    return ports::is_target_group(group) ? Lane::targets : Lane::functions;
}

}  // namespace ingestor::bus::delivery
