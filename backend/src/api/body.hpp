#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "api/problem.hpp"

namespace ingestor::api {

/// Reads the members of one JSON object and collects every fault on the way, in FastAPI's words, so
/// that a client learns of all of them at once.
class Fields {
public:
    explicit Fields(const boost::json::object& object, std::string prefix = {});

    /// The faults found so far go to the outermost reader.
    Fields(const boost::json::object& object, std::string prefix, boost::json::array& faults);

    [[nodiscard]] std::string required_text(std::string_view name);
    /// Absent and null are the same.
    [[nodiscard]] std::optional<std::string> optional_text(std::string_view name);
    /// nullptr with a fault where it is absent or no list.
    [[nodiscard]] const boost::json::array* required_list(std::string_view name);
    [[nodiscard]] const boost::json::array* optional_list(std::string_view name);

    void add(std::string_view name, std::string_view msg, std::string_view type);
    [[nodiscard]] boost::json::array& faults() { return *faults_; }

private:
    [[nodiscard]] std::string path(std::string_view name) const;

    const boost::json::object& object_;
    std::string prefix_;
    boost::json::array own_;
    boost::json::array* faults_;
};

/// The text as a JSON object. Errors: a response of 422 with FastAPI's `json_invalid` or
/// `model_attributes_type`.
[[nodiscard]] std::expected<boost::json::object, http::Response> parse_object(
    std::string_view text);

}  // namespace ingestor::api
