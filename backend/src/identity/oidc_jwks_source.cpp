#include "identity/oidc_jwks_source.hpp"

#include <exception>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "async/offload.hpp"
#include "identity/strict_json.hpp"

namespace ingestor {
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

Result<boost::json::object> fetch_discovery(const std::string& url, const std::string& issuer,
                                            const FetchLimits& limits) {
    const auto text = fetch_document(url, limits);
    if (!text) return std::unexpected(text.error());
    auto document = parse_strict_object(*text, limits.body_bytes_max);
    if (!document) return fail(Errc::unavailable, url + ": " + document.error().message);
    if (text_member(*document, "issuer") != issuer) {
        return fail(Errc::unavailable, url + ": it speaks for another issuer than the one set");
    }
    return document;
}

}  // namespace

Result<std::unique_ptr<OidcJwksSource>> OidcJwksSource::create(asio::any_io_executor executor,
                                                               asio::thread_pool& pool,
                                                               const Clock& clock,
                                                               Options options) {
    // A key address of its own was set by the operator, so it is not bound to the issuer's scheme.
    const auto& address = options.jwks_url.empty() ? options.issuer : options.jwks_url;
    if (auto good = check_provider_url(address, PlainHttp::on_loopback); !good) {
        return std::unexpected(std::move(good.error()));
    }
    return std::unique_ptr<OidcJwksSource>(
        new OidcJwksSource(std::move(executor), pool, clock, std::move(options)));
}

OidcJwksSource::OidcJwksSource(asio::any_io_executor executor, asio::thread_pool& pool,
                               const Clock& clock, Options options)
    : pool_(pool),
      clock_(clock),
      options_(std::move(options)),
      fetch_ended_(executor, asio::steady_timer::time_point::max()),
      tasks_(executor, [](const std::exception_ptr&) {
          // fetch() keeps every failure as a result; what is left is a broken program.
          std::terminate();
      }) {}

auto OidcJwksSource::discover(const std::string& url, const Options& options) -> Result<Published> {
    const auto document = fetch_discovery(url, options.issuer, options.limits);
    if (!document) return std::unexpected(document.error());
    const auto jwks_url = text_member(*document, "jwks_uri");
    if (!jwks_url) return fail(Errc::unavailable, url + ": it has no jwks_uri");
    if (auto good = check_provider_url(*jwks_url, plain_http_beside(options.issuer)); !good) {
        return fail(Errc::unavailable, url + ": its jwks_uri is refused: " + good.error().message);
    }
    auto keys = fetch_document(std::string(*jwks_url), options.limits);
    if (!keys) return std::unexpected(std::move(keys.error()));
    return Published{.keys = std::move(*keys), .endpoints = endpoints_of(*document, url)};
}

/// Blocks for up to two requests.
auto OidcJwksSource::fetch_published(const Options& options) -> Result<Published> {
    if (options.jwks_url.empty()) return discover(discovery_url(options.issuer), options);
    auto keys = fetch_document(options.jwks_url, options.limits);
    if (!keys) return std::unexpected(std::move(keys.error()));
    Published published{.keys = std::move(*keys), .endpoints = OidcEndpoints{}};
    if (!options.discovery_url.empty()) {
        // Only the page wants it: its absence must not turn tokens away.
        const auto document =
            fetch_discovery(options.discovery_url, options.issuer, options.limits);
        published.endpoints.reset();
        if (document) published.endpoints = endpoints_of(*document, options.discovery_url);
    }
    return published;
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
    auto work = [options = options_]() -> Result<Published> {
        try {
            return fetch_published(options);
        } catch (const std::exception& error) {
            return fail(Errc::unavailable, error.what());
        }
    };
    auto published = co_await offload(pool_, std::move(work));
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

}  // namespace ingestor
