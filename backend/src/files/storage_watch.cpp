#include "files/storage_watch.hpp"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <pthread.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file_descriptor.hpp"
#include "base/system_error.hpp"

namespace ingestor::files {
namespace {

constexpr const char* kProbeName = "agent2-ingestor.probe";
/// A block of the file system, so that bytes are asked for and not only a name.
constexpr std::size_t kProbeBytes = 4'096;

}  // namespace

StorageFault storage_fault(int error) {
    const auto message = system_error("storing fails", error).message;
    switch (error) {
        case ENOSPC:
        case EDQUOT:
            return {.code = "storage_full", .message = message};
        case EROFS:
        case EACCES:
        case EPERM:
            return {.code = "storage_read_only", .message = message};
        case EMFILE:
        case ENFILE:
            return {.code = "descriptors_exhausted", .message = message};
        case ENOMEM:
            return {.code = "memory_exhausted", .message = message};
        case ENOENT:
        case ENOTDIR:
            return {.code = "storage_replaced",
                    .message =
                        "the data directory was removed under the service: put it back, or "
                        "restart the service"};
        default:
            return {.code = "storage_failing", .message = message};
    }
}

StorageWatch::StorageWatch(std::filesystem::path directory, std::vector<Check> in_place,
                           StorageWatchOptions options)
    : directory_(std::move(directory)), in_place_(std::move(in_place)), options_(options) {
    thread_ = std::thread([this] { run(); });
    ::pthread_setname_np(thread_.native_handle(), "storage-watch");
}

StorageWatch::~StorageWatch() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

std::optional<StorageFault> StorageWatch::fault(std::chrono::steady_clock::time_point now) const {
    const std::scoped_lock lock(mutex_);
    if (looking_since_ && now - *looking_since_ > options_.hang_max) {
        return StorageFault{.code = "storage_unresponsive",
                            .message = "the disk of the data directory does not answer"};
    }
    return fault_;
}

StorageWatch::Space StorageWatch::space() const {
    const std::scoped_lock lock(mutex_);
    return space_;
}

std::uint64_t StorageWatch::looks() const {
    const std::scoped_lock lock(mutex_);
    return looks_;
}

void StorageWatch::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        looking_since_ = std::chrono::steady_clock::now();
        lock.unlock();
        auto found = look();
        lock.lock();
        looking_since_.reset();
        fault_ = std::move(found);
        ++looks_;
        wake_.wait_for(lock, options_.interval, [this] { return stopping_; });
    }
}

std::optional<StorageFault> StorageWatch::look() {
    for (const auto& check : in_place_) {
        if (const auto there = check(); !there) {
            return StorageFault{.code = "storage_replaced", .message = there.error().message};
        }
    }
    const auto full = measure_space();
    const auto now = std::chrono::steady_clock::now();
    if (now >= next_probe_) {
        if (const int error = probe(); error != 0) return storage_fault(error);
        next_probe_ = now + options_.probe_interval;
    }
    return full;
}

std::optional<StorageFault> StorageWatch::measure_space() {
    struct statvfs status{};
    if (::statvfs(directory_.c_str(), &status) != 0) return storage_fault(errno);
    // The blocks that are kept back are root's to use.
    const auto blocks = ::geteuid() == 0 ? status.f_bfree : status.f_bavail;
    const auto inodes = ::geteuid() == 0 ? status.f_ffree : status.f_favail;
    const Space space{.free_bytes = std::uint64_t{blocks} * status.f_frsize, .free_inodes = inodes};
    {
        const std::scoped_lock lock(mutex_);
        space_ = space;
    }
    // Some file systems do not count inodes.
    const bool counts_inodes = status.f_files > 0;
    if (space.free_bytes < options_.free_bytes_min ||
        (counts_inodes && space.free_inodes < options_.free_inodes_min)) {
        return storage_fault(ENOSPC);
    }
    return std::nullopt;
}

int StorageWatch::probe() const {
    const auto path = directory_ / kProbeName;
    const FileDescriptor file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) return errno;
    const std::array<char, kProbeBytes> bytes{};
    int error = 0;
    const auto written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0) {
        error = errno;
    } else if (written != static_cast<ssize_t>(bytes.size())) {
        error = ENOSPC;
    } else if (::fdatasync(file.get()) != 0) {
        error = errno;
    }
    ::unlink(path.c_str());
    return error;
}

}  // namespace ingestor::files
