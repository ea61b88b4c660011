#include "sqlite/testing/simulated_disk.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <new>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <sqlite3.h>

namespace ingestor::sqlite::testing {

namespace {

/// SQLite's own: one for the header of the WAL index, and so on; see "WAL-mode File Format".
constexpr std::size_t kSharedLocks = SQLITE_SHM_NLOCK;
constexpr int kPathBytesMax = 512;
constexpr int kJournals = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL;

/// What changed since the last sync: bytes at a place, or the file's end.
struct Change {
    std::uint64_t offset = 0;
    std::string bytes;
    bool truncates = false;  ///< To `offset`.

    void apply_to(std::string& content) const {
        if (truncates) {
            content.resize(std::min<std::size_t>(content.size(), offset));
            return;
        }
        content.resize(std::max<std::size_t>(content.size(), offset + bytes.size()));
        content.replace(offset, bytes.size(), bytes);
    }
};

std::atomic<std::uint64_t> disks_made{0};

}  // namespace

struct SimulatedDisk::File {
    std::string content;
    std::string durable;
    std::vector<Change> unsynced;
    bool entry_durable = false;       ///< Its name in the directory.
    bool directory_unsynced = false;  ///< To be synced with its first sync, as SQLite does it.

    // The locks of one file ("File Locking And Concurrency"), by the open file that holds them.
    std::size_t shared = 0;
    const OpenFile* reserved = nullptr;
    const OpenFile* pending = nullptr;
    const OpenFile* exclusive = nullptr;

    // The WAL index.
    std::vector<std::vector<std::byte>> regions;
    std::size_t mapped = 0;
    std::array<std::size_t, kSharedLocks> region_shared{};
    std::array<const OpenFile*, kSharedLocks> region_exclusive{};

    void change(Change change) {
        change.apply_to(content);
        unsynced.push_back(std::move(change));
    }
    /// Of each sector that was not synced, `survives` says whether it is on the disk all the same.
    /// The others never will be, unless they are written again.
    template <class Survives>
    void settle(const Survives& survives) {
        for (const auto& change : unsynced) {
            if (change.truncates) {
                if (survives()) change.apply_to(durable);
                continue;
            }
            for (std::size_t at = 0; at < change.bytes.size();) {
                const auto place = change.offset + at;
                const auto left_in_sector = kSectorBytes - place % kSectorBytes;
                const auto size = std::min<std::size_t>(change.bytes.size() - at, left_in_sector);
                if (survives()) {
                    Change{.offset = place, .bytes = change.bytes.substr(at, size)}.apply_to(
                        durable);
                }
                at += size;
            }
        }
        unsynced.clear();
    }
    void forget_locks() {
        shared = mapped = 0;
        reserved = pending = exclusive = nullptr;
        regions.clear();
        region_shared = {};
        region_exclusive = {};
    }
};

/// The state behind one sqlite3_file.
class SimulatedDisk::OpenFile {
public:
    OpenFile(SimulatedDisk& disk, std::shared_ptr<File> file, std::string delete_on_close)
        : disk_(disk),
          file_(std::move(file)),
          boot_(disk.boot_),
          delete_on_close_(std::move(delete_on_close)) {}

    int read(void* to, std::size_t size, std::uint64_t offset) {
        const std::scoped_lock lock(disk_.mutex_);
        if (dead() || disk_.happens(disk_.faults_.read_errors_percent)) return SQLITE_IOERR_READ;
        const auto& content = file_->content;
        const auto begin = std::min<std::size_t>(content.size(), offset);
        const auto there = std::min(size, content.size() - begin);
        std::memcpy(to, content.data() + begin, there);
        if (there == size) return SQLITE_OK;
        std::memset(static_cast<char*>(to) + there, 0, size - there);
        return SQLITE_IOERR_SHORT_READ;
    }

