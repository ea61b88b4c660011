#include "bus/delivery/store_backoff.hpp"

#include <algorithm>

namespace ingestor::bus::delivery {

void StoreBackoff::failed(Deadline now) {
    // Many calls may be under way when the store goes: together they are one failure.
    if (closed() && now < probe_at_) return;
    constexpr int kDoublingsMax = 20;
    const auto wait = options_.base * (1 << std::min(failures_, kDoublingsMax));
    ++failures_;
    probe_at_ = now + std::min(options_.cap, wait);
}

}  // namespace ingestor::bus::delivery
