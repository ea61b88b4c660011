#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "base/time.hpp"
#include "domain/object_key.hpp"

namespace ingestor::ports {

struct WalkedObject {
    domain::ObjectKey key;
    std::uint64_t stored_bytes = 0;  ///< That it takes in the store, as `du` counts.
    TimePoint stored_at;
};

/// A way through all objects of a store, a few at a time. Objects that come or go meanwhile may be
/// seen or not; all others are seen once.
class ObjectWalk {
public:
    virtual ~ObjectWalk() = default;
    /// The next ones, at most `count`; none: this was the last of them. Errors: unavailable.
    virtual boost::asio::awaitable<Result<std::vector<WalkedObject>>> next(std::size_t count) = 0;
};

/// A store whose objects can be gone through; one in the cloud has lifecycle rules instead.
class WalkableObjects {
public:
    virtual ~WalkableObjects() = default;
    [[nodiscard]] virtual std::unique_ptr<ObjectWalk> walk() = 0;
};

}  // namespace ingestor::ports