    int write(const void* from, std::size_t size, std::uint64_t offset) {
        const std::scoped_lock lock(disk_.mutex_);
        if (dead() || disk_.refuses_change()) return SQLITE_IOERR_WRITE;
        if (disk_.happens(disk_.faults_.write_errors_percent)) return SQLITE_IOERR_WRITE;
        const auto grown = std::max<std::uint64_t>(file_->content.size(), offset + size);
        if (disk_.faults_.bytes_max &&
            disk_.bytes_used_locked() - file_->content.size() + grown > *disk_.faults_.bytes_max) {
            return SQLITE_FULL;
        }
        file_->change(
            {.offset = offset, .bytes = std::string(static_cast<const char*>(from), size)});
        return SQLITE_OK;
    }

    int truncate(std::uint64_t size) {
        const std::scoped_lock lock(disk_.mutex_);
        if (dead() || disk_.refuses_change()) return SQLITE_IOERR_TRUNCATE;
        file_->change({.offset = size, .bytes = {}, .truncates = true});
        return SQLITE_OK;
    }

    int sync() {
        const std::scoped_lock lock(disk_.mutex_);
        if (dead() || disk_.refuses_change()) return SQLITE_IOERR_FSYNC;
        if (disk_.faults_.syncs_ignored) return SQLITE_OK;
        if (disk_.happens(disk_.faults_.sync_errors_percent)) {
            // Linux takes the pages for clean from then on: a later sync does not write them.
            file_->settle([this] { return disk_.happens(50); });
            return SQLITE_IOERR_FSYNC;
        }
        file_->settle([] { return true; });
        if (std::exchange(file_->directory_unsynced, false)) disk_.sync_directory();
        return SQLITE_OK;
    }

    int size(sqlite3_int64* bytes) {
        const std::scoped_lock lock(disk_.mutex_);
        if (dead()) return SQLITE_IOERR_FSTAT;
        *bytes = static_cast<sqlite3_int64>(file_->content.size());
        return SQLITE_OK;
    }

    int lock(int wanted) {
        const std::scoped_lock guard(disk_.mutex_);
        if (dead()) return SQLITE_IOERR_LOCK;
        if (level_ >= wanted) return SQLITE_OK;
        auto& file = *file_;
        if (level_ == SQLITE_LOCK_NONE) {
            if (held_by_other(file.pending) || held_by_other(file.exclusive)) return SQLITE_BUSY;
            ++file.shared;
            level_ = SQLITE_LOCK_SHARED;
        }
        if (wanted >= SQLITE_LOCK_RESERVED) {
            if (held_by_other(file.reserved) || held_by_other(file.pending)) return SQLITE_BUSY;
            file.reserved = this;
            level_ = std::max(level_, SQLITE_LOCK_RESERVED);
        }
        if (wanted == SQLITE_LOCK_EXCLUSIVE) {
            file.pending = this;
            level_ = SQLITE_LOCK_PENDING;
            if (file.shared > 1) return SQLITE_BUSY;
            file.exclusive = this;
        }
        level_ = wanted;
        return SQLITE_OK;
    }

    int unlock(int wanted) {
        const std::scoped_lock guard(disk_.mutex_);
        if (level_ <= wanted) return SQLITE_OK;
        if (!dead()) {
            for (auto* owner : {&file_->reserved, &file_->pending, &file_->exclusive}) {
                if (*owner == this) *owner = nullptr;
            }
            if (wanted == SQLITE_LOCK_NONE) --file_->shared;
        }
        level_ = wanted;
        return SQLITE_OK;
    }

    bool reserved() {
        const std::scoped_lock guard(disk_.mutex_);
        return file_->reserved != nullptr;
    }

    int map_region(std::size_t index, std::size_t size, bool extend, void volatile** at) {
        const std::scoped_lock guard(disk_.mutex_);
        *at = nullptr;
        if (dead()) return SQLITE_IOERR_SHMMAP;
        if (!std::exchange(maps_, true)) ++file_->mapped;
        auto& regions = file_->regions;
        if (index >= regions.size()) {
            if (!extend) return SQLITE_OK;
            while (regions.size() <= index) regions.emplace_back(size);
        }
        *at = regions[index].data();
        return SQLITE_OK;
    }

