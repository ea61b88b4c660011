#include "embedded_engine.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <vector>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "api/api.hpp"
#include "aws_protocols.hpp"
#include "base/uuid.hpp"
#include "data_directory.hpp"
#include "descriptor_limit.hpp"
#include "documents/helper_pool.hpp"
#include "embedded_page.hpp"
#include "engine/job_engine.hpp"
#include "files/files_object_store.hpp"
#include "files/log_group_directory.hpp"
#include "files/log_segments.hpp"
#include "files/storage_watch.hpp"
#include "helper_program.hpp"
#include "http/server.hpp"
#include "httpclient/guarded_caller.hpp"
#include "httpclient/http_client.hpp"
#include "identity/access_keys.hpp"
#include "identity/anyone_verifier.hpp"
#include "identity/jwt_verifier.hpp"
#include "identity/local_issuer.hpp"
#include "identity/sign_in_codes.hpp"
#include "jobs/retention_clock.hpp"
#include "listen_address.hpp"
#include "local_function.hpp"
#include "local_service.hpp"
#include "log_tee.hpp"
#include "oidc_identity.hpp"
#include "provisioning/template.hpp"
#include "removal_lock.hpp"
#include "sign_in_link.hpp"
#include "sigv4/url_signer.hpp"
#include "state_watch.hpp"
#include "version.hpp"

namespace ingestor {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::hours kSessionLifetime{12};
constexpr std::chrono::seconds kGraceOfRequests{10};
constexpr std::chrono::seconds kGraceOfAttempts{20};
/// One more than --workers, for users who hold none while others hold all.
constexpr std::size_t kReservedHelpers = 1;
/// How long an address that is in use is waited for.
constexpr std::chrono::seconds kAddressWaitMax{5};
constexpr std::chrono::milliseconds kAddressRetryInterval{50};
/// Threads for what blocks: writing and syncing of objects, large outputs.
constexpr std::size_t kBlockingThreads = 16;
class SignedUploadUrls final : public jobs::UploadUrls {
public:
    explicit SignedUploadUrls(const ports::Clock& clock) : clock_(clock) {}

    /// Once the service knows where it is reached, and before anybody asks it for a link.
    void sign_with(sigv4::UrlSigner::Options options) { signer_.emplace(std::move(options)); }

    [[nodiscard]] Result<jobs::UploadUrl> presign(const domain::ObjectKey& key,
                                                  const jobs::UploadCall& call,
                                                  std::chrono::seconds lifetime,
                                                  const std::string& origin) const override {
        const sigv4::LinkedRequest request{
            .method = call.method, .query = call.query, .content_type = call.content_type};
        auto link = signer_->at(origin).presign(request, key.value(), lifetime, clock_.now());
        return jobs::UploadUrl{.url = std::move(link.url), .headers = std::move(link.headers)};
    }

private:
    std::optional<sigv4::UrlSigner> signer_;
    const ports::Clock& clock_;
};

http::ServerLimits limits_for(const cli::ServeOptions& options, std::uint64_t descriptors,
                              std::uint32_t helpers) {
    http::ServerLimits limits;
    limits.connections_max = cli::connections_for(descriptors, helpers);
    if (options.connections != 0) {
        limits.connections_max = std::min<std::size_t>(limits.connections_max, options.connections);
    }
    limits.connections_per_address_max = options.connections_per_address != 0
                                             ? options.connections_per_address
                                             : limits.connections_max / 2;
    return limits;
}

api::SignInMode sign_in_mode(cli::AuthMode mode) {
    switch (mode) {
        case cli::AuthMode::local:
            return api::SignInMode::local;
        case cli::AuthMode::oidc:
            return api::SignInMode::oidc;
        case cli::AuthMode::none:
            return api::SignInMode::none;
    }
    return api::SignInMode::none;
}

}  // namespace

