#include "files/files_walk.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "async/offload.hpp"
#include "files/object_path.hpp"

namespace ingestor::files {
namespace {

/// What `st_blocks` counts in, whatever the file system.
constexpr std::uint64_t kBlockBytes = 512;

TimePoint time_of(const timespec& time) {
    return TimePoint{
        std::chrono::milliseconds{std::int64_t{time.tv_sec} * 1000 + time.tv_nsec / 1'000'000}};
}

}  // namespace

boost::asio::awaitable<Result<std::vector<ports::WalkedObject>>> FilesWalk::next(
    std::size_t count) {
    auto work = [this, count] { return next_blocking(count); };
    co_return co_await async::offload(pool_, std::move(work));
}

bool FilesWalk::descend(FileDescriptor directory, std::string path) {
    // fdopendir() takes over the one that it is given, if it succeeds.
    const int own = ::fcntl(directory.get(), F_DUPFD_CLOEXEC, 0);
    if (own < 0) return false;
    std::unique_ptr<DIR, CloseDirectory> opened(::fdopendir(own));
    if (!opened) {
        ::close(own);
        return false;
    }
    levels_.push_back({.directory = std::move(opened), .path = std::move(path)});
    return true;
}

Result<std::vector<ports::WalkedObject>> FilesWalk::next_blocking(std::size_t count) {
    std::vector<ports::WalkedObject> found;
    if (!std::exchange(begun_, true)) {
        auto root = directory_.open_root();
        if (!root || !descend(std::move(*root), {})) {
            return fail(Errc::unavailable, "walk the objects: " + std::generic_category().message(
                                                                      root ? errno : root.error()));
        }
    }
    while (!levels_.empty() && found.size() < count) {
        auto* directory = levels_.back().directory.get();
        errno = 0;
        const auto* entry = ::readdir(directory);
        if (entry == nullptr) {
            const int error = errno;
            levels_.pop_back();
            if (error != 0) {
                return fail(Errc::unavailable,
                            "walk the objects: " + std::generic_category().message(error));
            }
            continue;
        }
        const std::string name = entry->d_name;
        if (name == "." || name == "..") continue;
        const int fd = ::dirfd(directory);
        struct stat status{};
        // It may have gone since it was read.
        if (::fstatat(fd, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
        auto path = levels_.back().path + name;
        if (S_ISDIR(status.st_mode)) {
            FileDescriptor below(
                ::openat(fd, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
            if (below) descend(std::move(below), path + "/");
        } else if (S_ISREG(status.st_mode)) {
            auto text = object_key(path);
            if (!text) continue;
            auto key = domain::ObjectKey::parse(std::move(*text));
            if (!key) continue;
            found.push_back(
                {.key = std::move(*key),
                 .stored_bytes = static_cast<std::uint64_t>(status.st_blocks) * kBlockBytes,
                 .stored_at = time_of(status.st_mtim)});
        }
    }
    return found;
}

}  // namespace ingestor::files
