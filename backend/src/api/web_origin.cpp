#include "api/web_origin.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace ingestor::api {

Result<WebOrigin> WebOrigin::of(std::string_view url) {
    const auto parsed = boost::urls::parse_uri({url.data(), url.size()});
    const auto is = [&parsed](boost::urls::scheme scheme) { return parsed->scheme_id() == scheme; };
    if (!parsed || !(is(boost::urls::scheme::http) || is(boost::urls::scheme::https)) ||
        parsed->encoded_host().empty()) {
        return fail(Errc::invalid_argument,
                    "'" + std::string(url) + "' is no address like https://ingest.example.com",
                    "public_url");
    }
    WebOrigin origin;
    origin.is_https = is(boost::urls::scheme::https);
    if (parsed->port() != (origin.is_https ? "443" : "80")) origin.port = parsed->port();
    // Browsers write it in lower case.
    origin.text = origin.is_https ? "https://" : "http://";
    for (const char sign : parsed->encoded_host()) {
        origin.text += sign >= 'A' && sign <= 'Z' ? static_cast<char>(sign - 'A' + 'a') : sign;
    }
    if (!origin.port.empty()) origin.text += ":" + origin.port;
    return origin;
}

Result<std::monostate> check_host(const http::Request& request, const WebOrigin& own) {
    const auto host = request.header("host");
    const auto names = [host](std::string_view name) {
        return host == name ||
               (host.starts_with(name) && host.substr(name.size()).starts_with(':'));
    };
    const auto own_host = std::string_view(own.text).substr(own.text.find("://") + 3);
    if (host == own_host || names("127.0.0.1") || names("localhost") || names("[::1]")) {
        return std::monostate{};
    }
    return fail(Errc::permission_denied, "this service is not known as '" + std::string(host) +
                                             "': name it by " + own.text +
                                             ", or start it with --public-url");
}

Result<std::monostate> check_same_origin(const http::Request& request, const WebOrigin& own,
                                         Unmarked unmarked) {
    using boost::beast::http::verb;
    if (request.method == verb::get || request.method == verb::head ||
        request.method == verb::options) {
        return std::monostate{};
    }
    const auto refuse = [&own] {
        return fail(Errc::permission_denied,
                    "this request comes from another site: send it from a page of " + own.text +
                        ", or with the header 'Authorization: Bearer TOKEN'");
    };
    if (const auto site = request.header("sec-fetch-site"); !site.empty()) {
        if (site == "same-origin" || site == "none") return std::monostate{};
        return refuse();
    }
    if (const auto origin = request.header("origin"); !origin.empty()) {
        if (origin == own.text) return std::monostate{};
        return refuse();
    }
    if (unmarked == Unmarked::taken) return std::monostate{};
    return refuse();
}

}  // namespace ingestor::api
