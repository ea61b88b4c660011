#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace ingestor::files {

/// Why nothing can be stored at present. The codes are those of `/ready` and of the metrics.
struct StorageFault {
    /// storage_full, storage_read_only, storage_failing, storage_replaced, storage_unresponsive,
    /// descriptors_exhausted or memory_exhausted.
    std::string_view code;
    std::string message;  ///< For the operator, with the remedy; no paths.
};

/// The fault that a failed call of a store or of the system shows.
[[nodiscard]] StorageFault storage_fault(int error);

struct StorageWatchOptions {
    std::chrono::milliseconds interval{1'000};
    /// A file is written and synced this often while all is well, and at every look otherwise.
    std::chrono::milliseconds probe_interval{10'000};
    /// A look that takes longer than this hangs.
    std::chrono::milliseconds hang_max{5'000};
    /// Less than this is no room to work with.
    std::uint64_t free_bytes_min = std::uint64_t{16} << 20;
    std::uint64_t free_inodes_min = 100;
};

/// Looks, now and then and on a thread of its own, whether work on a directory would proceed: there
/// is room, a file can be written and synced, and what the stores have open is still in place.
class StorageWatch {
public:
    using Check = std::function<Result<std::monostate>()>;
    struct Space {
        std::uint64_t free_bytes = 0;
        std::uint64_t free_inodes = 0;
    };

    /// Each of `in_place` says, on the watch's thread, whether the files of a store are where they
    /// were; what they use outlives this.
    StorageWatch(std::filesystem::path directory, std::vector<Check> in_place,
                 StorageWatchOptions options = {});
    /// Waits for the look under way.
    ~StorageWatch();
    StorageWatch(const StorageWatch&) = delete;
    StorageWatch& operator=(const StorageWatch&) = delete;

    /// What the last look found, or that the one under way hangs. Never waits for the disk.
    [[nodiscard]] std::optional<StorageFault> fault(
        std::chrono::steady_clock::time_point now = std::chrono::steady_clock::now()) const;
    [[nodiscard]] Space space() const;
    /// How many looks have ended.
    [[nodiscard]] std::uint64_t looks() const;

private:
    void run();
    [[nodiscard]] std::optional<StorageFault> look();
    [[nodiscard]] std::optional<StorageFault> measure_space();
    /// 0, or the errno value of what failed.
    [[nodiscard]] int probe() const;

    const std::filesystem::path directory_;
    const std::vector<Check> in_place_;
    const StorageWatchOptions options_;
    std::chrono::steady_clock::time_point next_probe_;  ///< The watch's thread only.

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::optional<std::chrono::steady_clock::time_point> looking_since_;
    std::optional<StorageFault> fault_;
    Space space_;
    std::uint64_t looks_ = 0;
    std::thread thread_;  ///< Last: it uses all of the above.
};

}  // namespace ingestor::files
