#pragma once

#include <chrono>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include "api/bus/bus_api.hpp"
#include "api/call.hpp"
#include "api/concurrency_limiter.hpp"
#include "api/event_feed.hpp"
#include "api/operation.hpp"
#include "api/page.hpp"
#include "api/rate_limiter.hpp"
#include "api/session_cookie.hpp"
#include "api/web_origin.hpp"
#include "domain/names.hpp"
#include "http/message.hpp"
#include "http/multipart.hpp"
#include "http/router.hpp"
#include "jobs/job_service.hpp"
#include "ports/clock.hpp"
#include "ports/token_verifier.hpp"
#include "telemetry/metrics.hpp"
#include "telemetry/service_state.hpp"

namespace ingestor::api {

/// A bearer token for a page or a person.
struct AccessToken {
    std::string token;
    std::chrono::seconds lifetime{0};
};

/// What only a server that issues its own tokens has.
struct LocalSignIn {
    /// Exchanges a one-time code. Errors: unauthenticated (unknown, used or expired, in words).
    std::function<Result<AccessToken>(const std::string& code)> exchange;
    std::function<std::string()> jwks;       ///< RFC 7517, as JSON text.
    std::function<std::string()> discovery;  ///< OpenID Connect Discovery 1.0, as JSON text.
};

/// Where people of an issuer elsewhere sign in, as the page needs to know it.
struct OidcClient {
    std::optional<std::string> issuer;
    std::optional<std::string> client_id;
    std::optional<std::string> authorization_endpoint;
    std::optional<std::string> token_endpoint;
    std::optional<std::string> end_session_endpoint;
};

/// Lets clients read objects from the store itself, where this server's answers are limited.
struct ObjectLinks {
    std::uint64_t answer_bytes_max = 0;  ///< Larger objects are answered by a link.
    /// A link that is good for a while, and what its answer says of itself. Errors: unavailable.
    std::function<Result<std::string>(const domain::ObjectKey& key, const std::string& content_type,
                                      const std::string& content_disposition)>
        presign_get;
};

enum class SignInMode { local, oidc, none };

enum class Readiness { starting, ready, stopping };

/// How many clients may be connected.
struct ConnectionLimits {
    std::uint64_t descriptors = 0;
    std::uint64_t connections = 0;
    std::uint64_t connections_per_address = 0;  ///< Where room is short.

    /// Streams of events, which hold a connection for long, leave half of them to others.
    [[nodiscard]] std::uint64_t streams() const { return connections / 2; }

    static constexpr ConnectionLimits none() {
        constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
        return {.descriptors = kMost, .connections = kMost, .connections_per_address = kMost};
    }
};

struct ApiSettings {
    std::string version;
    std::string engine = "embedded";
    /// Where the AWS protocols are spoken, without a slash at the end; nullopt: AWS speaks them.
    std::optional<std::string> aws_endpoint_url;
    domain::Names names;
    WebOrigin origin;  ///< Of the service itself, to tell its own page from those of others.
    /// A gateway lets no request through but those that name the service in `Host`, by whichever
    /// of its names, and over https.
    bool gateway_checks_host = false;
    SignInMode sign_in_mode = SignInMode::local;
    double requests_per_second_max = 0;           ///< Of one caller; 0: no limit.
    std::optional<ConnectionLimits> limits = {};  ///< nullopt: AWS accepts the connections.
    std::uint64_t file_bytes_max = std::uint64_t{5} << 30;  ///< As S3's single PUT.
};

/// The REST API: a request in, a use case, an answer out. Knows who calls; what they may do is
/// decided by the use cases. Call from the I/O executor only.
class Api {
public:
    /// Streams of events that one user may have open.
    static constexpr std::size_t kStreamsOfUserMax = 64;

    /// What it works with; all of it outlives the API.
    struct Dependencies {
        jobs::JobService& jobs;
        ports::TokenVerifier& verifier;
        telemetry::Metrics& metrics;
        const ports::Clock& clock;
        std::function<Readiness()> readiness;
        /// Why work does not proceed; holds until the next call. Empty: nothing holds it up.
        std::function<std::span<const telemetry::UnavailableReason>()> unavailable = [] {
            return std::span<const telemetry::UnavailableReason>();
        };
        /// Why jobs wait, in words that anybody may read; nullopt: none is known to.
        std::function<std::optional<std::string>()> waiting_reason = [] {
            return std::optional<std::string>();
        };
        /// Layers and their states as a JSON object, for `/health`; see docs/security.md. The text
        /// holds until the next call.
        std::function<std::string_view()> sandbox;
        std::optional<LocalSignIn> sign_in;
        /// Empty unless an issuer elsewhere signs people in. Errors: unavailable.
        std::function<boost::asio::awaitable<Result<OidcClient>>()> oidc_client;
        std::optional<ObjectLinks> object_links = {};  ///< nullopt: everything is answered here.
        std::optional<bus::UseCases> bus = {};         ///< nullopt: the bus is not ours.
        /// The web page's files, which outlive the API; empty: it was built without.
        std::span<const http::StaticFile> page_files;
    };
    Api(Dependencies dependencies, ApiSettings settings);

