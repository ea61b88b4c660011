#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <unordered_map>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "async/notifier.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "domain/ids.hpp"

namespace ingestor {

class JobWatch;

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
    struct Hub;
    JobSubscription(std::shared_ptr<Hub> hub, JobId job_id);

    std::shared_ptr<Hub> hub_;
    JobId job_id_;
    Notifier notifier_;
    bool pending_ = false;
    std::list<JobSubscription*>::iterator place_;
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
    [[nodiscard]] Result<std::unique_ptr<JobSubscription>> subscribe(const JobId& job_id);
    void notify(const JobId& job_id);
    /// Ends every wait, now and later, so that long answers do not hold up the end of the service.
    void stop();

private:
    std::shared_ptr<JobSubscription::Hub> hub_;
};

}  // namespace ingestor