/// Declared in the order of making; the reverse is the order of ending, which matters: what uses
/// stands below what it uses.
struct EmbeddedEngine::Impl {
    Impl(asio::io_context& context, telemetry::Log& logger, cli::ServeOptions wanted,
         asio::ip::tcp::endpoint endpoint)
        : io(context),
          log(logger),
          options(std::move(wanted)),
          listen(std::move(endpoint)),
          data{options.data},
          workers(options.workers != 0 ? options.workers
                                       : std::max(1U, std::thread::hardware_concurrency())),
          blocking(kBlockingThreads),
          background(io.get_executor(), [this](const std::exception_ptr& failure) {
              try {
                  std::rethrow_exception(failure);
              } catch (const std::exception& error) {
                  log.error("background task failed", {{"error", error.what()}});
              }
          }) {}

    asio::io_context& io;
    telemetry::Log& log;
    cli::ServeOptions options;
    asio::ip::tcp::endpoint listen;
    DataDirectory data;
    std::uint32_t workers;
    std::uint64_t descriptors = cli::raise_descriptor_limit();
    http::ServerLimits server_limits = limits_for(options, descriptors, workers);
    std::string url;
    api::Readiness readiness = api::Readiness::starting;
    bool stopped = false;

    ports::SystemClock clock;
    async::SteadyClock monotonic;
    /// The database has it for that alone.
    jobs::RetentionClock retention_clock{clock, monotonic};
    telemetry::Metrics metrics;
    asio::thread_pool blocking;
    httpclient::HttpClient http;
    std::unique_ptr<httpclient::GuardedCaller> http_caller;

    std::unique_ptr<identity::LocalIssuer> issuer;
    std::unique_ptr<identity::SignInCodes> sign_in_codes;
    std::unique_ptr<identity::AccessKeys> access_keys;
    std::unique_ptr<OidcIdentity> oidc;
    std::unique_ptr<ports::TokenVerifier> verifier;  ///< Unless there is `oidc`.

    std::unique_ptr<sqlite::Database> database;
    std::unique_ptr<files::FilesObjectStore> objects;
    std::unique_ptr<files::LogSegments> log_store;
    std::unique_ptr<files::LogGroupDirectory> log_groups;
    std::unique_ptr<logs::FunctionLog> function_log;
    std::optional<cli::LogTee> log_tee;
    std::unique_ptr<files::StorageWatch> storage;
    std::unique_ptr<RemovalLock> removal_lock;
    std::unique_ptr<documents::HelperPool> helpers;
    SignedUploadUrls upload_urls{clock};
    std::unique_ptr<engine::JobEngine> jobs;
    std::unique_ptr<api::Api> api;
    std::unique_ptr<cli::LocalFunction> function;
    std::unique_ptr<cli::AwsProtocols> aws;
    std::unique_ptr<http::Server> server;
    documents::SandboxStatus sandbox_status;  ///< That sandbox_text describes.
    std::string sandbox_text = "{}";
    std::unique_ptr<StateWatch> state;
    SignInLink sign_in_link{data.sign_in_link(), log};
    async::TaskGroup background;

    Result<std::monostate> open_stores();
    Result<std::monostate> open_issuer();
    [[nodiscard]] identity::JwtVerifier::Revocation revocation() {
        return {.file = data.revoked_tokens(), .blocking = blocking};
    }
    Result<std::monostate> open_verifier();
    [[nodiscard]] ports::TokenVerifier& token_verifier();
    Result<std::monostate> make_jobs();
    Result<std::monostate> make_http_handlers();
    asio::awaitable<void> start_helpers();
    /// A run of the function, as behind API Gateway.
    asio::awaitable<http::Response> run_api(http::Request& request);
    [[nodiscard]] std::string_view sandbox();
    [[nodiscard]] std::optional<api::LocalSignIn> sign_in();
    [[nodiscard]] std::function<asio::awaitable<Result<api::OidcClient>>()> oidc_client();
    Result<std::monostate> announce();
};

