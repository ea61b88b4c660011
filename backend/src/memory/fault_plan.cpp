#include "memory/fault_plan.hpp"

namespace ingestor::memory {

bool FaultPlan::strikes(unsigned percent) {
    // Drawn even at 0, so that the rest of the sequence does not depend on the rates.
    const bool struck = random_() % 100 < percent;
    if (struck) ++count_;
    return struck;
}

}  // namespace ingestor::memory
