#include "api/operation.hpp"

#include <algorithm>
#include <string>

#include <boost/json.hpp>

#include "api/bus/messages.hpp"
#include "api/schemas.hpp"

namespace ingestor::api {

namespace json = boost::json;

namespace {

std::string_view to_string(In in) {
    switch (in) {
        case In::query:
            return "query";
        case In::path:
            return "path";
        case In::header:
            return "header";
    }
    return "query";
}

json::object content_of(const std::vector<Content>& contents) {
    json::object out;
    for (const auto& content : contents) {
        json::object schema{{"type", "string"}};
        if (!content.schema.empty()) {
            schema = {{"$ref", "#/components/schemas/" + std::string(content.schema)}};
        }
        out[content.media_type] = json::object{{"schema", std::move(schema)}};
    }
    return out;
}

json::object describe(const Answer& answer) {
    json::object out{{"description", answer.description}};
    if (!answer.contents.empty()) out["content"] = content_of(answer.contents);
    return out;
}

json::object all_schemas() {
    auto all = json::parse(kSchemas).as_object();
    for (auto& [name, schema] : bus::schemas()) all[name] = schema;
    return all;
}

void add_common(json::object& answers, const Operation& operation) {
    const auto add = [&answers](const char* status, std::string_view description,
                                std::string_view schema) {
        if (answers.contains(status)) return;
        const Answer answer{
            .description = description,
            .contents = {Content{.media_type = "application/json", .schema = schema}}};
        answers[status] = describe(answer);
    };
    const bool has_parameters = !operation.parameters.empty();
    if (operation.access != Access::open) {
        add("401", "No bearer token or session, or one that does not verify.", "Problem");
        add("403",
            "Not for this token; or with the session's cookie, but not from a page of this server.",
            "Problem");
        add("429", "The caller's rate is exceeded; see Retry-After.", "Problem");
        add("503", "A store is not available at the moment; see Retry-After.", "Problem");
    }
    if (has_parameters || !operation.request.empty()) {
        add("422", "The request is wrong; each fault names its place.", "ValidationProblem");
    }
    if (!operation.request.empty()) {
        add("400", "The body is not framed as HTTP or its media type says.", "Problem");
        add("408", "The body came too slowly.", "Problem");
        add("413", "The body is too large.", "Problem");
        add("415", "The body's media type is not one of those above.", "Problem");
    }
}

json::object describe(const Operation& operation) {
    json::object out{{"operationId", operation.id},
                     {"summary", operation.summary},
                     {"tags", json::array{operation.tag}}};
    if (!operation.description.empty()) out["description"] = operation.description;
    if (operation.access == Access::open) out["security"] = json::array{};
    if (!operation.parameters.empty()) {
        json::array parameters;
        for (const auto& parameter : operation.parameters) {
            parameters.push_back(
                json::object{{"name", parameter.name},
                             {"in", to_string(parameter.in)},
                             {"required", parameter.in == In::path || parameter.required},
                             {"description", parameter.description},
                             {"schema", json::parse(parameter.schema)}});
        }
        out["parameters"] = std::move(parameters);
    }
    if (!operation.request.empty()) {
        out["requestBody"] =
            json::object{{"required", true}, {"content", content_of(operation.request)}};
    }
    json::object answers;
    for (const auto& answer : operation.answers) {
        answers[std::to_string(answer.status)] = describe(answer);
    }
    add_common(answers, operation);
    out["responses"] = std::move(answers);
    return out;
}

}  // namespace

json::object describe(const std::vector<const Operation*>& operations, std::string_view version,
                      std::string_view cookie) {
    json::object paths;
    for (const auto* operation : operations) {
        auto& item = paths[operation->path];
        if (!item.is_object()) item.emplace_object();
        std::string method(boost::beast::http::to_string(operation->method));
        std::ranges::transform(method, method.begin(),
                               [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        item.get_object()[method] = describe(*operation);
    }
    return {
        {"openapi", "3.1.0"},
        {"info",
         json::object{
             {"title", "agent2-ingestor"},
             {"version", version},
             {"description",
              "Documents in, Markdown and chunks out: submit, get a job id at once, watch it "
              "end. Errors are `{\"detail\": …}`."},
             {"license", json::object{{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
        {"paths", std::move(paths)},
        {"components",
         json::object{
             {"schemas", all_schemas()},
             {"securitySchemes",
              json::object{
                  {"bearer",
                   json::object{{"type", "http"}, {"scheme", "bearer"}, {"bearerFormat", "JWT"}}},
                  {"session",
                   json::object{{"type", "apiKey"}, {"in", "cookie"}, {"name", cookie}}}}}}},
        {"security", json::array{json::object{{"bearer", json::array{}}},
                                 json::object{{"session", json::array{}}}}}};
}

}  // namespace ingestor::api