Result<std::monostate> EmbeddedEngine::Impl::open_stores() {
    auto opened = sqlite::Database::open(data.root, retention_clock);
    if (!opened) return std::unexpected(opened.error());
    database = std::move(*opened);
    try {
        objects = std::make_unique<files::FilesObjectStore>(
            data.objects(), blocking, clock,
            files::FilesObjectStore::Limits{.pool_threads = kBlockingThreads});
    } catch (const std::system_error& error) {
        return fail(Errc::unavailable, data.objects().string() + ": " + error.what());
    }
    std::vector<files::StorageWatch::Check> in_place;
    in_place.emplace_back([this] { return database->check_files(); });
    in_place.emplace_back([this] { return objects->check_files(); });
    try {
        log_store = std::make_unique<files::LogSegments>(data.logs(), blocking);
        log_groups = std::make_unique<files::LogGroupDirectory>(data.log_groups(), blocking, clock);
    } catch (const std::system_error& error) {
        return fail(Errc::unavailable, error.what());
    }
    function_log = std::make_unique<logs::FunctionLog>(*log_store, clock, monotonic);
    log_tee.emplace(log, *function_log);
    storage = std::make_unique<files::StorageWatch>(data.root, std::move(in_place));
    auto lock = RemovalLock::open(data.removal_lock());
    if (!lock) return std::unexpected(lock.error());
    removal_lock = std::make_unique<RemovalLock>(std::move(*lock));

    auto keys = identity::AccessKeys::open(data.access_keys(), clock, domain::UserId("local"));
    if (!keys) return std::unexpected(keys.error());
    access_keys = std::make_unique<identity::AccessKeys>(std::move(*keys));
    return std::monostate{};
}

/// After the port is known: a token names the URL of its issuer.
Result<std::monostate> EmbeddedEngine::Impl::open_issuer() {
    auto opened =
        identity::LocalIssuer::open({.directory = data.issuer_keys(), .issuer = url}, clock);
    if (!opened) return std::unexpected(opened.error());
    issuer = std::move(*opened);
    sign_in_codes = std::make_unique<identity::SignInCodes>(clock);
    auto made = identity::JwtVerifier::create(issuer->rules(), issuer->keys(), clock, revocation());
    if (!made) return std::unexpected(made.error());
    verifier = std::move(*made);
    return std::monostate{};
}

Result<std::monostate> EmbeddedEngine::Impl::open_verifier() {
    switch (options.auth) {
        case cli::AuthMode::local:
            return open_issuer();
        case cli::AuthMode::none:
            verifier = std::make_unique<identity::AnyoneVerifier>();
            return std::monostate{};
        case cli::AuthMode::oidc:
            break;
    }
    const char* endpoint = std::getenv("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER");
    auto made = OidcIdentity::create(
        io.get_executor(), http, clock, log,
        OidcIdentity::Options{.issuer = options.oidc_issuer,
                              .audience = options.oidc_audience,
                              .user_pool = options.user_pool,
                              .cognito_endpoint = endpoint != nullptr ? endpoint : "",
                              .operators_group = options.operators,
                              .revocation = revocation()});
    if (!made) return std::unexpected(made.error());
    oidc = std::move(*made);
    oidc->start();
    return std::monostate{};
}

ports::TokenVerifier& EmbeddedEngine::Impl::token_verifier() {
    return oidc ? oidc->verifier() : *verifier;
}

