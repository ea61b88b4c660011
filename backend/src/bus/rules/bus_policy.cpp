#include "bus/rules/bus_policy.hpp"

#include <algorithm>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace ingestor::bus::rules {

namespace json = boost::json;

namespace {

/// Where there is none, one without statements.
json::object document_of(std::string_view policy) {
    boost::system::error_code error;
    auto value = json::parse(policy, error);
    if (error || !value.is_object()) {
        return {{"Version", "2012-10-17"}, {"Statement", json::array()}};
    }
    return std::move(value.get_object());
}

/// A policy may have one statement by itself.
json::array statements_of(json::object& document) {
    auto& statements = document["Statement"];
    if (statements.is_array()) return std::move(statements.get_array());
    json::array one;
    if (statements.is_object()) one.push_back(std::move(statements));
    return one;
}

bool has_id(const json::value& statement, std::string_view id) {
    if (!statement.is_object()) return false;
    const auto* sid = statement.get_object().if_contains("Sid");
    return sid != nullptr && sid->is_string() && sid->get_string() == id;
}

Result<std::string> bounded(const json::object& document) {
    auto text = json::serialize(document);
    if (text.size() <= kPolicyMax) return text;
    return fail(Errc::too_large,
                fmt::format("Policy length exceeded: {} characters at most.", kPolicyMax),
                "policy");
}

}  // namespace

Result<std::string> with_statement(std::string_view policy, Permission permission,
                                   std::string_view bus_arn) {
    auto document = document_of(policy);
    auto statements = statements_of(document);
    json::object statement{{"Sid", permission.statement_id}, {"Effect", "Allow"}};
    if (permission.principal == "*") {
        statement["Principal"] = "*";
    } else {
        statement["Principal"] =
            json::object{{"AWS", fmt::format("arn:aws:iam::{}:root", permission.principal)}};
    }
    statement["Action"] = permission.action;
    statement["Resource"] = bus_arn;
    if (permission.condition) {
        const auto& [type, key, value] = *permission.condition;
        statement["Condition"] = json::object{{type, json::object{{key, value}}}};
    }
    const auto same = std::ranges::find_if(statements, [&permission](const json::value& each) {
        return has_id(each, permission.statement_id);
    });
    if (same == statements.end()) {
        statements.push_back(std::move(statement));
    } else {
        *same = std::move(statement);
    }
    document["Statement"] = std::move(statements);
    return bounded(document);
}

Result<std::string> without_statement(std::string_view policy, std::string_view id) {
    auto document = document_of(policy);
    auto statements = statements_of(document);
    const auto found = std::ranges::find_if(
        statements, [id](const json::value& each) { return has_id(each, id); });
    if (found == statements.end()) {
        return fail(Errc::not_found, "Statement with the provided id does not exist.");
    }
    statements.erase(found);
    if (statements.empty()) return std::string();
    document["Statement"] = std::move(statements);
    return bounded(document);
}

Result<std::string> read_policy(std::string_view text) {
    boost::system::error_code error;
    const auto value = json::parse(text, error);
    const auto* statements =
        !error && value.is_object() ? value.get_object().if_contains("Statement") : nullptr;
    if (statements == nullptr || !(statements->is_array() || statements->is_object())) {
        return fail(Errc::invalid_argument,
                    "Parameter Policy is not valid. Reason: it must be a JSON object with a "
                    "Statement.",
                    "Policy");
    }
    return bounded(value.get_object());
}

}  // namespace ingestor::bus::rules
