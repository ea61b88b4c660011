#include "lambda/function.hpp"

#include <chrono>
#include <exception>
#include <optional>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "http/access_log.hpp"
#include "jobs/process_job.hpp"
#include "lambda/http_answer.hpp"
#include "lambda/memory_body.hpp"

namespace ingestor::lambda {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

using SteadyClock = std::chrono::steady_clock;

TimePoint now() {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::unexpected<FunctionError> failed(std::string type, std::string message) {
    return std::unexpected(FunctionError{.type = std::move(type), .message = std::move(message)});
}

/// What was thrown, as an error that Lambda knows.
FunctionError error_of(const std::exception_ptr& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (const jobs::AttemptFailed& error) {
        return {.type = "Function.AttemptFailed", .message = error.what()};
    } catch (const std::exception& error) {
        return {.type = "Function.Failed", .message = error.what()};
    }
}

}  // namespace

Function::Function(FunctionHandlers& handlers, FunctionOptions options, telemetry::Log& log,
                   telemetry::Metrics& metrics)
    : handlers_(handlers),
      options_(std::move(options)),
      log_(log),
      metrics_(metrics),
      embedded_metrics_(metrics, options_.environment) {}

Function::Answering Function::invoke(const Invocation& invocation) {
    const auto started = SteadyClock::now();
    const telemetry::LogScope scope(log_, {{"request_id", invocation.request_id}});
    Answer answer = failed("Function.Failed", "not answered");
    try {
        answer = co_await dispatch(invocation);
    } catch (...) {
        answer = std::unexpected(error_of(std::current_exception()));
    }
    if (!answer) {
        log_.error("invocation failed",
                   {{"error", answer.error().message}, {"type", answer.error().type}});
    }
    const auto took = SteadyClock::now() - started;
    log_.write_line(embedded_metrics_.take_lines(now(), invocation.request_id, took));
    co_return answer;
}

Function::Answering Function::dispatch(const Invocation& invocation) {
    const bool cold = std::exchange(cold_, false);
    if (cold) embedded_metrics_.cold_start();
    auto event = parse_function_event(invocation.payload, options_.base_path);
    if (!event) {
        log_.info("invocation", {{"kind", "unknown"}, {"cold", cold}});
        co_return failed("Function.InvalidEvent", event.error().message);
    }
    const auto* request = std::get_if<HttpEvent>(&*event);
    log_.info("invocation", {{"kind", kind_of(*event)},
                             {"cold", cold},
                             {"gateway_id", request != nullptr ? request->gateway_id : ""}});

    if (auto* http = std::get_if<HttpEvent>(&*event)) co_return co_await handle(*http, invocation);
    if (auto* job = std::get_if<ProcessEvent>(&*event)) co_return co_await handle(*job, invocation);
    if (auto* object = std::get_if<ObjectEvent>(&*event)) co_return co_await handle(*object);
    if (auto* queue = std::get_if<QueueEvent>(&*event)) {
        co_return co_await handle(*queue, invocation);
    }
    if (std::holds_alternative<SweepEvent>(*event)) co_return co_await sweep();
    co_return health();
}

Function::Answering Function::handle(HttpEvent& event, const Invocation& invocation) {
    const auto started = SteadyClock::now();
    auto& request = event.request;
    MemoryBody body(std::move(event.body));
    request.body = &body;
    request.deadline = invocation.deadline;
    std::optional<telemetry::LogScope> scope;
    if (request.request_id.empty()) {
        request.request_id = invocation.request_id;
    } else {
        // The client's own id is that of its request; Lambda's must be found beside it.
        telemetry::LogScope::Fields ids{{"request_id", request.request_id},
                                        {"invocation_id", invocation.request_id}};
        scope.emplace(log_, std::move(ids));
    }
    http::Response response;
    std::string failure;
    try {
        response = co_await handlers_.api(request);
    } catch (const std::exception& error) {
        failure = error.what();
        response = http::failure_response(500, request.request_id);
    }
    auto answer = co_await answer_http(event.format, request, response);
    if (failure.empty()) failure = std::move(answer.failure);
    if (!failure.empty()) {
        log_.error("request failed",
                   {{"error", failure}, {"method", request.method_text}, {"route", request.route}});
    }
    http::record_request(request, response, SteadyClock::now() - started, log_, metrics_);
    co_return std::move(answer.json);
}

Function::Answering Function::handle(ProcessEvent& event, const Invocation& invocation) {
    telemetry::LogScope::Fields ids{{"job_id", event.job_id.value()}, {"event_id", event.event.id}};
    const telemetry::LogScope scope(log_, std::move(ids));
    co_await handlers_.process_job(std::move(event.event), invocation.deadline);
    co_return R"({"status":"done"})";
}

Function::Answering Function::handle(ObjectEvent& event) {
    const telemetry::LogScope scope(log_, {{"event_id", event.event.id}});
    co_await handlers_.ingest_object(std::move(event.event));
    co_return R"({"status":"done"})";
}

Function::Answering Function::handle(QueueEvent& event, const Invocation& invocation) {
    json::array failures;
    for (auto& message : event.messages) {
        std::optional<FunctionError> error;
        if (!message.event) {
            error = FunctionError{.type = "Function.InvalidEvent",
                                  .message = message.event.error().message};
        } else if (SteadyClock::now() >= invocation.deadline) {
            error = FunctionError{.type = "Function.AttemptFailed",
                                  .message = "no time was left for this message of the batch"};
        } else {
            try {
                auto* object = std::get_if<ObjectEvent>(&*message.event);
                auto handling = object != nullptr
                                    ? handle(*object)
                                    : handle(std::get<ProcessEvent>(*message.event), invocation);
                const auto answer = co_await std::move(handling);
                if (!answer) error = answer.error();
            } catch (...) {
                error = error_of(std::current_exception());
            }
        }
        if (!error) continue;
        log_.error("message failed",
                   {{"message_id", message.id}, {"error", error->message}, {"type", error->type}});
        failures.push_back(json::object{{"itemIdentifier", message.id}});
    }
    json::object answer;
    answer["batchItemFailures"] = std::move(failures);
    co_return json::serialize(answer);
}

Function::Answering Function::sweep() {
    const auto swept = co_await handlers_.sweep();
    if (!swept) co_return failed("Function.SweepFailed", swept.error().message);
    embedded_metrics_.swept(swept->republished, swept->oldest_queued);
    co_return json::serialize(json::object{{"republished", swept->republished}});
}

Function::Answer Function::health() const {
    return json::serialize(
        json::object{{"status", "healthy"}, {"environment", options_.environment}});
}

}  // namespace ingestor::lambda
