#include "awsapi/sqs/sqs_api.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "awsapi/sqs/model.hpp"

namespace ingestor::awsapi::sqs {

namespace {

/// Ten messages of a mebibyte, escaped as text within text.
constexpr std::uint64_t kBodyBytesMax = std::uint64_t{8} << 20;
/// "Long polling": a message is waited for so long.
constexpr std::chrono::seconds kWaitMax{20};

}  // namespace

SqsApi::SqsApi(Dependencies dependencies, auth::CallerLookup lookup, domain::Names names,
               std::string endpoint)
    : deps_(dependencies),
      names_(std::move(names)),
      endpoint_(std::move(endpoint)),
      service_({.service = "sqs",
                .target_prefix = "AmazonSQS.",
                .content_type = "application/x-amz-json-1.0",
                .region = names_.region,
                .body_bytes_max = kBodyBytesMax,
                .wait_max = kWaitMax},
               std::move(lookup), deps_.clock,
               [this](ports::Principal who, std::string name, boost::json::object body) {
                   return dispatch(std::move(who), std::move(name), std::move(body));
               }) {}

SqsApi::Handler SqsApi::find_handler(std::string_view name) {
    struct Entry {
        std::string_view name;
        Handler handler;
    };
    static constexpr Entry kHandlers[] = {
        {"CancelMessageMoveTask", &SqsApi::cancel_message_move_task},
        {"ChangeMessageVisibility", &SqsApi::change_message_visibility},
        {"ChangeMessageVisibilityBatch", &SqsApi::change_message_visibility_batch},
        {"CreateQueue", &SqsApi::create_queue},
        {"DeleteMessage", &SqsApi::delete_message},
        {"DeleteMessageBatch", &SqsApi::delete_message_batch},
        {"DeleteQueue", &SqsApi::delete_queue},
        {"GetQueueAttributes", &SqsApi::get_queue_attributes},
        {"GetQueueUrl", &SqsApi::get_queue_url},
        {"ListDeadLetterSourceQueues", &SqsApi::list_dead_letter_source_queues},
        {"ListMessageMoveTasks", &SqsApi::list_message_move_tasks},
        {"ListQueueTags", &SqsApi::list_queue_tags},
        {"ListQueues", &SqsApi::list_queues},
        {"PurgeQueue", &SqsApi::purge_queue},
        {"ReceiveMessage", &SqsApi::receive_message},
        {"SendMessage", &SqsApi::send_message},
        {"SendMessageBatch", &SqsApi::send_message_batch},
        {"SetQueueAttributes", &SqsApi::set_queue_attributes},
        {"StartMessageMoveTask", &SqsApi::start_message_move_task},
        {"TagQueue", &SqsApi::tag_queue},
        {"UntagQueue", &SqsApi::untag_queue},
    };
    const auto* const found = std::ranges::find(kHandlers, name, &Entry::name);
    return found == std::end(kHandlers) ? nullptr : found->handler;
}

boost::asio::awaitable<http::Response> SqsApi::handle_query(http::Request& request) const {
    auto proven = co_await service_.prove(request);
    if (!proven) {
        const Output refused = std::unexpected(std::move(proven.error()));
        co_return write_query(refused, "", request.request_id);
    }
    auto query = read_query(proven->body);
    if (!query) {
        const Output refused = std::unexpected(invalid_parameter(query.error().message));
        co_return write_query(refused, "", request.request_id);
    }
    const auto action = query->action;
    const auto output =
        co_await dispatch(std::move(proven->who), action, std::move(query->members));
    co_return write_query(output, action, request.request_id);
}

SqsApi::Answer SqsApi::dispatch(ports::Principal who, std::string name,
                                boost::json::object body) const {
    const auto handler = find_handler(name);
    if (handler == nullptr) {
        co_return std::unexpected(
            error("UnsupportedOperation", fmt::format("{} is not served here.", name)));
    }
    json::Violations violations;
    co_return co_await (this->*handler)(std::move(who), json::Input(body, violations));
}

std::string SqsApi::url_of(std::string_view queue) const {
    return fmt::format("{}/{}/{}", endpoint_, names_.account, queue);
}

std::expected<ports::QueueRecord, json::ServiceError> SqsApi::queue_of(const ports::Principal& who,
                                                                       json::Input& input) const {
    const auto url = required_text(input, "QueueUrl");
    if (!url) return std::unexpected(url.error());
    const auto slash = url->rfind('/');
    if (slash != url->npos && !url->substr(0, slash).ends_with('/' + names_.account)) {
        return std::unexpected(
            error("QueueDoesNotExist", "The specified queue does not exist in this account."));
    }
    auto queue = deps_.registry.queue(who, url->substr(slash + 1));
    if (!queue) return std::unexpected(error_of(queue.error()));
    return std::move(*queue);
}

std::expected<std::string, json::ServiceError> SqsApi::queue_of_arn(
    json::Input& input, std::string_view parameter) const {
    const auto arn = required_text(input, parameter);
    if (!arn) return std::unexpected(arn.error());
    auto name = deps_.registry.name_of(*arn);
    if (name.empty() || deps_.registry.find(name) == nullptr) {
        return std::unexpected(
            error("ResourceNotFoundException",
                  fmt::format("The resource that you specified for the {} parameter doesn't exist.",
                              parameter)));
    }
    return name;
}

}  // namespace ingestor::awsapi::sqs
