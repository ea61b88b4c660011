#include <algorithm>
#include <utility>

#include "api/bus/bus_api.hpp"

namespace ingestor::api::bus {
namespace {

using boost::beast::http::verb;

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kNameSchema =
    R"({"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[.\\-_A-Za-z0-9]+$"})";
constexpr std::string_view kArchiveNameSchema =
    R"({"type": "string", "minLength": 1, "maxLength": 48, "pattern": "^[.\\-_A-Za-z0-9]+$"})";
constexpr std::string_view kBusNameSchema =
    R"({"type": "string", "minLength": 1, "maxLength": 256, "pattern": "^[/.\\-_A-Za-z0-9]+$"})";

constexpr Parameter kRule{
    .name = "rule", .in = In::path, .schema = kNameSchema, .description = "The rule's name."};
constexpr Parameter kArchive{.name = "archive",
                             .in = In::path,
                             .schema = kArchiveNameSchema,
                             .description = "The archive's name."};
constexpr Parameter kReplay{
    .name = "replay", .in = In::path, .schema = kNameSchema, .description = "The replay's name."};
constexpr Parameter kBus{.name = "bus",
                         .schema = kBusNameSchema,
                         .description = "The name of the event bus.",
                         .required = true};
constexpr Parameter kLimit{
    .name = "limit",
    .schema = R"({"type": "integer", "minimum": 1, "maximum": 1000, "default": 100})",
    .description = "How many, of each list."};

std::vector<Parameter> filters(std::vector<Parameter> others) {
    std::vector<Parameter> all{
        {.name = "bus", .schema = kBusNameSchema, .description = "Of this bus alone."},
        {.name = "rule", .schema = kNameSchema, .description = "Of rules of this name alone."},
        {.name = "target_id", .schema = kNameSchema, .description = "To this target alone."},
        kLimit};
    all.insert(all.end(), others.begin(), others.end());
    return all;
}

Answer json_answer(unsigned status, std::string_view description, std::string_view schema) {
    return {.status = status,
            .description = description,
            .contents = {{.media_type = kJson, .schema = schema}}};
}

Answer nothing(std::string_view description) {
    return {.status = 204, .description = description, .contents = {}};
}

Answer missing(std::string_view description) {
    return json_answer(404, description, "Problem");
}

Answer conflict(std::string_view description) {
    return json_answer(409, description, "Problem");
}

Operation operation(verb method, std::string_view path, std::string_view id,
                    std::string_view summary, std::vector<Answer> answers) {
    answers.push_back(json_answer(403, "Only for operators.", "Problem"));
    const bool has_404 = std::ranges::find(answers, 404U, &Answer::status) != answers.end();
    if (!has_404) answers.push_back(missing("On AWS, where the bus is EventBridge."));
    return {.method = method,
            .path = path,
            .id = id,
            .tag = "bus",
            .summary = summary,
            .description = "For operators.",
            .access = Access::operators,
            .parameters = {},
            .request = {},
            .answers = std::move(answers)};
}

Operation with(Operation operation, std::vector<Parameter> parameters,
               std::string_view request = {}) {
    operation.parameters = std::move(parameters);
    if (!request.empty()) operation.request = {{.media_type = kJson, .schema = request}};
    return operation;
}

constexpr std::string_view kNoSuchRule = "No such bus or rule; or on AWS.";
constexpr std::string_view kManaged = "An archive's rule, which is changed with its archive.";

}  // namespace

std::vector<BusApi::Route> BusApi::routes() {
    return {
        {operation(verb::get, "/bus/buses", "bus_buses", "The event buses",
                   {json_answer(200, "The buses.", "EventBuses")}),
         &BusApi::list_buses},
        {operation(verb::get, "/bus/rules", "bus_rules", "The rules of the event buses",
                   {json_answer(200, "The rules, with what they have done.", "BusRules")}),
         &BusApi::list_rules},
        {with(operation(verb::get, "/bus/rules/{rule}", "bus_rule", "A rule",
                        {json_answer(200, "The rule.", "BusRule"), missing(kNoSuchRule)}),
              {kRule, kBus}),
         &BusApi::get_rule},
        {with(operation(
                  verb::put, "/bus/rules/{rule}", "put_bus_rule",
                  "Add a rule, or set it anew, with all of its targets",
                  {json_answer(200, "The rule.", "BusRule"), missing("No such bus; or on AWS."),
                   conflict("An archive's rule; or there are too many rules or targets.")}),
              {kRule, kBus}, "BusRuleSettings"),
         &BusApi::put_rule},
        {with(operation(verb::post, "/bus/rules/{rule}/enable", "enable_bus_rule", "Enable a rule",
                        {json_answer(200, "The rule.", "BusRule"), missing(kNoSuchRule),
                         conflict(kManaged)}),
              {kRule, kBus}),
         &BusApi::enable_rule},
        {with(operation(verb::post, "/bus/rules/{rule}/disable", "disable_bus_rule",
                        "Disable a rule",
                        {json_answer(200, "The rule.", "BusRule"), missing(kNoSuchRule),
                         conflict(kManaged)}),
              {kRule, kBus}),
         &BusApi::disable_rule},
        {with(operation(verb::delete_, "/bus/rules/{rule}", "delete_bus_rule",
                        "Delete a rule with its targets",
                        {nothing("It is deleted, or was not there."),
                         missing("No such bus; or on AWS."), conflict(kManaged)}),
              {kRule, kBus}),
         &BusApi::delete_rule},
        {with(operation(
                  verb::get, "/bus/events", "bus_events", "The last events of a bus, newest first",
                  {json_answer(200, "Up to 100 of them, of up to 64 KiB each.", "RecentEvents"),
                   missing("No such bus; or on AWS.")}),
              {kBus}),
         &BusApi::recent_events},
        {with(operation(verb::post, "/bus/patterns/test", "test_bus_pattern",
                        "Try an event pattern on the last events of a bus, and on one of your own",
                        {json_answer(200, "What it matches, or why it is no pattern.",
                                     "PatternTestResult"),
                         missing("No such bus; or on AWS.")}),
              {}, "PatternTest"),
         &BusApi::test_pattern},
        {with(operation(
                  verb::get, "/bus/deliveries", "bus_deliveries", "Deliveries that have not ended",
                  {json_answer(200, "Those with their targets, and those that are tried again.",
                               "BusDeliveries")}),
              filters({})),
         &BusApi::deliveries},
        {with(operation(verb::get, "/bus/deliveries/log", "bus_delivery_log",
                        "The last tries of each target, newest first",
                        {json_answer(200, "Since the server started.", "BusTries")}),
              filters({{.name = "outcome",
                        .schema = R"({"enum": ["delivered", "retried", "dead_lettered"]})",
                        .description = "Of this outcome alone."}})),
         &BusApi::delivery_log},
        {with(operation(verb::get, "/bus/dead-letters", "dead_letters",
                        "Deliveries that were given up, newest first",
                        {json_answer(200, "The dead letters.", "DeadLetters")}),
              {kLimit}),
         &BusApi::dead_letters},
        {with(operation(verb::get, "/bus/dead-letters/{id}", "dead_letter",
                        "A delivery that was given up, with its event",
                        {json_answer(200, "The dead letter.", "WholeDeadLetter"),
                         missing("No such dead letter; or on AWS.")}),
              {{.name = "id",
                .in = In::path,
                .schema = R"({"type": "integer", "minimum": 0, "maximum": 9007199254740991})",
                .description = "The dead letter's id."}}),
         &BusApi::get_dead_letter},
        {with(operation(verb::post, "/bus/dead-letters/redrive", "redrive_dead_letters",
                        "Deliver dead letters again: those named, or all",
                        {json_answer(202, "They are under way again.", "Redriven")}),
              {}, "DeadLetterSelection"),
         &BusApi::redrive_dead_letters},
        {with(operation(verb::post, "/bus/dead-letters/delete", "delete_dead_letters",
                        "Delete dead letters for good: those named, or all",
                        {json_answer(200, "They are gone.", "DeletedDeadLetters")}),
              {}, "DeadLetterSelection"),
         &BusApi::delete_dead_letters},
        {operation(verb::get, "/bus/archives", "bus_archives", "The archives of the event buses",
                   {json_answer(200, "The archives.", "BusArchives")}),
         &BusApi::list_archives},
        {with(operation(verb::post, "/bus/archives", "create_bus_archive", "Archive a bus's events",
                        {json_answer(201, "The archive.", "BusArchive"),
                         missing("No such bus; or on AWS."),
                         conflict("The name is taken; or there are too many.")}),
              {}, "NewBusArchive"),
         &BusApi::create_archive},
        {with(operation(verb::patch, "/bus/archives/{archive}", "update_bus_archive",
                        "Change what an archive keeps, and for how long",
                        {json_answer(200, "The archive.", "BusArchive"),
                         missing("No such archive; or on AWS.")}),
              {kArchive}, "BusArchiveSettings"),
         &BusApi::update_archive},
        {with(operation(verb::delete_, "/bus/archives/{archive}", "delete_bus_archive",
                        "Delete an archive with its events",
                        {nothing("It is deleted."), missing("No such archive; or on AWS.")}),
              {kArchive}),
         &BusApi::delete_archive},
        {operation(verb::get, "/bus/replays", "bus_replays", "The replays of archives",
                   {json_answer(200, "The replays.", "BusReplays")}),
         &BusApi::list_replays},
        {with(operation(verb::post, "/bus/replays", "start_bus_replay",
                        "Put the events of an archive back on its bus",
                        {json_answer(201, "The replay.", "BusReplay"),
                         missing("No such archive; or on AWS."),
                         conflict("The name is taken; or ten are under way.")}),
              {}, "NewBusReplay"),
         &BusApi::start_replay},
        {with(operation(verb::post, "/bus/replays/{replay}/cancel", "cancel_bus_replay",
                        "Cancel a replay",
                        {json_answer(202, "The replay.", "BusReplay"),
                         missing("No such replay; or on AWS."), conflict("It has ended.")}),
              {kReplay}),
         &BusApi::cancel_replay},
    };
}

http::Response problem_of(Error error, Place place) {
    if (error.code == Errc::too_large) error.code = Errc::conflict;
    if (error.field == "EventPattern") error.field = "event_pattern";
    if (error.field == "Event") error.field = "event";
    return problem(error, place);
}

}  // namespace ingestor::api::bus
