#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "domain/ids.hpp"
#include "eventbridge/event.hpp"
#include "lambda/http_event.hpp"

namespace ingestor::lambda {

/// "Document Processing Required", from the bus or asked for by `{"action":"process"}`.
struct ProcessEvent {
    domain::JobId job_id;
    eventbridge::Event event;
};

/// "Object Created" of Amazon S3.
struct ObjectEvent {
    eventbridge::Event event;
};

/// A schedule's tick, or `{"action":"sweep"}`.
struct SweepEvent {};

/// `{"action":"health"}`.
struct HealthEvent {};

/// Events that went to a dead-letter queue and come again from there ("Using Lambda with Amazon
/// SQS").
struct QueueEvent {
    struct Message {
        std::string id;
        Result<std::variant<ProcessEvent, ObjectEvent>> event;
    };
    std::vector<Message> messages;
};

using FunctionEvent =
    std::variant<HttpEvent, ProcessEvent, ObjectEvent, SweepEvent, HealthEvent, QueueEvent>;

/// Tells by the payload alone what the function was invoked for. `base_path`: see
/// parse_http_event(). Errors: invalid_argument, also for what is well-formed but of no kind that
/// the function knows, so that nothing is taken for done that was not.
[[nodiscard]] Result<FunctionEvent> parse_function_event(std::string_view payload,
                                                         std::string_view base_path);

/// `http`, `event`, `object`, `sweep`, `health` or `queue`.
[[nodiscard]] std::string_view kind_of(const FunctionEvent& event);

}  // namespace ingestor::lambda
