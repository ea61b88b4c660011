#pragma once

#include "simulation/world.hpp"

namespace ingestor::simulation {

/// Between any two handlers, while the service is up: reads the tables in one snapshot, over a
/// connection of its own that no fault reaches. Counts, states, leases, usage and deliveries agree
/// with each other, outputs on record are there, and so is every acknowledged job. Adds what it
/// finds wrong to the machine's findings.
void check_snapshot(World& world);

}  // namespace ingestor::simulation
