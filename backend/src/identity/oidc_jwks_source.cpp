#include "identity/oidc_jwks_source.hpp"

#include <exception>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "identity/strict_json.hpp"

namespace ingestor::identity {

namespace asio = boost::asio;

namespace {

/// OpenID Connect Discovery 1.0 section 4: a slash at the issuer's end is dropped before the path.
std::string discovery_url(std::string_view issuer) {
    if (issuer.ends_with('/')) issuer.remove_suffix(1);
    return std::string(issuer) + "/.well-known/openid-configuration";
}

PlainHttp plain_http_beside(std::string_view issuer) {
    return is_loopback_http(issuer) ? PlainHttp::on_loopback : PlainHttp::refused;
}

/// A page sends people there: what is no web address is left out.
std::optional<std::string> endpoint(const boost::json::object& document, std::string_view name,
                                    PlainHttp plain_http) {
    const auto url = text_member(document, name);
    if (!url || !check_provider_url(*url, plain_http)) return std::nullopt;
    return std::string(*url);
}

OidcEndpoints endpoints_of(const boost::json::object& document, const std::string& source_url) {
    const auto plain_http = plain_http_beside(source_url);
    return {.authorization = endpoint(document, "authorization_endpoint", plain_http),
            .token = endpoint(document, "token_endpoint", plain_http),
            .end_session = endpoint(document, "end_session_endpoint", plain_http)};
}

}  // namespace

Result<std::unique_ptr<OidcJwksSource>> OidcJwksSource::create(asio::any_io_executor executor,
                                                               httpclient::HttpClient& http,
                                                               const ports::Clock& clock,
                                                               Options options) {
    // A key address of its own was set by the operator, so it is not bound to the issuer's scheme.
    const auto& address = options.jwks_url.empty() ? options.issuer : options.jwks_url;
    if (auto good = check_provider_url(address, PlainHttp::on_loopback); !good) {
        return std::unexpected(std::move(good.error()));
    }
    return std::unique_ptr<OidcJwksSource>(
        new OidcJwksSource(std::move(executor), http, clock, std::move(options)));
}

OidcJwksSource::OidcJwksSource(asio::any_io_executor executor, httpclient::HttpClient& http,
                               const ports::Clock& clock, Options options)
    : http_(http),
      clock_(clock),
      options_(std::move(options)),
      fetch_ended_(executor, asio::steady_timer::time_point::max()),
      tasks_(executor, [](const std::exception_ptr&) {
          // fetch() keeps every failure as a result; what is left is a broken program.
          std::terminate();
      }) {}

asio::awaitable<Result<boost::json::object>> OidcJwksSource::fetch_discovery(std::string url) {
    const auto text = co_await fetch_document(http_, url, options_.limits);
    if (!text) co_return std::unexpected(text.error());
    auto document = parse_strict_object(*text, options_.limits.body_bytes_max);
    if (!document) co_return fail(Errc::unavailable, url + ": " + document.error().message);
    if (text_member(*document, "issuer") != options_.issuer) {
        co_return fail(Errc::unavailable, url + ": it speaks for another issuer than the one set");
    }
    co_return document;
}

auto OidcJwksSource::discover(std::string url) -> asio::awaitable<Result<Published>> {
    const auto document = co_await fetch_discovery(url);
    if (!document) co_return std::unexpected(document.error());
    const auto jwks_url = text_member(*document, "jwks_uri");
    if (!jwks_url) co_return fail(Errc::unavailable, url + ": it has no jwks_uri");
    if (auto good = check_provider_url(*jwks_url, plain_http_beside(options_.issuer)); !good) {
        co_return fail(Errc::unavailable,
                       url + ": its jwks_uri is refused: " + good.error().message);
    }
    auto keys = co_await fetch_document(http_, std::string(*jwks_url), options_.limits);
    if (!keys) co_return std::unexpected(std::move(keys.error()));
    co_return Published{std::move(*keys), endpoints_of(*document, url)};
}

/// Up to two requests.
auto OidcJwksSource::fetch_published() -> asio::awaitable<Result<Published>> {
    if (options_.jwks_url.empty()) co_return co_await discover(discovery_url(options_.issuer));
    auto keys = co_await fetch_document(http_, options_.jwks_url, options_.limits);
    if (!keys) co_return std::unexpected(std::move(keys.error()));
    Published published{.keys = std::move(*keys), .endpoints = OidcEndpoints{}};
    if (!options_.discovery_url.empty()) {
        // Only the page wants it: its absence must not turn tokens away.
        const auto document = co_await fetch_discovery(options_.discovery_url);
        published.endpoints.reset();
        if (document) published.endpoints = endpoints_of(*document, options_.discovery_url);
    }
    co_return published;
}

void OidcJwksSource::start() {
    if (may_fetch()) begin_fetch();
}

asio::awaitable<void> OidcJwksSource::stop() {
    stopped_ = true;
    co_await tasks_.join(Deadline::max());
}

bool OidcJwksSource::may_fetch() const {
    if (stopped_ || fetching_) return false;
    if (!tried_at_) return true;
    const auto interval = failure_ ? options_.retry_interval : options_.refetch_interval;
    const TimePoint now = clock_.now();
    // A clock that was set back must not lock the provider out until it has caught up.
    return now < *tried_at_ || now - *tried_at_ >= interval;
}

bool OidcJwksSource::is_old() const {
    return !fetched_at_ || clock_.now() - *fetched_at_ >= options_.refresh_after;
}

void OidcJwksSource::begin_fetch() {
    fetching_ = true;
    tasks_.spawn(fetch());
}

asio::awaitable<void> OidcJwksSource::fetch() {
    auto published = co_await fetch_published();
    take(std::move(published));
    fetching_ = false;
    fetch_ended_.cancel();
}

void OidcJwksSource::take(Result<Published> published) {
    tried_at_ = clock_.now();
    failure_.reset();
    if (published && published->endpoints) endpoints_ = std::move(published->endpoints);
    if (published && published->keys == document_) {
        fetched_at_ = tried_at_;
        return;
    }
    auto keys =
        published ? JwkSet::parse(published->keys) : std::unexpected(std::move(published.error()));
    if (!keys) {
        failure_ = std::move(keys.error());
        if (options_.on_fetch_failed) options_.on_fetch_failed(*failure_);
        return;
    }
    keys_ = std::make_shared<const JwkSet>(std::move(*keys));
    document_ = std::move(published->keys);
    fetched_at_ = tried_at_;
    ++generation_;
}

asio::awaitable<void> OidcJwksSource::fetch_done() {
    while (fetching_) {
        co_await fetch_ended_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

asio::awaitable<Result<OidcEndpoints>> OidcJwksSource::endpoints() {
    if (!endpoints_) {
        if (may_fetch()) begin_fetch();
        co_await fetch_done();
    } else if (is_old() && may_fetch()) {
        begin_fetch();
    }
    if (endpoints_) co_return *endpoints_;
    co_return fail(Errc::unavailable, "the identity provider does not answer at the moment");
}

asio::awaitable<Result<std::shared_ptr<const VerificationKey>>> OidcJwksSource::find(
    std::string key_id, SignatureAlgorithm algorithm) {
    auto key = find_shared(keys_, key_id, algorithm);
    if (key) {
        if (is_old() && may_fetch()) begin_fetch();
        co_return key;
    }

    if (may_fetch()) begin_fetch();
    co_await fetch_done();
    key = find_shared(keys_, key_id, algorithm);
    if (key) co_return key;
    if (!keys_) {
        co_return fail(Errc::unavailable,
                       "the identity provider's keys cannot be had at the moment");
    }
    co_return unknown_key();
}

}  // namespace ingestor::identity
