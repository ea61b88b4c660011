#include "api/body.hpp"

#include <boost/json.hpp>

namespace ingestor::api {

namespace json = boost::json;

/// Deeper documents than any request of ours are refused before they cost anything.
constexpr std::size_t kDepthMax = 8;

Fields::Fields(const json::object& object, std::string prefix)
    : object_(object), prefix_(std::move(prefix)), faults_(&own_) {}

Fields::Fields(const json::object& object, std::string prefix, json::array& faults)
    : object_(object), prefix_(std::move(prefix)), faults_(&faults) {}

std::string Fields::required_text(std::string_view name) {
    if (object_.if_contains(name) == nullptr) {
        add(name, "Field required", "missing");
        return {};
    }
    const auto& value = object_.at(name);
    if (!value.is_string()) {
        add(name, "Input should be a valid string", "string_type");
        return {};
    }
    return std::string(value.get_string());
}

std::optional<std::string> Fields::optional_text(std::string_view name) {
    const auto* value = object_.if_contains(name);
    if (value == nullptr || value->is_null()) return std::nullopt;
    if (!value->is_string()) {
        add(name, "Input should be a valid string", "string_type");
        return std::nullopt;
    }
    return std::string(value->get_string());
}

const json::array* Fields::required_list(std::string_view name) {
    if (object_.if_contains(name) == nullptr) {
        add(name, "Field required", "missing");
        return nullptr;
    }
    const auto* list = object_.at(name).if_array();
    if (list == nullptr) add(name, "Input should be a valid list", "list_type");
    return list;
}

const json::array* Fields::optional_list(std::string_view name) {
    const auto* value = object_.if_contains(name);
    if (value == nullptr || value->is_null()) return nullptr;
    const auto* list = value->if_array();
    if (list == nullptr) add(name, "Input should be a valid list", "list_type");
    return list;
}

void Fields::add(std::string_view name, std::string_view msg, std::string_view type) {
    faults_->push_back(fault(Place::body, path(name), msg, type));
}

std::string Fields::path(std::string_view name) const {
    if (prefix_.empty()) return std::string(name);
    if (name.empty()) return prefix_;
    return prefix_ + "." + std::string(name);
}

std::expected<json::object, http::Response> parse_object(std::string_view text) {
    json::parse_options options;
    options.max_depth = kDepthMax;
    json::error_code error;
    auto value =
        json::parse(text, error, json::make_shared_resource<json::monotonic_resource>(), options);
    if (error) {
        json::array faults;
        faults.push_back(
            fault(Place::body, "", "JSON decode error: " + error.message(), "json_invalid"));
        return std::unexpected(validation_problem(std::move(faults)));
    }
    if (!value.is_object()) {
        json::array faults;
        faults.push_back(
            fault(Place::body, "", "Input should be a JSON object", "model_attributes_type"));
        return std::unexpected(validation_problem(std::move(faults)));
    }
    return std::move(value.get_object());
}

}  // namespace ingestor::api
