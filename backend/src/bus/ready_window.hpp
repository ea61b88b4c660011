#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/time.hpp"
#include "ports/event_log.hpp"

namespace ingestor {

/// A delivery that is due.
struct ReadyDelivery {
    Delivery delivery;
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
    /// The next in turn; nullopt: empty.
    [[nodiscard]] std::optional<ReadyDelivery> take();

    [[nodiscard]] std::size_t size() const { return size_; }
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

}  // namespace ingestor
