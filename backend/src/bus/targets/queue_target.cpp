#include "bus/targets/queue_target.hpp"

#include <utility>

#include "base/uuid.hpp"
#include "bus/targets/target_kind.hpp"

namespace ingestor::bus::targets {

namespace {

DeliveryFailure failure_of(const Error& error) {
    if (error.code == Errc::not_found) {
        return {.code = std::string(kNoResource),
                .message = "The specified queue does not exist or you do not have access to it."};
    }
    if (error.code == Errc::invalid_argument) {
        return {.code = std::string(kInvalidParameter), .message = error.message};
    }
    const bool full = error.code == Errc::too_large;
    return {.code = std::string(full ? kResourceLimitExceeded : kInternalError),
            .message = error.message,
            .retryable = true};
}

}  // namespace

boost::asio::awaitable<Outcome> QueueTarget::invoke(Invocation invocation) {
    ports::OutgoingMessage message{.id = uuid_v4(), .body = invocation.payload()};
    std::string queue(
        name_of(TargetKind::queue, invocation.target_arn).value_or(std::string_view()));
    const auto sent = co_await queues_.send(std::move(queue), std::move(message));
    if (!sent) co_return failure_of(sent.error());
    co_return Outcome();
}

}  // namespace ingestor::bus::targets
