#include "aws_engine.hpp"

#include <algorithm>
#include <filesystem>
#include <thread>

#include <boost/asio/thread_pool.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "api/api.hpp"
#include "aws/client.hpp"
#include "aws/credentials_chain.hpp"
#include "aws/dynamodb_job_deletions.hpp"
#include "aws/dynamodb_job_store.hpp"
#include "aws/eventbridge_publisher.hpp"
#include "aws/s3_object_store.hpp"
#include "aws/s3_presigner.hpp"
#include "base/uuid.hpp"
#include "documents/helper_pool.hpp"
#include "embedded_page.hpp"
#include "helper_program.hpp"
#include "jobs/fair_slots.hpp"
#include "jobs/ingest_object.hpp"
#include "jobs/job_deleter.hpp"
#include "jobs/job_retention.hpp"
#include "jobs/job_service.hpp"
#include "jobs/process_job.hpp"
#include "jobs/sweeper.hpp"
#include "oidc_identity.hpp"
#include "version.hpp"

namespace ingestor {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

/// For hashing, and for reading and writing files of documents.
constexpr std::size_t kBlockingThreads = 4;

/// An answer of Lambda is at most 6 MB, in which bytes that are no text take a third more.
constexpr std::uint64_t kAnswerBytesMax = std::uint64_t{4} << 20;
constexpr std::chrono::seconds kLinkLifetime{300};
constexpr std::uint32_t kOutboxInBatchMax = 100;
/// A sweep begins no further batch after this; the next one is due a minute after it.
constexpr std::chrono::seconds kOutboxTimeMax{15};
constexpr std::chrono::seconds kRetentionTimeMax{10};
/// Within it, whoever ended a job is still about to publish that.
constexpr std::chrono::seconds kOutboxPatience{60};

/// The certificates that the package brings stand beside the program.
std::string ca_file(const AwsSettings& settings) {
    if (!settings.ca_file.empty()) return settings.ca_file;
    const auto own = helper_program().parent_path() / "etc/ssl/cert.pem";
    std::error_code unreadable;
    return fs::exists(own, unreadable) ? own.string() : std::string();
}

class S3UploadUrls final : public jobs::UploadUrls {
public:
    explicit S3UploadUrls(const aws::S3Presigner& presigner) : presigner_(presigner) {}

    [[nodiscard]] Result<jobs::UploadUrl> presign(const domain::ObjectKey& key,
                                                  const jobs::UploadCall& call,
                                                  std::chrono::seconds lifetime,
                                                  const std::string& /*origin*/) const override {
        const sigv4::LinkedRequest request{
            .method = call.method, .query = call.query, .content_type = call.content_type};
        auto link = presigner_.presign(request, key, lifetime);
        if (!link) return std::unexpected(link.error());
        return jobs::UploadUrl{.url = std::move(link->url), .headers = std::move(link->headers)};
    }

private:
    const aws::S3Presigner& presigner_;
};

}  // namespace

/// The adapters. Members are made in order: what uses stands below what it uses.
class AwsEngine::Services {
public:
    Services(asio::any_io_executor executor, telemetry::Log& log, const AwsSettings& settings)
        : environment(aws::process_environment()),
          pool(kBlockingThreads),
          http(httpclient::HttpClient::Options{.ca_file = ca_file(settings)}),
          credentials(
              executor,
              aws::credentials_sources({.environment = environment, .http = http, .pool = pool}),
              clock, log),
          dynamodb(endpoint(aws::Service::dynamodb, settings), dependencies(dynamodb_quota, log),
                   kDynamoDb),
          s3(endpoint(aws::Service::s3, settings), dependencies(s3_quota, log), kStandard),
          eventbridge(endpoint(aws::Service::eventbridge, settings),
                      dependencies(eventbridge_quota, log), kStandard),
          dynamodb_calls(dynamodb, aws::DynamoDbTable::protocol()),
          eventbridge_calls(eventbridge, aws::EventBridgePublisher::protocol()),
          publisher(eventbridge_calls, settings.event_bus, kStandard),
          table(dynamodb_calls, settings.jobs_table, kDynamoDb),
          objects({.client = s3, .executor = executor, .pool = pool, .log = log},
                  {.bucket = settings.names.bucket()}),
          presigner(s3.endpoint(), settings.names.bucket(), credentials, clock),
          jobs({.table = table, .publisher = publisher, .log = log}, {}),
          deletions(table),
          deleter({.deletions = deletions,
                   .objects = objects,
                   .clock = clock,
                   .log = log,
                   // Nothing copies objects here that a removal could disturb.
                   .permit = [] { return std::make_shared<int>(); }}) {}