    int lock_region(std::size_t first, std::size_t count, int flags) {
        const std::scoped_lock guard(disk_.mutex_);
        if (dead()) return (flags & SQLITE_SHM_UNLOCK) != 0 ? SQLITE_OK : SQLITE_IOERR_SHMLOCK;
        auto& shared = file_->region_shared;
        auto& exclusive = file_->region_exclusive;
        const bool wants_shared = (flags & SQLITE_SHM_SHARED) != 0;
        for (auto slot = first; slot < first + count; ++slot) {
            if ((flags & SQLITE_SHM_UNLOCK) != 0) continue;
            const auto others = shared[slot] - (shares_[slot] ? 1U : 0U);
            if (held_by_other(exclusive[slot])) return SQLITE_BUSY;
            if (!wants_shared && others > 0) return SQLITE_BUSY;
        }
        for (auto slot = first; slot < first + count; ++slot) {
            if ((flags & SQLITE_SHM_UNLOCK) != 0) {
                if (std::exchange(shares_[slot], false)) --shared[slot];
                if (exclusive[slot] == this) exclusive[slot] = nullptr;
            } else if (wants_shared) {
                if (!std::exchange(shares_[slot], true)) ++shared[slot];
            } else {
                exclusive[slot] = this;
            }
        }
        return SQLITE_OK;
    }

    void barrier() { const std::scoped_lock guard(disk_.mutex_); }

    void unmap_regions() {
        lock_region(0, kSharedLocks, SQLITE_SHM_UNLOCK);
        const std::scoped_lock guard(disk_.mutex_);
        if (!std::exchange(maps_, false) || dead()) return;
        if (--file_->mapped == 0) file_->regions.clear();
    }

    void close() {
        unmap_regions();
        unlock(SQLITE_LOCK_NONE);
        const std::scoped_lock guard(disk_.mutex_);
        if (!delete_on_close_.empty() && !dead()) disk_.files_.erase(delete_on_close_);
    }

private:
    [[nodiscard]] bool dead() const { return boot_ != disk_.boot_; }
    [[nodiscard]] bool held_by_other(const OpenFile* owner) const {
        return owner != nullptr && owner != this;
    }

    SimulatedDisk& disk_;
    std::shared_ptr<File> file_;
    std::uint64_t boot_;
    std::string delete_on_close_;
    int level_ = SQLITE_LOCK_NONE;
    bool maps_ = false;
    std::array<bool, kSharedLocks> shares_{};
};

/// The tables of functions that SQLite calls.
struct SimulatedDisk::Vfs {
    struct Handle {
        sqlite3_file base;
        OpenFile* open;
    };

    sqlite3_vfs base{};

    static OpenFile& of(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file)->open; }
    static SimulatedDisk& of(sqlite3_vfs* vfs) {
        return *static_cast<SimulatedDisk*>(vfs->pAppData);
    }

    static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags,
                    int* flags_out);
    static int remove(sqlite3_vfs* vfs, const char* path, int sync_directory);
    static int access(sqlite3_vfs* vfs, const char* path, int flags, int* out);
    static int full_path(sqlite3_vfs* vfs, const char* path, int size, char* out);
    static int randomness(sqlite3_vfs* vfs, int size, char* out);
    static int sleep(sqlite3_vfs* vfs, int microseconds);
    static int current_time(sqlite3_vfs* vfs, sqlite3_int64* julian_ms);
    static const sqlite3_io_methods& methods();
};

