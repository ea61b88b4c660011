#pragma once

#include <cstddef>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <utility>

#include <boost/asio/awaitable.hpp>

#include "bus/retry.hpp"
#include "eventbridge/event.hpp"

namespace ingestor::bus {

/// One run of a function for one event.
struct Invocation {
    std::shared_ptr<const eventbridge::Event> event;
    std::string function_arn;
    /// What the rule's target is given in place of the event; nullopt: the event itself.
    std::optional<std::string> input = {};
    int attempt = 1;       ///< From 1; all attempts carry the same event id.
    std::stop_token stop;  ///< The service ends: give up soon, by an exception.
};

/// Returning means success; an exception is the function's error, and the invocation is retried.
using FunctionHandler = std::function<boost::asio::awaitable<void>(Invocation)>;

struct FunctionSettings {
    /// Runs at once; beyond it an invocation is throttled. 0 refuses all.
    std::size_t concurrency_max = 1'000;
    AsyncInvokeConfig async_invoke = {};
};

/// Runs functions inside this process, by the ARN under which a rule's target names them.
/// Use from the I/O executor only. It outlives the permits it gives.
class FunctionHost {
    struct Function {
        FunctionHandler handler;
        FunctionSettings settings;
        std::size_t running = 0;
    };

public:
    void add(std::string arn, FunctionHandler handler, FunctionSettings settings);

    /// The right to run a function once; counts against its concurrency until it goes.
    class Permit {
    public:
        explicit Permit(Function& function) : function_(&function) { ++function_->running; }
        Permit(Permit&& other) noexcept : function_(std::exchange(other.function_, nullptr)) {}
        Permit& operator=(Permit&&) = delete;
        ~Permit() {
            if (function_ != nullptr) --function_->running;
        }

        /// Throws what the function throws.
        boost::asio::awaitable<void> invoke(Invocation invocation) const;
        [[nodiscard]] const AsyncInvokeConfig& async_invoke() const {
            return function_->settings.async_invoke;
        }

    private:
        Function* function_;
    };

    /// Whether begin() would not be throttled now.
    [[nodiscard]] bool has_room(const std::string& arn) const;
    /// Takes an invocation on. Failures: NO_RESOURCE (final), THROTTLING (retryable).
    [[nodiscard]] std::expected<Permit, DeliveryFailure> begin(const std::string& arn);

private:
    std::unordered_map<std::string, Function> functions_;
};

}  // namespace ingestor::bus
