#include <boost/json.hpp>
#include <fmt/format.h>

#include "api/bus/message_fields.hpp"
#include "api/bus/messages.hpp"

namespace ingestor::api::bus {

namespace json = boost::json;

json::object integer_schema(std::string_view description) {
    return {{"type", "integer"}, {"minimum", 0}, {"description", description}};
}

json::object list_schema(std::string_view title, std::string_view member, std::string_view item) {
    const json::object items{{"$ref", fmt::format("#/components/schemas/{}", item)}};
    json::object properties;
    properties[member] = json::object{{"type", "array"}, {"items", items}};
    return {{"type", "object"},
            {"title", title},
            {"additionalProperties", false},
            {"required", json::array{json::value(member)}},
            {"properties", std::move(properties)}};
}

json::object schemas() {
    json::object out;
    add_rule_schemas(out);
    add_delivery_schemas(out);
    add_archive_schemas(out);
    return out;
}

}  // namespace ingestor::api::bus
