#include "http/router.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.hpp"

namespace ingestor::http {

namespace asio = boost::asio;
using boost::beast::http::verb;

namespace {

constexpr std::size_t kParametersMax = 8;

/// What the parameters of a template matched, still encoded.
struct Taken {
    std::array<std::string_view, kParametersMax> values;
    std::size_t count = 0;
};

/// A template's segment: a literal, a parameter, or a parameter that takes the rest.
struct Segment {
    enum class Kind { literal, parameter, rest };
    Kind kind = Kind::literal;
    std::string_view text;
};

Segment parse_segment(std::string_view text, const std::string& path_template) {
    const auto refuse = [&path_template](std::string_view why) {
        return std::invalid_argument(fmt::format("route {}: {}", path_template, why));
    };
    if (!text.starts_with('{')) {
        if (text.find_first_of("{}%?") != std::string_view::npos) throw refuse("odd literal");
        return {.kind = Segment::Kind::literal, .text = text};
    }
    if (!text.ends_with('}')) throw refuse("a parameter must be a whole segment");
    text = text.substr(1, text.size() - 2);
    constexpr std::string_view kRest = ":path";
    auto kind = Segment::Kind::parameter;
    if (text.ends_with(kRest)) {
        kind = Segment::Kind::rest;
        text.remove_suffix(kRest.size());
    }
    if (text.empty() || text.find_first_of("{}:") != std::string_view::npos) {
        throw refuse("a parameter needs a plain name");
    }
    return {.kind = kind, .text = text};
}

std::string_view name_of(verb method) {
    const auto name = boost::beast::http::to_string(method);
    return {name.data(), name.size()};
}

asio::awaitable<Response> answer_with(Response response) {
    co_return std::move(response);
}

}  // namespace

struct Router::Route {
    verb method = verb::unknown;
    std::string path_template;
    std::vector<std::string> parameter_names;
    RouteHandler handler;
};

struct Router::Node {
    /// Sorted by text, for a binary search without a copy of the segment looked for.
    std::vector<std::pair<std::string, std::unique_ptr<Node>>> literals;
    std::unique_ptr<Node> parameter;
    std::unique_ptr<Node> rest;
    std::vector<std::unique_ptr<Route>> routes;

    [[nodiscard]] const Node* literal(std::string_view text) const {
        const auto found = std::ranges::lower_bound(
            literals, text, {}, [](const auto& pair) { return std::string_view(pair.first); });
        return found != literals.end() && found->first == text ? found->second.get() : nullptr;
    }

    Node& literal_for(std::string_view text) {
        const auto place = std::ranges::lower_bound(
            literals, text, {}, [](const auto& pair) { return std::string_view(pair.first); });
        if (place != literals.end() && place->first == text) return *place->second;
        return *literals.emplace(place, std::string(text), std::make_unique<Node>())->second;
    }

    [[nodiscard]] const Route* route_for(verb method) const {
        const auto of = [this](verb wanted) -> const Route* {
            const auto found =
                std::ranges::find(routes, wanted, [](const auto& route) { return route->method; });
            return found == routes.end() ? nullptr : found->get();
        };
        const auto* route = of(method);
        return route == nullptr && method == verb::head ? of(verb::get) : route;
    }
};

/// A look-up under way: the route if there is one, else the first node whose path matched.
struct Router::Search {
    verb method = verb::unknown;
    Taken taken = {};
    const Route* route = nullptr;
    const Node* other_methods = nullptr;

    /// Tries the routes below `node` for a path that goes on with `path` (after a slash).
    bool descend(const Node& node, std::string_view path) {
        const auto slash = path.find('/');
        const auto segment = path.substr(0, slash);
        if (const auto* next = literal_of(node, segment)) {
            if (step(*next, path, slash)) return true;
            // A concrete path hides a templated one (OpenAPI 3.1, "Path Templating Matching").
            if (other_methods != nullptr) return false;
        }
        if (node.parameter && !segment.empty()) {
            taken.values.at(taken.count++) = segment;
            if (step(*node.parameter, path, slash)) return true;
            --taken.count;
        }
        if (node.rest) {
            taken.values.at(taken.count++) = path;
            if (arrive(*node.rest)) return true;
            --taken.count;
        }
        return false;
    }

private:
    static const Node* literal_of(const Node& node, std::string_view segment) {
        if (segment.find('%') == std::string_view::npos) return node.literal(segment);
        return node.literal(percent_decode(segment));
    }

