#include "identity/secret_file.hpp"

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/uuid.hpp"

namespace ingestor::identity {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSecretBytesMax = 1024 * 1024;

std::unexpected<Error> failed(std::string_view verb, const fs::path& path, int cause) {
    return fail(Errc::unavailable, std::string(verb) + " " + path.string() + ": " +
                                       std::generic_category().message(cause));
}

/// Closes its descriptor, whichever way a function is left.
class OpenFile {
public:
    explicit OpenFile(int fd) : fd_(fd) {}
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    ~OpenFile() {
        if (fd_ >= 0) ::close(fd_);
    }
    [[nodiscard]] int fd() const { return fd_; }

private:
    int fd_;
};

bool write_all(int fd, std::string_view content) {
    while (!content.empty()) {
        const ssize_t written = ::write(fd, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

Result<void> sync_directory(const fs::path& directory) {
    const OpenFile opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.fd() < 0 || ::fsync(opened.fd()) != 0) return failed("sync", directory, errno);
    return {};
}

Result<void> write_and_sync(const fs::path& file, std::string_view content) {
    const OpenFile opened(
        ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (opened.fd() < 0) return failed("create", file, errno);
    if (!write_all(opened.fd(), content)) return failed("write", file, errno);
    if (::fsync(opened.fd()) != 0) return failed("sync", file, errno);
    return {};
}

}  // namespace

Result<void> write_secret_file(const fs::path& file, std::string_view content) {
    fs::path draft = file;
    draft += "." + uuid_v4() + ".tmp";
    auto written = write_and_sync(draft, content);
    if (written && ::rename(draft.c_str(), file.c_str()) != 0) {
        written = failed("rename to", file, errno);
    }
    if (!written) {
        ::unlink(draft.c_str());
        return written;
    }
    // The name is an entry of the directory, which has a life of its own on disk.
    return sync_directory(file.parent_path());
}

Result<std::string> read_secret_file(const fs::path& file) {
    const OpenFile opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (opened.fd() < 0) {
        if (errno == ENOENT) return fail(Errc::not_found, file.string() + " does not exist");
        return failed("open", file, errno);
    }
    struct stat status{};
    if (::fstat(opened.fd(), &status) != 0) return failed("read", file, errno);
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return fail(Errc::permission_denied, file.string() +
                                                 " holds a secret that other users can reach: "
                                                 "replace it, or run chmod 600 on it");
    }
    std::string content;
    std::array<char, 4096> piece{};
    for (;;) {
        const ssize_t count = ::read(opened.fd(), piece.data(), piece.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return failed("read", file, errno);
        if (count == 0) return content;
        content.append(piece.data(), static_cast<std::size_t>(count));
        if (content.size() > kSecretBytesMax) {
            return fail(Errc::too_large, file.string() + " is larger than 1 MB");
        }
    }
}

Result<void> create_secret_directory(const fs::path& directory) {
    std::error_code error;
    if (fs::create_directories(directory, error)) {
        fs::permissions(directory, fs::perms::owner_all, error);
    }
    if (error) return failed("create", directory, error.value());
    return {};
}

Result<DirectoryLock> DirectoryLock::acquire(const fs::path& directory) {
    const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return failed("open", directory, errno);
    DirectoryLock lock(fd);
    int held = -1;
    do {
        held = ::flock(fd, LOCK_EX);
    } while (held != 0 && errno == EINTR);
    if (held != 0) return failed("lock", directory, errno);
    return lock;
}

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

DirectoryLock::~DirectoryLock() {
    if (fd_ >= 0) ::close(fd_);
}

}  // namespace ingestor::identity
