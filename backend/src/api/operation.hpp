#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/beast/http/verb.hpp>
#include <boost/json/object.hpp>

namespace ingestor::api {

enum class In { query, path, header };

/// A parameter of an operation; `schema` is JSON Schema as text.
struct Parameter {
    std::string_view name;
    In in = In::query;
    std::string_view schema;
    std::string_view description;
    bool required = false;  ///< Those of the path always are.
};

/// One form that a body may have; `schema` names one of schemas.hpp, or is empty for plain text.
struct Content {
    std::string_view media_type;
    std::string_view schema;
};

struct Answer {
    unsigned status = 200;
    std::string_view description;
    std::vector<Content> contents;
};

enum class Access {
    open,
    signed_in,
    operators,  ///< Signed in, and an operator.
    metrics,    ///< An operator, or who has a token for just that.
};

/// What the API description says of one route. Stands in one row with the route's handler, so that
/// neither is without the other (see Api::routes).
struct Operation {
    boost::beast::http::verb method = boost::beast::http::verb::get;
    std::string_view path;  ///< A template: `/jobs/{job_id}`.
    std::string_view id;
    std::string_view tag;
    std::string_view summary;
    std::string_view description;
    Access access = Access::signed_in;
    std::vector<Parameter> parameters;
    std::vector<Content> request;
    std::vector<Answer> answers;
};

/// The API description (OpenAPI 3.1). Answers that any request may get (401, 413, 422, 429, 503, …)
/// are added where they apply. `cookie` is the name of the page's session cookie.
[[nodiscard]] boost::json::object describe(const std::vector<const Operation*>& operations,
                                           std::string_view version, std::string_view cookie);

}  // namespace ingestor::api
