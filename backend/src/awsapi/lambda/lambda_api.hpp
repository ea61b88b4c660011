#pragma once

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
#include "domain/names.hpp"
#include "http/message.hpp"
#include "ports/clock.hpp"

namespace ingestor::awsapi::lambda {

/// "Lambda quotas": bytes of a payload that is waited for, and of one that is not.
inline constexpr std::uint64_t kPayloadBytesMax = std::uint64_t{6} << 20;
inline constexpr std::uint64_t kEventBytesMax = std::uint64_t{1} << 20;

/// How a run of the function ended.
struct Run {
    std::string payload;  ///< JSON.
    bool failed = false;  ///< The payload is the function's error.
    std::string log;      ///< Its lines.
};
/// Runs the function once. Nothing is thrown.
using Invoke =
    std::function<boost::asio::awaitable<Run>(std::string payload, std::string request_id)>;

/// Lambda's own protocol (API version 2015-03-31, REST with JSON) for the one function of this
/// server, for operators: Invoke in its three ways, GetFunction, GetFunctionConfiguration and
/// ListFunctions. An event that is not waited for is run by this process and lost by a crash of it:
/// what must not be is put on the bus.
class LambdaApi {
public:
    struct Dependencies {
        auth::CallerLookup lookup;
        const ports::Clock& clock;
        Invoke invoke;
        /// Lets a task run by itself.
        std::function<void(boost::asio::awaitable<void>)> spawn;
    };
    /// The clock outlives it. `version`: of this program.
    LambdaApi(Dependencies dependencies, domain::Names names, std::string version);

    /// Whether the request is for this service. Proves nothing.
    [[nodiscard]] static bool claims(const http::Request& request);
    [[nodiscard]] boost::asio::awaitable<http::Response> handle(http::Request& request) const;

private:
    using Answer = std::expected<http::Response, json::ServiceError>;

    [[nodiscard]] boost::asio::awaitable<Answer> answer(http::Request& request) const;
    [[nodiscard]] boost::asio::awaitable<Answer> invoke(const http::Request& request,
                                                        std::string payload) const;
    [[nodiscard]] Answer find(const http::Request& request, std::string_view name,
                              std::string_view part) const;
    [[nodiscard]] bool is_ours(std::string_view name) const;
    [[nodiscard]] boost::json::object configuration() const;

    Dependencies deps_;
    domain::Names names_;
    std::string version_;
    json::SignedCaller caller_;
};

}  // namespace ingestor::awsapi::lambda
