#include "lambda/function_event.hpp"

#include <algorithm>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "domain/names.hpp"
#include "domain/object_created.hpp"
#include "eventbridge/event_reader.hpp"
#include "jobs/job_events.hpp"

namespace ingestor::lambda {

namespace json = boost::json;

namespace {

Result<json::object> parse_object(std::string_view text) {
    boost::system::error_code error;
    auto value = json::parse(text, error);
    if (error) {
        return fail(Errc::invalid_argument, "the event is not JSON: " + error.message());
    }
    if (!value.is_object()) return fail(Errc::invalid_argument, "the event is no JSON object");
    return std::move(value.get_object());
}

Result<std::string> text_at(const json::object& object, std::string_view name) {
    const auto* member = object.if_contains(name);
    if (member == nullptr || !member->is_string()) {
        return fail(Errc::invalid_argument, fmt::format("{}: expected a string", name),
                    std::string(name));
    }
    return std::string(member->get_string());
}

bool says(const json::object& object, std::string_view name, std::string_view text) {
    const auto* member = object.if_contains(name);
    return member != nullptr && member->is_string() && member->get_string() == text;
}

/// Names of members, as many as a log line bears: an event may hold what is nobody's business.
std::string names_of(const json::object& object) {
    constexpr std::size_t kNamesMax = 20;
    constexpr std::size_t kNameBytesMax = 40;
    std::string names;
    std::size_t count = 0;
    for (const auto& member : object) {
        if (++count > kNamesMax) return names + ", …";
        if (!names.empty()) names += ", ";
        names += std::string_view(member.key()).substr(0, kNameBytesMax);
    }
    return names.empty() ? "none" : names;
}

bool is_bus_event(const json::object& object) {
    return object.contains("detail-type") && object.contains("source");
}

bool is_tick(const json::object& object) {
    return says(object, "source", "aws.events") && says(object, "detail-type", "Scheduled Event");
}

Result<ProcessEvent> process_event_of(eventbridge::Event event) {
    auto job_id = jobs::job_of(event);
    if (!job_id) return std::unexpected(job_id.error());
    return ProcessEvent{.job_id = std::move(*job_id), .event = std::move(event)};
}

bool is_object_created(const json::object& envelope) {
    return says(envelope, "source", domain::kObjectSource) &&
           says(envelope, "detail-type", domain::kObjectCreated);
}

bool is_processing_required(const json::object& envelope) {
    return says(envelope, "source", domain::kEventSource) &&
           says(envelope, "detail-type", domain::kProcessingRequired);
}

using BusEvent = std::variant<ProcessEvent, ObjectEvent>;

Result<BusEvent> parse_bus_event(const json::object& envelope) {
    const bool of_object = is_object_created(envelope);
    if (!of_object && !is_processing_required(envelope)) {
        return fail(
            Errc::invalid_argument,
            fmt::format("no handler for detail-type {} of source {}: the function takes "
                        "\"{}\" of {} and \"{}\" of {}; correct the rule's pattern",
                        json::serialize(envelope.at("detail-type")),
                        json::serialize(envelope.at("source")), domain::kProcessingRequired,
                        domain::kEventSource, domain::kObjectCreated, domain::kObjectSource),
            "detail-type");
    }
    auto event = eventbridge::read_event(envelope);
    if (!event) return std::unexpected(event.error());
    if (of_object) return ObjectEvent{std::move(*event)};
    auto process = process_event_of(std::move(*event));
    if (!process) return std::unexpected(process.error());
    return std::move(*process);
}

Result<ProcessEvent> parse_process_action(const json::object& request) {
    auto job_id = text_at(request, "job_id");
    if (!job_id) return std::unexpected(job_id.error());
    auto user_id = text_at(request, "user_id");
    if (!user_id) return std::unexpected(user_id.error());
    const json::object detail{{"job_id", *job_id}, {"user_id", *user_id}};
    eventbridge::Event event{.id = "direct-" + *job_id,
                             .detail_type = std::string(domain::kProcessingRequired),
                             .source = std::string(domain::kEventSource),
                             .detail = json::serialize(detail)};
    return process_event_of(std::move(event));
}

Result<FunctionEvent> parse_action(const json::object& request) {
    if (says(request, "action", "sweep")) return SweepEvent{};
    if (says(request, "action", "health")) return HealthEvent{};
    if (says(request, "action", "process")) {
        auto event = parse_process_action(request);
        if (!event) return std::unexpected(event.error());
        return std::move(*event);
    }
    return fail(Errc::invalid_argument, "action: expected process, sweep or health", "action");
}

/// The body of a message is the event, or, from a function's on-failure destination, a record of
/// the invocation that holds it.
Result<BusEvent> parse_message(std::string_view body) {
    const auto object = parse_object(body);
    if (!object) return std::unexpected(object.error());
    const auto* payload = object->if_contains("requestPayload");
    const bool wrapped = payload != nullptr && payload->is_object();
    const auto& event = wrapped ? payload->get_object() : *object;
    if (!is_bus_event(event)) {
        return fail(Errc::invalid_argument,
                    "the message holds no event of a bus; it has: " + names_of(event));
    }
    return parse_bus_event(event);
}

/// Null where `object` is no batch of a queue.
const json::array* records_of(const json::object& object) {
    const auto* records = object.if_contains("Records");
    if (records == nullptr || !records->is_array() || records->get_array().empty()) return nullptr;
    const auto all_of_queue = std::ranges::all_of(records->get_array(), [](const auto& record) {
        return record.is_object() && says(record.get_object(), "eventSource", "aws:sqs");
    });
    return all_of_queue ? &records->get_array() : nullptr;
}

Result<FunctionEvent> parse_queue_event(const json::array& records) {
    QueueEvent batch;
    for (const auto& record : records) {
        // Without the id nothing could be said of the message: the whole batch comes again.
        auto id = text_at(record.get_object(), "messageId");
        if (!id) return std::unexpected(id.error());
        const auto body = text_at(record.get_object(), "body");
        auto event = body ? parse_message(*body) : std::unexpected(body.error());
        batch.messages.push_back({.id = std::move(*id), .event = std::move(event)});
    }
    return batch;
}

}  // namespace

Result<FunctionEvent> parse_function_event(std::string_view payload, std::string_view base_path) {
    const auto object = parse_object(payload);
    if (!object) return std::unexpected(object.error());
    if (is_http_event(*object)) {
        auto event = parse_http_event(*object, base_path);
        if (!event) return std::unexpected(event.error());
        return std::move(*event);
    }
    if (is_tick(*object)) return SweepEvent{};
    if (is_bus_event(*object)) {
        auto event = parse_bus_event(*object);
        if (!event) return std::unexpected(event.error());
        return std::visit([](auto& parsed) -> FunctionEvent { return std::move(parsed); }, *event);
    }
    if (const auto* records = records_of(*object)) return parse_queue_event(*records);
    if (object->contains("action")) return parse_action(*object);
    return fail(Errc::invalid_argument,
                "the event is of no kind that the function knows (a request of API Gateway or a "
                "function URL, an event of a bus or a schedule, a batch of SQS, an action); it "
                "has: " +
                    names_of(*object));
}

std::string_view kind_of(const FunctionEvent& event) {
    struct Kind {
        std::string_view operator()(const HttpEvent&) const { return "http"; }
        std::string_view operator()(const ProcessEvent&) const { return "event"; }
        std::string_view operator()(const ObjectEvent&) const { return "object"; }
        std::string_view operator()(const SweepEvent&) const { return "sweep"; }
        std::string_view operator()(const HealthEvent&) const { return "health"; }
        std::string_view operator()(const QueueEvent&) const { return "queue"; }
    };
    return std::visit(Kind{}, event);
}

}  // namespace ingestor::lambda
