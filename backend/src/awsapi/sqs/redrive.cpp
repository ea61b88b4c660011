// Dead-letter queues: whose they are, and moving their messages on.
#include <optional>
#include <utility>

#include "awsapi/sqs/model.hpp"
#include "awsapi/sqs/sqs_api.hpp"

namespace ingestor::awsapi::sqs {

namespace {

constexpr std::int64_t kMovedPerSecondMax = 500;

std::string_view to_string(queues::MoveStatus status) {
    switch (status) {
        case queues::MoveStatus::running:
            return "RUNNING";
        case queues::MoveStatus::completed:
            return "COMPLETED";
        case queues::MoveStatus::cancelling:
            return "CANCELLING";
        case queues::MoveStatus::cancelled:
            return "CANCELLED";
        case queues::MoveStatus::failed:
            return "FAILED";
    }
    return "";
}

}  // namespace

SqsApi::Answer SqsApi::list_dead_letter_source_queues(ports::Principal who,
                                                      json::Input input) const {
    const auto queue = queue_of(who, input);
    if (!queue) co_return std::unexpected(queue.error());
    boost::json::array urls;
    for (const auto& name : deps_.registry.sources_of(queue->name)) urls.emplace_back(url_of(name));
    co_return boost::json::object{{"queueUrls", std::move(urls)}};
}

SqsApi::Answer SqsApi::start_message_move_task(ports::Principal who, json::Input input) const {
    auto source = queue_of_arn(input, "SourceArn");
    if (!source) co_return std::unexpected(source.error());
    std::string destination;
    if (input.has("DestinationArn")) {
        auto named = queue_of_arn(input, "DestinationArn");
        if (!named) co_return std::unexpected(named.error());
        destination = std::move(*named);
    }
    const auto rate = number(input, "MaxNumberOfMessagesPerSecond", 1, kMovedPerSecondMax);
    if (!rate) co_return std::unexpected(rate.error());
    std::optional<std::uint32_t> per_second;
    if (*rate) per_second = static_cast<std::uint32_t>(**rate);
    const auto handle = co_await deps_.moves.start(std::move(who), std::move(*source),
                                                   std::move(destination), per_second);
    if (!handle) co_return std::unexpected(error_of(handle.error()));
    co_return boost::json::object{{"TaskHandle", *handle}};
}

SqsApi::Answer SqsApi::list_message_move_tasks(ports::Principal who, json::Input input) const {
    const auto source = queue_of_arn(input, "SourceArn");
    if (!source) co_return std::unexpected(source.error());
    const auto limit = number(input, "MaxResults", 1, queues::MessageMoves::kMovesListedMax);
    if (!limit) co_return std::unexpected(limit.error());
    const auto moves = deps_.moves.list(who, *source);
    if (!moves) co_return std::unexpected(error_of(moves.error()));
    boost::json::array results;
    for (const auto& move : *moves) {
        if (results.size() == static_cast<std::size_t>(limit->value_or(1))) break;
        boost::json::object each{{"Status", to_string(move.status)},
                                 {"SourceArn", deps_.registry.arn_of(move.source)},
                                 {"ApproximateNumberOfMessagesMoved", move.moved},
                                 {"ApproximateNumberOfMessagesToMove", move.to_move},
                                 {"StartedTimestamp", move.started_at.time_since_epoch().count()}};
        if (move.status == queues::MoveStatus::running) each["TaskHandle"] = move.handle;
        if (!move.destination.empty()) {
            each["DestinationArn"] = deps_.registry.arn_of(move.destination);
        }
        if (move.per_second) each["MaxNumberOfMessagesPerSecond"] = *move.per_second;
        if (!move.failure.empty()) each["FailureReason"] = move.failure;
        results.push_back(std::move(each));
    }
    co_return boost::json::object{{"Results", std::move(results)}};
}

SqsApi::Answer SqsApi::cancel_message_move_task(ports::Principal who, json::Input input) const {
    const auto handle = required_text(input, "TaskHandle");
    if (!handle) co_return std::unexpected(handle.error());
    const auto moved = deps_.moves.cancel(who, *handle);
    if (!moved) co_return std::unexpected(error_of(moved.error()));
    co_return boost::json::object{{"ApproximateNumberOfMessagesMoved", *moved}};
}

}  // namespace ingestor::awsapi::sqs
