#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/object.hpp>

#include "async/task_group.hpp"
#include "identity/jwks_source.hpp"
#include "identity/provider_fetch.hpp"
#include "ports/clock.hpp"

namespace ingestor::identity {

/// Where people sign in at an identity provider (OpenID Connect Discovery 1.0); nullopt: the
/// provider names none that may be used.
struct OidcEndpoints {
    std::optional<std::string> authorization;
    std::optional<std::string> token;
    std::optional<std::string> end_session;
};

/// What an identity provider elsewhere publishes, its keys above all, fetched over HTTPS and kept.
///
/// How it works: one fetch runs at a time, and everybody who needs it waits for that one. A token
/// whose key is known never waits: when the keys have become old, they are fetched behind its back.
/// An unknown key starts a fetch only if the last one is `refetch_interval` ago, so that made-up
/// key ids cannot make us hammer the provider; after a failed fetch the old keys stay, and
/// `retry_interval` counts instead. Nothing is fetched before start() or the first token.
class OidcJwksSource final : public JwksSource {
public:
    struct Options {
        std::string issuer;
        /// Empty to ask `{issuer}/.well-known/openid-configuration` for it (OpenID Connect
        /// Discovery 1.0); its `issuer` must then be the very same text.
        std::string jwks_url = {};
        /// Where the endpoints are described if `jwks_url` is set; empty: nobody asks for them.
        std::string discovery_url = {};
        std::chrono::seconds refresh_after{3600};
        std::chrono::seconds refetch_interval{120};
        std::chrono::seconds retry_interval{15};
        FetchLimits limits = {};
        /// Gets what made a fetch fail, for the log. Called on the executor; may be empty.
        std::function<void(const Error&)> on_fetch_failed = {};
    };

    /// `executor` is the I/O executor (one thread); `http` and `clock` must outlive the source.
    /// Errors: invalid_argument (an address that is not https, or http off this machine).
    [[nodiscard]] static Result<std::unique_ptr<OidcJwksSource>> create(
        boost::asio::any_io_executor executor, httpclient::HttpClient& http,
        const ports::Clock& clock, Options options);

    /// Begins to fetch the keys, and waits for nothing.
    void start();
    /// Waits for the fetch under way, if any, at most as long as the limits let it run; await it
    /// before the source is destroyed. No fetch begins after it.
    boost::asio::awaitable<void> stop();

    /// As of the last fetch; waits for the first. Errors: unavailable (none has succeeded yet).
    boost::asio::awaitable<Result<OidcEndpoints>> endpoints();

    boost::asio::awaitable<Result<std::shared_ptr<const VerificationKey>>> find(
        std::string key_id, SignatureAlgorithm algorithm) override;
    [[nodiscard]] std::uint64_t generation() const override { return generation_; }

private:
    OidcJwksSource(boost::asio::any_io_executor executor, httpclient::HttpClient& http,
                   const ports::Clock& clock, Options options);

    [[nodiscard]] bool may_fetch() const;
    [[nodiscard]] bool is_old() const;
    void begin_fetch();
    boost::asio::awaitable<void> fetch();
    boost::asio::awaitable<void> fetch_done();
    struct Published {
        std::string keys;
        std::optional<OidcEndpoints> endpoints;
    };
    [[nodiscard]] boost::asio::awaitable<Result<boost::json::object>> fetch_discovery(
        std::string url);
    boost::asio::awaitable<Result<Published>> fetch_published();
    boost::asio::awaitable<Result<Published>> discover(std::string url);
    void take(Result<Published> published);

    httpclient::HttpClient& http_;
    const ports::Clock& clock_;
    Options options_;
    std::shared_ptr<const JwkSet> keys_;
    std::string document_;  ///< What keys_ was read from.
    std::optional<OidcEndpoints> endpoints_;
    std::uint64_t generation_ = 1;
    std::optional<TimePoint> fetched_at_;  ///< The last fetch that succeeded.
    std::optional<TimePoint> tried_at_;    ///< The end of the last fetch.
    std::optional<Error> failure_;         ///< Of the last fetch.
    bool fetching_ = false;
    bool stopped_ = false;
    boost::asio::steady_timer fetch_ended_;  ///< Cancelled to wake whoever waits for the fetch.
    async::TaskGroup tasks_;
};

}  // namespace ingestor::identity
