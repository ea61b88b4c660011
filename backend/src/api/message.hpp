#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "api/body.hpp"
#include "api/problem.hpp"
#include "base/time.hpp"

namespace ingestor::api {

// A message of the API as one table of its members: from it come the schema in the API's
// description, what a request is held to, and the JSON of an answer.

/// What a text must be.
struct TextRule {
    std::size_t min = 0;  ///< Characters.
    std::size_t max = std::numeric_limits<std::size_t>::max();
    /// As a regular expression, for the description and the fault; `allowed` are the characters
    /// that it takes, one at least.
    std::string_view pattern = {};
    std::string_view allowed = {};
};

/// What the value of a member may be.
class Type {
public:
    [[nodiscard]] static Type text(TextRule rule = {});
    [[nodiscard]] static Type one_of(std::vector<std::string_view> texts);
    [[nodiscard]] static Type integer(std::int64_t min = 0,
                                      std::int64_t max = std::numeric_limits<std::int64_t>::max());
    /// Not negative; of answers alone.
    [[nodiscard]] static Type number();
    [[nodiscard]] static Type boolean();
    /// RFC 3339.
    [[nodiscard]] static Type time();
    [[nodiscard]] static Type list(Type of, std::size_t max);
    /// An object of texts, whatever their names.
    [[nodiscard]] static Type text_map(std::size_t max);
    /// The message that has this name; `check` holds a value to it.
    using Check = std::function<void(const boost::json::value&, const std::string& path, Faults&)>;
    [[nodiscard]] static Type message(std::string_view name, Check check);

    [[nodiscard]] Type or_null() const;
    [[nodiscard]] Type described(std::string_view description) const;
    [[nodiscard]] bool nullable() const { return nullable_; }

    [[nodiscard]] boost::json::object schema() const;
    /// Adds what is wrong with the value, in FastAPI's words.
    void check(const boost::json::value& value, const std::string& path, Faults& faults) const;

private:
    enum class Kind { text, one_of, integer, number, boolean, time, list, text_map, message };

    explicit Type(Kind kind) : kind_(kind) {}

    void check_text(const boost::json::value& value, const std::string& path, Faults& faults) const;
    void check_integer(const boost::json::value& value, const std::string& path,
                       Faults& faults) const;
    void check_items(const boost::json::value& value, const std::string& path,
                     Faults& faults) const;

    Kind kind_;
    bool nullable_ = false;
    std::string_view description_;
    TextRule text_;
    std::vector<std::string_view> texts_;
    std::int64_t min_ = 0;
    std::int64_t max_ = 0;
    std::size_t items_max_ = 0;
    std::shared_ptr<const Type> item_;
    std::string_view message_;
    Check check_message_;
};

// What members are made of, to JSON and back. Reading is of what Type::check() has let through.

[[nodiscard]] inline boost::json::value to_value(const std::string& text) {
    return boost::json::value(text);
}
[[nodiscard]] inline boost::json::value to_value(bool flag) {
    return boost::json::value(flag);
}
[[nodiscard]] inline boost::json::value to_value(int number) {
    return boost::json::value(number);
}
[[nodiscard]] inline boost::json::value to_value(std::int64_t number) {
    return boost::json::value(number);
}
[[nodiscard]] inline boost::json::value to_value(std::uint64_t number) {
    return boost::json::value(number);
}
[[nodiscard]] inline boost::json::value to_value(double number) {
    return boost::json::value(number);
}
[[nodiscard]] inline boost::json::value to_value(TimePoint time) {
    return boost::json::value(to_rfc3339(time));
}
[[nodiscard]] inline boost::json::value to_value(std::chrono::seconds seconds) {
    return boost::json::value(std::int64_t{seconds.count()});
}
[[nodiscard]] boost::json::value to_value(const std::vector<std::string>& texts);
[[nodiscard]] boost::json::value to_value(const std::map<std::string, std::string>& texts);
template <class Value>
[[nodiscard]] boost::json::value to_value(const std::optional<Value>& value) {
    if (!value) return nullptr;
    return to_value(*value);
}

void read_value(const boost::json::value& value, std::string& out);
void read_value(const boost::json::value& value, bool& out);
void read_value(const boost::json::value& value, int& out);
void read_value(const boost::json::value& value, std::int64_t& out);
void read_value(const boost::json::value& value, TimePoint& out);
void read_value(const boost::json::value& value, std::chrono::seconds& out);
void read_value(const boost::json::value& value, std::vector<std::string>& out);
void read_value(const boost::json::value& value, std::map<std::string, std::string>& out);
template <class Value>
void read_value(const boost::json::value& value, std::optional<Value>& out) {
    read_value(value, out.emplace());
}

/// A request may leave a member out that has a value of its own.
enum class Presence { required, optional };

/// One row of a message's table.
template <class T>
struct Field {
    std::string_view name;
    Type type;
    Presence presence = Presence::required;
    std::function<boost::json::value(const T&)> write;
    std::function<void(const boost::json::value&, T&)> read = {};  ///< Null: only answers have it.
};

/// A member that is what it is in C++. A text that may be null is null where it is empty.
template <class T, class Value>
[[nodiscard]] Field<T> field(std::string_view name, Value T::* member, Type type,
                             Presence presence = Presence::required) {
    const bool empty_is_null = type.nullable();
    auto write = [member, empty_is_null](const T& message) {
        if constexpr (std::is_same_v<Value, std::string>) {
            if (empty_is_null && (message.*member).empty()) return boost::json::value(nullptr);
        }
        return to_value(message.*member);
    };
    auto read = [member](const boost::json::value& value, T& message) {
        read_value(value, message.*member);
    };
    return {name, std::move(type), presence, std::move(write), std::move(read)};
}

/// A member of answers that is made by `write(message)`.
template <class T, class Write>
[[nodiscard]] Field<T> computed(std::string_view name, Type type, Write write) {
    auto made = [write = std::move(write)](const T& message) -> boost::json::value {
        return write(message);
    };
    return {name, std::move(type), Presence::required, std::move(made), {}};
}

/// A message: its name in the API's description, and its members.
template <class T>
class Message {
public:
    /// What is to hold between the members of a request; adds what is wrong.
    using Rule = std::function<void(const boost::json::object& members, const std::string& prefix,
                                    Faults& faults)>;

