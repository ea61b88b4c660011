#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "base/time.hpp"
#include "ports/log_store.hpp"

namespace ingestor::ports {

inline constexpr std::size_t kLogGroupsMax = 50;

/// A log group that somebody made.
struct LogGroup {
    std::string name;
    TimePoint created_at;
    std::optional<int> retention_days = {};  ///< nullopt: as long as there is room.
    std::shared_ptr<LogStore> lines = {};
};

/// The log groups beside the function's own. A group outlives the process; its lines are as
/// LogStore says. Call from the I/O executor only.
class LogGroups {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;

    virtual ~LogGroups() = default;

    /// Errors: conflict (it is there), too_large (kLogGroupsMax), unavailable.
    virtual Answer<std::monostate> create(std::string name) = 0;
    /// With its lines. Errors: not_found, unavailable.
    virtual Answer<std::monostate> remove(std::string name) = 0;
    /// Lines older than so many days go. Errors: not_found, unavailable.
    virtual Answer<std::monostate> retain(std::string name, std::optional<int> days) = 0;

    /// By name.
    [[nodiscard]] virtual std::vector<LogGroup> groups() const = 0;
    /// nullopt: there is none.
    [[nodiscard]] virtual std::optional<LogGroup> find(const std::string& name) const = 0;
};

}  // namespace ingestor::ports
