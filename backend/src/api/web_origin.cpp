#include "api/web_origin.hpp"

#include <charconv>
#include <cstdint>
#include <optional>

#include <boost/asio/ip/address_v4.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "base/encoding.hpp"
#include "base/printable.hpp"

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

namespace {

/// RFC 6761 section 6.3 keeps `localhost` to this machine, RFC 1122 and RFC 4291 the addresses.
/// Names below `localhost` are left out: not every resolver keeps them here.
bool is_loopback(std::string_view host) {
    if (host == "localhost" || host == "[::1]") return true;
    boost::system::error_code not_an_address;
    const auto address = boost::asio::ip::make_address_v4(host, not_an_address);
    return !not_an_address && address.is_loopback() && address.to_string() == host;
}

/// Empty stands for the scheme's own; nullopt: it is none.
std::optional<std::string_view> port_of(std::string_view text) {
    if (text.empty()) return text;
    if (!text.starts_with(':')) return std::nullopt;
    text.remove_prefix(1);
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0 || text[0] == '0') {
        return std::nullopt;
    }
    return text;
}

}  // namespace

Result<WebOrigin> asked_origin(const http::Request& request, const WebOrigin& own) {
    const auto host = lower_case(request.header("host"));
    if (std::string_view(own.text).substr(own.text.find("://") + 3) == host) return own;
    const auto name_end = host.find(':', host.starts_with('[') ? host.find(']') : 0);
    const auto name = std::string_view(host).substr(0, name_end);
    const auto port = port_of(std::string_view(host).substr(name.size()));
    if (is_loopback(name) && port) {
        WebOrigin asked;
        if (*port != "80") asked.port = *port;
        asked.text = "http://" + std::string(name) + (asked.port.empty() ? "" : ":" + asked.port);
        return asked;
    }
    return fail(Errc::permission_denied, "this service is not known as '" + printable(host) +
                                             "': name it by " + own.text +
                                             ", or start it with --public-url");
}

Result<std::monostate> check_same_origin(const http::Request& request, const WebOrigin& own,
                                         MissingOriginPolicy missing) {
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
    if (missing == MissingOriginPolicy::allow) return std::monostate{};
    return refuse();
}

}  // namespace ingestor::api
