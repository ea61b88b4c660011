#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/time.hpp"
#include "ports/event_log.hpp"

namespace ingestor::bus::delivery {

/// A delivery that is due.
struct ReadyDelivery {
    ports::Delivery delivery;
    Deadline since;  ///< When this process came to know of it.
};

/// The deliveries that are due and in memory, at most `max` of them. Fairness groups take turns.
/// When it is full, a group that holds more than its share makes room for one that holds less;
/// what is pushed out is still in the EventLog.
class ReadyWindow {
public:
    explicit ReadyWindow(std::size_t max) : max_(max) {}

    /// Takes the delivery in. Returns the one that found no room (this one or another).
    [[nodiscard]] std::optional<ReadyDelivery> offer(ReadyDelivery ready);
    /// The next in turn among the groups whose oldest `may` start; a group that may not passes its
    /// turn. nullopt: none of the next kTurnsMax may.
    [[nodiscard]] std::optional<ReadyDelivery> take(
        const std::function<bool(const ports::Delivery&)>& may);
    static constexpr std::size_t kTurnsMax = 256;

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::size_t size_of(const std::string& group) const;
    /// How many a group may hold before it takes more than its share.
    [[nodiscard]] std::size_t share() const { return max_ / (groups_.size() + 1); }
    [[nodiscard]] bool full() const { return size_ >= max_; }
    /// Time to load more of the log.
    [[nodiscard]] bool half_empty() const { return size_ <= max_ / 2; }

private:
    struct Group {
        std::string name;
        std::deque<ReadyDelivery> line = {};
    };

    std::size_t max_;
    std::size_t size_ = 0;
    std::list<Group> groups_;  ///< Only those that hold something; the first is next.
    std::unordered_map<std::string, std::list<Group>::iterator> places_;
};

}  // namespace ingestor::bus::delivery
