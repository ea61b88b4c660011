#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "awsapi/json/service_error.hpp"

namespace ingestor::awsapi::json {

/// What a text must be. `pattern` is the expression as the service's model has it, for the message;
/// `allowed` are the characters that it takes, of which the expression wants one at least.
struct TextRule {
    bool required = false;
    std::size_t min = 0;  ///< Characters.
    std::size_t max = std::numeric_limits<std::size_t>::max();
    std::string_view pattern = {};
    std::string_view allowed = {};
    bool sensitive = false;  ///< Its value is not repeated.
};

/// What is wrong with the members of one request, told all at once as AWS does.
class Violations {
public:
    /// "Value 'x' at 'name' failed to satisfy constraint: …".
    void add(std::string_view path, std::string_view value, std::string constraint);
    void add_missing(std::string_view path);
    /// A value of another type: nothing else is told then.
    void add_type(std::string_view path, std::string_view wanted);
    /// In words of its own: nothing else is told then.
    void refuse(std::string message);
    [[nodiscard]] std::optional<ServiceError> error() const;

private:
    std::vector<std::string> texts_;
    std::optional<ServiceError> first_;  ///< That stands for all.
};

/// The members of a request's body, or of an object in it. What is wrong goes to the violations,
/// and reads as if it were not there. A member that is null is not there.
class Input {
public:
    /// Both outlive it. `prefix` is the path of the object, with its dot.
    Input(const boost::json::object& members, Violations& violations, std::string prefix = {})
        : members_(members), violations_(violations), prefix_(std::move(prefix)) {}

    [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
    /// "" where it is not there.
    [[nodiscard]] std::string text(std::string_view name, const TextRule& rule);
    [[nodiscard]] std::string one_of(std::string_view name,
                                     const std::vector<std::string_view>& values, bool required);
    [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name, std::int64_t min,
                                                      std::int64_t max);
    [[nodiscard]] std::optional<double> number(std::string_view name);
    [[nodiscard]] bool flag(std::string_view name);
    [[nodiscard]] std::optional<Input> object(std::string_view name);
    /// Objects; the members of one are named `list.1.member.name`.
    [[nodiscard]] std::vector<Input> objects(std::string_view name, bool required, std::size_t min,
                                             std::size_t max);
    [[nodiscard]] std::vector<std::string> texts(std::string_view name, const TextRule& each,
                                                 bool required, std::size_t min, std::size_t max);

    /// An object of texts, `max` members at most.
    [[nodiscard]] std::map<std::string, std::string> text_map(std::string_view name,
                                                              const TextRule& key,
                                                              const TextRule& value,
                                                              std::size_t max);

    [[nodiscard]] const boost::json::object& members() const { return members_; }
    [[nodiscard]] Violations& violations() { return violations_; }

private:
    [[nodiscard]] const boost::json::value* find(std::string_view name) const;
    [[nodiscard]] std::string path_of(std::string_view name) const;
    void check_text(const std::string& path, std::string_view value, const TextRule& rule);
    /// As a member of the map at `path`; `part` is `keys` or `value`.
    void check_part(const std::string& path, const boost::json::object& map, std::string_view part,
                    std::string_view text, const TextRule& rule);
    [[nodiscard]] const boost::json::array* list(std::string_view name, bool required,
                                                 std::size_t min, std::size_t max);

    const boost::json::object& members_;
    Violations& violations_;
    std::string prefix_;
};

}  // namespace ingestor::awsapi::json
