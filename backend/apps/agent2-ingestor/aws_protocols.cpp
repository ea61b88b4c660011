#include "aws_protocols.hpp"

#include <utility>

#include "awsapi/unsupported_service.hpp"
#include "version.hpp"

namespace ingestor::cli {

namespace asio = boost::asio;

namespace {

asio::awaitable<http::Response> refuse_unsupported_service(const http::Request& request) {
    co_return awsapi::unsupported_service(request);
}

awsapi::s3::S3Grant grant_of(identity::AccessKeyRole role) {
    switch (role) {
        case identity::AccessKeyRole::user:
            return awsapi::s3::S3Grant::own_files;
        case identity::AccessKeyRole::service_operator:
            return awsapi::s3::S3Grant::whole_bucket;
        case identity::AccessKeyRole::links:
            return awsapi::s3::S3Grant::links;
    }
    return awsapi::s3::S3Grant::own_files;
}

asio::awaitable<Result<bool>> owns_job(ports::JobStore& jobs, domain::UserId user,
                                       domain::JobId job_id) {
    std::vector<domain::JobId> named;
    named.push_back(std::move(job_id));
    const auto found = co_await jobs.list_named(std::move(user), std::move(named));
    if (!found) co_return std::unexpected(found.error());
    co_return !found->empty();
}

}  // namespace

AwsProtocols::AwsProtocols(Dependencies dependencies, const Options& options)
    : deps_(std::move(dependencies)),
      events_({.bus = deps_.engine.bus(),
               .rules = deps_.engine.rule_operations(),
               .archives = deps_.engine.archive_operations(),
               .replays = deps_.engine.replay_operations(),
               .connections = deps_.engine.connection_operations(),
               .destinations = deps_.engine.destination_operations()},
              caller_lookup(), deps_.clock, options.names),
      logs_(deps_.function_log, deps_.log_groups, caller_lookup(), deps_.clock, options.names),
      queues_({.registry = deps_.engine.queue_registry(),
               .messages = deps_.engine.queue_messages(),
               .moves = deps_.engine.message_moves(),
               .clock = deps_.clock},
              caller_lookup(), options.names, options.url),
      lambda_({.lookup = caller_lookup(),
               .clock = deps_.clock,
               .invoke = deps_.invoke,
               .spawn = deps_.spawn},
              options.names, kVersion),
      s3_(
          deps_.engine.objects(), deps_.engine.multipart(), deps_.clock,
          [this](std::string_view access_key_id) { return find_s3_key(access_key_id); },
          jobs_of_users(), s3_options(options)) {}

std::optional<asio::awaitable<http::Response>> AwsProtocols::handle(http::Request& request) {
    if (events_.claims(request)) return events_.handle(request);
    if (logs_.claims(request)) return logs_.handle(request);
    if (queues_.claims(request)) return queues_.handle(request);
    if (awsapi::lambda::LambdaApi::claims(request)) return lambda_.handle(request);
    if (s3_.claims(request)) return s3_.handle(request);
    if (awsapi::is_for_unsupported_service(request)) return refuse_unsupported_service(request);
    return std::nullopt;
}

awsapi::auth::CallerLookup AwsProtocols::caller_lookup() const {
    return [this](std::string_view access_key_id) { return find_caller(access_key_id); };
}

/// The key that `agent2-ingestor env` prints is the local user's, who looks after the service; that
/// for links asks for nothing.
std::optional<awsapi::auth::Caller> AwsProtocols::find_caller(
    std::string_view access_key_id) const {
    auto found = deps_.access_keys.find(access_key_id);
    if (!found || found->role == identity::AccessKeyRole::links) return std::nullopt;
    const bool is_operator = found->role == identity::AccessKeyRole::service_operator ||
                             found->user == domain::UserId("local");
    return awsapi::auth::Caller{
        .credentials = {.access_key_id = std::move(found->access_key_id),
                        .secret_access_key = std::move(found->secret_access_key)},
        .principal = {.user_id = std::move(found->user), .is_operator = is_operator}};
}

std::optional<awsapi::s3::S3Key> AwsProtocols::find_s3_key(std::string_view access_key_id) const {
    auto found = deps_.access_keys.find(access_key_id);
    if (!found) return std::nullopt;
    return awsapi::s3::S3Key{
        .credentials = {.access_key_id = std::move(found->access_key_id),
                        .secret_access_key = std::move(found->secret_access_key)},
        .user = std::move(found->user),
        .grant = grant_of(found->role)};
}

awsapi::s3::JobsOfUsers AwsProtocols::jobs_of_users() const {
    auto& engine = deps_.engine;
    return {.owns_job =
                [&engine](domain::UserId user, domain::JobId job_id) {
                    return owns_job(engine.jobs(), std::move(user), std::move(job_id));
                },
            .own_jobs =
                [&engine](domain::UserId user, std::string from, std::size_t count) {
                    return engine.job_directory().jobs_of(std::move(user), std::move(from), count);
                }};
}

awsapi::s3::S3Options AwsProtocols::s3_options(const Options& options) const {
    auto& engine = deps_.engine;
    return {.bucket = {.name = options.names.bucket(),
                       .region = options.names.region,
                       .created_at = options.bucket_created_at},
            .allowed_origins = options.allowed_origins,
            .check_room = [&engine](domain::ObjectKey upload) {
                return engine.service().check_room(std::move(upload));
            }};
}

}  // namespace ingestor::cli