Result<std::monostate> EmbeddedEngine::Impl::make_jobs() {
    const auto executor = io.get_executor();
    helpers = std::make_unique<documents::HelperPool>(
        documents::HelperPoolOptions{.program = helper_program(),
                                     .slots = workers,
                                     .reserve = kReservedHelpers,
                                     .sandbox = options.sandbox},
        executor, blocking, log, metrics);
    state = std::make_unique<StateWatch>(StateWatch::Dependencies{.executor = executor,
                                                                  .database = *database,
                                                                  .objects = *objects,
                                                                  .storage = *storage,
                                                                  .helpers = *helpers,
                                                                  .background = background,
                                                                  .log = log,
                                                                  .metrics = metrics});
    auto filter = httpclient::AddressFilter::parse(options.private_targets);
    if (!filter) {
        return fail(Errc::invalid_argument, "--private-targets: " + filter.error().message);
    }
    const char* ca_file = std::getenv("SSL_CERT_FILE");
    http_caller = std::make_unique<httpclient::GuardedCaller>(std::move(*filter),
                                                              ca_file != nullptr ? ca_file : "");
    engine::JobEngine::Options wanted{
        .owner = uuid_v4(),
        .names = options.names,
        .slots = workers,
        .reserved_slots = kReservedHelpers,
        .jobs_at_once = options.jobs_at_once,
        .keep_jobs = std::nullopt,
        .quotas = {.jobs = options.quota_jobs, .bytes = options.quota_bytes}};
    if (options.keep_jobs_days > 0) wanted.keep_jobs = std::chrono::days{options.keep_jobs_days};
    engine::JobEngine::Dependencies dependencies{
        .executor = executor,
        .database = *database,
        .files = *objects,
        .walkable_files = *objects,
        .file_join = *objects,
        .extractor = *helpers,
        .upload_urls = upload_urls,
        .http_caller = *http_caller,
        .removal_permit = [this] { return removal_lock->try_share(); },
        .clock = clock,
        .monotonic = monotonic,
        .log = log,
        .metrics = metrics,
        .function_log = function_log.get(),
        .log_groups = log_groups.get()};
    try {
        jobs = std::make_unique<engine::JobEngine>(std::move(dependencies), std::move(wanted));
    } catch (const std::system_error& error) {
        return fail(Errc::unavailable, error.what());
    }
    return std::monostate{};
}

Result<std::monostate> EmbeddedEngine::Impl::make_http_handlers() {
    auto origin = api::WebOrigin::of(url);
    if (!origin) return std::unexpected(origin.error());
    const auto& key = access_keys->links();
    upload_urls.sign_with({.endpoint = url,
                           .region = options.names.region,
                           .bucket = options.names.bucket(),
                           .credentials = {.access_key_id = key.access_key_id,
                                           .secret_access_key = key.secret_access_key}});
    api = std::make_unique<api::Api>(
        api::Api::Dependencies{.jobs = jobs->service(),
                               .verifier = token_verifier(),
                               .metrics = metrics,
                               .clock = clock,
                               .readiness = [this] { return readiness; },
                               .unavailable = [this] { return std::span(state->reasons()); },
                               .waiting_reason = [this]() -> std::optional<std::string> {
                                   auto trouble = jobs->trouble().current(monotonic.now());
                                   if (!trouble) return std::nullopt;
                                   return std::move(trouble->kind);
                               },
                               .sandbox = [this] { return sandbox(); },
                               .sign_in = sign_in(),
                               .oidc_client = oidc_client(),
                               .bus = api::bus::UseCases{.operations = jobs->bus_operations(),
                                                         .rules = jobs->rule_operations(),
                                                         .patterns = jobs->pattern_tests(),
                                                         .deliveries = jobs->delivery_queries(),
                                                         .archives = jobs->archive_operations(),
                                                         .replays = jobs->replay_operations()},
                               .page_files = embedded_page()},
        api::ApiSettings{
            .version = kVersion,
            .aws_endpoint_url = url,
            .names = options.names,
            .origin = std::move(*origin),
            .sign_in_mode = sign_in_mode(options.auth),
            .requests_per_second_max = options.rate_limit,
            .limits = api::ConnectionLimits{
                .descriptors = descriptors,
                .connections = server_limits.connections_max,
                .connections_per_address = server_limits.connections_per_address_max}});
    function = std::make_unique<cli::LocalFunction>(
        cli::LocalFunction::Dependencies{
            .api = [this](http::Request& request) { return api->handle(request); },
            .engine = *jobs,
            .function_log = *function_log,
            .monotonic = monotonic,
            .log = log,
            .metrics = metrics},
        options.names.environment);
    aws = std::make_unique<cli::AwsProtocols>(
        cli::AwsProtocols::Dependencies{
            .engine = *jobs,
            .function_log = *log_store,
            .log_groups = *log_groups,
            .access_keys = *access_keys,
            .clock = clock,
            .invoke =
                [this](std::string payload, std::string request_id) {
                    return function->invoke(std::move(payload), std::move(request_id));
                },
            .spawn = [this](asio::awaitable<void> task) { background.spawn(std::move(task)); }},
        cli::AwsProtocols::Options{.names = options.names,
                                   .url = url,
                                   .bucket_created_at = data.created_at(),
                                   .allowed_origins = options.allowed_origins});
    return std::monostate{};
}

