#pragma once

#include <memory>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "api/event_feed.hpp"
#include "jobs/job_service.hpp"

namespace ingestor::api {

/// One job: `job` with all of it, then `changes` with its own members and those of its files that
/// are not as they were, each with its place `n`. Ends with the job.
class JobFeed final : public EventFeed {
public:
    /// `jobs` outlives it; the job is the caller's.
    JobFeed(boost::asio::any_io_executor executor, jobs::JobService& jobs, ports::Principal who,
            domain::JobId job_id, std::unique_ptr<jobs::JobSubscription> subscription);

private:
    boost::asio::awaitable<Change> wait_for_change(Deadline latest) override;
    boost::asio::awaitable<bool> read() override;
    [[nodiscard]] std::string snapshot() const override;

    jobs::JobService& jobs_;
    const ports::Principal who_;
    const domain::JobId job_id_;
    const std::unique_ptr<jobs::JobSubscription> subscription_;
    bool was_read_ = false;
    boost::json::object job_;         ///< Without its files.
    std::vector<std::string> files_;  ///< Each as JSON text.
};

/// All jobs of a user: `ready`, then `job` with the summary of each that has changed. Who may have
/// missed some is told `ready` again.
class UserFeed final : public EventFeed {
public:
    /// `jobs` outlives it.
    UserFeed(boost::asio::any_io_executor executor, jobs::JobService& jobs, ports::Principal who,
             std::unique_ptr<jobs::UserSubscription> subscription);

private:
    boost::asio::awaitable<Change> wait_for_change(Deadline latest) override;
    boost::asio::awaitable<bool> read() override;
    [[nodiscard]] std::string snapshot() const override;

    jobs::JobService& jobs_;
    const ports::Principal who_;
    const std::unique_ptr<jobs::UserSubscription> subscription_;
    std::vector<domain::JobId> changed_jobs_;
};

}  // namespace ingestor::api
