#include "bus/targets/http_target.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "base/printable.hpp"
#include "base/uuid.hpp"
#include "bus/destinations/secrets.hpp"
#include "bus/targets/http_request.hpp"

namespace ingestor::bus::targets {

namespace asio = boost::asio;

namespace {

using namespace std::chrono_literals;

/// Requests may come so much early: those of a high rate come in handfuls, as timers go.
constexpr auto kEarly = 10ms;
/// Of an answer, in what people are told.
constexpr std::size_t kAnswerToldMax = 200;

DeliveryFailure failure_of(const Error& error) {
    const auto failed = [&error](std::string_view code, bool retryable) {
        return DeliveryFailure{
            .code = std::string(code), .message = error.message, .retryable = retryable};
    };
    if (error.code == Errc::invalid_argument) return failed(kInvalidParameter, false);
    if (error.code == Errc::permission_denied) return failed(kNoPermissions, false);
    if (error.code == Errc::unauthenticated) return failed(kSdkClientError, true);
    if (error.code == Errc::timed_out) return failed(kTimeout, true);
    return failed(kConnectionFailure, true);
}

struct RetryAfter {
    std::optional<std::chrono::seconds> wait = {};
    bool never = false;  ///< It was negative.
};

/// RFC 9110, section 10.2.3.
RetryAfter read_retry_after(std::string_view text, TimePoint now) {
    constexpr std::int64_t kWeek = 7 * 86'400;
    std::int64_t seconds = kWeek;
    const auto [end, wrong] = std::from_chars(text.begin(), text.end(), seconds);
    const bool is_number = wrong == std::errc() || wrong == std::errc::result_out_of_range;
    if (!text.empty() && is_number && end == text.end()) {
        if (text.front() == '-') return {.never = true};
        return {.wait = std::chrono::seconds(std::min(seconds, kWeek))};
    }
    if (const auto at = parse_http_date(text)) {
        return {.wait = std::max(std::chrono::ceil<std::chrono::seconds>(*at - now), 0s)};
    }
    return {};
}

/// `said`: the answer's body, for people.
Outcome outcome_of(const ports::IncomingAnswer& answer, std::string_view said, bool has_oauth,
                   TimePoint now) {
    if (answer.status >= 200 && answer.status < 300) return std::monostate();
    const bool throttled = answer.status == 429;
    const bool wants_token = has_oauth && (answer.status == 401 || answer.status == 407);
    const bool again = answer.status >= 500 || answer.status == 408 || answer.status == 409;
    DeliveryFailure failure{.code = std::string(kErrorFromTarget),
                            .message = fmt::format("The endpoint answered {}", answer.status),
                            .retryable = throttled || wants_token || again};
    if (throttled) {
        failure.code = kThrottling;
    } else if (failure.retryable) {
        failure.code = kSdkClientError;
    }
    if (!said.empty()) failure.message += ": " + printable(said.substr(0, kAnswerToldMax));
    const auto after = read_retry_after(answer.header("retry-after"), now);
    if (after.never) failure.retryable = false;
    failure.retry_after = after.wait;
    failure.status = static_cast<int>(answer.status);
    return failure;
}

/// Receivers know a message again by it, however often it is sent; another target's is another's,
/// and so is that of a replay.
std::string message_id(const Invocation& invocation) {
    const auto& event = *invocation.event;
    return uuid_v5(event.id, event.bus + '/' + invocation.rule + '/' + invocation.target_id + '/' +
                                 event.replay_name);
}

}  // namespace

bool HttpTarget::has_room(const std::string& arn) const {
    return TargetWithPlaces::has_room(arn) && !room_at(arn);
}

std::optional<Deadline> HttpTarget::room_at(const std::string& arn) const {
    const auto next = next_.find(arn);
    if (next == next_.end() || next->second - kEarly <= deps_.monotonic.now()) return std::nullopt;
    return next->second - kEarly;
}

std::expected<Permit, DeliveryFailure> HttpTarget::begin(const std::string& arn) {
    if (const auto* destination = deps_.destinations.destination_at(arn)) {
        const auto now = deps_.monotonic.now();
        if (next_.size() > deps_.destinations.destinations().size()) {
            // Some are of destinations that have gone; what is past tells the same as nothing.
            std::erase_if(next_, [now](const auto& entry) { return entry.second <= now; });
        }
        auto& next = next_[arn];
        next = std::max(next, now) + std::chrono::nanoseconds(1s) / destination->rate_max;
    }
    return TargetWithPlaces::begin(arn);
}

asio::awaitable<Outcome> HttpTarget::invoke(Invocation invocation) {
    const auto* destination = deps_.destinations.destination_at(invocation.target_arn);
    const auto* connection = destination == nullptr
                                 ? nullptr
                                 : deps_.destinations.connection_at(destination->connection_arn);
    if (connection == nullptr) {
        co_return DeliveryFailure{
            .code = std::string(kNoResource),
            .message = fmt::format("There is no {} for {}.",
                                   destination == nullptr ? "API destination" : "connection",
                                   invocation.target_arn)};
    }
    if (!connection->has_secrets) {
        co_return DeliveryFailure{
            .code = std::string(kNoPermissions),
            .message = fmt::format("The connection {} is deauthorized.", connection->name)};
    }
    auto to = *destination;
    auto over = *connection;
    co_return co_await send(std::move(invocation), std::move(to), std::move(over));
}

asio::awaitable<Outcome> HttpTarget::send(Invocation invocation, ports::ApiDestination destination,
                                          ports::Connection connection) {
    const bool has_oauth =
        std::holds_alternative<ports::OAuthAuthorization>(connection.authorization);
    std::string authorization;
    if (has_oauth) {
        auto token = co_await deps_.tokens.authorization(connection);
        if (!token) co_return failure_of(token.error());
        authorization = std::move(*token);
    }
    static const ports::TargetHttpParameters kNone;
    const auto token = authorization;
    auto request = make_http_request({.destination = destination,
                                      .connection = connection,
                                      .parameters = invocation.http ? *invocation.http : kNone,
                                      .event = *invocation.event,
                                      .payload = invocation.payload(),
                                      .authorization = std::move(authorization),
                                      .message_id = message_id(invocation),
                                      .now = deps_.clock.now()});
    if (!request) co_return failure_of(request.error());
    const auto answer = co_await deps_.caller.call(std::move(*request));
    if (!answer) co_return failure_of(answer.error());
    if (has_oauth && (answer->status == 401 || answer->status == 407)) {
        deps_.tokens.forget(connection);
    }
    const auto said = destinations::without_secrets(answer->body, connection, token);
    co_return outcome_of(*answer, said, has_oauth, deps_.clock.now());
}

}  // namespace ingestor::bus::targets
