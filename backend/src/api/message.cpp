#include "api/message.hpp"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/encoding.hpp"

namespace ingestor::api {

namespace json = boost::json;

namespace {

struct TextFault {
    std::string msg;
    std::string_view type;
};

std::string_view ending_of(std::size_t count) {
    return count == 1 ? "" : "s";
}

std::optional<TextFault> fault_of(std::string_view text, const TextRule& rule) {
    const auto characters = count_characters(text);
    if (characters < rule.min) {
        return TextFault{fmt::format("String should have at least {} character{}", rule.min,
                                     ending_of(rule.min)),
                         "string_too_short"};
    }
    if (characters > rule.max) {
        return TextFault{
            fmt::format("String should have at most {} character{}", rule.max, ending_of(rule.max)),
            "string_too_long"};
    }
    if (!rule.allowed.empty() &&
        (text.empty() || text.find_first_not_of(rule.allowed) != std::string_view::npos)) {
        return TextFault{fmt::format("String should match pattern '{}'", rule.pattern),
                         "string_pattern_mismatch"};
    }
    return std::nullopt;
}

/// The type's name, or with `null` beside it.
json::value type_name(std::string_view name, bool nullable) {
    if (!nullable) return json::value(name);
    return json::array{json::value(name), "null"};
}

}  // namespace

Type Type::text(TextRule rule) {
    Type type(Kind::text);
    type.text_ = rule;
    return type;
}

Type Type::one_of(std::vector<std::string_view> texts) {
    Type type(Kind::one_of);
    type.texts_ = std::move(texts);
    return type;
}

Type Type::integer(std::int64_t min, std::int64_t max) {
    Type type(Kind::integer);
    type.min_ = min;
    type.max_ = max;
    return type;
}

Type Type::number() {
    return Type(Kind::number);
}

Type Type::boolean() {
    return Type(Kind::boolean);
}

Type Type::time() {
    return Type(Kind::time);
}

Type Type::list(Type of, std::size_t max) {
    Type type(Kind::list);
    type.item_ = std::make_shared<const Type>(std::move(of));
    type.items_max_ = max;
    return type;
}

Type Type::text_map(std::size_t max) {
    Type type(Kind::text_map);
    type.items_max_ = max;
    return type;
}

Type Type::message(std::string_view name, Check check) {
    Type type(Kind::message);
    type.message_ = name;
    type.check_message_ = std::move(check);
    return type;
}

Type Type::or_null() const {
    auto type = *this;
    type.nullable_ = true;
    return type;
}

Type Type::described(std::string_view description) const {
    auto type = *this;
    type.description_ = description;
    return type;
}

json::object Type::schema() const {
    json::object out;
    switch (kind_) {
        case Kind::text:
            out["type"] = type_name("string", nullable_);
            if (text_.min > 0) out["minLength"] = text_.min;
            if (text_.max < TextRule{}.max) out["maxLength"] = text_.max;
            if (!text_.pattern.empty()) out["pattern"] = text_.pattern;
            break;
        case Kind::one_of: {
            out["type"] = type_name("string", nullable_);
            json::array values(texts_.begin(), texts_.end());
            if (nullable_) values.emplace_back(nullptr);
            out["enum"] = std::move(values);
            break;
        }
        case Kind::integer:
            out["type"] = type_name("integer", nullable_);
            out["minimum"] = min_;
            if (max_ < std::numeric_limits<std::int64_t>::max()) out["maximum"] = max_;
            break;
        case Kind::number:
            out["type"] = type_name("number", nullable_);
            out["minimum"] = 0;
            break;
        case Kind::boolean:
            out["type"] = type_name("boolean", nullable_);
            break;
        case Kind::time:
            out["type"] = type_name("string", nullable_);
            out["format"] = "date-time";
            break;
        case Kind::list:
            out["type"] = type_name("array", nullable_);
            out["maxItems"] = items_max_;
            out["items"] = item_->schema();
            break;
        case Kind::text_map:
            out["type"] = type_name("object", nullable_);
            out["maxProperties"] = items_max_;
            out["additionalProperties"] = json::object{{"type", "string"}};
            break;
        case Kind::message: {
            json::object reference{{"$ref", fmt::format("#/components/schemas/{}", message_)}};
            if (nullable_) {
                json::array either{std::move(reference), json::object{{"type", "null"}}};
                out["anyOf"] = std::move(either);
            } else {
                out = std::move(reference);
            }
            break;
        }
    }
    if (!description_.empty()) out["description"] = description_;
    return out;
}

void Type::check(const json::value& value, const std::string& path, Faults& faults) const {
    if (value.is_null() && nullable_) return;
    switch (kind_) {
        case Kind::text:
        case Kind::one_of:
        case Kind::time:
            return check_text(value, path, faults);
        case Kind::integer:
            return check_integer(value, path, faults);
        case Kind::number:  // No request has one.
            return;
        case Kind::boolean:
            if (!value.is_bool()) {
                faults.add(Place::body, path, "Input should be a valid boolean", "bool_type");
            }
            return;
        case Kind::list:
        case Kind::text_map:
            return check_items(value, path, faults);
        case Kind::message:
            return check_message_(value, path, faults);
    }
}

void Type::check_text(const json::value& value, const std::string& path, Faults& faults) const {
    if (!value.is_string()) {
        faults.add(Place::body, path, "Input should be a valid string", "string_type");
        return;
    }
    const std::string_view text = value.get_string();
    if (kind_ == Kind::time) {
        if (!parse_rfc3339(text)) {
            faults.add(Place::body, path, "Input should be a valid datetime", "datetime_parsing");
        }
    } else if (kind_ == Kind::one_of) {
        if (std::ranges::find(texts_, text) == texts_.end()) {
            faults.add(Place::body, path,
                       fmt::format("Input should be '{}'", fmt::join(texts_, "' or '")), "enum");
        }
    } else if (const auto fault = fault_of(text, text_)) {
        faults.add(Place::body, path, fault->msg, fault->type);
    }
}

void Type::check_integer(const json::value& value, const std::string& path, Faults& faults) const {
    if (!value.is_int64() && !value.is_uint64()) {
        faults.add(Place::body, path, "Input should be a valid integer", "int_type");
    } else if (value.is_int64() && value.get_int64() < min_) {
        faults.add(Place::body, path,
                   fmt::format("Input should be greater than or equal to {}", min_),
                   "greater_than_equal");
    } else if (value.is_uint64() || value.get_int64() > max_) {
        faults.add(Place::body, path, fmt::format("Input should be less than or equal to {}", max_),
                   "less_than_equal");
    }
}

void Type::check_items(const json::value& value, const std::string& path, Faults& faults) const {
    if (kind_ == Kind::text_map) {
        const auto* texts = value.if_object();
        if (texts == nullptr) {
            faults.add(Place::body, path, "Input should be a valid dictionary", "dict_type");
            return;
        }
        if (texts->size() > items_max_) {
            faults.add(Place::body, path,
                       fmt::format("Dictionary should have at most {} items", items_max_),
                       "too_long");
            return;
        }
        for (const auto& [name, text] : *texts) {
            if (text.is_string()) continue;
            faults.add(Place::body, fmt::format("{}.{}", path, std::string_view(name)),
                       "Input should be a valid string", "string_type");
        }
        return;
    }
    const auto* items = value.if_array();
    if (items == nullptr) {
        faults.add(Place::body, path, "Input should be a valid list", "list_type");
        return;
    }
    if (items->size() > items_max_) {
        faults.add(Place::body, path, fmt::format("List should have at most {} items", items_max_),
                   "too_long");
        return;
    }
    for (std::size_t place = 0; place < items->size(); ++place) {
        item_->check((*items)[place], fmt::format("{}.{}", path, place), faults);
    }
}

json::value to_value(const std::vector<std::string>& texts) {
    return json::array(texts.begin(), texts.end());
}

json::value to_value(const std::map<std::string, std::string>& texts) {
    json::object out;
    for (const auto& [name, text] : texts) out[name] = text;
    return out;
}

void read_value(const json::value& value, std::string& out) {
    out = std::string_view(value.get_string());
}
void read_value(const json::value& value, bool& out) {
    out = value.get_bool();
}
void read_value(const json::value& value, int& out) {
    out = static_cast<int>(value.get_int64());
}
void read_value(const json::value& value, std::int64_t& out) {
    out = value.get_int64();
}
void read_value(const json::value& value, TimePoint& out) {
    out = parse_rfc3339(value.get_string()).value();
}
void read_value(const json::value& value, std::chrono::seconds& out) {
    out = std::chrono::seconds(value.get_int64());
}
void read_value(const json::value& value, std::vector<std::string>& out) {
    for (const auto& text : value.get_array()) out.emplace_back(text.get_string());
}
void read_value(const json::value& value, std::map<std::string, std::string>& out) {
    for (const auto& [name, text] : value.get_object()) out[name] = text.get_string();
}

Result<std::string> parameter_of(std::string_view text, std::string_view name,
                                 const TextRule& rule) {
    if (const auto fault = fault_of(text, rule)) {
        return fail(Errc::invalid_argument, fault->msg, std::string(name));
    }
    return std::string(text);
}

}  // namespace ingestor::api
