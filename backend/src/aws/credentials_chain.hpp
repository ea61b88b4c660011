#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "async/task_group.hpp"
#include "aws/credentials_source.hpp"
#include "ports/clock.hpp"
#include "telemetry/log.hpp"

namespace ingestor::aws {

/// Credentials of the first source that has them, renewed from it before they expire.
///
/// How it works: one fetch runs at a time, and everybody who needs it waits for that one. Keys that
/// are good for less than 15 minutes are renewed behind the back of those who use them; within the
/// last 10 minutes, the renewal is waited for. Where it fails, keys are used as long as they last.
class CredentialsChain final : public CredentialsProvider {
public:
    static constexpr std::chrono::minutes kAdvisory{15};
    static constexpr std::chrono::minutes kMandatory{10};
    /// From a renewal that failed to the next.
    static constexpr std::chrono::seconds kRetryInterval{30};

    /// `executor` is the I/O executor (one thread). `clock` and `log` outlive it.
    CredentialsChain(boost::asio::any_io_executor executor,
                     std::vector<std::unique_ptr<CredentialsSource>> sources,
                     const ports::Clock& clock, telemetry::Log& log);

    boost::asio::awaitable<Result<sigv4::Credentials>> get() override;
    [[nodiscard]] std::optional<sigv4::Credentials> last() const override;

    /// Waits for the fetch under way, if any; await it before the chain is destroyed.
    boost::asio::awaitable<void> stop();

private:
    using Fetched = Result<ExpiringCredentials>;

    [[nodiscard]] bool good_for(std::chrono::milliseconds time) const;
    void begin_fetch();
    boost::asio::awaitable<void> renew();
    boost::asio::awaitable<Fetched> fetch();

    std::vector<std::unique_ptr<CredentialsSource>> sources_;
    const ports::Clock& clock_;
    telemetry::Log& log_;
    CredentialsSource* source_ = nullptr;  ///< The one that had them.
    std::optional<ExpiringCredentials> current_;
    std::optional<Error> failure_;       ///< Of the last fetch.
    std::optional<TimePoint> tried_at_;  ///< The end of the last fetch.
    bool fetching_ = false;
    boost::asio::steady_timer fetch_ended_;  ///< Cancelled to wake whoever waits for the fetch.
    async::TaskGroup tasks_;
};

}  // namespace ingestor::aws
