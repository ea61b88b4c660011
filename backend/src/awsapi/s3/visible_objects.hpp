#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "domain/ids.hpp"
#include "ports/object_listing.hpp"

namespace ingestor::awsapi::s3 {

/// A user's jobs in the order of their ids, from the first that is not less than the text on.
/// Errors: unavailable.
using OwnJobs = std::function<boost::asio::awaitable<Result<std::vector<domain::JobId>>>(
    domain::UserId user, std::string from, std::size_t count)>;

/// Lists what a user may read: their uploads, and the outputs of their jobs. A page costs what it
/// shows, whatever others have stored.
class VisibleObjects {
public:
    /// `objects` outlives this.
    VisibleObjects(ports::ObjectListing& objects, OwnJobs own_jobs)
        : objects_(objects), own_jobs_(std::move(own_jobs)) {}

    /// Errors: unavailable.
    boost::asio::awaitable<Result<ports::ListPage>> list(domain::UserId user,
                                                         ports::ListQuery query);

private:
    /// Goes on with `page`, through the outputs below `folder`. False: the page is full.
    boost::asio::awaitable<Result<bool>> add_outputs(const domain::UserId& user, std::string folder,
                                                     ports::ListQuery& query,
                                                     ports::ListPage& page);
    boost::asio::awaitable<Result<bool>> add_below(std::string prefix, ports::ListQuery& query,
                                                   ports::ListPage& page);
    boost::asio::awaitable<Result<bool>> add(std::vector<std::string> within,
                                             ports::ListQuery& query, ports::ListPage& page);

    ports::ObjectListing& objects_;
    OwnJobs own_jobs_;
};

}  // namespace ingestor::awsapi::s3
