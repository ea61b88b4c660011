// Deliveries under way, their tries, and dead letters.
#include <boost/json.hpp>

#include "api/bus/message_fields.hpp"
#include "api/bus/messages.hpp"
#include "eventbridge/event.hpp"

namespace ingestor::api::bus {

namespace json = boost::json;
namespace delivery = ingestor::bus::delivery;

namespace {

std::string_view name_of(ports::DeliveryStage stage) {
    return stage == ports::DeliveryStage::invocation ? "invocation" : "delivery";
}

Type stage_type() {
    return Type::one_of({"delivery", "invocation"})
        .described("`invocation`: the function has taken the event, and failed by itself.");
}

template <class T, class DeliveryOf>
void add_delivery_fields(std::vector<Field<T>>& fields, DeliveryOf delivery_of) {
    add_event_fields<T>(fields, [delivery_of](const T& whole) -> const eventbridge::Event& {
        return *delivery_of(whole).event;
    });
    fields.push_back(computed<T>(
        "job_id",
        Type::text().or_null().described("What the event is about; null where it is about no job."),
        [delivery_of](const T& whole) { return text_or_null(delivery_of(whole).event->subject); }));
    fields.push_back(computed<T>("bus", Type::text(), [delivery_of](const T& whole) {
        return to_value(delivery_of(whole).event->bus);
    }));
    const auto text = [&fields, delivery_of](std::string_view name,
                                             std::string ports::Delivery::* member) {
        fields.push_back(computed<T>(name, Type::text(), [delivery_of, member](const T& whole) {
            return to_value(delivery_of(whole).*member);
        }));
    };
    text("rule", &ports::Delivery::rule);
    text("target_id", &ports::Delivery::target_id);
    text("target_arn", &ports::Delivery::target_arn);
    fields.push_back(computed<T>("stage", stage_type(), [delivery_of](const T& whole) {
        return json::value(name_of(delivery_of(whole).stage));
    }));
    fields.push_back(computed<T>(
        "attempts", Type::integer().described("That failed, in this stage."),
        [delivery_of](const T& whole) { return to_value(delivery_of(whole).attempts); }));
}

std::vector<Field<ports::DeadLetter>> dead_letter_fields() {
    using ports::DeadLetter;
    std::vector<Field<DeadLetter>> fields{field("id", &DeadLetter::id, Type::integer())};
    add_delivery_fields<DeadLetter>(
        fields, [](const DeadLetter& letter) -> const ports::Delivery& { return letter.delivery; });
    fields.push_back(computed<DeadLetter>(
        "fairness_group", Type::text().described("The user of the job."),
        [](const DeadLetter& letter) { return to_value(letter.delivery.event->fairness_group); }));
    fields.push_back(field("error_code", &DeadLetter::error_code, Type::text()));
    fields.push_back(field("error_message", &DeadLetter::error_message, Type::text()));
    fields.push_back(field(
        "exhausted", &DeadLetter::exhausted,
        Type::text().or_null().described(
            "MaximumRetryAttempts or MaximumEventAgeInSeconds; null: it was not tried again.")));
    fields.push_back(
        computed<DeadLetter>("times", Type::integer(1).described("How often it was given up."),
                             [](const DeadLetter& letter) { return to_value(letter.times); }));
    fields.push_back(field("first_dead_at", &DeadLetter::first_dead_at, Type::time()));
    fields.push_back(field("dead_at", &DeadLetter::dead_at, Type::time()));
    return fields;
}

constexpr std::string_view name_of(delivery::TryOutcome outcome) {
    switch (outcome) {
        case delivery::TryOutcome::delivered:
            return "delivered";
        case delivery::TryOutcome::retried:
            return "retried";
        case delivery::TryOutcome::dead_lettered:
            return "dead_lettered";
    }
    return "delivered";
}

}  // namespace

const Message<DeliveryUnderWay>& delivery_message() {
    static const Message<DeliveryUnderWay> kMessage = [] {
        std::vector<Field<DeliveryUnderWay>> fields{computed<DeliveryUnderWay>(
            "id", Type::integer(),
            [](const DeliveryUnderWay& each) { return to_value(each.delivery.id); })};
        add_delivery_fields<DeliveryUnderWay>(
            fields,
            [](const DeliveryUnderWay& each) -> const ports::Delivery& { return each.delivery; });
        fields.push_back(computed<DeliveryUnderWay>(
            "created_at", Type::time(),
            [](const DeliveryUnderWay& each) { return to_value(each.delivery.created_at); }));
        fields.push_back(field(
            "since", &DeliveryUnderWay::since,
            Type::time().or_null().described("When it was given to its target; null: it waits.")));
        fields.push_back(computed<DeliveryUnderWay>(
            "next_at", Type::time().or_null().described("When it is tried again."),
            [](const DeliveryUnderWay& each) -> json::value {
                if (each.since) return nullptr;
                return to_value(each.delivery.next_at);
            }));
        fields.push_back(field("error_code", &DeliveryUnderWay::error_code,
                               Type::text().or_null().described("Of the last try.")));
        fields.push_back(
            field("error_message", &DeliveryUnderWay::error_message, Type::text().or_null()));
        return Message<DeliveryUnderWay>("BusDelivery", std::move(fields));
    }();
    return kMessage;
}

const Message<delivery::DeliveryLog::LoggedTry>& try_message() {
    using Logged = delivery::DeliveryLog::LoggedTry;
    using delivery::Route;
    using delivery::Try;
    const auto of_route = [](std::string_view name, std::string Route::* member) {
        return computed<Logged>(name, Type::text(), [member](const Logged& each) {
            return to_value(each.route.*member);
        });
    };
    const auto of_try = [](std::string_view name, Type type, auto write) {
        return computed<Logged>(name, std::move(type),
                                [write](const Logged& each) { return write(each.attempt); });
    };
    static const Message<Logged> kMessage{
        "BusTry",
        {of_try("at", Type::time(), [](const Try& each) { return to_value(each.at); }),
         of_try("event_id", Type::text(), [](const Try& each) { return to_value(each.event_id); }),
         of_route("bus", &Route::bus), of_route("rule", &Route::rule),
         of_route("target_id", &Route::target_id), of_route("target_arn", &Route::target_arn),
         of_try("stage", stage_type(),
                [](const Try& each) { return json::value(name_of(each.stage)); }),
         of_try("attempt", Type::integer(1).described("In its stage."),
                [](const Try& each) { return to_value(each.attempt); }),
         of_try("outcome", Type::one_of({"delivered", "retried", "dead_lettered"}),
                [](const Try& each) { return json::value(name_of(each.outcome)); }),
         of_try("error_code", Type::text().or_null(),
                [](const Try& each) { return text_or_null(each.error_code); }),
         of_try("error_message", Type::text().or_null(),
                [](const Try& each) { return text_or_null(each.error_message); }),
         of_try("status", Type::integer().or_null().described("What a target answered over HTTP."),
                [](const Try& each) { return to_value(each.status); }),
         of_try("next_at", Type::time().or_null().described("When it is tried again."),
                [](const Try& each) { return to_value(each.next_at); }),
         of_try("latency_ms", Type::number(), [](const Try& each) {
             return to_value(static_cast<double>(each.latency.count()) / 1'000);
         })}};
    return kMessage;
}

const Message<ports::DeadLetter>& dead_letter_message() {
    static const Message<ports::DeadLetter> kMessage{"DeadLetter", dead_letter_fields()};
    return kMessage;
}

const Message<ports::DeadLetter>& whole_dead_letter_message() {
    using ports::DeadLetter;
    static const Message<DeadLetter> kMessage = [] {
        auto fields = dead_letter_fields();
        fields.push_back(
            computed<DeadLetter>("event",
                                 Type::text().or_null().described(
                                     "The event, as JSON text; null: it cannot be read any more."),
                                 [](const DeadLetter& letter) -> json::value {
                                     if (letter.delivery.event->id.empty()) return nullptr;
                                     return to_value(eventbridge::to_json(*letter.delivery.event));
                                 }));
        return Message<DeadLetter>("WholeDeadLetter", std::move(fields));
    }();
    return kMessage;
}

void add_delivery_schemas(json::object& schemas) {
    add(schemas, delivery_message());
    add(schemas, try_message());
    add(schemas, dead_letter_message());
    add(schemas, whole_dead_letter_message());
    schemas["BusTries"] = list_schema("BusTries", "tries", try_message().name());
    schemas["DeadLetters"] =
        list_schema("DeadLetters", "dead_letters", dead_letter_message().name());
    auto deliveries = list_schema("BusDeliveries", "running", delivery_message().name());
    auto& properties = deliveries["properties"].as_object();
    properties["retrying"] = properties.at("running");
    properties["running_count"] = integer_schema("With their targets, of all routes.");
    properties["retrying_count"] = integer_schema("Waiting for their next try, of all routes.");
    properties["queued_count"] =
        integer_schema("Waiting for their first turn or for a place, of all routes.");
    deliveries["required"] =
        json::array{"running", "retrying", "running_count", "retrying_count", "queued_count"};
    schemas["BusDeliveries"] = std::move(deliveries);
}

}  // namespace ingestor::api::bus
