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
    Fields(const boost::json::object& object, std::string prefix, Faults& faults);

    [[nodiscard]] std::string required_text(std::string_view name);
    /// Absent and null are the same.
    [[nodiscard]] std::optional<std::string> optional_text(std::string_view name);
    /// nullptr with a fault where it is absent or no list.
    [[nodiscard]] const boost::json::array* required_list(std::string_view name);
    [[nodiscard]] const boost::json::array* optional_list(std::string_view name);

    void add(std::string_view name, std::string_view msg, std::string_view type);
    [[nodiscard]] Faults& faults() { return *faults_; }

private:
    [[nodiscard]] std::string path(std::string_view name) const;

    const boost::json::object& object_;
    std::string prefix_;
    Faults own_;
    Faults* faults_;
};

/// The text as a JSON object. What is nested too deep, or holds more than kJsonValuesMax values, is
/// refused before anything is made of it. Errors: a response of 422 with FastAPI's `json_invalid`,
/// `model_attributes_type` or `too_long`.
[[nodiscard]] std::expected<boost::json::object, http::Response> parse_object(
    std::string_view text);

}  // namespace ingestor::api
