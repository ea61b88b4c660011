#include "bus/function_host.hpp"

#include <fmt/format.h>

namespace ingestor::bus {

void FunctionHost::add(std::string arn, FunctionHandler handler, FunctionSettings settings) {
    functions_.insert_or_assign(std::move(arn),
                                Function{.handler = std::move(handler), .settings = settings});
}

std::expected<FunctionHost::Permit, DeliveryFailure> FunctionHost::begin(const std::string& arn) {
    const auto place = functions_.find(arn);
    if (place == functions_.end()) {
        return std::unexpected(
            DeliveryFailure{.code = std::string(kNoResource),
                            .message = fmt::format("Function not found: {}", arn),
                            .retryable = false});
    }
    auto& function = place->second;
    if (!has_room(arn)) {
        return std::unexpected(DeliveryFailure{
            .code = std::string(kThrottling),
            .message =
                fmt::format("Rate Exceeded: {} runs of {} are under way", function.running, arn),
            .retryable = true});
    }
    return Permit(function);
}

bool FunctionHost::has_room(const std::string& arn) const {
    const auto place = functions_.find(arn);
    return place == functions_.end() ||
           place->second.running < place->second.settings.concurrency_max;
}

boost::asio::awaitable<void> FunctionHost::Permit::invoke(Invocation invocation) const {
    return function_->handler(std::move(invocation));
}

}  // namespace ingestor::bus
