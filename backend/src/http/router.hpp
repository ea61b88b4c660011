#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/verb.hpp>

#include "http/message.hpp"

namespace ingestor::http {

/// Answers a request of one route. The session awaits the answer, so both references outlive the
/// call.
using RouteHandler =
    std::function<boost::asio::awaitable<Response>(Request&, const PathParameters&)>;

/// Finds the handler of a request by method and path.
///
/// How it works: templates are kept as a tree of path segments, so that a look-up costs one step a
/// segment however many routes there are. A literal segment is preferred to a parameter. A
/// parameter `{name}` takes one non-empty segment; `{name:path}`, which may only stand last, takes
/// the rest of the path, slashes and all. Segments are compared and handed over percent-decoded,
/// after they were split: `%2F` never separates.
///
/// What no route answers: a path without a route is 404, a path with routes for other methods only
/// is 405 with `Allow`, HEAD is answered by the handler of GET, and a path that would have a route
/// with its last slash added or removed is redirected there with 307, as FastAPI does.
class Router {
public:
    Router();
    Router(Router&&) noexcept;
    Router& operator=(Router&&) noexcept;
    ~Router();

    /// `path_template` is `/jobs/{job_id}/documents/{n}/markdown`.
    /// Throws std::invalid_argument on a malformed template, or one that is already there.
    void add(boost::beast::http::verb method, std::string path_template, RouteHandler handler);

    /// Sets `request.route` and `request.path_parameters`, then lets the handler answer.
    boost::asio::awaitable<Response> dispatch(Request& request) const;

private:
    struct Route;
    struct Node;
    struct Search;

    [[nodiscard]] Response refuse(const Request& request, const Search& search) const;

    std::unique_ptr<Node> root_;
};

}  // namespace ingestor::http
