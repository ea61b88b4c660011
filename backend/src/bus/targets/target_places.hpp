#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

#include "bus/targets/target.hpp"

namespace ingestor::bus::targets {

/// How many invocations of each target run at once at most, so that one that does not answer leaves
/// the others their places. It outlives the permits it gives.
class TargetPlaces {
public:
    explicit TargetPlaces(std::size_t of_each) : of_each_(of_each) {}

    [[nodiscard]] bool has_room(const std::string& arn) const {
        const auto running = running_.find(arn);
        return running == running_.end() || running->second < of_each_;
    }
    [[nodiscard]] Permit take(const std::string& arn) { return Permit(running_[arn]); }

private:
    std::size_t of_each_;
    /// There is an entry for each ARN that was ever a target: as many as people put.
    std::unordered_map<std::string, std::size_t> running_;
};

}  // namespace ingestor::bus::targets
