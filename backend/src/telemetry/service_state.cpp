#include "telemetry/service_state.hpp"

#include <algorithm>

namespace ingestor::telemetry {

namespace {

bool has(const std::vector<UnavailableReason>& reasons, const std::string& code) {
    return std::ranges::find(reasons, code, &UnavailableReason::code) != reasons.end();
}

}  // namespace

std::vector<UnavailableReason> ServiceState::ask() const {
    std::vector<UnavailableReason> found;
    for (const auto& check : checks_) {
        for (auto& reason : check()) {
            if (!has(found, reason.code)) found.push_back(std::move(reason));
        }
    }
    return found;
}

void ServiceState::refresh(Time now) {
    const auto before = std::exchange(reasons_, ask());
    const bool again = now >= next_log_;
    for (const auto& reason : reasons_) {
        metrics_.set_unavailable(reason.code, true);
        if (!again && has(before, reason.code)) continue;
        next_log_ = now + kLoggedAgain;
        log_.error("work does not proceed",
                   {{"reason", reason.code},
                    {"error", reason.detail.empty() ? reason.message : reason.detail}});
    }
    for (const auto& reason : before) {
        if (has(reasons_, reason.code)) continue;
        metrics_.set_unavailable(reason.code, false);
        log_.info("work proceeds again", {{"reason", reason.code}});
    }
    metrics_.set_ready(reasons_.empty());
}

}  // namespace ingestor::telemetry
