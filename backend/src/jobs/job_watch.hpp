#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <unordered_set>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "async/notifier.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "domain/ids.hpp"

namespace ingestor::jobs {

class JobWatch;
struct JobWatchHub;

/// A wish to hear of one job's changes; dropping it ends the wish. It may outlive the JobWatch.
class JobSubscription {
public:
    JobSubscription(JobSubscription&&) = delete;
    JobSubscription& operator=(JobSubscription&&) = delete;
    ~JobSubscription();

    /// Returns true once the job has changed since the last call (or since the subscription), at
    /// once if it already has; false at `latest` or when stop() was called. Many changes may come
    /// as one: read the job afterwards. One waiter at a time.
    boost::asio::awaitable<bool> changed(Deadline latest);

private:
    friend class JobWatch;
    JobSubscription(std::shared_ptr<JobWatchHub> hub, domain::JobId job_id);

    std::shared_ptr<JobWatchHub> hub_;
    domain::JobId job_id_;
    async::Notifier notifier_;
    bool pending_ = false;
    std::list<JobSubscription*>::iterator place_;
};

/// A wish to hear of the changes of all jobs of one user; dropping it ends the wish. It may outlive
/// the JobWatch.
class UserSubscription {
public:
    /// Of more jobs than this, changed between two calls, the rest goes untold.
    static constexpr std::size_t kChangedJobsMax = 1'000;

    UserSubscription(UserSubscription&&) = delete;
    UserSubscription& operator=(UserSubscription&&) = delete;
    ~UserSubscription();

    /// Returns the jobs that have changed since the last call (or since the subscription), each
    /// once, at once if there are any; none at `latest` or when stop() was called. One waiter at a
    /// time.
    boost::asio::awaitable<std::vector<domain::JobId>> changed(Deadline latest);

private:
    friend class JobWatch;
    UserSubscription(std::shared_ptr<JobWatchHub> hub, domain::UserId user_id);

    std::shared_ptr<JobWatchHub> hub_;
    domain::UserId user_id_;
    async::Notifier notifier_;
    std::vector<domain::JobId> pending_;       ///< In the order of their first change.
    std::unordered_set<domain::JobId> known_;  ///< Those that are pending.
    std::list<UserSubscription*>::iterator place_;
};

/// Tells who waits in this process that a job has changed. It is a hint and no log: whoever needs
/// to be sure polls as well. Use from the I/O executor only.
class JobWatch {
public:
    static constexpr std::size_t kSubscriptionsMax = 4'096;

    explicit JobWatch(boost::asio::any_io_executor executor);
    ~JobWatch();
    JobWatch(const JobWatch&) = delete;
    JobWatch& operator=(const JobWatch&) = delete;

    /// Errors: unavailable (kSubscriptionsMax are out).
    [[nodiscard]] Result<std::unique_ptr<JobSubscription>> subscribe(const domain::JobId& job_id);
    [[nodiscard]] Result<std::unique_ptr<UserSubscription>> subscribe(
        const domain::UserId& user_id);
    void notify(const domain::UserId& user_id, const domain::JobId& job_id);
    /// Ends every wait, now and later, so that long answers do not hold up the end of the service.
    void stop();

private:
    std::shared_ptr<JobWatchHub> hub_;
};

}  // namespace ingestor::jobs
