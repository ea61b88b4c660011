#include "bus/targets/function_host.hpp"

#include <exception>

#include <fmt/format.h>

namespace ingestor::bus::targets {

void FunctionHost::add(std::string arn, FunctionHandler handler, FunctionSettings settings) {
    functions_.insert_or_assign(std::move(arn),
                                Function{.handler = std::move(handler), .settings = settings});
}

std::expected<Permit, DeliveryFailure> FunctionHost::begin(const std::string& arn) {
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
    return Permit(function.running);
}

bool FunctionHost::has_room(const std::string& arn) const {
    const auto place = functions_.find(arn);
    return place == functions_.end() ||
           place->second.running < place->second.settings.concurrency_max;
}

boost::asio::awaitable<Outcome> FunctionHost::invoke(Invocation invocation) {
    const auto& function = functions_.at(invocation.target_arn);
    FunctionFailure failure{.message = "the function threw something that is no exception",
                            .retries = function.settings.async_invoke};
    try {
        co_await function.handler(std::move(invocation));
        co_return Outcome();
    } catch (const std::exception& thrown) {
        failure.message = thrown.what();
    } catch (...) {  // NOLINT(bugprone-empty-catch): the message stands already.
    }
    co_return failure;
}

}  // namespace ingestor::bus::targets
