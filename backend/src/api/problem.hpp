#pragma once

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

/// `{"detail": ...}` with the status of the error: a text, or for invalid_argument FastAPI's list
/// of `loc`, `msg` and `type`. Faults of ours are not shown: the access log has them under the
/// request's id.
[[nodiscard]] http::Response problem(const Error& error, Place place = Place::body);

/// The same for several faults of one request, each {loc, msg, type} (see body.hpp). Status 422.
[[nodiscard]] http::Response validation_problem(boost::json::array faults);

/// One of FastAPI's faults. `field` is a dotted path; numbers in it become numbers in `loc`.
[[nodiscard]] boost::json::object fault(Place place, std::string_view field, std::string_view msg,
                                        std::string_view type);

}  // namespace ingestor::api
