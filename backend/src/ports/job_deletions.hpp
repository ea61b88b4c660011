#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "base/time.hpp"
#include "domain/ids.hpp"
#include "domain/object_key.hpp"

namespace ingestor::ports {

/// Objects whose record is gone. The list is kept until forget(), so that a crash between the end
/// of the record and that of the objects leaves no object behind.
struct Removal {
    std::string id;  ///< The store's own name for it.
    std::vector<domain::ObjectKey> keys;
};

/// How jobs leave the store.
///
/// A job goes in three steps: its record gives way to a list of its objects, in one transaction
/// (from then on it is neither listed nor found); the objects are removed; the list is forgotten.
/// Whoever finds a list that was left behind goes on with it: each step may be repeated.
/// Calls may overlap; call from the I/O executor only. Any call may fail as `unavailable`.
class JobDeletions {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;

    virtual ~JobDeletions() = default;

    /// Takes an ended job off the record and returns the objects to remove: `outputs`, and those of
    /// its uploads that no other job uses. Errors: not_found, conflict (not ended).
    virtual Answer<std::vector<Removal>> remove_job(domain::JobId job_id,
                                                    std::vector<domain::ObjectKey> outputs,
                                                    TimePoint now) = 0;

    /// The same for those of `uploads` that no job uses.
    virtual Answer<std::vector<Removal>> remove_unused(std::vector<domain::ObjectKey> uploads,
                                                       TimePoint now) = 0;

    /// Lists that are not forgotten yet, at most `limit`.
    virtual Answer<std::vector<Removal>> pending(std::uint32_t limit) = 0;
    /// The objects are gone. Forgetting what is not there succeeds.
    virtual Answer<std::monostate> forget(std::string removal_id) = 0;

    /// Jobs that ended before that time, oldest end first, at most `limit`.
    virtual Answer<std::vector<domain::JobId>> find_ended(TimePoint ended_before,
                                                          std::uint32_t limit) = 0;
    /// Those of `job_ids` that are on no record.
    virtual Answer<std::vector<domain::JobId>> find_missing(std::vector<domain::JobId> job_ids) = 0;
};

}  // namespace ingestor::ports