const sqlite3_io_methods& SimulatedDisk::Vfs::methods() {
    static const sqlite3_io_methods kMethods = {
        .iVersion = 2,
        .xClose =
            [](sqlite3_file* file) {
                const std::unique_ptr<OpenFile> open(&of(file));
                open->close();
                return SQLITE_OK;
            },
        .xRead =
            [](sqlite3_file* file, void* to, int size, sqlite3_int64 offset) {
                return of(file).read(to, static_cast<std::size_t>(size),
                                     static_cast<std::uint64_t>(offset));
            },
        .xWrite =
            [](sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
                return of(file).write(from, static_cast<std::size_t>(size),
                                      static_cast<std::uint64_t>(offset));
            },
        .xTruncate =
            [](sqlite3_file* file, sqlite3_int64 size) {
                return of(file).truncate(static_cast<std::uint64_t>(size));
            },
        .xSync = [](sqlite3_file* file, int) { return of(file).sync(); },
        .xFileSize = [](sqlite3_file* file, sqlite3_int64* size) { return of(file).size(size); },
        .xLock = [](sqlite3_file* file, int level) { return of(file).lock(level); },
        .xUnlock = [](sqlite3_file* file, int level) { return of(file).unlock(level); },
        .xCheckReservedLock =
            [](sqlite3_file* file, int* out) {
                *out = of(file).reserved() ? 1 : 0;
                return SQLITE_OK;
            },
        .xFileControl = [](sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; },
        .xSectorSize = [](sqlite3_file*) { return static_cast<int>(kSectorBytes); },
        // A write leaves the bytes around it alone, as on the disks of today.
        .xDeviceCharacteristics = [](sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; },
        .xShmMap =
            [](sqlite3_file* file, int index, int size, int extend, void volatile** at) {
                return of(file).map_region(static_cast<std::size_t>(index),
                                           static_cast<std::size_t>(size), extend != 0, at);
            },
        .xShmLock =
            [](sqlite3_file* file, int first, int count, int flags) {
                return of(file).lock_region(static_cast<std::size_t>(first),
                                            static_cast<std::size_t>(count), flags);
            },
        .xShmBarrier = [](sqlite3_file* file) { of(file).barrier(); },
        .xShmUnmap =
            [](sqlite3_file* file, int) {
                of(file).unmap_regions();
                return SQLITE_OK;
            },
        .xFetch = nullptr,
        .xUnfetch = nullptr,
    };
    return kMethods;
}