    asio::awaitable<void> stop() {
        co_await objects.stop();
        co_await credentials.stop();
    }

    aws::Environment environment;
    ports::SystemClock clock;
    async::SteadyClock monotonic;
    asio::thread_pool pool;
    httpclient::HttpClient http;
    // One a service: the trouble of one takes no retries from the others.
    aws::RetryQuota dynamodb_quota;
    aws::RetryQuota s3_quota;
    aws::RetryQuota eventbridge_quota;
    aws::CredentialsChain credentials;
    aws::Client dynamodb;
    aws::Client s3;
    aws::Client eventbridge;
    aws::JsonClient dynamodb_calls;
    aws::JsonClient eventbridge_calls;
    aws::EventBridgePublisher publisher;
    aws::DynamoDbTable table;
    aws::S3ObjectStore objects;
    aws::S3Presigner presigner;
    aws::DynamoDbJobStore jobs;
    aws::DynamoDbJobDeletions deletions;
    jobs::JobDeleter deleter;
    jobs::RunningJobs running;

private:
    static constexpr aws::RetryPolicy kStandard{};
    static constexpr aws::RetryPolicy kDynamoDb{.base = std::chrono::milliseconds(25)};

    [[nodiscard]] aws::Client::Dependencies dependencies(aws::RetryQuota& quota,
                                                         telemetry::Log& log) {
        return {
            .http = http, .credentials = credentials, .quota = quota, .clock = clock, .log = log};
    }
    [[nodiscard]] aws::Endpoint endpoint(aws::Service service, const AwsSettings& settings) const {
        return aws::endpoint_of(service, settings.names.region, environment);
    }
};

/// Jobs, as requests and events submit them.
struct AwsEngine::Submission {
    Submission(const asio::any_io_executor& executor, Services& services,
               const AwsSettings& settings)
        : upload_urls(services.presigner),
          watch(executor),
          service({.jobs = services.jobs,
                   .objects = services.objects,
                   .upload_urls = upload_urls,
                   .clock = services.clock,
                   .running = services.running,
                   .watch = watch,
                   .deleter = services.deleter},
                  settings.names) {}

    S3UploadUrls upload_urls;
    jobs::JobWatch watch;
    jobs::JobService service;
};

/// What requests need.
class AwsEngine::HttpHandlers {
public:
    HttpHandlers(asio::any_io_executor executor, Services& services, telemetry::Metrics& metrics,
                 const AwsSettings& settings, std::unique_ptr<OidcIdentity> identity,
                 api::WebOrigin origin)
        : services_(services),
          identity_(std::move(identity)),
          submission_(executor, services, settings),
          api_(api::Api::Dependencies{.jobs = submission_.service,
                                      .verifier = identity_->verifier(),
                                      .metrics = metrics,
                                      .clock = services.clock,
                                      .readiness = [] { return api::Readiness::ready; },
                                      .sandbox = [] { return std::string_view("{}"); },
                                      .sign_in = std::nullopt,
                                      .oidc_client = [this] { return identity_->client(); },
                                      .object_links = object_links(),
                                      .page_files = embedded_page()},
               api::ApiSettings{.version = kVersion,
                                .engine = "aws",
                                .aws_endpoint_url = std::nullopt,
                                .names = settings.names,
                                .origin = std::move(origin),
                                .gateway_checks_host = true,
                                .sign_in_mode = api::SignInMode::oidc}) {}

    asio::awaitable<http::Response> handle(http::Request& request) {
        // Links are signed without waiting for keys.
        const auto keys = co_await services_.credentials.get();
        if (!keys) {
            co_return http::detail_response(503, "the service has no AWS credentials just now");
        }
        co_return co_await api_.handle(request);
    }
    asio::awaitable<void> stop() { return identity_->stop(); }

private:
    api::ObjectLinks object_links() {
        return {.answer_bytes_max = kAnswerBytesMax,
                .presign_get = [this](const domain::ObjectKey& key, const std::string& content_type,
                                      const std::string& content_disposition) {
                    return services_.presigner.presign_get(
                        key, kLinkLifetime,
                        {.content_type = content_type, .content_disposition = content_disposition});
                }};
    }

    Services& services_;
    std::unique_ptr<OidcIdentity> identity_;
    Submission submission_;
    api::Api api_;
};

