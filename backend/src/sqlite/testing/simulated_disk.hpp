#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>

namespace ingestor::sqlite::testing {

/// What a disk does wrong at the moment, for every file alike.
struct DiskFaults {
    /// Of a hundred reads, writes and syncs, so many answer EIO and do nothing.
    int read_errors_percent = 0;
    int write_errors_percent = 0;
    int sync_errors_percent = 0;
    /// So many bytes it holds; what would need more answers ENOSPC.
    std::optional<std::uint64_t> bytes_max = {};
    /// A sync succeeds and keeps nothing: a disk that lies.
    bool syncs_ignored = false;
};

/// How a process ends that does not end by itself.
enum class Crash {
    process,  ///< The system goes on: it has all that was written, synced or not.
    power,    ///< Of what was not synced, any part may be there and any part not.
};

/// A disk in memory that SQLite reaches through a VFS of its own ("The SQLite OS Interface or
/// 'VFS'"), so that the real database can lose power at any moment.
///
/// How it works: a file has bytes that are durable, and the changes since its last sync. When the
/// power goes, each sector of those changes survives or not, as one seed says, and what comes after
/// is refused until restart(). Files that were open before stay dead.
///
/// Locks and the shared memory of a WAL work between the connections of this process. Safe from any
/// thread. It outlives every connection to it.
class SimulatedDisk {
public:
    /// What a power cut may leave of a write, in bytes; smaller than SQLite's own page.
    static constexpr std::size_t kSectorBytes = 512;

    explicit SimulatedDisk(std::uint64_t seed);
    ~SimulatedDisk();
    SimulatedDisk(const SimulatedDisk&) = delete;
    SimulatedDisk& operator=(const SimulatedDisk&) = delete;

    /// For sqlite3_open_v2(), and DatabaseOptions.
    [[nodiscard]] const std::string& vfs() const { return vfs_name_; }

    void set_faults(DiskFaults faults);
    [[nodiscard]] DiskFaults faults() const;
    /// The disk makes so many changes more (writes, truncations, syncs, deletions) and then answers
    /// every call with an error.
    void stop_after(std::uint64_t changes);
    [[nodiscard]] std::uint64_t changes() const;
    [[nodiscard]] std::uint64_t bytes_used() const;
    [[nodiscard]] bool stopped() const;
    /// What the next process finds.
    void restart(Crash crash);

private:
    struct File;
    class OpenFile;
    struct Vfs;

    [[nodiscard]] bool refuses_change();
    void sync_directory();
    [[nodiscard]] bool happens(int percent);
    [[nodiscard]] std::uint64_t bytes_used_locked() const;

    mutable std::mutex mutex_;
    std::mt19937_64 random_;
    DiskFaults faults_;
    std::uint64_t changes_ = 0;
    std::optional<std::uint64_t> stop_at_;
    std::uint64_t boot_ = 0;  ///< Open files of an earlier one are dead.
    std::map<std::string, std::shared_ptr<File>, std::less<>> files_;
    /// Deleted, but the directory was not synced since: a power cut may bring them back.
    std::map<std::string, std::shared_ptr<File>, std::less<>> deleted_;
    std::string vfs_name_;
    std::unique_ptr<Vfs> vfs_;
};

}  // namespace ingestor::sqlite::testing