    bool step(const Node& node, std::string_view path, std::size_t slash) {
        return slash == std::string_view::npos ? arrive(node)
                                               : descend(node, path.substr(slash + 1));
    }

    bool arrive(const Node& node) {
        if (node.routes.empty()) return false;
        route = node.route_for(method);
        if (route == nullptr && other_methods == nullptr) other_methods = &node;
        return route != nullptr;
    }
};

Router::Router() : root_(std::make_unique<Node>()) {}
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;
Router::~Router() = default;

void Router::add(verb method, std::string path_template, RouteHandler handler) {
    auto route = std::make_unique<Route>();
    route->method = method;
    route->path_template = std::move(path_template);
    route->handler = std::move(handler);
    const auto& text = route->path_template;
    const auto refuse = [&text](std::string_view why) {
        return std::invalid_argument(fmt::format("route {}: {}", text, why));
    };

    if (!text.starts_with('/')) throw refuse("must start with a slash");
    Node* node = root_.get();
    bool ended = false;
    auto left = std::string_view(text).substr(1);
    for (bool last = false; !last;) {
        if (ended) throw refuse("nothing may follow a parameter that takes the rest");
        const auto slash = left.find('/');
        last = slash == std::string_view::npos;
        const auto segment = parse_segment(left.substr(0, slash), text);
        if (!last) left.remove_prefix(slash + 1);
        switch (segment.kind) {
            case Segment::Kind::literal:
                node = &node->literal_for(segment.text);
                continue;
            case Segment::Kind::parameter: {
                if (!node->parameter) node->parameter = std::make_unique<Node>();
                node = node->parameter.get();
                break;
            }
            case Segment::Kind::rest: {
                if (!node->rest) node->rest = std::make_unique<Node>();
                node = node->rest.get();
                ended = true;
                break;
            }
        }
        route->parameter_names.emplace_back(segment.text);
    }
    if (route->parameter_names.size() > kParametersMax) throw refuse("too many parameters");
    const auto is_known = std::ranges::any_of(
        node->routes, [method](const auto& known) { return known->method == method; });
    if (is_known) {
        throw refuse("is there already");
    }
    node->routes.push_back(std::move(route));
}

asio::awaitable<Response> Router::dispatch(Request& request) const {
    Search search{.method = request.method};
    const auto path = request.path();
    if (path.starts_with('/')) search.descend(*root_, path.substr(1));
    if (search.route == nullptr) return answer_with(refuse(request, search));

    const auto& route = *search.route;
    request.route = route.path_template;
    request.path_parameters.clear();
    for (std::size_t i = 0; i < search.taken.count; ++i) {
        request.path_parameters.add(route.parameter_names[i],
                                    percent_decode(search.taken.values[i]));
    }
    return route.handler(request, request.path_parameters);
}

Response Router::refuse(const Request& request, const Search& search) const {
    if (search.other_methods != nullptr) {
        std::string allow;
        for (const auto& route : search.other_methods->routes) {
            if (!allow.empty()) allow.append(", ");
            allow.append(name_of(route->method));
            if (route->method == verb::get) allow.append(", HEAD");
        }
        auto response = detail_response(405, "Method Not Allowed");
        response.set("allow", std::move(allow));
        return response;
    }

    // Two slashes in front would make the redirect lead to another host.
    std::string toggled(request.path());
    if (toggled.size() > 1 && toggled.starts_with('/') && !toggled.starts_with("//")) {
        if (toggled.ends_with('/')) {
            toggled.pop_back();
        } else {
            toggled.push_back('/');
        }
        Search other{.method = request.method};
        if (other.descend(*root_, std::string_view(toggled).substr(1)) ||
            other.other_methods != nullptr) {
            const auto query = request.query();
            if (!query.empty()) toggled.append("?").append(query);
            Response response{.status = 307, .headers = {}, .body = {}};
            response.set("location", std::move(toggled));
            return response;
        }
    }
    return detail_response(404, "Not Found");
}

}  // namespace ingestor::http