int SimulatedDisk::Vfs::open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags,
                             int* flags_out) {
    auto& disk = of(vfs);
    auto* handle = reinterpret_cast<Handle*>(file);
    handle->base.pMethods = nullptr;
    const std::scoped_lock lock(disk.mutex_);
    // A file without a name is nobody else's, and need not survive.
    if (disk.stop_at_ && disk.changes_ >= *disk.stop_at_) return SQLITE_CANTOPEN;
    auto found = std::make_shared<File>();
    std::string to_delete;
    if (path != nullptr) {
        const auto place = disk.files_.find(std::string_view(path));
        if (place != disk.files_.end()) {
            found = place->second;
        } else {
            if ((flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
            // The unix VFS syncs the directory with a new journal or WAL, and with no other file.
            found->directory_unsynced = (flags & kJournals) != 0;
            disk.files_.emplace(path, found);
            if (const auto old = disk.deleted_.find(std::string_view(path));
                old != disk.deleted_.end()) {
                disk.deleted_.erase(old);
            }
        }
        if ((flags & SQLITE_OPEN_DELETEONCLOSE) != 0) to_delete = path;
    }
    handle->open = new OpenFile(disk, std::move(found), std::move(to_delete));
    handle->base.pMethods = &methods();
    if (flags_out != nullptr) *flags_out = flags;
    return SQLITE_OK;
}

int SimulatedDisk::Vfs::remove(sqlite3_vfs* vfs, const char* path, int sync_directory) {
    auto& disk = of(vfs);
    const std::scoped_lock lock(disk.mutex_);
    if (disk.refuses_change()) return SQLITE_IOERR_DELETE;
    const auto place = disk.files_.find(std::string_view(path));
    if (place == disk.files_.end()) return SQLITE_IOERR_DELETE_NOENT;
    if (place->second->entry_durable) disk.deleted_.insert_or_assign(path, place->second);
    disk.files_.erase(place);
    if (sync_directory != 0) disk.sync_directory();
    return SQLITE_OK;
}

int SimulatedDisk::Vfs::access(sqlite3_vfs* vfs, const char* path, int, int* out) {
    auto& disk = of(vfs);
    const std::scoped_lock lock(disk.mutex_);
    *out = disk.files_.contains(std::string_view(path)) ? 1 : 0;
    return SQLITE_OK;
}

int SimulatedDisk::Vfs::full_path(sqlite3_vfs*, const char* path, int size, char* out) {
    sqlite3_snprintf(size, out, "%s", path);
    return SQLITE_OK;
}

int SimulatedDisk::Vfs::randomness(sqlite3_vfs* vfs, int size, char* out) {
    auto& disk = of(vfs);
    const std::scoped_lock lock(disk.mutex_);
    std::generate_n(out, size, [&disk] { return static_cast<char>(disk.random_()); });
    return size;
}

int SimulatedDisk::Vfs::sleep(sqlite3_vfs*, int microseconds) {
    std::this_thread::yield();
    return microseconds;
}

int SimulatedDisk::Vfs::current_time(sqlite3_vfs*, sqlite3_int64* julian_ms) {
    // Nothing that the database stores comes from SQLite's clock.
    *julian_ms = 0;
    return SQLITE_OK;
}

SimulatedDisk::SimulatedDisk(std::uint64_t seed)
    : random_(seed),
      vfs_name_("simulated-disk-" + std::to_string(disks_made++)),
      vfs_(std::make_unique<Vfs>()) {
    auto& vfs = vfs_->base;
    vfs.iVersion = 2;
    vfs.szOsFile = sizeof(Vfs::Handle);
    vfs.mxPathname = kPathBytesMax;
    vfs.zName = vfs_name_.c_str();
    vfs.pAppData = this;
    vfs.xOpen = Vfs::open;
    vfs.xDelete = Vfs::remove;
    vfs.xAccess = Vfs::access;
    vfs.xFullPathname = Vfs::full_path;
    vfs.xRandomness = Vfs::randomness;
    vfs.xSleep = Vfs::sleep;
    vfs.xCurrentTimeInt64 = Vfs::current_time;
    vfs.xGetLastError = [](sqlite3_vfs*, int, char*) { return 0; };
    if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK) {
        throw std::runtime_error("SQLite takes no VFS " + vfs_name_);
    }
}

SimulatedDisk::~SimulatedDisk() {
    sqlite3_vfs_unregister(&vfs_->base);
}

bool SimulatedDisk::refuses_change() {
    if (stop_at_ && changes_ >= *stop_at_) return true;
    ++changes_;
    return false;
}

void SimulatedDisk::sync_directory() {
    for (const auto& [path, file] : files_) file->entry_durable = true;
    deleted_.clear();
}

bool SimulatedDisk::happens(int percent) {
    return percent > 0 && random_() % 100 < static_cast<std::uint64_t>(percent);
}

std::uint64_t SimulatedDisk::bytes_used_locked() const {
    std::uint64_t used = 0;
    for (const auto& [path, file] : files_) used += file->content.size();
    return used;
}

void SimulatedDisk::set_faults(DiskFaults faults) {
    const std::scoped_lock lock(mutex_);
    faults_ = faults;
}

DiskFaults SimulatedDisk::faults() const {
    const std::scoped_lock lock(mutex_);
    return faults_;
}

void SimulatedDisk::stop_after(std::uint64_t changes) {
    const std::scoped_lock lock(mutex_);
    stop_at_ = changes_ + changes;
}

std::uint64_t SimulatedDisk::changes() const {
    const std::scoped_lock lock(mutex_);
    return changes_;
}

std::uint64_t SimulatedDisk::bytes_used() const {
    const std::scoped_lock lock(mutex_);
    return bytes_used_locked();
}

bool SimulatedDisk::stopped() const {
    const std::scoped_lock lock(mutex_);
    return stop_at_ && changes_ >= *stop_at_;
}

void SimulatedDisk::restart(Crash crash) {
    const std::scoped_lock lock(mutex_);
    ++boot_;
    stop_at_.reset();
    for (const auto& [path, file] : files_) file->forget_locks();
    if (crash == Crash::process) return;

    for (auto& [path, file] : deleted_) {
        if (!files_.contains(path) && happens(50)) files_.emplace(path, file);
    }
    deleted_.clear();
    // Often all of it has reached the disk, or nothing; sometimes every other sector.
    const int survives_percent = std::array{0, 100, 50, 90}[random_() % 4];
    std::erase_if(
        files_, [this](const auto& entry) { return !entry.second->entry_durable && happens(50); });
    for (const auto& [path, file] : files_) {
        file->settle([&] { return happens(survives_percent); });
        file->content = file->durable;
        file->entry_durable = true;
    }
}

}  // namespace ingestor::sqlite::testing
