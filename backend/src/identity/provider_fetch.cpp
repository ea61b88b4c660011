#include "identity/provider_fetch.hpp"

#include "httpclient/url.hpp"

namespace ingestor::identity {

bool is_loopback_http(std::string_view text) {
    const auto url = httpclient::parse_url(text);
    return url && url->scheme == "http" && httpclient::is_loopback_host(url->host);
}

Result<void> check_provider_url(std::string_view text, PlainHttp plain_http) {
    const auto url = httpclient::parse_url(text);
    if (!url && url.error().code == Errc::unavailable) return std::unexpected(url.error());
    if (!url || url->host.empty()) {
        return fail(Errc::invalid_argument, "the identity provider's address is not a URL");
    }
    if (url->has_user || url->has_fragment) {
        return fail(Errc::invalid_argument,
                    "the identity provider's URL may hold no user name, password or fragment");
    }
    if (url->scheme == "https") return {};
    if (plain_http == PlainHttp::on_loopback && is_loopback_http(text)) return {};
    return fail(Errc::invalid_argument,
                "the identity provider's URL must be https (http only on this machine)");
}

boost::asio::awaitable<Result<std::string>> fetch_document(httpclient::HttpClient& http,
                                                           std::string url, FetchLimits limits) {
    httpclient::HttpCall call{.url = url,
                              .headers = {{"Accept", "application/json"}},
                              .connect_timeout = limits.connect_timeout,
                              .total_timeout = limits.total_timeout,
                              .answer_bytes_max = limits.body_bytes_max};
    auto reply = co_await http.send(std::move(call));
    if (!reply) co_return fail(reply.error().code, "GET " + url + ": " + reply.error().message);
    if (reply->status != 200) {
        co_return fail(Errc::unavailable,
                       "GET " + url + ": status " + std::to_string(reply->status));
    }
    co_return std::move(reply->body);
}

}  // namespace ingestor::identity
