#include "httpclient/url.hpp"

#include <memory>
#include <optional>

#include <boost/asio/ip/address.hpp>

#include "httpclient/libcurl.hpp"

namespace ingestor::httpclient {

Result<UrlParts> parse_url(std::string_view text) {
    const auto& curl = Libcurl::load();
    if (!curl) return std::unexpected(curl.error());
    const auto malformed = [] { return fail(Errc::invalid_argument, "this is not a URL"); };
    if (text.find('\0') != text.npos) return malformed();

    const std::unique_ptr<CURLU, decltype(curl->url_cleanup)> url(curl->url(), curl->url_cleanup);
    const std::string terminated(text);
    if (!url || curl->url_set(url.get(), CURLUPART_URL, terminated.c_str(), 0) != CURLUE_OK) {
        return malformed();
    }
    auto part = [&](CURLUPart which) -> std::optional<std::string> {
        char* raw = nullptr;
        if (curl->url_get(url.get(), which, &raw, 0) != CURLUE_OK) return std::nullopt;
        const std::unique_ptr<char, decltype(curl->free)> held(raw, curl->free);
        return std::string(held.get());
    };
    return UrlParts{.scheme = part(CURLUPART_SCHEME).value_or(""),
                    .host = part(CURLUPART_HOST).value_or(""),
                    .port = part(CURLUPART_PORT).value_or(""),
                    .path = part(CURLUPART_PATH).value_or(""),
                    .query = part(CURLUPART_QUERY).value_or(""),
                    .has_user = part(CURLUPART_USER) || part(CURLUPART_PASSWORD),
                    .has_fragment = part(CURLUPART_FRAGMENT).has_value()};
}

bool is_loopback_host(std::string_view host) {
    if (host == "localhost") return true;
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    boost::system::error_code not_an_address;
    const auto address = boost::asio::ip::make_address(host, not_an_address);
    return !not_an_address && address.is_loopback();
}

}  // namespace ingestor::httpclient
