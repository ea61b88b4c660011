#pragma once

#include "simulation/world.hpp"

namespace ingestor::simulation {

// Each adds what it finds wrong to the machine's findings.

/// After everything has healed: every acknowledged job is there and has the end that its documents
/// ask for, with outputs that are whole; lists, counts and figures agree.
void check_ends(World& world);
/// A day later: objects are on record, and what is on record has its objects.
void check_objects(World& world);
/// After the retention: nothing is left.
void check_nothing_is_left(World& world);

}  // namespace ingestor::simulation
