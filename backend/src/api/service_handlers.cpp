#include <boost/json.hpp>

#include "api/answers.hpp"
#include "api/api.hpp"
#include "api/docs_page.hpp"
#include "api/problem.hpp"
#include "formats/formats.hpp"
#include "ports/document_extractor.hpp"

namespace ingestor::api {

namespace json = boost::json;

namespace {

http::Response text_answer(std::string type, std::string text) {
    http::Response response;
    response.set("content-type", std::move(type));
    response.body = std::move(text);
    return response;
}

json::array to_json(std::span<const telemetry::UnavailableReason> reasons) {
    json::array out;
    for (const auto& reason : reasons) {
        out.push_back(json::object{{"code", reason.code}, {"message", reason.message}});
    }
    return out;
}

}  // namespace

Answering Api::health(Call) {
    // Load balancers ask often: put together without a JSON tree.
    const auto reasons = dependencies_.unavailable();
    std::string body = reasons.empty() ? R"({"status":"healthy")" : R"({"status":"degraded")";
    body.reserve(512);
    if (!reasons.empty()) {
        body += R"(,"reasons":)";
        body += json::serialize(to_json(reasons));
    }
    body += R"(,"timestamp":")";
    body += to_rfc3339(dependencies_.clock.now());
    body += '"';
    body += health_tail_;
    body += dependencies_.sandbox();
    body += '}';
    co_return text_answer("application/json", std::move(body));
}

boost::json::object Api::with_waiting_reason(boost::json::object answer) const {
    if (auto reason = dependencies_.waiting_reason()) answer["waiting_reason"] = std::move(*reason);
    return answer;
}

Answering Api::ready(Call) {
    switch (dependencies_.readiness()) {
        case Readiness::ready:
            if (const auto reasons = dependencies_.unavailable(); !reasons.empty()) {
                json::object answer{{"status", "unavailable"}, {"reasons", to_json(reasons)}};
                co_return json_answer(503, with_waiting_reason(std::move(answer)));
            }
            co_return json_answer(200, with_waiting_reason({{"status", "ready"}}));
        case Readiness::starting:
            co_return json_answer(503, {{"status", "starting"}});
        case Readiness::stopping:
            co_return json_answer(503, {{"status", "stopping"}});
    }
    co_return json_answer(503, {{"status", "stopping"}});
}

Answering Api::metrics(Call) {
    co_return text_answer("text/plain; version=0.0.4; charset=utf-8",
                          dependencies_.metrics.expose());
}

Answering Api::service(Call call) {
    json::array accepted;
    for (const auto& row : formats::table()) {
        for (const auto& [extension, media_type] : row.extensions) {
            accepted.push_back(json::object{{"extension", "." + std::string(extension)},
                                            {"content_type", media_type},
                                            {"name", row.title}});
        }
    }
    // What is larger than a document may be is better refused before it is sent.
    const auto file_bytes_max =
        std::min(settings_.file_bytes_max, ports::ExtractionLimits{}.input_bytes_max);
    json::object limits{{"files_in_job_max", domain::kFilesInJobMax},
                        {"file_bytes_max", file_bytes_max},
                        {"job_name_chars_max", domain::kJobNameCharactersMax},
                        {"filename_chars_max", domain::kFilenameCharactersMax},
                        {"upload_url_seconds", jobs::JobService::kUploadLifetime.count()}};
    const auto usage = co_await dependencies_.jobs.usage(call.who);
    if (!usage) co_return problem(usage.error());
    const auto& quotas = dependencies_.jobs.quotas();
    if (quotas.jobs > 0) limits["quota_jobs"] = quotas.jobs;
    if (quotas.bytes > 0) limits["quota_bytes"] = quotas.bytes;
    json::value used = nullptr;
    if (*usage) used = json::object{{"jobs", (*usage)->jobs}, {"bytes", (*usage)->bytes}};
    json::value endpoint = nullptr;
    if (settings_.aws_endpoint_url) endpoint = *settings_.aws_endpoint_url;
    json::object aws{{"endpoint_url", std::move(endpoint)},
                     {"region", settings_.names.region},
                     {"bucket", settings_.names.bucket()},
                     {"event_bus", settings_.names.event_bus()}};
    co_return json_answer(200, {{"version", settings_.version},
                                {"engine", settings_.engine},
                                {"environment", settings_.names.environment},
                                {"limits", std::move(limits)},
                                {"usage", std::move(used)},
                                {"accepted", std::move(accepted)},
                                {"aws", std::move(aws)}});
}

Answering Api::openapi(Call) {
    co_return text_answer("application/json", description_);
}

Answering Api::docs(Call) {
    auto response = text_answer("text/html; charset=utf-8", docs_page());
    response.set("content-security-policy", docs_policy());
    response.set("x-content-type-options", "nosniff");
    response.set("referrer-policy", "no-referrer");
    co_return response;
}

Answering Api::home(Call) {
    http::Response response;
    response.status = 307;
    response.set("location", page_.is_there() ? "/app/" : "/docs");
    co_return response;
}

Answering Api::page(http::Request& request, const http::PathParameters& path) {
    std::string token_endpoint;
    if (dependencies_.oidc_client) {
        // A page whose issuer does not answer says so by itself.
        const auto client = co_await dependencies_.oidc_client();
        if (client) token_endpoint = client->token_endpoint.value_or("");
    }
    co_return page_.answer(request, path.get("path"), token_endpoint);
}

}  // namespace ingestor::api
