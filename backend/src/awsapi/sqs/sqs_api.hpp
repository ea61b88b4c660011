#pragma once

#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include "awsapi/auth/caller.hpp"
#include "awsapi/json/input.hpp"
#include "awsapi/json/signed_service.hpp"
#include "awsapi/sqs/query_protocol.hpp"
#include "domain/names.hpp"
#include "http/message.hpp"
#include "ports/clock.hpp"
#include "queues/message_moves.hpp"
#include "queues/queue_messages.hpp"
#include "queues/queue_registry.hpp"

namespace ingestor::awsapi::sqs {

/// SQS's own protocols (API version 2012-11-05: AWS JSON 1.0, and the Query protocol of older
/// clients) over standard queues, for operators.
/// What it does not serve is refused: FIFO queues, encryption, permissions.
class SqsApi {
public:
    /// All outlive it.
    struct Dependencies {
        queues::QueueRegistry& registry;
        queues::QueueMessages& messages;
        queues::MessageMoves& moves;
        const ports::Clock& clock;
    };
    /// `endpoint` is where clients reach this server; URLs of queues begin with it.
    SqsApi(Dependencies dependencies, auth::CallerLookup lookup, domain::Names names,
           std::string endpoint);

    [[nodiscard]] bool claims(const http::Request& request) const {
        return service_.claims(request) || is_query(request);
    }
    [[nodiscard]] boost::asio::awaitable<http::Response> handle(http::Request& request) const {
        return is_query(request) ? handle_query(request) : service_.handle(request);
    }

private:
    using Output = json::Output;
    using Answer = boost::asio::awaitable<Output>;
    using Handler = Answer (SqsApi::*)(ports::Principal who, json::Input input) const;

    [[nodiscard]] boost::asio::awaitable<http::Response> handle_query(http::Request& request) const;
    Answer dispatch(ports::Principal who, std::string name, boost::json::object body) const;
    [[nodiscard]] static Handler find_handler(std::string_view name);

    // Queues.
    Answer create_queue(ports::Principal who, json::Input input) const;
    Answer delete_queue(ports::Principal who, json::Input input) const;
    Answer list_queues(ports::Principal who, json::Input input) const;
    Answer get_queue_url(ports::Principal who, json::Input input) const;
    Answer get_queue_attributes(ports::Principal who, json::Input input) const;
    Answer set_queue_attributes(ports::Principal who, json::Input input) const;
    Answer list_queue_tags(ports::Principal who, json::Input input) const;
    Answer tag_queue(ports::Principal who, json::Input input) const;
    Answer untag_queue(ports::Principal who, json::Input input) const;

    // Messages.
    Answer send_message(ports::Principal who, json::Input input) const;
    Answer send_message_batch(ports::Principal who, json::Input input) const;
    Answer receive_message(ports::Principal who, json::Input input) const;
    Answer delete_message(ports::Principal who, json::Input input) const;
    Answer delete_message_batch(ports::Principal who, json::Input input) const;
    Answer change_message_visibility(ports::Principal who, json::Input input) const;
    Answer change_message_visibility_batch(ports::Principal who, json::Input input) const;
    Answer purge_queue(ports::Principal who, json::Input input) const;

    // Redrive.
    Answer list_dead_letter_source_queues(ports::Principal who, json::Input input) const;
    Answer start_message_move_task(ports::Principal who, json::Input input) const;
    Answer list_message_move_tasks(ports::Principal who, json::Input input) const;
    Answer cancel_message_move_task(ports::Principal who, json::Input input) const;

    /// The queue that `QueueUrl` names. Errors: those of the parameter, and that it is not there.
    [[nodiscard]] std::expected<ports::QueueRecord, json::ServiceError> queue_of(
        const ports::Principal& who, json::Input& input) const;
    /// The same of a parameter that holds an ARN.
    [[nodiscard]] std::expected<std::string, json::ServiceError> queue_of_arn(
        json::Input& input, std::string_view parameter) const;
    /// Errors: those of SQS; see set_attribute().
    [[nodiscard]] Result<std::monostate> set_attributes(
        ports::QueueSettings& settings, const std::map<std::string, std::string>& given) const;
    [[nodiscard]] std::string url_of(std::string_view queue) const;
    [[nodiscard]] boost::json::object to_json(const ports::ReceivedMessage& message,
                                              std::string_view queue,
                                              const std::vector<std::string>& system_names,
                                              const std::vector<std::string>& names) const;

    Dependencies deps_;
    domain::Names names_;
    std::string endpoint_;
    json::SignedService service_;
};

}  // namespace ingestor::awsapi::sqs
