#include "bus/archive/archive_target.hpp"

#include <utility>

#include "bus/targets/target_kind.hpp"

namespace ingestor::bus::archive {

boost::asio::awaitable<targets::Outcome> ArchiveTarget::invoke(targets::Invocation invocation) {
    if (!invocation.event->replay_name.empty()) co_return targets::Outcome();
    std::string name(targets::name_of(targets::TargetKind::archive, invocation.target_arn)
                         .value_or(std::string_view()));
    const auto kept = co_await store_.append(std::move(name), *invocation.event, clock_.now());
    if (!kept && kept.error().code != Errc::not_found) {
        co_return targets::DeliveryFailure{.code = std::string(targets::kInternalError),
                                           .message = kept.error().message,
                                           .retryable = true};
    }
    co_return targets::Outcome();
}

}  // namespace ingestor::bus::archive
