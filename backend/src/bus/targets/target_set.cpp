#include "bus/targets/target_set.hpp"

#include <utility>

#include <fmt/format.h>

namespace ingestor::bus::targets {

Target* TargetSet::find(const std::string& arn) const {
    const auto kind = kind_of(arn);
    return kind ? of_kind_[static_cast<std::size_t>(*kind)] : nullptr;
}

bool TargetSet::has_room(const std::string& arn) const {
    const auto* target = find(arn);
    return target == nullptr || target->has_room(arn);
}

std::optional<Deadline> TargetSet::room_at(const std::string& arn) const {
    const auto* target = find(arn);
    return target == nullptr ? std::nullopt : target->room_at(arn);
}

std::expected<Permit, DeliveryFailure> TargetSet::begin(const std::string& arn) {
    auto* target = find(arn);
    if (target != nullptr) return target->begin(arn);
    return std::unexpected(
        DeliveryFailure{.code = std::string(kNoResource),
                        .message = fmt::format("This server delivers to no such target: {}", arn)});
}

boost::asio::awaitable<Outcome> TargetSet::invoke(Invocation invocation) {
    auto* target = find(invocation.target_arn);
    return target->invoke(std::move(invocation));
}

}  // namespace ingestor::bus::targets
