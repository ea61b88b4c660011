#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <unordered_map>

#include <boost/asio/awaitable.hpp>

#include "bus/targets/target.hpp"

namespace ingestor::bus::targets {

/// Returning means success; an exception is the function's error, and the invocation is retried.
using FunctionHandler = std::function<boost::asio::awaitable<void>(Invocation)>;

struct FunctionSettings {
    /// Runs at once; beyond it an invocation is throttled. 0 refuses all.
    std::size_t concurrency_max = 1'000;
    AsyncInvokeConfig async_invoke = {};
};

/// Runs functions inside this process, by the ARN under which a rule's target names them.
class FunctionHost final : public Target {
public:
    void add(std::string arn, FunctionHandler handler, FunctionSettings settings);

    [[nodiscard]] bool has_room(const std::string& arn) const override;
    /// Failures: NO_RESOURCE (final), THROTTLING (retryable).
    [[nodiscard]] std::expected<Permit, DeliveryFailure> begin(const std::string& arn) override;
    boost::asio::awaitable<Outcome> invoke(Invocation invocation) override;

private:
    struct Function {
        FunctionHandler handler;
        FunctionSettings settings;
        std::size_t running = 0;
    };

    std::unordered_map<std::string, Function> functions_;
};

}  // namespace ingestor::bus::targets