    Message(std::string_view name, std::vector<Field<T>> fields, Rule rule = {})
        : name_(name), fields_(std::move(fields)), rule_(std::move(rule)) {}

    [[nodiscard]] std::string_view name() const { return name_; }
    [[nodiscard]] const std::vector<Field<T>>& fields() const { return fields_; }

    /// Of an answer, which has these members and no others.
    [[nodiscard]] boost::json::object schema() const {
        auto schema = request_schema();
        schema["additionalProperties"] = false;
        return schema;
    }
    /// Of a request, in which others are passed over.
    [[nodiscard]] boost::json::object request_schema() const {
        boost::json::array required;
        boost::json::object properties;
        for (const auto& field : fields_) {
            if (field.presence == Presence::required) required.emplace_back(field.name);
            properties[field.name] = field.type.schema();
        }
        return {{"type", "object"},
                {"title", name_},
                {"required", std::move(required)},
                {"properties", std::move(properties)}};
    }

    [[nodiscard]] boost::json::object write(const T& message) const {
        boost::json::object out;
        for (const auto& field : fields_) out[field.name] = field.write(message);
        return out;
    }
    template <class Range>
    [[nodiscard]] boost::json::array write_all(const Range& messages) const {
        boost::json::array out;
        for (const auto& message : messages) out.push_back(write(message));
        return out;
    }

    /// Members that the table does not have are passed over. Errors: a response of 422 that names
    /// every fault.
    [[nodiscard]] std::expected<T, http::Response> read(std::string_view text) const {
        const auto body = parse_object(text);
        if (!body) return std::unexpected(body.error());
        Faults faults;
        check_members(*body, "", faults);
        if (!faults.empty()) return std::unexpected(validation_problem(std::move(faults)));
        return read_members(*body);
    }

    /// As a member of other messages, or of their lists.
    [[nodiscard]] Type type() const {
        return Type::message(name_, [this](const boost::json::value& value, const std::string& path,
                                           Faults& faults) {
            const auto* object = value.if_object();
            if (object != nullptr) return check_members(*object, path + ".", faults);
            faults.add(Place::body, path, "Input should be a valid dictionary", "dict_type");
        });
    }
    [[nodiscard]] T read_members(const boost::json::object& members) const {
        T message{};
        for (const auto& field : fields_) {
            const auto* value = members.if_contains(field.name);
            if (value != nullptr && !value->is_null() && field.read) field.read(*value, message);
        }
        return message;
    }

private:
    void check_members(const boost::json::object& members, const std::string& prefix,
                       Faults& faults) const {
        for (const auto& field : fields_) {
            const auto path = prefix + std::string(field.name);
            const auto* value = members.if_contains(field.name);
            if (value != nullptr) {
                field.type.check(*value, path, faults);
            } else if (field.presence == Presence::required) {
                faults.add(Place::body, path, "Field required", "missing");
            }
        }
        if (rule_) rule_(members, prefix, faults);
    }

    std::string_view name_;
    std::vector<Field<T>> fields_;
    Rule rule_;
};

/// A member that is a list of messages. `message` outlives it.
template <class T, class Item>
[[nodiscard]] Field<T> list_field(std::string_view name, std::vector<Item> T::* member,
                                  const Message<Item>& message, std::size_t max,
                                  Presence presence = Presence::required) {
    auto write = [member, &message](const T& whole) -> boost::json::value {
        return message.write_all(whole.*member);
    };
    auto read = [member, &message](const boost::json::value& value, T& whole) {
        for (const auto& each : value.get_array()) {
            (whole.*member).push_back(message.read_members(each.get_object()));
        }
    };
    return {name, Type::list(message.type(), max), presence, std::move(write), std::move(read)};
}

/// A member that is a message, or null. `message` outlives it.
template <class T, class Item>
[[nodiscard]] Field<T> optional_field(std::string_view name, std::optional<Item> T::* member,
                                      const Message<Item>& message) {
    auto write = [member, &message](const T& whole) -> boost::json::value {
        if (!(whole.*member)) return nullptr;
        return message.write(*(whole.*member));
    };
    auto read = [member, &message](const boost::json::value& value, T& whole) {
        whole.*member = message.read_members(value.get_object());
    };
    return {name, message.type().or_null(), Presence::optional, std::move(write), std::move(read)};
}

/// A parameter of the path or the query, held to a type. Errors: invalid_argument, that names it.
[[nodiscard]] Result<std::string> parameter_of(std::string_view text, std::string_view name,
                                               const TextRule& rule);

}  // namespace ingestor::api
