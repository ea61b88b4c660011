#include "bus/targets/log_group_target.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "base/uuid.hpp"
#include "bus/targets/target_kind.hpp"

namespace ingestor::bus::targets {

namespace {

struct Line {
    TimePoint at;
    std::string message;
};

std::optional<Line> read_line(const std::string& input) {
    boost::system::error_code error;
    const auto value = boost::json::parse(input, error);
    if (error || !value.is_object()) return std::nullopt;
    const auto& members = value.get_object();
    const auto* at = members.if_contains("timestamp");
    const auto* message = members.if_contains("message");
    if (at == nullptr || message == nullptr || !at->is_int64() || !message->is_string()) {
        return std::nullopt;
    }
    return Line{.at = TimePoint(std::chrono::milliseconds(at->get_int64())),
                .message = std::string(message->get_string())};
}

}  // namespace

LogGroupTarget::LogGroupTarget(ports::LogGroups& groups)
    : TargetWithPlaces(kInFlightMax), groups_(groups), stream_(uuid_v4()) {}

boost::asio::awaitable<Outcome> LogGroupTarget::invoke(Invocation invocation) {
    const std::string name(
        name_of(TargetKind::log_group, invocation.target_arn).value_or(std::string_view()));
    const auto group = groups_.find(name);
    if (!group) {
        co_return DeliveryFailure{.code = std::string(kNoResource),
                                  .message = "The specified log group does not exist."};
    }
    Line line{.at = invocation.event->time, .message = {}};
    if (invocation.input) {
        auto given = read_line(*invocation.input);
        if (!given) {
            co_return DeliveryFailure{
                .code = std::string(kInvalidJson),
                .message =
                    "the input of a log group is {\"timestamp\": MILLISECONDS, "
                    "\"message\": TEXT}"};
        }
        line = std::move(*given);
    } else {
        line.message = eventbridge::to_json(*invocation.event);
    }
    if (!group->lines->append(stream_, line.at, line.message)) {
        co_return DeliveryFailure{.code = std::string(kThrottling),
                                  .message = fmt::format("Rate exceeded for {}", name),
                                  .retryable = true};
    }
    // The event is done with only when its line outlives this process.
    if (const auto flushed = co_await group->lines->flush(); !flushed) {
        co_return DeliveryFailure{.code = std::string(kInternalError),
                                  .message = flushed.error().message,
                                  .retryable = true};
    }
    co_return Outcome();
}

}  // namespace ingestor::bus::targets
