#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <unordered_map>

#include "bus/targets/target.hpp"

namespace ingestor::bus::targets {

/// A kind of targets of which each has so many places, so that one that does not answer leaves the
/// others theirs. None is refused before it was tried.
class TargetWithPlaces : public Target {
public:
    [[nodiscard]] bool has_room(const std::string& arn) const override {
        const auto running = running_.find(arn);
        return running == running_.end() || running->second < of_each_;
    }
    [[nodiscard]] std::expected<Permit, DeliveryFailure> begin(const std::string& arn) override {
        return Permit(running_[arn]);
    }

protected:
    explicit TargetWithPlaces(std::size_t of_each) : of_each_(of_each) {}

private:
    std::size_t of_each_;
    /// There is an entry for each ARN that was ever a target: as many as people put.
    std::unordered_map<std::string, std::size_t> running_;
};

}  // namespace ingestor::bus::targets
