#include "api/operation.hpp"

#include <set>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "api/api.hpp"

namespace ingestor::api {
namespace {

namespace json = boost::json;

json::object description() {
    std::vector<const Operation*> operations;
    for (const auto& route : Api::routes()) operations.push_back(&route.operation);
    return describe(operations, "1.2.3", "session");
}

void collect_references(const json::value& value, std::set<std::string>& out) {
    if (const auto* object = value.if_object()) {
        for (const auto& [name, inner] : *object) {
            if (name == "$ref") out.insert(std::string(inner.as_string()));
            collect_references(inner, out);
        }
    } else if (const auto* list = value.if_array()) {
        for (const auto& inner : *list) collect_references(inner, out);
    }
}

TEST(ApiDescription, EveryReferenceLeadsSomewhereAndEverySchemaIsUsed) {
    const auto api = description();
    std::set<std::string> references;
    collect_references(api, references);
    std::set<std::string> schemas;
    for (const auto& [name, schema] : api.at("components").at("schemas").as_object()) {
        schemas.insert("#/components/schemas/" + std::string(name));
    }
    EXPECT_EQ(references, schemas);
}

TEST(ApiDescription, HoldsTheTableOfTheDesign) {
    const auto api = description();
    const std::pair<const char*, const char*> rows[] = {
        {"/health", "get"},
        {"/ready", "get"},
        {"/upload/presigned-url", "post"},
        {"/upload/multipart", "post"},
        {"/upload/multipart/urls", "post"},
        {"/upload/process-s3-files", "post"},
        {"/upload", "post"},
        {"/jobs", "get"},
        {"/jobs/{job_id}", "get"},
        {"/jobs/{job_id}/retry", "post"},
        {"/jobs/{job_id}/cancel", "post"},
        {"/jobs/retry", "post"},
        {"/jobs/cancel", "post"},
        {"/jobs/{job_id}/documents/{n}/markdown", "get"},
        {"/jobs/{job_id}/documents/{n}/sidecar", "get"},
        {"/jobs/{job_id}/documents/{n}/chunks", "get"},
        {"/jobs/{job_id}/documents/{n}/source", "get"},
        {"/documents", "get"},
        {"/jobs/{job_id}/events", "get"},
        {"/jobs/events", "get"},
        {"/service", "get"},
        {"/bus/rules", "get"},
        {"/bus/rules/{rule}", "put"},
        {"/bus/patterns/test", "post"},
        {"/bus/deliveries", "get"},
        {"/bus/deliveries/log", "get"},
        {"/bus/dead-letters", "get"},
        {"/bus/dead-letters/redrive", "post"},
        {"/bus/archives", "get"},
        {"/bus/replays", "post"},
        {"/metrics", "get"}};
    for (const auto& [path, method] : rows) {
        const auto* item = api.at("paths").as_object().if_contains(path);
        ASSERT_NE(item, nullptr) << path;
        EXPECT_TRUE(item->as_object().contains(method)) << method << " " << path;
    }
}

TEST(ApiDescription, EveryOperationHasItsOwnIdAHandlerAndAnAnswer) {
    std::set<std::string_view> ids;
    for (const auto& route : Api::routes()) {
        EXPECT_TRUE(ids.insert(route.operation.id).second) << route.operation.id;
        EXPECT_TRUE(route.handler) << route.operation.id;
        EXPECT_FALSE(route.operation.answers.empty()) << route.operation.id;
    }
}

TEST(ApiDescription, PathParametersAreThoseOfTheTemplate) {
    for (const auto& route : Api::routes()) {
        std::set<std::string> in_template;
        auto rest = route.operation.path;
        while (rest.find('{') != std::string_view::npos) {
            rest = rest.substr(rest.find('{') + 1);
            in_template.insert(std::string(rest.substr(0, rest.find('}'))));
        }
        std::set<std::string> described;
        for (const auto& parameter : route.operation.parameters) {
            if (parameter.in == In::path) described.insert(std::string(parameter.name));
        }
        EXPECT_EQ(in_template, described) << route.operation.path;
    }
}

TEST(ApiDescription, WhatIsOpenIsListedHere) {
    std::set<std::string_view> open;
    for (const auto& route : Api::routes()) {
        if (route.operation.access == Access::open) open.insert(route.operation.path);
    }
    const std::set<std::string_view> expected = {"/",
                                                 "/.well-known/jwks.json",
                                                 "/.well-known/openid-configuration",
                                                 "/app/config.json",
                                                 "/auth/session",
                                                 "/auth/token",
                                                 "/docs",
                                                 "/health",
                                                 "/openapi.json",
                                                 "/ready"};
    EXPECT_EQ(open, expected);
}

}  // namespace
}  // namespace ingestor::api
