#pragma once

#include <array>
#include <expected>
#include <optional>
#include <string>

#include "bus/targets/target.hpp"
#include "bus/targets/target_kind.hpp"

namespace ingestor::bus::targets {

/// All targets, of every kind that was added.
class TargetSet {
public:
    /// `target` outlives it.
    void add(TargetKind kind, Target& target) {
        of_kind_[static_cast<std::size_t>(kind)] = &target;
    }

    [[nodiscard]] bool has_room(const std::string& arn) const;
    [[nodiscard]] std::optional<Deadline> room_at(const std::string& arn) const;
    /// Failures: NO_RESOURCE (final), THROTTLING (retryable), and those of the kind.
    [[nodiscard]] std::expected<Permit, DeliveryFailure> begin(const std::string& arn);
    /// After begin() gave a permit, which lives until this has ended.
    [[nodiscard]] boost::asio::awaitable<Outcome> invoke(Invocation invocation);

private:
    /// nullptr: there are none of its kind.
    [[nodiscard]] Target* find(const std::string& arn) const;

    std::array<Target*, kTargetKinds> of_kind_{};
};

}  // namespace ingestor::bus::targets