asio::awaitable<http::Response> EmbeddedEngine::Impl::run_api(http::Request& request) {
    const logs::FunctionLog::Run run(*function_log, request.request_id);
    co_return co_await api->handle(request);
}

/// Beside everything else: a service whose helpers do not start yet takes jobs all the same.
asio::awaitable<void> EmbeddedEngine::Impl::start_helpers() {
    const auto started = co_await helpers->start();
    if (!started) {
        log.error("no document helper could be started; trying on",
                  {{"error", started.error().message}});
        co_return;
    }
}

std::string_view EmbeddedEngine::Impl::sandbox() {
    const auto& status = helpers->sandbox_status();
    if (status == sandbox_status) return sandbox_text;
    boost::json::object out;
    for (const auto& layer : status.layers)
        out[documents::to_string(layer.layer)] = documents::to_string(layer.state);
    if (auto warning = helpers->sandbox_warning(); !warning.empty()) out["warning"] = warning;
    sandbox_text = boost::json::serialize(out);
    sandbox_status = status;
    return sandbox_text;
}

std::optional<api::LocalSignIn> EmbeddedEngine::Impl::sign_in() {
    if (!issuer) return std::nullopt;
    return api::LocalSignIn{
        .exchange = [this](const std::string& code) -> Result<api::AccessToken> {
            const auto user = sign_in_codes->exchange(code);
            if (!user) return std::unexpected(user.error());
            sign_in_link.forget();
            auto token = issuer->mint(*user, kSessionLifetime);
            if (!token) return std::unexpected(token.error());
            return api::AccessToken{.token = std::move(*token), .lifetime = kSessionLifetime};
        },
        .jwks = [this] { return issuer->jwks_json(); },
        .discovery = [this] { return issuer->discovery_json(); }};
}

auto EmbeddedEngine::Impl::oidc_client()
    -> std::function<asio::awaitable<Result<api::OidcClient>>()> {
    if (!oidc) return {};
    return [this] { return oidc->client(); };
}

Result<std::monostate> EmbeddedEngine::Impl::announce() {
    log.info("listening", {{"url", url},
                           {"data", fs::absolute(data.root).string()},
                           {"environment", options.names.environment},
                           {"workers", workers},
                           {"version", kVersion}});
    sign_in_link.forget();
    if (!sign_in_codes) return std::monostate{};
    const auto code = sign_in_codes->create("local");
    if (!code) return std::unexpected(code.error());
    // Without the page, the description of the API can sign people in as well.
    const auto* place = embedded_page().empty() ? "/docs#code=" : "/app/#code=";
    return sign_in_link.offer(url + place + *code);
}

EmbeddedEngine::EmbeddedEngine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

EmbeddedEngine::~EmbeddedEngine() = default;

Result<std::unique_ptr<EmbeddedEngine>> EmbeddedEngine::open(asio::io_context& io,
                                                             telemetry::Log& log,
                                                             const cli::ServeOptions& options) {
    const auto endpoint = cli::parse_listen_address(options.listen);
    if (!endpoint) return std::unexpected(endpoint.error());
    if (options.auth == cli::AuthMode::none && !endpoint->address().is_loopback()) {
        return fail(Errc::invalid_argument,
                    "--auth none would let everyone in: it is only for a loopback listener, such "
                    "as --listen 127.0.0.1:8080");
    }
    const auto access = secure_data_directory(options.data);
    if (!access) return std::unexpected(access.error());
    if (*access == DataDirectoryAccess::closed_to_others) {
        log.warn("other users could enter the data directory: closed it to them",
                 {{"data", options.data}});
    }
    auto impl = std::make_unique<Impl>(io, log, options, *endpoint);
    if (const auto opened = impl->open_stores(); !opened) return std::unexpected(opened.error());
    if (const auto made = impl->make_jobs(); !made) return std::unexpected(made.error());
    return std::unique_ptr<EmbeddedEngine>(new EmbeddedEngine(std::move(impl)));
}

