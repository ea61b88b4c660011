#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <boost/asio/awaitable.hpp>

#include "base/time.hpp"
#include "eventbridge/event.hpp"
#include "ports/event_log.hpp"

namespace ingestor::bus::targets {

/// The error codes of dead letters, as EventBridge names them.
inline constexpr std::string_view kNoResource = "NO_RESOURCE";
inline constexpr std::string_view kInvalidJson = "INVALID_JSON";
inline constexpr std::string_view kThrottling = "THROTTLING";
inline constexpr std::string_view kInternalError = "INTERNAL_ERROR";
inline constexpr std::string_view kInvalidParameter = "INVALID_PARAMETER";
inline constexpr std::string_view kResourceLimitExceeded = "RESOURCE_LIMIT_EXCEEDED";
inline constexpr std::string_view kNoPermissions = "NO_PERMISSIONS";
inline constexpr std::string_view kTimeout = "TIMEOUT";
inline constexpr std::string_view kConnectionFailure = "CONNECTION_FAILURE";
inline constexpr std::string_view kSdkClientError = "SDK_CLIENT_ERROR";
inline constexpr std::string_view kErrorFromTarget = "ERROR_FROM_TARGET";
inline constexpr std::string_view kSecondHop = "THIRD_ACCOUNT_HOP_DETECTED";

/// One try to give one event to one target.
struct Invocation {
    std::shared_ptr<const eventbridge::Event> event;
    std::string rule;
    std::string target_id;
    std::string target_arn;
    /// What the event's delivery takes turns by.
    std::string group = {};
    /// What the target is given in place of the event; nullopt: the event itself.
    std::optional<std::string> input = {};
    /// What the target adds to requests; nullopt: nothing.
    std::optional<ports::TargetHttpParameters> http = {};
    int attempt = 1;            ///< From 1; all attempts carry the same event id.
    std::stop_token stop = {};  ///< The service ends: give up soon.

    [[nodiscard]] std::string payload() const {
        return input ? *input : eventbridge::to_json(*event);
    }
};

/// Why the bus could not hand the event to the target.
struct DeliveryFailure {
    std::string code;  ///< As EventBridge's ERROR_CODE.
    std::string message;
    bool retryable = false;
    /// The target asks to be left alone for so long; nullopt: it says nothing.
    std::optional<std::chrono::seconds> retry_after = {};
    std::optional<int> status = {};  ///< What the target answered over HTTP, if it did.
};

/// How a function's own errors are retried ("EventInvokeConfig" in the Lambda API). Lambda waits
/// about a minute and then about two; here the first wait is shorter unless set otherwise.
struct AsyncInvokeConfig {
    int maximum_retry_attempts = 2;
    std::chrono::seconds maximum_event_age{21'600};
    std::chrono::milliseconds first_wait{1'000};  ///< Doubles each time, give or take a quarter.
};
/// The target is a function, which took the event and failed by itself.
struct FunctionFailure {
    std::string message;
    AsyncInvokeConfig retries;
};

/// monostate: the target has it.
using Outcome = std::variant<std::monostate, DeliveryFailure, FunctionFailure>;

/// The right to invoke a target once; counts against its concurrency until it goes.
class Permit {
public:
    /// `running` outlives it.
    explicit Permit(std::size_t& running) : running_(&running) { ++*running_; }
    Permit(Permit&& other) noexcept : running_(std::exchange(other.running_, nullptr)) {}
    Permit& operator=(Permit&&) = delete;
    ~Permit() {
        if (running_ != nullptr) --*running_;
    }

private:
    std::size_t* running_;
};

/// Targets of one kind, by their ARNs. Use from the I/O executor only. It outlives the permits it
/// gives.
class Target {
public:
    virtual ~Target() = default;

    /// Whether begin() would not be throttled now.
    [[nodiscard]] virtual bool has_room(const std::string& arn) const = 0;
    /// When there will be room by time alone; nullopt: there is room, or an end will make it.
    [[nodiscard]] virtual std::optional<Deadline> room_at(const std::string& /*arn*/) const {
        return std::nullopt;
    }
    /// Takes an invocation on.
    [[nodiscard]] virtual std::expected<Permit, DeliveryFailure> begin(const std::string& arn) = 0;
    /// The permit that begin() gave lives until this has ended. Nothing is thrown.
    virtual boost::asio::awaitable<Outcome> invoke(Invocation invocation) = 0;
};

}  // namespace ingestor::bus::targets
