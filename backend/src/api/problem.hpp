#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/result.hpp"
#include "http/message.hpp"

namespace ingestor::api {

/// Where the input of a request stands; the first part of FastAPI's `loc`.
enum class Place { body, query, path, header };

/// The HTTP status of a failure; the one table that says it.
[[nodiscard]] unsigned status_of(Errc code);

/// What is wrong with one request, as FastAPI says it. Keeps so many as an answer names and counts
/// the rest, so that an answer is never in proportion to what was sent.
class Faults {
public:
    static constexpr std::size_t kNamedMax = 100;

    /// `field` is a dotted path; numbers in it become numbers in `loc`.
    void add(Place place, std::string_view field, std::string_view msg, std::string_view type);
    [[nodiscard]] bool empty() const { return named_.empty(); }
    /// Each `{loc, msg, type}`; the last one says how many more there are, if any.
    [[nodiscard]] boost::json::array to_json() &&;

private:
    boost::json::array named_;
    std::size_t others_ = 0;
};

/// `{"detail": ...}` with the status of the error: a text, or for invalid_argument FastAPI's list
/// of `loc`, `msg` and `type`. Failures of ours are not shown, see public_message().
[[nodiscard]] http::Response problem(const Error& error, Place place = Place::body);

/// The same for all that is wrong with a request. Status 422.
[[nodiscard]] http::Response validation_problem(Faults faults);
/// The same for one fault.
[[nodiscard]] http::Response validation_problem(Place place, std::string_view field,
                                                std::string_view msg, std::string_view type);

/// What clients may read of an error: its message, but of a failure of ours, whose message names
/// files and libraries, only what to do about it. Its cause is for the log.
[[nodiscard]] std::string public_message(const Error& error);

}  // namespace ingestor::api
