#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include "awsapi/auth/caller.hpp"
#include "awsapi/json/service_error.hpp"
#include "awsapi/json/signed_caller.hpp"
#include "http/message.hpp"
#include "ports/clock.hpp"

namespace ingestor::awsapi::json {

/// One operation: who asks, its name, and the body.
using Operation = std::function<boost::asio::awaitable<Output>(
    ports::Principal who, std::string name, boost::json::object body)>;

/// A service that speaks AWS JSON 1.0 or 1.1: reads the body, checks the signature, finds the
/// operation's name, and writes what it answers.
class SignedService {
public:
    struct Options {
        std::string service;        ///< In the scope of signatures: `events`.
        std::string target_prefix;  ///< Of `X-Amz-Target`, with its dot: `AWSEvents.`.
        std::string content_type = "application/x-amz-json-1.1";
        std::string region;
        std::uint64_t body_bytes_max = std::uint64_t{1} << 20;
        /// An operation may wait for something so much longer than a request may take.
        std::chrono::seconds wait_max{0};
    };

    /// `clock` outlives it.
    SignedService(Options options, auth::CallerLookup lookup, const ports::Clock& clock,
                  Operation operation);

    /// Whether the request names an operation of this service. Proves nothing.
    [[nodiscard]] bool claims(const http::Request& request) const;
    [[nodiscard]] boost::asio::awaitable<http::Response> handle(http::Request& request) const;

    /// Who asks, and the body, which the signature covers.
    struct Proven {
        ports::Principal who;
        std::string body;
    };
    /// For a service that speaks another protocol beside. Errors: of the signature, and of a body
    /// that is too large.
    [[nodiscard]] boost::asio::awaitable<std::expected<Proven, ServiceError>> prove(
        http::Request& request) const;

private:
    [[nodiscard]] boost::asio::awaitable<Output> dispatch(http::Request& request) const;

    Options options_;
    Operation operation_;
    SignedCaller caller_;
};

}  // namespace ingestor::awsapi::json
