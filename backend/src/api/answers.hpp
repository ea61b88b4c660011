#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "domain/ids.hpp"
#include "http/message.hpp"

namespace ingestor::api {

[[nodiscard]] inline http::Response json_answer(unsigned status, boost::json::object body) {
    http::Response response;
    response.status = status;
    response.set("content-type", "application/json");
    response.body = boost::json::serialize(body);
    return response;
}

/// The media type of a request's body: lower-case, without parameters.
[[nodiscard]] std::string media_type_of(const http::Request& request);

/// The job that the path names. Errors: invalid_argument.
[[nodiscard]] Result<domain::JobId> job_id_of(const http::PathParameters& path);

/// A parameter that is a number. Errors: invalid_argument.
[[nodiscard]] Result<std::uint32_t> number_of(std::string_view text, std::string_view name,
                                              std::uint32_t least, std::uint32_t most);

/// The token of `Authorization: Bearer …` (RFC 6750 section 2.1); empty where there is none.
[[nodiscard]] std::string_view bearer_token(const http::Request& request);

/// The body of a request that has to be JSON. Errors: unsupported (another media type), and those
/// of Body::read_some.
boost::asio::awaitable<Result<std::string>> read_json_text(http::Request& request,
                                                           std::uint64_t bytes_max);

}  // namespace ingestor::api
