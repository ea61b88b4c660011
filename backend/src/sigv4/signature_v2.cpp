#include <algorithm>
#include <array>
#include <map>

#include "base/encoding.hpp"
#include "sigv4/verify.hpp"

namespace ingestor::sigv4 {
namespace {

/// The query parameters that name a part of the resource and so are signed.
constexpr std::array<std::string_view, 29> kSubresources = {
    "accelerate", "acl",          "analytics",         "cors",        "delete",
    "encryption", "inventory",    "legal-hold",        "lifecycle",   "location",
    "logging",    "metrics",      "notification",      "object-lock", "partNumber",
    "policy",     "policyStatus", "publicAccessBlock", "replication", "requestPayment",
    "restore",    "retention",    "tagging",           "torrent",     "uploadId",
    "uploads",    "versionId",    "versioning",        "versions"};
constexpr std::array<std::string_view, 7> kOverrides = {"response-cache-control",
                                                        "response-content-disposition",
                                                        "response-content-encoding",
                                                        "response-content-language",
                                                        "response-content-type",
                                                        "response-expires",
                                                        "website"};

bool is_signed_parameter(std::string_view name) {
    return std::ranges::find(kSubresources, name) != kSubresources.end() ||
           std::ranges::find(kOverrides, name) != kOverrides.end();
}

std::string value_of(const RequestHead& head, std::span<const QueryParameter> query,
                     std::string_view name) {
    for (const auto& parameter : query) {
        if (equal_ignoring_case(parameter.name, name)) return parameter.value;
    }
    return std::string(trimmed(head.header(name).value_or("")));
}

void append_resource(std::string& out, const RequestHead& head,
                     std::span<const QueryParameter> query) {
    out += head.path;
    std::vector<const QueryParameter*> parts;
    for (const auto& parameter : query) {
        if (is_signed_parameter(parameter.name)) parts.push_back(&parameter);
    }
    std::ranges::sort(parts, {}, [](const auto* part) { return part->name; });
    char separator = '?';
    for (const auto* part : parts) {
        out += separator;
        out += part->name;
        if (!part->value.empty()) {
            out += '=';
            out += part->value;
        }
        separator = '&';
    }
}

}  // namespace

std::string string_to_sign_v2(const RequestHead& head, std::span<const QueryParameter> query,
                              std::string_view expires) {
    // Headers first, so that a parameter of the same name replaces them.
    std::map<std::string, std::string> amazon;
    for (const auto& field : head.headers) {
        auto name = lower_case(field.name);
        if (!name.starts_with("x-amz-")) continue;
        auto& value = amazon[std::move(name)];
        if (!value.empty()) value += ',';
        value += trimmed(field.value);
    }
    for (const auto& parameter : query) {
        auto name = lower_case(parameter.name);
        if (name.starts_with("x-amz-")) amazon[std::move(name)] = parameter.value;
    }

    std::string out(head.method);
    out += '\n';
    out += value_of(head, query, "content-md5");
    out += '\n';
    out += value_of(head, query, "content-type");
    out += '\n';
    out += expires;
    out += '\n';
    for (const auto& [name, value] : amazon) {
        out += name;
        out += ':';
        out += value;
        out += '\n';
    }
    append_resource(out, head, query);
    return out;
}

}  // namespace ingestor::sigv4
