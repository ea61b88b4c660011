#include "local_function.hpp"

#include <chrono>
#include <exception>
#include <stdexcept>
#include <utility>
#include <variant>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "http/access_log.hpp"
#include "jobs/process_job.hpp"
#include "lambda/http_answer.hpp"
#include "lambda/memory_body.hpp"

namespace ingestor::cli {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr std::chrono::seconds kRunTimeMax{900};

std::string error_text(std::string_view type, std::string_view message) {
    return json::serialize(json::object{{"errorMessage", message}, {"errorType", type}});
}

}  // namespace

LocalFunction::LocalFunction(Dependencies dependencies, std::string environment)
    : deps_(std::move(dependencies)), environment_(std::move(environment)) {}

asio::awaitable<awsapi::lambda::Run> LocalFunction::invoke(std::string payload,
                                                           std::string request_id) {
    logs::FunctionLog::Run logged(deps_.function_log, request_id);
    awsapi::lambda::Run run;
    auto event = lambda::parse_function_event(payload, "");
    if (!event) {
        run.failed = true;
        run.payload = error_text("Function.InvalidEvent", event.error().message);
    } else {
        try {
            run.payload = co_await dispatch(std::move(*event), request_id);
        } catch (const jobs::AttemptFailed& error) {
            run.failed = true;
            run.payload = error_text("Function.AttemptFailed", error.what());
        } catch (const std::exception& error) {
            run.failed = true;
            run.payload = error_text("Function.Failed", error.what());
        }
    }
    if (run.failed) {
        deps_.log.error("invocation failed", {{"request_id", request_id}, {"error", run.payload}});
    }
    run.log = logged.finish();
    co_return run;
}

asio::awaitable<std::string> LocalFunction::dispatch(lambda::FunctionEvent event,
                                                     std::string request_id) {
    if (auto* request = std::get_if<lambda::HttpEvent>(&event)) {
        co_return co_await handle(std::move(*request), std::move(request_id));
    }
    if (auto* queue = std::get_if<lambda::QueueEvent>(&event)) {
        co_return co_await handle(std::move(*queue));
    }
    if (auto* job = std::get_if<lambda::ProcessEvent>(&event)) {
        co_await process(std::move(job->event));
        co_return R"({"status":"done"})";
    }
    if (auto* object = std::get_if<lambda::ObjectEvent>(&event)) {
        co_await process(std::move(object->event));
        co_return R"({"status":"done"})";
    }
    if (std::holds_alternative<lambda::SweepEvent>(event)) co_return co_await sweep();
    json::object health;
    health["status"] = "healthy";
    health["environment"] = environment_;
    co_return json::serialize(health);
}

asio::awaitable<std::string> LocalFunction::handle(lambda::HttpEvent event,
                                                   std::string request_id) {
    const auto started = deps_.monotonic.now();
    auto& request = event.request;
    lambda::MemoryBody body(std::move(event.body));
    request.body = &body;
    request.deadline = std::chrono::steady_clock::now() + kRunTimeMax;
    if (request.request_id.empty()) request.request_id = std::move(request_id);
    auto response = co_await deps_.api(request);
    auto answer = co_await lambda::answer_http(event.format, request, response);
    http::record_request(request, response, deps_.monotonic.now() - started, deps_.log,
                         deps_.metrics);
    co_return std::move(answer.json);
}

asio::awaitable<std::string> LocalFunction::handle(lambda::QueueEvent event) {
    json::array failures;
    for (auto& message : event.messages) {
        bool failed = !message.event;
        if (message.event) {
            try {
                auto given = std::visit([](auto& of_a_kind) { return std::move(of_a_kind.event); },
                                        *message.event);
                co_await process(std::move(given));
            } catch (const std::exception& error) {
                deps_.log.error("message failed",
                                {{"message_id", message.id}, {"error", error.what()}});
                failed = true;
            }
        }
        if (failed) failures.push_back(json::object{{"itemIdentifier", message.id}});
    }
    json::object answer;
    answer["batchItemFailures"] = std::move(failures);
    co_return json::serialize(answer);
}

asio::awaitable<std::string> LocalFunction::sweep() {
    const auto swept = co_await deps_.engine.sweep();
    if (!swept) throw std::runtime_error(swept.error().message);
    json::object answer;
    answer["republished"] = swept->republished;
    co_return json::serialize(answer);
}

asio::awaitable<void> LocalFunction::process(eventbridge::Event event) {
    const auto deadline = std::chrono::steady_clock::now() + kRunTimeMax;
    co_await deps_.engine.process(std::move(event), deadline);
}

}  // namespace ingestor::cli
