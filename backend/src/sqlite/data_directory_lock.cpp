#include "sqlite/data_directory_lock.hpp"

#include <array>
#include <cerrno>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/system_error.hpp"

namespace ingestor::sqlite {

namespace {

std::unexpected<Error> failed(const std::filesystem::path& path, int error) {
    return std::unexpected(system_error(path.string(), error));
}

/// The process id that the holder wrote, or a word for it.
std::string holder(int file) {
    std::array<char, 32> bytes{};
    const auto count = ::pread(file, bytes.data(), bytes.size() - 1, 0);
    const std::string pid(bytes.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
    return pid.empty() ? "unknown process" : "process " + pid;
}

}  // namespace

Result<DataDirectoryLock> DataDirectoryLock::acquire(const std::filesystem::path& directory) {
    std::error_code made;
    std::filesystem::create_directories(directory, made);
    if (made) return failed(directory, made.value());

    const auto path = directory / "agent2-ingestor.lock";
    // The file stays when the lock goes: removing it would let two processes lock different files.
    FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file) return failed(path, errno);
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return failed(path, errno);
        return fail(Errc::conflict,
                    fmt::format("data directory {} is in use by another agent2-ingestor ({}): stop "
                                "it, or choose another directory",
                                directory.string(), holder(file.get())));
    }
    const auto pid = std::to_string(::getpid());
    if (::ftruncate(file.get(), 0) != 0 ||
        ::pwrite(file.get(), pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
        return failed(path, errno);
    }
    return DataDirectoryLock(std::move(file));
}

}  // namespace ingestor::sqlite
