#pragma once

#include <deque>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include "awsapi/auth/caller.hpp"
#include "awsapi/json/input.hpp"
#include "awsapi/json/signed_service.hpp"
#include "domain/names.hpp"
#include "http/message.hpp"
#include "ports/clock.hpp"
#include "ports/log_store.hpp"

namespace ingestor::awsapi::logs {

/// What of CloudWatch Logs reads a log (API version 2014-03-28, AWS JSON 1.1), over the log group
/// of the service's function: what `aws logs tail`, `filter-log-events`, `get-log-events` and the
/// descriptions of groups and streams need. For operators.
class LogsApi {
public:
    /// `store` and `clock` outlive it.
    LogsApi(ports::LogStore& store, auth::CallerLookup lookup, const ports::Clock& clock,
            domain::Names names);

    [[nodiscard]] bool claims(const http::Request& request) const {
        return service_.claims(request);
    }
    [[nodiscard]] boost::asio::awaitable<http::Response> handle(http::Request& request) const {
        return service_.handle(request);
    }

private:
    using Output = json::Output;
    using Answer = boost::asio::awaitable<Output>;

    Answer dispatch(ports::Principal who, std::string name, boost::json::object body) const;
    Answer filter_log_events(json::Input input) const;
    Answer get_log_events(json::Input input) const;
    Answer describe_log_groups(json::Input input) const;
    Answer describe_log_streams(json::Input input) const;

    /// Whether the request names the one group, by name or ARN.
    [[nodiscard]] bool names_the_group(json::Input& input) const;
    [[nodiscard]] std::string group_arn() const;
    /// The last lines of a stream in a range of numbers. `until` is not included.
    [[nodiscard]] boost::asio::awaitable<Result<std::deque<ports::LogLine>>> last_lines(
        ports::LogQuery query, std::optional<std::uint64_t> until, std::size_t lines_max) const;

    ports::LogStore& store_;
    domain::Names names_;
    json::SignedService service_;
};

}  // namespace ingestor::awsapi::logs
