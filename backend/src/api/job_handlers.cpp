#include <boost/json.hpp>

#include "api/answers.hpp"
#include "api/api.hpp"
#include "api/body.hpp"
#include "api/body_limits.hpp"
#include "api/job_json.hpp"
#include "api/problem.hpp"
#include "base/uuid.hpp"

namespace ingestor::api {

namespace json = boost::json;

namespace {

std::expected<jobs::JobSelection, http::Response> selection_of(std::string_view text) {
    auto body = parse_object(text);
    if (!body) return std::unexpected(std::move(body.error()));
    Fields fields(*body);
    jobs::JobSelection selection;
    if (const auto status = fields.optional_text("status")) {
        const auto parsed = domain::parse_job_status(*status);
        if (parsed) {
            selection.status = *parsed;
        } else {
            fields.add("status", parsed.error().message, "enum");
        }
    }
    if (const auto* ids = fields.optional_list("job_ids")) {
        if (ids->size() > jobs::JobService::kBulkJobsMax) {
            return std::unexpected(validation_problem(
                Place::body, "job_ids",
                "List should have at most " + std::to_string(jobs::JobService::kBulkJobsMax) +
                    " items after validation, not " + std::to_string(ids->size()),
                "too_long"));
        }
        for (std::size_t i = 0; i < ids->size(); ++i) {
            const auto* id = (*ids)[i].if_string();
            if (id == nullptr || !is_uuid(*id)) {
                fields.add("job_ids." + std::to_string(i), "Input should be a valid UUID",
                           "uuid_parsing");
            } else {
                selection.job_ids.emplace_back(std::string(*id));
            }
        }
    }
    if (!fields.faults().empty()) {
        return std::unexpected(validation_problem(std::move(fields.faults())));
    }
    return selection;
}

bool names_nothing(const jobs::JobSelection& selection) {
    return !selection.status && selection.job_ids.empty();
}

http::Response bulk_answer(const jobs::BulkOutcome& outcome) {
    json::array jobs;
    for (const auto& job : outcome.jobs) {
        json::value error = nullptr;
        if (job.error) error = public_message(*job.error);
        jobs.push_back(json::object{{"job_id", job.job_id.value()}, {"error", std::move(error)}});
    }
    return json_answer(
        202, {{"count", outcome.count}, {"more", outcome.more}, {"jobs", std::move(jobs)}});
}

}  // namespace

Answering Api::list_jobs(Call call) {
    jobs::JobListRequest request;
    for (const auto& status : call.request.query_parameters("status")) {
        const auto parsed = domain::parse_job_status(status);
        if (!parsed) co_return problem(parsed.error(), Place::query);
        request.statuses.push_back(*parsed);
    }
    request.text = call.request.query_parameter("q");
    if (const auto limit = call.request.query_parameter("limit")) {
        const auto number = number_of(*limit, "limit", 1, jobs::JobService::kJobsInPageMax);
        if (!number) co_return problem(number.error(), Place::query);
        request.limit = *number;
    }
    if (auto cursor = call.request.query_parameter("cursor")) {
        if (cursor->empty()) {
            co_return problem(Error{.code = Errc::invalid_argument,
                                    .message = "the cursor is empty: leave it out, or take "
                                               "next_cursor of the page before",
                                    .field = "cursor"},
                              Place::query);
        }
        request.cursor = std::move(*cursor);
    }
    const auto page = co_await dependencies_.jobs.list(call.who, std::move(request));
    if (!page) co_return problem(page.error(), Place::query);

    json::array jobs;
    for (const auto& job : page->jobs) jobs.push_back(to_summary(job));
    json::value cursor = nullptr;
    if (page->next_cursor) cursor = *page->next_cursor;
    co_return json_answer(200, {{"jobs", std::move(jobs)}, {"next_cursor", std::move(cursor)}});
}

Answering Api::count_jobs(Call call) {
    const auto counts = co_await dependencies_.jobs.counts(call.who);
    if (!counts) co_return problem(counts.error());
    json::object out;
    for (const auto& [status, count] : *counts) out[domain::to_string(status)] = count;
    co_return json_answer(200, std::move(out));
}

Answering Api::get_job(Call call) {
    auto job_id = job_id_of(call.path);
    if (!job_id) co_return problem(job_id.error(), Place::path);
    const auto view = co_await dependencies_.jobs.get(call.who, *job_id);
    if (!view) co_return problem(view.error());
    co_return json_answer(200, to_json(*view));
}

Answering Api::retry_job(Call call) {
    auto job_id = job_id_of(call.path);
    if (!job_id) co_return problem(job_id.error(), Place::path);
    auto job = co_await dependencies_.jobs.retry(call.who, *job_id);
    if (!job) co_return problem(job.error());
    const jobs::JobView view{.job = std::move(*job), .queue_position = std::nullopt};
    co_return json_answer(202, to_json(view));
}

Answering Api::cancel_job(Call call) {
    auto job_id = job_id_of(call.path);
    if (!job_id) co_return problem(job_id.error(), Place::path);
    auto job = co_await dependencies_.jobs.cancel(call.who, *job_id);
    if (!job) co_return problem(job.error());
    const jobs::JobView view{.job = std::move(*job), .queue_position = std::nullopt};
    co_return json_answer(202, to_json(view));
}

Answering Api::delete_job(Call call) {
    auto job_id = job_id_of(call.path);
    if (!job_id) co_return problem(job_id.error(), Place::path);
    const auto job = co_await dependencies_.jobs.remove(call.who, *job_id);
    if (!job) co_return problem(job.error());
    http::Response response;
    response.status = 204;
    co_return response;
}

Answering Api::delete_jobs(Call call) {
    const auto text = co_await read_json_text(call.request, kSmallJsonBytesMax);
    if (!text) co_return problem(text.error());
    auto selection = selection_of(*text);
    if (!selection) co_return std::move(selection.error());
    if (names_nothing(*selection)) co_return bulk_answer({});
    const auto outcome = co_await dependencies_.jobs.remove_many(call.who, std::move(*selection));
    if (!outcome) co_return problem(outcome.error());
    co_return bulk_answer(*outcome);
}

Answering Api::retry_jobs(Call call) {
    const auto text = co_await read_json_text(call.request, kSmallJsonBytesMax);
    if (!text) co_return problem(text.error());
    auto selection = selection_of(*text);
    if (!selection) co_return std::move(selection.error());
    if (names_nothing(*selection)) co_return bulk_answer({});
    const auto outcome = co_await dependencies_.jobs.retry_many(call.who, std::move(*selection));
    if (!outcome) co_return problem(outcome.error());
    co_return bulk_answer(*outcome);
}

Answering Api::cancel_jobs(Call call) {
    const auto text = co_await read_json_text(call.request, kSmallJsonBytesMax);
    if (!text) co_return problem(text.error());
    auto selection = selection_of(*text);
    if (!selection) co_return std::move(selection.error());
    if (names_nothing(*selection)) co_return bulk_answer({});
    const auto outcome = co_await dependencies_.jobs.cancel_many(call.who, std::move(*selection));
    if (!outcome) co_return problem(outcome.error());
    co_return bulk_answer(*outcome);
}

}  // namespace ingestor::api