/// What the work on documents needs.
class AwsEngine::Worker {
public:
    Worker(asio::any_io_executor executor, Services& services, telemetry::Log& log,
           telemetry::Metrics& metrics, const AwsSettings& settings)
        : cores_(std::max(1U, std::thread::hardware_concurrency())),
          helpers_({.program = helper_program(), .slots = cores_}, executor, services.pool, log,
                   metrics),
          slots_(executor, cores_),
          watch_(executor),
          process_job_({.jobs = services.jobs,
                        .objects = services.objects,
                        .extractor = helpers_,
                        .clock = services.clock,
                        .monotonic = services.monotonic,
                        .running = services.running,
                        .watch = watch_,
                        .slots = slots_,
                        .trouble = trouble_,
                        .log = log,
                        .metrics = metrics},
                       {.owner = uuid_v4(), .names = settings.names}) {}

    /// Errors: unavailable (no helper could be started).
    asio::awaitable<Result<std::monostate>> start() { return helpers_.start(); }
    asio::awaitable<void> process(eventbridge::Event event, Deadline deadline) {
        auto shared = std::make_shared<const eventbridge::Event>(std::move(event));
        return process_job_.handle(std::move(shared), {}, deadline);
    }
    asio::awaitable<void> stop() { return helpers_.stop(); }

private:
    std::size_t cores_;
    documents::HelperPool helpers_;
    jobs::FairSlots slots_;
    jobs::JobWatch watch_;
    jobs::ServiceTrouble trouble_;
    jobs::ProcessJob process_job_;
};

/// Makes jobs of objects that are put into an inbox.
class AwsEngine::Inbox {
public:
    Inbox(asio::any_io_executor executor, Services& services, telemetry::Log& log,
          const AwsSettings& settings)
        : submission_(executor, services, settings),
          ingest_({.jobs = submission_.service, .objects = services.objects, .log = log},
                  settings.names) {}

    asio::awaitable<void> ingest(eventbridge::Event event) { co_await ingest_.handle(event); }

private:
    Submission submission_;
    jobs::IngestObject ingest_;
};

struct AwsEngine::Impl {
    Impl(asio::io_context& context, telemetry::Log& logger, telemetry::Metrics& counters,
         AwsSettings given)
        : io(context), log(logger), metrics(counters), settings(std::move(given)) {
        handlers.api = [this](http::Request& request) { return answer(request); };
        handlers.process_job = [this](eventbridge::Event event, Deadline deadline) {
            return process(std::move(event), deadline);
        };
        handlers.ingest_object = [this](eventbridge::Event event) {
            return use_inbox().ingest(std::move(event));
        };
        handlers.sweep = [this] { return sweep(); };
    }

    Services& use_services() {
        if (!services) services = std::make_unique<Services>(io.get_executor(), log, settings);
        return *services;
    }

    Inbox& use_inbox() {
        if (!inbox) {
            inbox = std::make_unique<Inbox>(io.get_executor(), use_services(), log, settings);
        }
        return *inbox;
    }

    asio::awaitable<http::Response> answer(http::Request& request);
    asio::awaitable<void> process(eventbridge::Event event, Deadline deadline);
    asio::awaitable<Result<jobs::SweepResult>> sweep();
    asio::awaitable<void> delete_expired(Services& shared);
    Result<std::monostate> open_http_handlers(const http::Request& request);

    asio::io_context& io;
    telemetry::Log& log;
    telemetry::Metrics& metrics;
    AwsSettings settings;
    std::unique_ptr<Services> services;
    std::unique_ptr<HttpHandlers> http_handlers;
    std::unique_ptr<Worker> worker;
    std::unique_ptr<Inbox> inbox;
    jobs::ServiceTrouble
        trouble;  ///< That a sweep sees: none, as it works in an invocation of its own.
    std::unique_ptr<jobs::Sweeper> sweeper;
    std::unique_ptr<jobs::JobRetention> retention;
    lambda::FunctionHandlers handlers;
};

