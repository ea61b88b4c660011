#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include "awsapi/auth/caller.hpp"
#include "awsapi/json/input.hpp"
#include "awsapi/json/signed_service.hpp"
#include "domain/names.hpp"
#include "http/message.hpp"
#include "ports/clock.hpp"
#include "ports/log_groups.hpp"
#include "ports/log_store.hpp"

namespace ingestor::awsapi::logs {

/// What of CloudWatch Logs reads a log (API version 2014-03-28, AWS JSON 1.1): what `aws logs
/// tail`, `filter-log-events`, `get-log-events` and the descriptions of groups and streams need,
/// over the log group of the service's function and those that people make for rules to write to.
/// Nobody else writes. For operators.
class LogsApi {
public:
    /// `function_log`, `groups` and `clock` outlive it.
    LogsApi(ports::LogStore& function_log, ports::LogGroups& groups, auth::CallerLookup lookup,
            const ports::Clock& clock, domain::Names names);

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

    Answer create_log_group(json::Input input) const;
    Answer delete_log_group(json::Input input) const;
    Answer put_retention_policy(json::Input input) const;
    Answer delete_retention_policy(json::Input input) const;

    /// The group that the request names, by name or ARN; nullopt: there is none.
    [[nodiscard]] std::optional<ports::LogGroup> find_group(json::Input& input) const;
    /// By name, the function's among them.
    [[nodiscard]] std::vector<ports::LogGroup> all_groups() const;
    [[nodiscard]] std::string group_arn(std::string_view name) const;
    /// The last lines of a stream in a range of numbers. `until` is not included.
    [[nodiscard]] static boost::asio::awaitable<Result<std::deque<ports::LogLine>>> last_lines(
        ports::LogStore& store, ports::LogQuery query, std::optional<std::uint64_t> until,
        std::size_t lines_max);

    ports::LogGroups& groups_;
    const ports::Clock& clock_;
    std::shared_ptr<ports::LogStore> function_log_;  ///< Owned by who made it.
    domain::Names names_;
    json::SignedService service_;
};

}  // namespace ingestor::awsapi::logs
