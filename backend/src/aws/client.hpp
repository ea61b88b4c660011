#pragma once

#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include "aws/credentials.hpp"
#include "aws/endpoint.hpp"
#include "aws/retry.hpp"
#include "aws/service_error.hpp"
#include "httpclient/http_client.hpp"
#include "ports/clock.hpp"
#include "sigv4/signing_keys.hpp"
#include "telemetry/log.hpp"

namespace ingestor::aws {

/// What is asked of a service; the client adds host, date and signature.
struct ServiceRequest {
    std::string method = "POST";
    std::string path = "/";  ///< Percent-encoded, begins with a slash.
    std::string query = {};  ///< Percent-encoded, without the question mark.
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string body = {};
    httpclient::HttpCall::FilePart body_file = {};  ///< See HttpCall.
    /// Hex SHA-256 of the body, or a literal of S3. Empty: the client hashes `body`.
    std::string payload_hash = {};
    int answer_fd = -1;  ///< See HttpCall.
    std::uint64_t answer_bytes_max = std::uint64_t{16} << 20;
    std::chrono::milliseconds total_timeout{10'000};  ///< Of one attempt; 0: see HttpCall.
    /// S3 begins some answers before it knows their outcome: an error document in an answer of
    /// status 200 is then a failure as with status 500.
    bool may_fail_within_200 = false;
};

/// Signs requests to one service and sends them, again where that may help (AWS's "standard" retry
/// mode). Calls may overlap; call from the I/O executor only.
class Client {
public:
    /// All of it outlives the client.
    struct Dependencies {
        httpclient::HttpClient& http;
        CredentialsProvider& credentials;
        RetryQuota& quota;
        const ports::Clock& clock;
        telemetry::Log& log;
    };
    Client(Endpoint endpoint, Dependencies dependencies, RetryPolicy policy);

    /// The reply, where its status is below 400; 304 and the like included.
    boost::asio::awaitable<ServiceResult<httpclient::HttpReply>> send(ServiceRequest request);

    [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }

private:
    using Attempt = boost::asio::awaitable<ServiceResult<httpclient::HttpReply>>;

    Attempt attempt(const ServiceRequest& request, const std::string& invocation, int number);
    [[nodiscard]] httpclient::HttpCall signed_call(const ServiceRequest& request,
                                                   const sigv4::Credentials& keys,
                                                   const std::string& invocation, int number);

    Endpoint endpoint_;
    std::string host_;
    Dependencies dependencies_;
    RetryPolicy policy_;
    sigv4::SigningKeys signing_keys_;
    std::chrono::milliseconds clock_offset_{0};  ///< The service's clock less ours.
    std::mt19937_64 random_;
};

/// A service of AWS's JSON protocols: one POST an operation.
class JsonClient {
public:
    struct Protocol {
        std::string target_prefix;  ///< `DynamoDB_20120810`
        std::string content_type;   ///< `application/x-amz-json-1.0`
    };
    JsonClient(Client& client, Protocol protocol)
        : client_(client), protocol_(std::move(protocol)) {}

    boost::asio::awaitable<ServiceResult<boost::json::object>> call(std::string operation,
                                                                    boost::json::object input);

private:
    Client& client_;
    Protocol protocol_;
};

}  // namespace ingestor::aws
