#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

namespace ingestor::bus::delivery {

/// The places for deliveries in flight, shared between fairness groups. A quarter of them, one at
/// least, is kept for groups that hold none: however many long runs a group has begun, another's
/// first one starts at once. What remains goes to whoever asks, as deliveries take turns.
class FairPlaces {
public:
    explicit FairPlaces(std::size_t places);

    /// Whether the group may take one now.
    [[nodiscard]] bool may_take(const std::string& group) const;
    void take(const std::string& group);
    void give_back(const std::string& group);

    [[nodiscard]] std::size_t taken() const { return taken_; }
    [[nodiscard]] bool full() const { return taken_ >= places_; }

private:
    std::size_t places_;
    std::size_t reserve_;
    std::size_t taken_ = 0;
    std::unordered_map<std::string, std::size_t> of_group_;  ///< Only those that hold some.
};

}  // namespace ingestor::bus::delivery
