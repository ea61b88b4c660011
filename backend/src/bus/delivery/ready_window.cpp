#include "bus/delivery/ready_window.hpp"

#include <algorithm>
#include <utility>

namespace ingestor::bus::delivery {

std::optional<ReadyDelivery> ReadyWindow::offer(ReadyDelivery ready) {
    const auto& name = ready.delivery.group();
    auto place = places_.find(name);
    std::optional<ReadyDelivery> displaced;
    if (full()) {
        const auto held = place == places_.end() ? 0 : place->second->line.size();
        if (groups_.empty() || held * groups_.size() >= size_) return ready;
        const auto largest = std::ranges::max_element(
            groups_, {}, [](const Group& group) { return group.line.size(); });
        if (largest->line.size() <= held + 1) return ready;
        displaced = std::move(largest->line.back());
        largest->line.pop_back();
        --size_;
    }
    if (place == places_.end()) {
        const auto group = groups_.insert(groups_.end(), Group{name});
        place = places_.emplace(name, group).first;
    }
    place->second->line.push_back(std::move(ready));
    ++size_;
    return displaced;
}

std::optional<ReadyDelivery> ReadyWindow::take(
    const std::function<bool(const ports::Delivery&)>& may) {
    for (auto turns = std::min(groups_.size(), kTurnsMax); turns > 0; --turns) {
        auto& group = groups_.front();
        if (!may(group.line.front().delivery)) {
            groups_.splice(groups_.end(), groups_, groups_.begin());
            continue;
        }
        auto ready = std::move(group.line.front());
        group.line.pop_front();
        --size_;
        if (group.line.empty()) {
            places_.erase(group.name);
            groups_.pop_front();
        } else {
            groups_.splice(groups_.end(), groups_, groups_.begin());
        }
        return ready;
    }
    return std::nullopt;
}

std::size_t ReadyWindow::size_of(const std::string& group) const {
    const auto place = places_.find(group);
    return place == places_.end() ? 0 : place->second->line.size();
}

}  // namespace ingestor::bus::delivery
