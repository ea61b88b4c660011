#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <gtest/gtest.h>

#include "async/testing/spawned_task.hpp"
#include "aws/client.hpp"
#include "base/digest.hpp"
#include "httpclient/testing/scripted_server.hpp"
#include "memory/manual_clock.hpp"
#include "sigv4/verify.hpp"

namespace ingestor::aws::testing {

inline const sigv4::Credentials kTestKeys{"AKIDEXAMPLE",
                                          "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};

/// An environment of a test's own.
inline Environment environment_of(std::map<std::string, std::string> variables) {
    return
        [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
            const auto found = variables.find(name);
            if (found == variables.end() || found->second.empty()) return std::nullopt;
            return found->second;
        };
}

/// A service on 127.0.0.1 that answers as the test says, and what a client of it needs.
class AwsFixture : public ::testing::Test {
protected:
    using Request = ingestor::httpclient::testing::ScriptedServer::Request;
    using Answer = ingestor::httpclient::testing::ScriptedServer::Answer;
    using Ending = ingestor::httpclient::testing::ScriptedServer::Ending;

    /// The client for the script, which is that of one service.
    Client& serve(ingestor::httpclient::testing::ScriptedServer::Script script,
                  std::string service = "dynamodb") {
        server_ =
            std::make_unique<ingestor::httpclient::testing::ScriptedServer>(std::move(script));
        client_ = std::make_unique<Client>(
            Endpoint{.url = server_->url(), .region = "eu-west-1", .service = std::move(service)},
            Client::Dependencies{.http = http_,
                                 .credentials = credentials(),
                                 .quota = quota_,
                                 .clock = clock_,
                                 .log = log_},
            RetryPolicy{.base = std::chrono::milliseconds(0),
                        .throttling_base = std::chrono::milliseconds(0)});
        return *client_;
    }
    virtual CredentialsProvider& credentials() { return static_credentials_; }

    template <class Value>
    Value run(boost::asio::awaitable<Value> task) {
        return async::testing::run_to_end(io_, std::move(task));
    }
    /// What the signature of a request has proven at `now`.
    static sigv4::AuthResult<sigv4::Proof> verify(const Request& request, TimePoint now,
                                                  const sigv4::Credentials& keys = kTestKeys,
                                                  const std::string& service = "dynamodb") {
        const auto mark = request.target.find('?');
        const auto path = request.target.substr(0, mark);
        const auto query = mark == std::string::npos ? "" : request.target.substr(mark + 1);
        sigv4::RequestHead head{
            .method = request.method, .path = path, .query = query, .headers = {}};
        for (const auto& [name, value] : request.headers) head.headers.push_back({name, value});
        const sigv4::Verifier verifier(
            [&](std::string_view id) -> std::optional<sigv4::Credentials> {
                if (id == keys.access_key_id) return keys;
                return std::nullopt;
            },
            "eu-west-1", service);
        return verifier.verify(head, now, sha256_hex(request.body));
    }

    boost::asio::io_context io_;
    memory::ManualClock clock_;
    telemetry::Log log_{telemetry::LogFormat::json, telemetry::LogLevel::error, 2};
    httpclient::HttpClient http_;
    RetryQuota quota_;
    StaticCredentials static_credentials_{kTestKeys};
    std::unique_ptr<ingestor::httpclient::testing::ScriptedServer> server_;
    std::unique_ptr<Client> client_;
};

}  // namespace ingestor::aws::testing
