#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/printable.hpp"
#include "commands.hpp"
#include "exit_codes.hpp"

namespace ingestor::cli {

namespace json = boost::json;

namespace {

std::string text_of(const json::value& value) {
    return value.is_string() ? printable(value.get_string()) : json::serialize(value);
}

int print(const Result<json::object>& answer, bool as_json,
          void (*describe)(const json::object& answer)) {
    if (!answer) return report(answer.error());
    if (as_json) {
        fmt::print("{}\n", printable(json::serialize(*answer)));
    } else {
        describe(*answer);
    }
    return kDone;
}

void describe_rules(const json::object& answer) {
    for (const auto& rule : answer.at("rules").as_array()) {
        const auto& schedule = rule.at("schedule");
        fmt::print("{}/{}  {}{}\n  {}\n", text_of(rule.at("bus")), text_of(rule.at("name")),
                   rule.at("enabled").as_bool() ? "enabled" : "disabled",
                   rule.at("managed").as_bool() ? ", of the template" : "",
                   text_of(schedule.is_null() ? rule.at("event_pattern") : schedule));
        for (const auto& target : rule.at("targets").as_array()) {
            fmt::print("  {} -> {}  (retries {}, age {} s)\n", text_of(target.at("id")),
                       text_of(target.at("arn")), text_of(target.at("maximum_retry_attempts")),
                       text_of(target.at("maximum_event_age_seconds")));
        }
    }
}

void describe_dead_letters(const json::object& answer) {
    const auto& letters = answer.at("dead_letters").as_array();
    if (letters.empty()) {
        fmt::print("No dead letters.\n");
        return;
    }
    fmt::print("{:<12}  {:<36}  {:>5}  {:<24}  {}\n", "id", "job_id", "times", "dead_at", "error");
    for (const auto& letter : letters) {
        fmt::print("{:<12}  {:<36}  {:>5}  {:<24}  {}: {}\n", text_of(letter.at("id")),
                   letter.at("job_id").is_null() ? "-" : text_of(letter.at("job_id")),
                   text_of(letter.at("times")), text_of(letter.at("dead_at")),
                   text_of(letter.at("error_code")), text_of(letter.at("error_message")));
    }
}

void describe_redriven(const json::object& answer) {
    fmt::print("Delivered again: {}\n", answer.at("redriven").as_array().size());
    for (const auto& id : answer.at("unknown").as_array()) {
        fmt::print("There is no dead letter {}.\n", text_of(id));
    }
}

}  // namespace

int list_rules(const BusOptions& options) {
    auto api = ApiClient::connect(options.service);
    if (!api) return report(api.error());
    return print(api->get("/bus/rules"), options.json, describe_rules);
}

int list_dead_letters(const BusOptions& options) {
    auto api = ApiClient::connect(options.service);
    if (!api) return report(api.error());
    return print(api->get(fmt::format("/bus/dead-letters?limit={}", options.limit)), options.json,
                 describe_dead_letters);
}

int redrive(const BusOptions& options) {
    if (options.all == !options.ids.empty()) {
        return report(Error{.code = Errc::invalid_argument,
                            .message = "name the dead letters to deliver again, or --all",
                            .field = {}});
    }
    auto api = ApiClient::connect(options.service);
    if (!api) return report(api.error());
    json::object body;
    if (options.all) {
        body["all"] = true;
    } else {
        body["ids"] = json::value_from(options.ids);
    }
    const auto answer = api->post("/bus/dead-letters/redrive", body);
    const auto status = print(answer, options.json, describe_redriven);
    if (status != kDone) return status;
    return answer->at("unknown").as_array().empty() ? kDone : kRefused;
}

}  // namespace ingestor::cli
