#include "removal_lock.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace ingestor {

Result<RemovalLock> RemovalLock::open(std::filesystem::path file) {
    RemovalLock lock(std::move(file));
    if (!lock.reopen()) {
        return fail(Errc::unavailable,
                    lock.file_.string() + ": " + std::generic_category().message(errno));
    }
    return lock;
}

/// Each holder has a descriptor of its own, as a lock belongs to that.
FileDescriptor RemovalLock::reopen() const {
    return FileDescriptor(
        ::open(file_.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
}

std::shared_ptr<void> RemovalLock::try_share() const {
    auto file = reopen();
    if (!file || ::flock(file.get(), LOCK_SH | LOCK_NB) != 0) return nullptr;
    return std::make_shared<FileDescriptor>(std::move(file));
}

Result<std::shared_ptr<void>> RemovalLock::hold_alone() const {
    auto file = reopen();
    while (file && ::flock(file.get(), LOCK_EX) != 0) {
        if (errno != EINTR) file.reset();
    }
    if (!file) {
        return fail(Errc::unavailable,
                    file_.string() + ": " + std::generic_category().message(errno));
    }
    return std::shared_ptr<void>(std::make_shared<FileDescriptor>(std::move(file)));
}

}  // namespace ingestor
