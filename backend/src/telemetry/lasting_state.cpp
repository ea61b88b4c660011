#include "telemetry/lasting_state.hpp"

namespace ingestor::telemetry {

void LastingState::report(Deadline now, std::string_view error) {
    ++unsaid_;
    if (last_line_ && now - *last_line_ < every_) return;
    log_.write(level_, message_, {{"error", error}, {"times", unsaid_}});
    unsaid_ = 0;
    last_line_ = now;
    if (!since_) since_ = now;
}

void LastingState::over(Deadline now) {
    if (!since_) return;
    const auto lasted = std::chrono::duration_cast<std::chrono::milliseconds>(now - *since_);
    log_.info(message_ + ": over", {{"times", unsaid_}, {"duration_ms", lasted.count()}});
    unsaid_ = 0;
    since_.reset();
}

}  // namespace ingestor::telemetry
