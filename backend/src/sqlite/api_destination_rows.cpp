#include "sqlite/api_destination_rows.hpp"

#include <map>
#include <variant>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "sqlite/connection.hpp"

namespace ingestor::sqlite {

namespace json = boost::json;

namespace {

json::object object_of(std::string_view text) {
    boost::system::error_code error;
    auto value = json::parse(text, error);
    if (error || !value.is_object()) {
        throw StorageFailure(
            Error{.code = Errc::corrupt, .message = "a connection's settings cannot be read"});
    }
    return std::move(value.get_object());
}

std::string text_at(const json::object& from, std::string_view name) {
    const auto* value = from.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

json::array list(const std::vector<ports::ConnectionParameter>& parameters) {
    json::array out;
    for (const auto& [key, value, is_secret] : parameters) {
        out.push_back(json::object{{"key", key}, {"value", value}, {"is_secret", is_secret}});
    }
    return out;
}

std::vector<ports::ConnectionParameter> list_at(const json::object& from, std::string_view name) {
    std::vector<ports::ConnectionParameter> parameters;
    const auto* values = from.if_contains(name);
    if (values == nullptr || !values->is_array()) return parameters;
    for (const auto& value : values->get_array()) {
        if (!value.is_object()) continue;
        const auto& each = value.get_object();
        const auto* secret = each.if_contains("is_secret");
        parameters.push_back(
            {.key = text_at(each, "key"),
             .value = text_at(each, "value"),
             .is_secret = secret != nullptr && secret->is_bool() && secret->get_bool()});
    }
    return parameters;
}

json::object to_object(const ports::ConnectionParameters& parameters) {
    return {{"headers", list(parameters.headers)},
            {"query", list(parameters.query)},
            {"body", list(parameters.body)}};
}

ports::ConnectionParameters to_parameters(const json::object& from) {
    return {.headers = list_at(from, "headers"),
            .query = list_at(from, "query"),
            .body = list_at(from, "body")};
}

json::object texts(const std::map<std::string, std::string>& values) {
    json::object out;
    for (const auto& [key, value] : values) out[key] = value;
    return out;
}

std::map<std::string, std::string> texts_at(const json::object& from, std::string_view name) {
    std::map<std::string, std::string> values;
    const auto* members = from.if_contains(name);
    if (members == nullptr || !members->is_object()) return values;
    for (const auto& [key, value] : members->get_object()) {
        if (value.is_string()) values.emplace(key, value.get_string());
    }
    return values;
}

}  // namespace

std::string authorization_text(const ports::Authorization& authorization) {
    json::object out;
    if (const auto* basic = std::get_if<ports::BasicAuthorization>(&authorization)) {
        out = {{"kind", "basic"}, {"username", basic->username}, {"password", basic->password}};
    } else if (const auto* key = std::get_if<ports::ApiKeyAuthorization>(&authorization)) {
        out = {{"kind", "api_key"}, {"name", key->name}, {"value", key->value}};
    } else {
        const auto& client = std::get<ports::OAuthAuthorization>(authorization);
        out = {{"kind", "oauth"},
               {"client_id", client.client_id},
               {"client_secret", client.client_secret},
               {"endpoint", client.endpoint},
               {"method", client.method},
               {"parameters", to_object(client.parameters)}};
    }
    return json::serialize(out);
}

ports::Authorization authorization_of(std::string_view text) {
    const auto from = object_of(text);
    const auto kind = text_at(from, "kind");
    if (kind == "basic") {
        return ports::BasicAuthorization{.username = text_at(from, "username"),
                                         .password = text_at(from, "password")};
    }
    if (kind == "api_key") {
        return ports::ApiKeyAuthorization{.name = text_at(from, "name"),
                                          .value = text_at(from, "value")};
    }
    ports::OAuthAuthorization client{.client_id = text_at(from, "client_id"),
                                     .client_secret = text_at(from, "client_secret"),
                                     .endpoint = text_at(from, "endpoint"),
                                     .method = text_at(from, "method")};
    const auto* parameters = from.if_contains("parameters");
    if (parameters != nullptr && parameters->is_object()) {
        client.parameters = to_parameters(parameters->get_object());
    }
    return client;
}

std::string parameters_text(const ports::ConnectionParameters& parameters) {
    return json::serialize(to_object(parameters));
}

ports::ConnectionParameters parameters_of(std::string_view text) {
    return to_parameters(object_of(text));
}

std::string target_parameters_text(const ports::TargetHttpParameters& parameters) {
    if (parameters == ports::TargetHttpParameters()) return {};
    json::array path;
    for (const auto& value : parameters.path) path.emplace_back(value);
    return json::serialize(json::object{{"path", std::move(path)},
                                        {"headers", texts(parameters.headers)},
                                        {"query", texts(parameters.query)}});
}

ports::TargetHttpParameters target_parameters_of(std::string_view text) {
    ports::TargetHttpParameters parameters;
    if (text.empty()) return parameters;
    const auto from = object_of(text);
    const auto* path = from.if_contains("path");
    if (path != nullptr && path->is_array()) {
        for (const auto& value : path->get_array()) {
            if (value.is_string()) parameters.path.emplace_back(value.get_string());
        }
    }
    parameters.headers = texts_at(from, "headers");
    parameters.query = texts_at(from, "query");
    return parameters;
}

}  // namespace ingestor::sqlite