asio::awaitable<Result<std::monostate>> EmbeddedEngine::start() {
    auto& impl = *impl_;
    auto wanted =
        provisioning::read_template(provisioning::embedded_template(), impl.options.names);
    if (!wanted) co_return std::unexpected(wanted.error());
    const auto bus_opened = co_await impl.jobs->open_bus(std::move(*wanted));
    if (!bus_opened) co_return bus_opened;
    // Until the API stands the handler is not asked: the listener starts on this very thread.
    auto answer = [&impl](http::Request& request) {
        if (auto answering = impl.aws->handle(request)) return std::move(*answering);
        return impl.run_api(request);
    };
    impl.server =
        std::make_unique<http::Server>(impl.io.get_executor(), impl.listen, impl.server_limits,
                                       std::move(answer), impl.log, impl.metrics);
    auto listening = impl.server->start();
    // After a kill, the kernel may take a moment to take the address from who held it.
    const auto latest = std::chrono::steady_clock::now() + kAddressWaitMax;
    asio::steady_timer timer(impl.io);
    while (!listening && listening.error().code == Errc::conflict &&
           std::chrono::steady_clock::now() < latest) {
        timer.expires_after(kAddressRetryInterval);
        co_await timer.async_wait(asio::use_awaitable);
        listening = impl.server->start();
    }
    if (!listening) co_return std::unexpected(listening.error());
    impl.url = impl.options.public_url.empty() ? cli::url_of(impl.server->local_endpoint())
                                               : impl.options.public_url;
    while (impl.url.ends_with('/')) impl.url.pop_back();
    const auto verifier = impl.open_verifier();
    if (!verifier) co_return std::unexpected(verifier.error());
    const auto handlers = impl.make_http_handlers();
    if (!handlers) co_return std::unexpected(handlers.error());

    impl.jobs->start();
    impl.background.spawn(impl.start_helpers());
    const cli::ServiceRecord record{.url = impl.url, .region = impl.options.names.region};
    const auto written = cli::write_service_record(impl.options.data, record);
    if (!written) co_return std::unexpected(written.error());
    impl.background.spawn(impl.state->run());
    impl.readiness = api::Readiness::ready;
    co_return impl.announce();
}

asio::awaitable<void> EmbeddedEngine::stop() {
    auto& impl = *impl_;
    if (std::exchange(impl.stopped, true)) co_return;
    impl.readiness = api::Readiness::stopping;
    const auto now = std::chrono::steady_clock::now();
    impl.jobs->begin_stop();
    impl.state->stop();
    if (impl.server) co_await impl.server->stop(now + kGraceOfRequests);
    const bool ended = co_await impl.jobs->stop(now + kGraceOfAttempts);
    if (!ended) {
        impl.log.warn("some attempts did not end in time; their leases will be taken over", {});
    }
    co_await impl.helpers->stop();
    if (!ended) co_await impl.jobs->abandon(std::chrono::steady_clock::now() + kGraceOfRequests);
    impl.sign_in_link.forget();
    if (impl.oidc) co_await impl.oidc->stop();
    if (!co_await impl.background.join(std::chrono::steady_clock::now() + kGraceOfRequests)) {
        impl.background.cancel();
        co_await impl.background.join(std::chrono::steady_clock::now() + kGraceOfRequests);
    }
}

const std::string& EmbeddedEngine::url() const {
    return impl_->url;
}

}  // namespace ingestor
