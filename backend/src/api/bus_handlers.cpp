// The bus, for operators.
#include <algorithm>

#include <boost/json.hpp>

#include "api/answers.hpp"
#include "api/api.hpp"
#include "api/body.hpp"
#include "api/body_limits.hpp"
#include "api/problem.hpp"
#include "base/time.hpp"
#include "bus/bus_operations.hpp"

namespace ingestor::api {

namespace json = boost::json;

namespace {

constexpr std::uint32_t kDeadLettersDefault = 100;

http::Response no_bus() {
    return problem(Error{.code = Errc::not_found,
                         .message = "The bus of this service is EventBridge: ask AWS for its rules "
                                    "and its dead-letter queue.",
                         .field = {}});
}

json::value text_or_null(const std::string& text) {
    if (text.empty()) return nullptr;
    return json::value(text);
}

json::object to_json(const ports::Rule& rule) {
    json::array targets;
    for (const auto& target : rule.targets) {
        targets.push_back(
            json::object{{"id", target.id},
                         {"arn", target.arn},
                         {"maximum_retry_attempts", target.maximum_retry_attempts},
                         {"maximum_event_age_seconds", target.maximum_event_age.count()},
                         {"dead_letter_arn", text_or_null(target.dead_letter_arn)},
                         {"managed", target.managed}});
    }
    return {{"bus", rule.bus},
            {"name", rule.name},
            {"description", rule.description},
            {"event_pattern", rule.event_pattern},
            {"enabled", rule.enabled},
            {"managed", rule.managed},
            {"targets", std::move(targets)}};
}

json::object to_json(const ports::DeadLetter& letter) {
    const auto& delivery = letter.delivery;
    const auto& event = *delivery.event;
    const bool handed_over = delivery.stage == ports::DeliveryStage::invocation;
    return {{"id", letter.id},
            {"event_id", event.id},
            {"detail_type", event.detail_type},
            {"source", event.source},
            {"job_id", text_or_null(event.subject)},
            {"fairness_group", event.fairness_group},
            {"bus", event.bus},
            {"rule", delivery.rule},
            {"target_id", delivery.target_id},
            {"target_arn", delivery.target_arn},
            {"stage", handed_over ? "invocation" : "delivery"},
            {"attempts", delivery.attempts},
            {"error_code", letter.error_code},
            {"error_message", letter.error_message},
            {"exhausted", text_or_null(letter.exhausted)},
            {"times", letter.times},
            {"first_dead_at", to_rfc3339(letter.first_dead_at)},
            {"dead_at", to_rfc3339(letter.dead_at)}};
}

struct RedriveRequest {
    std::vector<std::int64_t> ids;
    bool all = false;
};

std::expected<RedriveRequest, http::Response> redrive_request_of(std::string_view text) {
    const auto body = parse_object(text);
    if (!body) return std::unexpected(body.error());
    Fields fields(*body);
    RedriveRequest request;
    if (const auto* all = body->if_contains("all")) {
        if (all->is_bool()) {
            request.all = all->get_bool();
        } else {
            fields.add("all", "Input should be a valid boolean", "bool_type");
        }
    }
    const auto* ids = fields.optional_list("ids");
    if (ids != nullptr && ids->size() > bus::BusOperations::kRedrivenAtOnceMax) {
        fields.add("ids", "List should have at most 1000 items", "too_long");
    } else if (ids != nullptr) {
        const auto wrong = std::ranges::find_if_not(*ids, &json::value::is_int64);
        if (wrong != ids->end()) {
            fields.add("ids." + std::to_string(wrong - ids->begin()),
                       "Input should be a valid integer", "int_type");
        } else {
            for (const auto& id : *ids) request.ids.push_back(id.get_int64());
        }
    }
    if (request.all == !request.ids.empty() && fields.faults().empty()) {
        fields.add("ids", "Either ids or all has to be given", "value_error");
    }
    if (!fields.faults().empty()) {
        return std::unexpected(validation_problem(std::move(fields.faults())));
    }
    return request;
}

}  // namespace

Api::Answering Api::bus_rules(Call call) {
    if (dependencies_.bus == nullptr) co_return no_bus();
    const auto rules = dependencies_.bus->rules(call.who);
    if (!rules) co_return problem(rules.error());
    json::array out;
    for (const auto& rule : *rules) out.push_back(to_json(rule));
    co_return json_answer(200, {{"rules", std::move(out)}});
}

Api::Answering Api::dead_letters(Call call) {
    if (dependencies_.bus == nullptr) co_return no_bus();
    auto limit = kDeadLettersDefault;
    if (const auto wanted = call.request.query_parameter("limit")) {
        const auto number =
            number_of(*wanted, "limit", 1, bus::BusOperations::kDeadLettersInListMax);
        if (!number) co_return problem(number.error(), Place::query);
        limit = *number;
    }
    const auto letters = co_await dependencies_.bus->dead_letters(call.who, limit);
    if (!letters) co_return problem(letters.error());
    json::array out;
    for (const auto& letter : *letters) out.push_back(to_json(letter));
    co_return json_answer(200, {{"dead_letters", std::move(out)}});
}

Api::Answering Api::redrive_dead_letters(Call call) {
    if (dependencies_.bus == nullptr) co_return no_bus();
    const auto text = co_await read_json_text(call.request, kSmallJsonBytesMax);
    if (!text) co_return problem(text.error());
    auto request = redrive_request_of(*text);
    if (!request) co_return std::move(request.error());
    Result<bus::Redriven> redriven;
    if (request->all) {
        redriven = co_await dependencies_.bus->redrive_all(call.who);
    } else {
        redriven = co_await dependencies_.bus->redrive(call.who, std::move(request->ids));
    }
    if (!redriven) co_return problem(redriven.error());
    co_return json_answer(
        202, {{"redriven", json::array(redriven->ids.begin(), redriven->ids.end())},
              {"unknown", json::array(redriven->unknown.begin(), redriven->unknown.end())}});
}

}  // namespace ingestor::api
