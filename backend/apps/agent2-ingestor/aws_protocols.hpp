#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "awsapi/auth/caller.hpp"
#include "awsapi/events/events_api.hpp"
#include "awsapi/lambda/lambda_api.hpp"
#include "awsapi/logs/logs_api.hpp"
#include "awsapi/s3/api.hpp"
#include "awsapi/sqs/sqs_api.hpp"
#include "domain/names.hpp"
#include "engine/job_engine.hpp"
#include "http/message.hpp"
#include "identity/access_keys.hpp"
#include "ports/clock.hpp"
#include "ports/log_groups.hpp"
#include "ports/log_store.hpp"

namespace ingestor::cli {

/// The protocols of AWS that this server speaks on its own port: S3, EventBridge, CloudWatch
/// Logs, SQS and Lambda. All other services are refused by name.
class AwsProtocols {
public:
    /// All outlive it.
    struct Dependencies {
        engine::JobEngine& engine;
        ports::LogStore& function_log;
        ports::LogGroups& log_groups;
        identity::AccessKeys& access_keys;
        const ports::Clock& clock;
        awsapi::lambda::Invoke invoke;
        /// Lets a task run by itself.
        std::function<void(boost::asio::awaitable<void>)> spawn;
    };
    struct Options {
        domain::Names names;
        std::string url;  ///< Where clients reach this server.
        TimePoint bucket_created_at;
        std::vector<std::string> allowed_origins;  ///< Of pages that may use S3.
    };
    AwsProtocols(Dependencies dependencies, const Options& options);

    /// nullopt: the request is for none of them.
    [[nodiscard]] std::optional<boost::asio::awaitable<http::Response>> handle(
        http::Request& request);

private:
    [[nodiscard]] std::optional<awsapi::auth::Caller> find_caller(
        std::string_view access_key_id) const;
    [[nodiscard]] awsapi::auth::CallerLookup caller_lookup() const;
    [[nodiscard]] std::optional<awsapi::s3::S3Key> find_s3_key(
        std::string_view access_key_id) const;
    [[nodiscard]] awsapi::s3::JobsOfUsers jobs_of_users() const;
    [[nodiscard]] awsapi::s3::S3Options s3_options(const Options& options) const;

    Dependencies deps_;
    awsapi::events::EventsApi events_;
    awsapi::logs::LogsApi logs_;
    awsapi::sqs::SqsApi queues_;
    awsapi::lambda::LambdaApi lambda_;
    awsapi::s3::S3Api s3_;
};

}  // namespace ingestor::cli
