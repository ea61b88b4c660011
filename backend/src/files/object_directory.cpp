#include "files/object_directory.hpp"

#include <cerrno>
#include <cstdio>
#include <map>
#include <system_error>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/system_error.hpp"

namespace ingestor::files {
namespace {

constexpr mode_t kDirectoryMode = 0700;
constexpr mode_t kFileMode = 0600;
/// So often a directory is made again that was removed, being empty, before a file was in it.
constexpr int kRemakesMax = 16;
constexpr std::size_t kRemovedAtOnceMax = 64;

std::unexpected<Error> failed(std::string_view what, const std::string& path, int error) {
    return std::unexpected(system_error(fmt::format("{} {}", what, path), error));
}

[[noreturn]] void throw_errno(const std::filesystem::path& path) {
    throw std::system_error(errno, std::generic_category(), path.string());
}

FileDescriptor open_or_make(const std::filesystem::path& path) {
    std::filesystem::create_directories(path.parent_path());
    if (::mkdir(path.c_str(), kDirectoryMode) != 0 && errno != EEXIST) throw_errno(path);
    FileDescriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory) throw_errno(path);
    return directory;
}

int open_beneath(int root, const char* path, std::uint64_t flags, std::uint64_t resolve) {
    open_how how{};
    how.flags = flags | O_CLOEXEC;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | resolve;
    while (true) {
        const auto fd = static_cast<int>(::syscall(SYS_openat2, root, path, &how, sizeof how));
        // A rename elsewhere on the path makes the kernel give up; asking again is its advice.
        if (fd >= 0 || errno != EAGAIN || (resolve & RESOLVE_CACHED) != 0) return fd;
    }
}

/// What RESOLVE_BENEATH does, for kernels (or sandboxes) without it.
int open_step_by_step(int root, std::string_view path, int flags) {
    FileDescriptor held;
    int at = root;
    while (true) {
        const auto slash = path.find('/');
        const std::string name(path.substr(0, slash));
        if (slash == std::string_view::npos) {
            return ::openat(at, name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC);
        }
        FileDescriptor next(
            ::openat(at, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!next) return -1;
        held = std::move(next);
        at = held.get();
        path.remove_prefix(slash + 1);
    }
}

struct Place {
    std::string parent;  ///< Empty: the root.
    std::string name;
};

Place place_of(const std::string& path) {
    const auto slash = path.rfind('/');
    if (slash == std::string::npos) return {.parent = {}, .name = path};
    return {.parent = path.substr(0, slash), .name = path.substr(slash + 1)};
}

}  // namespace

StagedFile::StagedFile(const ObjectDirectory& directory, std::string name, FileDescriptor file)
    : directory_(&directory), name_(std::move(name)), file_(std::move(file)) {}

StagedFile::StagedFile(StagedFile&& other) noexcept
    : directory_(other.directory_),
      name_(std::exchange(other.name_, {})),
      file_(std::move(other.file_)) {}

StagedFile::~StagedFile() {
    if (!name_.empty()) ::unlinkat(directory_->incoming_.get(), name_.c_str(), 0);
}

ObjectDirectory::ObjectDirectory(const std::filesystem::path& root)
    : objects_path_(root / "objects"),
      objects_(open_or_make(objects_path_)),
      incoming_(open_or_make(root / "incoming")) {
    const FileDescriptor probe(open_beneath(objects_.get(), ".", O_PATH | O_DIRECTORY, 0));
    resolves_beneath_ = static_cast<bool>(probe);
    if (::flock(incoming_.get(), LOCK_EX | LOCK_NB) == 0) clear_incoming();
    // From here on no other process takes our files for leftovers.
    ::flock(incoming_.get(), LOCK_SH | LOCK_NB);
    // A crashed run may have made directories that it had not synced yet.
    if (::syncfs(objects_.get()) != 0) throw_errno(root);
}

void ObjectDirectory::clear_incoming() const {
    const auto list_fd = ::openat(incoming_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (list_fd < 0) throw_errno("incoming");
    const std::unique_ptr<DIR, int (*)(DIR*)> list(::fdopendir(list_fd), &::closedir);
    if (!list) throw_errno("incoming");
    while (const auto* entry = ::readdir(list.get())) {
        const std::string_view name = entry->d_name;
        if (name != "." && name != "..") ::unlinkat(incoming_.get(), entry->d_name, 0);
    }
}

std::expected<FileDescriptor, int> ObjectDirectory::open(const std::string& path,
                                                         Access access) const {
    // A file that turns out to be a pipe must not hold us up.
    constexpr int kFlags = O_RDONLY | O_NONBLOCK;
    const bool cached = access == Access::cached_only;
    if (cached && !resolves_beneath_) return std::unexpected(EAGAIN);
    FileDescriptor file(resolves_beneath_ ? open_beneath(objects_.get(), path.c_str(), kFlags,
                                                         cached ? RESOLVE_CACHED : 0U)
                                          : open_step_by_step(objects_.get(), path, kFlags));
    if (file) return file;
    // Kernels before 5.12 know openat2 but not RESOLVE_CACHED.
    return std::unexpected(cached && errno == EINVAL ? EAGAIN : errno);
}

std::expected<FileDescriptor, int> ObjectDirectory::open_directory(const std::string& path) const {
    constexpr int kFlags = O_RDONLY | O_DIRECTORY;
    const std::string& from_root = path.empty() ? "." : path;
    FileDescriptor directory(resolves_beneath_
                                 ? open_beneath(objects_.get(), from_root.c_str(), kFlags, 0)
                                 : open_step_by_step(objects_.get(), from_root, kFlags));
    if (!directory) return std::unexpected(errno);
    return directory;
}

Result<std::monostate> ObjectDirectory::check_in_place() const {
    struct stat opened{};
    struct stat named{};
    if (::fstat(objects_.get(), &opened) != 0) return failed("stat", "objects", errno);
    if (::stat(objects_path_.c_str(), &named) == 0 && named.st_dev == opened.st_dev &&
        named.st_ino == opened.st_ino) {
        return std::monostate{};
    }
    return fail(Errc::unavailable,
                "the directory of the objects was removed or replaced under the service: put it "
                "back, or restart the service on what is there now");
}

Result<StagedFile> ObjectDirectory::stage() {
    auto name = fmt::format("{}-{}", ::getpid(), next_name_++);
    while (true) {
        FileDescriptor file(::openat(incoming_.get(), name.c_str(),
                                     O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                                     kFileMode));
        if (file) return StagedFile(*this, std::move(name), std::move(file));
        // A process that had our id and died may have left the name behind.
        if (errno != EEXIST) return failed("create", "incoming/" + name, errno);
        name = fmt::format("{}-{}", ::getpid(), next_name_++);
    }
}

bool ObjectDirectory::is_settled_locked(const std::string& path) const {
    if (unsettled_.empty() || path.empty()) return true;
    for (std::size_t end = 0; end < path.size();) {
        end = std::min(path.find('/', end + 1), path.size());
        if (unsettled_.contains(path.substr(0, end))) return false;
    }
    return true;
}

void ObjectDirectory::wait_until_settled(const std::string& path) {
    std::unique_lock lock(mutex_);
    settled_.wait(lock, [&] { return is_settled_locked(path); });
}

std::expected<FileDescriptor, int> ObjectDirectory::make_directories(const std::string& path) {
    auto current = open_directory({});
    if (!current) return current;
    FileDescriptor directory = std::move(*current);
    for (std::size_t begin = 0; begin < path.size();) {
        const auto end = std::min(path.find('/', begin), path.size());
        const auto name = path.substr(begin, end - begin);
        const auto so_far = path.substr(0, end);
        begin = end + 1;
        constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
        FileDescriptor next(::openat(directory.get(), name.c_str(), kFlags));
        if (!next && errno == ENOENT) {
            {
                const std::lock_guard lock(mutex_);
                unsettled_.insert(so_far);
            }
            int error = 0;
            if (::mkdirat(directory.get(), name.c_str(), kDirectoryMode) != 0 && errno != EEXIST) {
                error = errno;
            } else if (::fsync(directory.get()) != 0) {
                error = errno;
                // Whoever has found it meanwhile must not store anything in it.
                ::unlinkat(directory.get(), name.c_str(), AT_REMOVEDIR);
            }
            {
                const std::lock_guard lock(mutex_);
                unsettled_.erase(unsettled_.find(so_far));
            }
            settled_.notify_all();
            if (error != 0) return std::unexpected(error);
            next = FileDescriptor(::openat(directory.get(), name.c_str(), kFlags));
        }
        if (!next) return std::unexpected(errno);
        directory = std::move(next);
    }
    return directory;
}

Result<FileDescriptor> ObjectDirectory::open_or_make_directory(const std::string& path) {
    auto found = open_directory(path);
    // What is made may be taken for empty, and removed, before anything is in it.
    for (int tries = 0; !found && found.error() == ENOENT && tries < kRemakesMax; ++tries) {
        found = make_directories(path);
    }
    if (!found) return failed("open or make directory", path, found.error());
    return std::move(*found);
}

int ObjectDirectory::rename(StagedFile& file, int parent, const std::string& path,
                            ports::PutMode mode) const {
    const auto name = place_of(path).name;
    const unsigned flags = mode == ports::PutMode::create_only ? RENAME_NOREPLACE : 0U;
    int status = ::renameat2(incoming_.get(), file.name_.c_str(), parent, name.c_str(), flags);
    if (status != 0 && errno == EINVAL && flags != 0) {
        // This file system cannot rename so; a link does not replace either.
        status = ::linkat(incoming_.get(), file.name_.c_str(), parent, name.c_str(), 0);
        if (status == 0) ::unlinkat(incoming_.get(), file.name_.c_str(), 0);
    }
    if (status != 0) return errno;
    file.name_.clear();
    return 0;
}

Result<std::monostate> ObjectDirectory::publish(std::span<const Publication> publications) {
    // Nobody waits here: the first sync then finds the others' blocks allocated, and one commit of
    // the file system's journal serves them all.
    if (publications.size() > 1) {
        for (const auto& [file, path, mode] : publications) {
            ::sync_file_range(file->fd(), 0, 0, SYNC_FILE_RANGE_WRITE);
        }
    }
    std::map<std::string, FileDescriptor> parents;
    for (const auto& [file, path, mode] : publications) {
        const auto parent = place_of(path).parent;
        if (parents.contains(parent)) continue;
        auto opened = open_or_make_directory(parent);
        if (!opened) return std::unexpected(opened.error());
        parents.emplace(parent, std::move(*opened));
    }
    for (const auto& [file, path, mode] : publications) {
        if (::fsync(file->fd()) != 0) return failed("sync", path, errno);
    }
    // Only now, with the directory in hand: a maker announces it before it makes it.
    for (const auto& [path, parent] : parents) wait_until_settled(path);
    for (const auto& [file, path, mode] : publications) {
        auto& parent = parents.at(place_of(path).parent);
        int error = rename(*file, parent.get(), path, mode);
        // The directory was empty and went before the file had come.
        for (int tries = 0; error == ENOENT && tries < kRemakesMax; ++tries) {
            auto remade = open_or_make_directory(place_of(path).parent);
            if (!remade) return std::unexpected(remade.error());
            parent = std::move(*remade);
            wait_until_settled(place_of(path).parent);
            error = rename(*file, parent.get(), path, mode);
        }
        if (error == EEXIST) return fail(Errc::conflict, fmt::format("{} exists", path));
        if (error != 0) return failed("rename to", path, error);
    }
    for (const auto& [path, parent] : parents) {
        if (::fsync(parent.get()) != 0) return failed("sync directory", path, errno);
    }
    return check_in_place();
}

Result<std::monostate> ObjectDirectory::remove(std::span<const std::string> paths) {
    // Each may stand in a directory of its own, which is held open meanwhile.
    for (; !paths.empty(); paths = paths.subspan(std::min(paths.size(), kRemovedAtOnceMax))) {
        const auto some = paths.first(std::min(paths.size(), kRemovedAtOnceMax));
        if (auto removed = remove_some(some); !removed) return removed;
    }
    return std::monostate{};
}

Result<std::monostate> ObjectDirectory::remove_some(std::span<const std::string> paths) const {
    std::map<std::string, FileDescriptor> parents;
    for (const auto& path : paths) {
        const auto place = place_of(path);
        auto parent = parents.find(place.parent);
        if (parent == parents.end()) {
            auto opened = open_directory(place.parent);
            if (!opened && (opened.error() == ENOENT || opened.error() == ENOTDIR)) continue;
            if (!opened) return failed("open directory", place.parent, opened.error());
            parent = parents.emplace(place.parent, std::move(*opened)).first;
        }
        if (::unlinkat(parent->second.get(), place.name.c_str(), 0) != 0 && errno != ENOENT) {
            return failed("remove", path, errno);
        }
    }
    for (const auto& [path, parent] : parents) {
        if (::fsync(parent.get()) != 0) return failed("sync directory", path, errno);
    }
    for (const auto& [path, parent] : parents) remove_empty_directories(path);
    return std::monostate{};
}

/// An empty directory that a crash brings back is in nobody's way, so nothing is waited for.
void ObjectDirectory::remove_empty_directories(std::string path) const {
    while (!path.empty()) {
        const auto place = place_of(path);
        const auto parent = open_directory(place.parent);
        if (!parent || ::unlinkat(parent->get(), place.name.c_str(), AT_REMOVEDIR) != 0) return;
        path = place.parent;
    }
}

}  // namespace ingestor::files
