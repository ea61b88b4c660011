#include "api/body.hpp"

#include <boost/json.hpp>

#include "api/body_limits.hpp"

namespace ingestor::api {

namespace json = boost::json;

namespace {

/// Deeper documents than any request of ours are refused before they cost anything.
constexpr std::size_t kDepthMax = 8;

/// Whether no more than so many values can be in the text: each but the first stands behind a sign
/// that opens or divides. Counts on beyond malformed text, which the parser then refuses.
bool has_values_at_most(std::string_view text, std::size_t values_max) {
    std::size_t signs = 0;
    bool in_string = false;
    for (std::size_t at = 0; at < text.size() && signs < values_max; ++at) {
        const char sign = text[at];
        if (in_string) {
            if (sign == '\\') ++at;
            if (sign == '"') in_string = false;
        } else if (sign == '"') {
            in_string = true;
        } else if (sign == ',' || sign == '[' || sign == '{') {
            ++signs;
        }
    }
    return signs < values_max;
}

}  // namespace

Fields::Fields(const json::object& object, std::string prefix)
    : object_(object), prefix_(std::move(prefix)), faults_(&own_) {}

Fields::Fields(const json::object& object, std::string prefix, Faults& faults)
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
    faults_->add(Place::body, path(name), msg, type);
}

std::string Fields::path(std::string_view name) const {
    if (prefix_.empty()) return std::string(name);
    if (name.empty()) return prefix_;
    return prefix_ + "." + std::string(name);
}

std::expected<json::object, http::Response> parse_object(std::string_view text) {
    const auto refuse = [](std::string_view msg, std::string_view type) {
        return std::unexpected(validation_problem(Place::body, "", msg, type));
    };
    if (!has_values_at_most(text, kJsonValuesMax)) {
        return refuse("The body holds more than " + std::to_string(kJsonValuesMax) + " values",
                      "too_long");
    }
    json::parse_options options;
    options.max_depth = kDepthMax;
    json::error_code error;
    auto value =
        json::parse(text, error, json::make_shared_resource<json::monotonic_resource>(), options);
    if (error) return refuse("JSON decode error: " + error.message(), "json_invalid");
    if (!value.is_object()) return refuse("Input should be a JSON object", "model_attributes_type");
    return std::move(value.get_object());
}

}  // namespace ingestor::api