Result<std::monostate> AwsEngine::Impl::open_http_handlers(const http::Request& request) {
    auto& shared = use_services();
    // The gateway writes it, and lets no other through.
    auto origin = api::WebOrigin::of("https://" + std::string(request.header("host")));
    if (!origin) return std::unexpected(origin.error());
    const auto cognito =
        aws::endpoint_of(aws::Service::cognito_idp, settings.names.region, shared.environment);
    const auto own = aws::endpoint_of(aws::Service::cognito_idp, settings.names.region,
                                      [](const std::string&) { return std::nullopt; });
    auto identity = OidcIdentity::create(
        io.get_executor(), shared.http, shared.clock, log,
        OidcIdentity::Options{.issuer = settings.oidc_issuer,
                              .audience = settings.client_id,
                              .user_pool = settings.user_pool,
                              .cognito_endpoint = cognito.url == own.url ? "" : cognito.url});
    if (!identity) return std::unexpected(identity.error());
    http_handlers = std::make_unique<HttpHandlers>(io.get_executor(), shared, metrics, settings,
                                                   std::move(*identity), std::move(*origin));
    return std::monostate{};
}

asio::awaitable<http::Response> AwsEngine::Impl::answer(http::Request& request) {
    if (!http_handlers) {
        if (const auto opened = open_http_handlers(request); !opened) {
            log.error("cannot answer requests", {{"error", opened.error().message}});
            co_return http::detail_response(500, "the service is not set up; its log says why");
        }
    }
    auto response = co_await http_handlers->handle(request);
    // The gateway answers preflights by itself, and leaves this to us.
    if (!settings.allowed_origin.empty()) {
        response.set("access-control-allow-origin", settings.allowed_origin);
        response.set("access-control-expose-headers",
                     "location, content-disposition, etag, retry-after, x-request-id");
        if (settings.allowed_origin != "*") response.set("vary", "Origin");
    }
    co_return response;
}

asio::awaitable<void> AwsEngine::Impl::process(eventbridge::Event event, Deadline deadline) {
    if (!worker) {
        worker =
            std::make_unique<Worker>(io.get_executor(), use_services(), log, metrics, settings);
        const auto started = co_await worker->start();
        if (!started) {
            log.error("no document helper could be started", {{"error", started.error().message}});
        }
    }
    co_await worker->process(std::move(event), deadline);
}

asio::awaitable<Result<jobs::SweepResult>> AwsEngine::Impl::sweep() {
    auto& shared = use_services();
    if (!sweeper) {
        sweeper = std::make_unique<jobs::Sweeper>(
            io.get_executor(),
            jobs::Sweeper::Dependencies{.jobs = shared.jobs,
                                        .clock = shared.clock,
                                        .monotonic = shared.monotonic,
                                        .trouble = trouble,
                                        .log = log},
            jobs::Sweeper::Options{.names = settings.names});
    }
    const auto end = shared.clock.now() + kOutboxTimeMax;
    for (bool more = true; more && shared.clock.now() < end;) {
        const auto published = co_await shared.jobs.publish_outbox(
            shared.clock.now() - kOutboxPatience, kOutboxInBatchMax);
        if (!published) co_return std::unexpected(published.error());
        more = *published == kOutboxInBatchMax;
    }
    co_await delete_expired(shared);
    co_return co_await sweeper->sweep();
}

/// What fails is left to the next sweep: it keeps no job from going on.
asio::awaitable<void> AwsEngine::Impl::delete_expired(Services& shared) {
    if (!retention) {
        jobs::JobRetention::Options keep{.keep_jobs = std::nullopt, .time_max = kRetentionTimeMax};
        if (settings.keep_jobs_days > 0)
            keep.keep_jobs = std::chrono::days{settings.keep_jobs_days};
        retention = std::make_unique<jobs::JobRetention>(
            io.get_executor(),
            jobs::JobRetention::Dependencies{.jobs = shared.jobs,
                                             .deletions = shared.deletions,
                                             .deleter = shared.deleter,
                                             .clock = shared.clock,
                                             .monotonic = shared.monotonic,
                                             .log = log,
                                             .metrics = metrics},
            keep);
    }
    const auto swept = co_await retention->sweep();
    if (!swept) {
        log.warn("retention could not go on; trying again later",
                 {{"error", swept.error().message}});
    }
}

AwsEngine::AwsEngine(asio::io_context& io, telemetry::Log& log, telemetry::Metrics& metrics,
                     AwsSettings settings)
    : impl_(std::make_unique<Impl>(io, log, metrics, std::move(settings))) {}

AwsEngine::~AwsEngine() = default;

lambda::FunctionHandlers& AwsEngine::handlers() {
    return impl_->handlers;
}

asio::awaitable<void> AwsEngine::stop() {
    if (impl_->worker) co_await impl_->worker->stop();
    if (impl_->http_handlers) co_await impl_->http_handlers->stop();
    if (impl_->services) co_await impl_->services->stop();
}

}  // namespace ingestor