    boost::asio::awaitable<http::Response> handle(http::Request& request);

    /// The OpenAPI document, as JSON text.
    [[nodiscard]] const std::string& description() const { return description_; }

    struct Route {
        Operation operation;
        std::function<Answering(Api&, Call)> handler;
    };
    /// Every route with its description.
    [[nodiscard]] static const std::vector<Route>& routes();

private:
    /// But for those of the folders beside this file.
    [[nodiscard]] static std::vector<Route> own_routes();
    Answering answer_of_bus(bus::BusApi::Handler handler, Call call);

    Answering dispatch(const Route& route, http::Request& request,
                       const http::PathParameters& path);

    /// Who sends this, by bearer token or by the page's cookie. Errors: unauthenticated,
    /// unavailable, permission_denied (another site's page made the browser send it).
    boost::asio::awaitable<Result<ports::Principal>> identify(const http::Request& request);
    /// The origin of ours that a request asked, by its `Host`. Errors: permission_denied.
    [[nodiscard]] Result<WebOrigin> asked_origin_of(const http::Request& request) const;
    /// Where links for who sent this must lead: the origin that was asked, or where its name is not
    /// one of ours, our own.
    [[nodiscard]] std::string link_origin(const http::Request& request) const;

    Answering health(Call call);
    Answering ready(Call call);
    [[nodiscard]] boost::json::object with_waiting_reason(boost::json::object answer) const;
    Answering metrics(Call call);
    Answering openapi(Call call);
    Answering docs(Call call);
    Answering home(Call call);
    Answering service(Call call);
    Answering exchange_code(Call call);
    Answering open_session(Call call);
    Answering get_session(Call call);
    Answering close_session(Call call);
    Answering page_config(Call call);
    Answering page(http::Request& request, const http::PathParameters& path);
    Answering jwks(Call call);
    Answering discovery(Call call);

    Answering presign_upload(Call call);
    Answering begin_parts(Call call);
    Answering presign_parts(Call call);
    Answering process_s3_files(Call call);
    Answering upload(Call call);

    Answering list_jobs(Call call);
    Answering count_jobs(Call call);
    Answering get_job(Call call);
    Answering retry_job(Call call);
    Answering cancel_job(Call call);
    Answering retry_jobs(Call call);
    Answering cancel_jobs(Call call);
    Answering delete_job(Call call);
    Answering delete_jobs(Call call);
    Answering job_events(Call call);
    Answering jobs_events(Call call);
    Answering markdown(Call call);
    Answering sidecar(Call call);
    Answering chunks(Call call);
    Answering source(Call call);
    Answering find_documents(Call call);

    Answering output(Call call, formats::OutputKind kind);
    /// The object, or a link to it; `response` has its headers.
    Answering answer_object(http::Request& request, http::Response response,
                            jobs::StoredDocument document);
    /// Reads the parts of an upload, and stores its documents as they come: what `request` names is
    /// stored, even where it fails. nullopt: all is well.
    boost::asio::awaitable<std::optional<http::Response>> read_parts(Call& call,
                                                                     http::MultipartReader& reader,
                                                                     jobs::SubmitRequest& request);
    boost::asio::awaitable<Result<jobs::SubmittedFile>> store_part(const ports::Principal& who,
                                                                   http::MultipartReader& reader,
                                                                   const http::PartHead& head,
                                                                   std::size_t index,
                                                                   jobs::ContentHash hash);
    [[nodiscard]] bool is_over(const ports::Principal& who) const;
    http::Response event_stream(ports::Principal who, std::shared_ptr<EventFeed> feed);
    boost::asio::awaitable<void> send_events(http::ResponseWriter& writer, ports::Principal who,
                                             std::shared_ptr<EventFeed> feed);

    Dependencies dependencies_;
    ApiSettings settings_;
    std::optional<bus::BusApi> bus_;
    Page page_;
    RateLimiter limiter_;
    ConcurrencyLimiter requests_;
    ConcurrencyLimiter streams_;
    std::unordered_map<domain::JobId, std::weak_ptr<EventFeed>> job_feeds_;
    std::unordered_map<domain::UserId, std::weak_ptr<EventFeed>> user_feeds_;
    std::string description_;
    std::string health_tail_;  ///< What of `/health` never changes.
    http::Router router_;
};

}  // namespace ingestor::api
