// Connections.
#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "awsapi/events/events_api.hpp"
#include "awsapi/events/model.hpp"
#include "awsapi/events/times.hpp"
#include "awsapi/json/page.hpp"

namespace ingestor::awsapi::events {

namespace {

using bus::destinations::AuthorizationChange;
using bus::destinations::AuthorizationKind;
using bus::destinations::ConnectionSettings;

constexpr std::size_t kParametersMax = 100;
constexpr std::size_t kAuthTextMax = 512;

// The patterns of the model, and what of ASCII they take; header fields have nothing else anyhow.
constexpr json::TextRule kAuthText{
    .min = 1,
    .max = kAuthTextMax,
    .pattern = R"([ \t]*[^\x00-\x1F:\x7F]+([ \t]+[^\x00-\x1F:\x7F]+)*[ \t]*)",
    .allowed = kPrintableWithoutColon};
constexpr json::TextRule kAuthSecret{
    .min = 1,
    .max = kAuthTextMax,
    .pattern = R"([ \t]*[^\x00-\x1F\x7F]+([ \t]+[^\x00-\x1F\x7F]+)*[ \t]*)",
    .allowed = kPrintable,
    .sensitive = true};

std::string_view name_of(ports::ConnectionState state) {
    switch (state) {
        case ports::ConnectionState::authorizing:
            return "AUTHORIZING";
        case ports::ConnectionState::authorized:
            return "AUTHORIZED";
        case ports::ConnectionState::deauthorized:
            return "DEAUTHORIZED";
    }
    return "";
}

std::string_view kind_of(const ports::Authorization& authorization) {
    if (std::holds_alternative<ports::BasicAuthorization>(authorization)) return "BASIC";
    if (std::holds_alternative<ports::ApiKeyAuthorization>(authorization)) return "API_KEY";
    return "OAUTH_CLIENT_CREDENTIALS";
}

std::optional<AuthorizationKind> kind_named(std::string_view name) {
    if (name == "BASIC") return AuthorizationKind::basic;
    if (name == "API_KEY") return AuthorizationKind::api_key;
    if (name == "OAUTH_CLIENT_CREDENTIALS") return AuthorizationKind::oauth;
    return std::nullopt;
}

std::vector<ports::ConnectionParameter> read_list(json::Input& input, std::string_view name,
                                                  const json::TextRule& key,
                                                  const json::TextRule& value) {
    std::vector<ports::ConnectionParameter> parameters;
    for (auto& each : input.objects(name, false, 0, kParametersMax)) {
        ports::ConnectionParameter parameter;
        parameter.key = each.text("Key", key);
        parameter.is_secret = each.flag("IsValueSecret");
        auto rule = value;
        rule.sensitive = parameter.is_secret;
        parameter.value = each.text("Value", rule);
        parameters.push_back(std::move(parameter));
    }
    return parameters;
}

std::optional<ports::ConnectionParameters> read_parameters(json::Input& input,
                                                           std::string_view name) {
    auto object = input.object(name);
    if (!object) return std::nullopt;
    constexpr json::TextRule kText{.max = kAuthTextMax};
    constexpr json::TextRule kKey{.required = true, .min = 1, .max = kAuthTextMax};
    return ports::ConnectionParameters{
        .headers = read_list(*object, "HeaderParameters", kHeaderName, kHeaderValue),
        .query = read_list(*object, "QueryStringParameters", kKey, kText),
        .body = read_list(*object, "BodyParameters", kKey, kText)};
}

std::optional<std::string> read_text(json::Input& input, std::string_view name,
                                     const json::TextRule& rule) {
    auto text = input.text(name, rule);
    if (!input.has(name)) return std::nullopt;
    return text;
}

void read_oauth(json::Input& input, AuthorizationChange& change) {
    if (auto client = input.object("ClientParameters")) {
        change.client_id = read_text(*client, "ClientID", kAuthText);
        change.client_secret = read_text(*client, "ClientSecret", kAuthSecret);
    }
    change.endpoint = read_text(input, "AuthorizationEndpoint", kEndpoint);
    auto method = input.one_of("HttpMethod", {"GET", "POST", "PUT"}, false);
    if (!method.empty()) change.method = std::move(method);
    change.oauth_parameters = read_parameters(input, "OAuthHttpParameters");
}

/// What of it there is must be of the kind that it says it is.
std::optional<AuthorizationChange> read_authorization(json::Input& parameters,
                                                      const std::string& type) {
    const auto kind = kind_named(type);
    if (!kind) return std::nullopt;
    AuthorizationChange change{.kind = *kind};
    auto basic = parameters.object("BasicAuthParameters");
    auto key = parameters.object("ApiKeyAuthParameters");
    auto oauth = parameters.object("OAuthParameters");
    const bool fits = (!basic || change.kind == AuthorizationKind::basic) &&
                      (!key || change.kind == AuthorizationKind::api_key) &&
                      (!oauth || change.kind == AuthorizationKind::oauth);
    if (!fits) {
        parameters.violations().refuse(
            fmt::format("Parameter AuthParameters is not valid. Reason: they are not those of "
                        "authorization type {}.",
                        type));
        return std::nullopt;
    }
    if (basic) {
        change.username = read_text(*basic, "Username", kAuthText);
        change.password = read_text(*basic, "Password", kAuthSecret);
    } else if (key) {
        change.api_key_name = read_text(*key, "ApiKeyName", kHeaderName);
        change.api_key_value = read_text(*key, "ApiKeyValue", kAuthSecret);
    } else if (oauth) {
        read_oauth(*oauth, change);
    }
    return change;
}

/// `known_type`: what a connection that is there has.
ConnectionSettings read_settings(json::Input& input, bool is_new, std::string_view known_type) {
    ConnectionSettings settings;
    settings.description = read_text(input, "Description", kDescription);
    auto type =
        input.one_of("AuthorizationType", {"BASIC", "OAUTH_CLIENT_CREDENTIALS", "API_KEY"}, is_new);
    const bool has_type = !type.empty();
    if (!has_type) type = known_type;
    if (is_new && !input.has("AuthParameters")) input.violations().add_missing("authParameters");
    auto parameters = input.object("AuthParameters");
    if (!parameters) {
        if (has_type && type != known_type) input.violations().add_missing("authParameters");
        return settings;
    }
    settings.parameters = read_parameters(*parameters, "InvocationHttpParameters");
    const bool authorizes =
        is_new || type != known_type || parameters->has("BasicAuthParameters") ||
        parameters->has("ApiKeyAuthParameters") || parameters->has("OAuthParameters");
    if (authorizes) settings.authorization = read_authorization(*parameters, type);
    return settings;
}

boost::json::array write_list(const std::vector<ports::ConnectionParameter>& parameters) {
    boost::json::array list;
    for (const auto& [key, value, is_secret] : parameters) {
        boost::json::object each{{"Key", key}};
        if (!is_secret) each["Value"] = value;
        each["IsValueSecret"] = is_secret;
        list.push_back(std::move(each));
    }
    return list;
}

boost::json::object write_parameters(const ports::ConnectionParameters& parameters) {
    boost::json::object out;
    if (!parameters.headers.empty()) out["HeaderParameters"] = write_list(parameters.headers);
    if (!parameters.query.empty()) out["QueryStringParameters"] = write_list(parameters.query);
    if (!parameters.body.empty()) out["BodyParameters"] = write_list(parameters.body);
    return out;
}

/// Without what is secret.
boost::json::object write_authorization(const ports::Connection& connection) {
    boost::json::object out;
    const auto& authorization = connection.authorization;
    if (const auto* basic = std::get_if<ports::BasicAuthorization>(&authorization)) {
        out["BasicAuthParameters"] = boost::json::object{{"Username", basic->username}};
    } else if (const auto* key = std::get_if<ports::ApiKeyAuthorization>(&authorization)) {
        out["ApiKeyAuthParameters"] = boost::json::object{{"ApiKeyName", key->name}};
    } else {
        const auto& client = std::get<ports::OAuthAuthorization>(authorization);
        boost::json::object oauth{
            {"ClientParameters", boost::json::object{{"ClientID", client.client_id}}},
            {"AuthorizationEndpoint", client.endpoint},
            {"HttpMethod", client.method}};
        auto parameters = write_parameters(client.parameters);
        if (!parameters.empty()) oauth["OAuthHttpParameters"] = std::move(parameters);
        out["OAuthParameters"] = std::move(oauth);
    }
    auto parameters = write_parameters(connection.parameters);
    if (!parameters.empty()) out["InvocationHttpParameters"] = std::move(parameters);
    return out;
}

}  // namespace

boost::json::object EventsApi::to_json(const ports::Connection& connection) const {
    boost::json::object out{
        {"ConnectionArn", names_.connection_arn(connection.name, connection.id)},
        {"ConnectionState", name_of(connection.state)},
        {"CreationTime", epoch_seconds(connection.created_at)},
        {"LastModifiedTime", epoch_seconds(connection.modified_at)}};
    if (connection.authorized_at) {
        out["LastAuthorizedTime"] = epoch_seconds(*connection.authorized_at);
    }
    return out;
}

EventsApi::Answer EventsApi::create_connection(ports::Principal who, json::Input input) const {
    auto name = input.text("Name", kName);
    auto settings = read_settings(input, true, "");
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    if (const auto refused =
            refuse_members(input, {"InvocationConnectivityParameters", "KmsKeyIdentifier"})) {
        co_return std::unexpected(*refused);
    }
    const auto made =
        co_await connections_.create(std::move(who), std::move(name), std::move(settings));
    if (!made) co_return std::unexpected(error_of(made.error()));
    auto out = to_json(*made);
    out.erase("LastAuthorizedTime");
    co_return out;
}

EventsApi::Answer EventsApi::update_connection(ports::Principal who, json::Input input) const {
    auto name = input.text("Name", kName);
    const auto known = connections_.find(who, name);
    auto settings = read_settings(input, false, known ? kind_of(known->authorization) : "");
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    if (const auto refused =
            refuse_members(input, {"InvocationConnectivityParameters", "KmsKeyIdentifier"})) {
        co_return std::unexpected(*refused);
    }
    const auto changed =
        co_await connections_.update(std::move(who), std::move(name), std::move(settings));
    if (!changed) co_return std::unexpected(error_of(changed.error()));
    co_return to_json(*changed);
}

EventsApi::Answer EventsApi::describe_connection(ports::Principal who, json::Input input) const {
    const auto name = input.text("Name", kName);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    const auto connection = connections_.find(who, name);
    if (!connection) co_return std::unexpected(error_of(connection.error()));
    auto out = to_json(*connection);
    out["Name"] = connection->name;
    if (!connection->description.empty()) out["Description"] = connection->description;
    if (!connection->state_reason.empty()) out["StateReason"] = connection->state_reason;
    out["AuthorizationType"] = kind_of(connection->authorization);
    out["SecretArn"] = names_.connection_secret_arn(connection->name, connection->id);
    out["AuthParameters"] = write_authorization(*connection);
    co_return out;
}

EventsApi::Answer EventsApi::list_connections(ports::Principal who, json::Input input) const {
    const auto prefix = input.text("NamePrefix", kNamePrefix);
    const auto state =
        input.one_of("ConnectionState",
                     {"CREATING", "UPDATING", "DELETING", "AUTHORIZED", "DEAUTHORIZED",
                      "AUTHORIZING", "DEAUTHORIZING", "ACTIVE", "FAILED_CONNECTIVITY"},
                     false);
    const auto page = json::read_page_request(input);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    auto connections = connections_.list(who);
    if (!connections) co_return std::unexpected(error_of(connections.error()));
    std::erase_if(*connections, [&](const ports::Connection& each) {
        return !each.name.starts_with(prefix) || (!state.empty() && name_of(each.state) != state);
    });
    const auto write = [this](const ports::Connection& each) {
        auto out = to_json(each);
        out["Name"] = each.name;
        if (!each.state_reason.empty()) out["StateReason"] = each.state_reason;
        out["AuthorizationType"] = kind_of(each.authorization);
        return out;
    };
    co_return json::page_answer("Connections", std::move(*connections), page,
                                &ports::Connection::name, write);
}

EventsApi::Answer EventsApi::deauthorize_connection(ports::Principal who, json::Input input) const {
    auto name = input.text("Name", kName);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    const auto changed = co_await connections_.deauthorize(std::move(who), std::move(name));
    if (!changed) co_return std::unexpected(error_of(changed.error()));
    auto out = to_json(*changed);
    out["ConnectionState"] = "DEAUTHORIZING";
    co_return out;
}

EventsApi::Answer EventsApi::delete_connection(ports::Principal who, json::Input input) const {
    auto name = input.text("Name", kName);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    const auto removed = co_await connections_.remove(std::move(who), std::move(name));
    if (!removed) co_return std::unexpected(error_of(removed.error()));
    auto out = to_json(*removed);
    out["ConnectionState"] = "DELETING";
    co_return out;
}

}  // namespace ingestor::awsapi::events
