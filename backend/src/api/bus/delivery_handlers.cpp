// Deliveries, and those that were given up.
#include <algorithm>
#include <charconv>
#include <utility>

#include <boost/json.hpp>

#include "api/answers.hpp"
#include "api/body.hpp"
#include "api/body_limits.hpp"
#include "api/bus/bus_api.hpp"
#include "api/bus/messages.hpp"
#include "api/bus/parameters.hpp"

namespace ingestor::api::bus {

namespace json = boost::json;
using ingestor::bus::BusOperations;
using ingestor::bus::delivery::TryOutcome;

namespace {

static_assert(kListedMax == BusOperations::kDeadLettersInListMax);
static_assert(kListedMax == ingestor::bus::delivery::DeliveryQueries::kInListMax);

/// No larger than JavaScript's numbers can tell from their neighbours.
const Type& id_type() {
    static const Type kType = Type::integer(1, 9'007'199'254'740'991);
    return kType;
}

/// Which dead letters a request is about.
struct Selection {
    std::vector<std::int64_t> ids;
    bool all = false;
};

std::expected<Selection, http::Response> selection_of(std::string_view text) {
    const auto body = parse_object(text);
    if (!body) return std::unexpected(body.error());
    Fields fields(*body);
    // Whoever deletes is not to be misunderstood.
    for (const auto& [name, value] : *body) {
        if (name != "ids" && name != "all") {
            fields.add(name, "Extra inputs are not permitted", "extra_forbidden");
        }
    }
    Selection selection;
    if (const auto* all = body->if_contains("all")) {
        if (all->is_bool()) {
            selection.all = all->get_bool();
        } else {
            fields.add("all", "Input should be a valid boolean", "bool_type");
        }
    }
    const auto* ids = fields.optional_list("ids");
    if (ids != nullptr && ids->size() > BusOperations::kRedrivenAtOnceMax) {
        fields.add("ids", "List should have at most 1000 items", "too_long");
    } else if (ids != nullptr) {
        for (std::size_t place = 0; place < ids->size(); ++place) {
            id_type().check((*ids)[place], "ids." + std::to_string(place), fields.faults());
        }
        if (fields.faults().empty()) {
            for (const auto& id : *ids) selection.ids.push_back(id.get_int64());
        }
    }
    if (selection.all == !selection.ids.empty() && fields.faults().empty()) {
        fields.add("ids", "Either ids or all has to be given", "value_error");
    }
    if (!fields.faults().empty()) {
        return std::unexpected(validation_problem(std::move(fields.faults())));
    }
    return selection;
}

json::array to_json(const std::vector<std::int64_t>& ids) {
    return json::array(ids.begin(), ids.end());
}

std::optional<TryOutcome> outcome_named(std::string_view name) {
    if (name == "delivered") return TryOutcome::delivered;
    if (name == "retried") return TryOutcome::retried;
    if (name == "dead_lettered") return TryOutcome::dead_lettered;
    return std::nullopt;
}

}  // namespace

Answering BusApi::deliveries(Call call) const {
    auto filter = filter_of(call);
    if (!filter) co_return std::move(filter.error());
    auto limit = limit_of(call);
    if (!limit) co_return std::move(limit.error());
    auto all = co_await use_.deliveries.under_way(call.who, std::move(*filter), *limit);
    if (!all) co_return problem_of(all.error());
    json::array running;
    for (auto& [delivery, since] : all->running) {
        running.push_back(
            delivery_message().write({.delivery = std::move(delivery), .since = since}));
    }
    json::array retrying;
    for (auto& [delivery, error_code, error_message] : all->retrying) {
        retrying.push_back(delivery_message().write({.delivery = std::move(delivery),
                                                     .error_code = std::move(error_code),
                                                     .error_message = std::move(error_message)}));
    }
    co_return json_answer(200, {{"running", std::move(running)},
                                {"retrying", std::move(retrying)},
                                {"running_count", all->running_count},
                                {"retrying_count", all->retrying_count},
                                {"queued_count", all->queued_count}});
}

Answering BusApi::delivery_log(Call call) const {
    auto filter = filter_of(call);
    if (!filter) co_return std::move(filter.error());
    auto limit = limit_of(call);
    if (!limit) co_return std::move(limit.error());
    std::optional<TryOutcome> outcome;
    if (const auto text = call.request.query_parameter("outcome")) {
        outcome = outcome_named(*text);
        if (!outcome) {
            co_return validation_problem(
                Place::query, "outcome",
                "Input should be 'delivered' or 'retried' or 'dead_lettered'", "enum");
        }
    }
    const auto tries = use_.deliveries.tries(call.who, *filter, outcome, *limit);
    if (!tries) co_return problem_of(tries.error());
    co_return json_answer(200, {{"tries", try_message().write_all(*tries)}});
}

Answering BusApi::dead_letters(Call call) const {
    auto limit = limit_of(call);
    if (!limit) co_return std::move(limit.error());
    const auto letters = co_await use_.operations.dead_letters(call.who, *limit);
    if (!letters) co_return problem_of(letters.error());
    co_return json_answer(200, {{"dead_letters", dead_letter_message().write_all(*letters)}});
}

Answering BusApi::get_dead_letter(Call call) const {
    const auto text = call.path.get("id");
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc{} || end != text.data() + text.size()) {
        co_return validation_problem(Place::path, "id", "Input should be a valid integer",
                                     "int_parsing");
    }
    const auto letter = co_await use_.operations.dead_letter(call.who, id);
    if (!letter) co_return problem_of(letter.error());
    co_return json_answer(200, whole_dead_letter_message().write(*letter));
}

Answering BusApi::redrive_dead_letters(Call call) const {
    const auto text = co_await read_json_text(call.request, kSmallJsonBytesMax);
    if (!text) co_return problem(text.error());
    auto selection = selection_of(*text);
    if (!selection) co_return std::move(selection.error());
    Result<ingestor::bus::Redriven> redriven;
    if (selection->all) {
        redriven = co_await use_.operations.redrive_all(call.who);
    } else {
        redriven = co_await use_.operations.redrive(call.who, std::move(selection->ids));
    }
    if (!redriven) co_return problem_of(redriven.error());
    co_return json_answer(
        202, {{"redriven", to_json(redriven->ids)}, {"unknown", to_json(redriven->unknown)}});
}

Answering BusApi::delete_dead_letters(Call call) const {
    const auto text = co_await read_json_text(call.request, kSmallJsonBytesMax);
    if (!text) co_return problem(text.error());
    auto selection = selection_of(*text);
    if (!selection) co_return std::move(selection.error());
    Result<ingestor::bus::Deleted> deleted;
    if (selection->all) {
        deleted = co_await use_.operations.remove_all(call.who);
    } else {
        deleted = co_await use_.operations.remove(call.who, std::move(selection->ids));
    }
    if (!deleted) co_return problem_of(deleted.error());
    co_return json_answer(
        200, {{"deleted", to_json(deleted->ids)}, {"unknown", to_json(deleted->unknown)}});
}

}  // namespace ingestor::api::bus
