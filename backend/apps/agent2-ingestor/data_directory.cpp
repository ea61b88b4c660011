#include "data_directory.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/file_descriptor.hpp"

namespace ingestor {

namespace fs = std::filesystem;

TimePoint DataDirectory::created_at() const {
    std::error_code error;
    const auto made = std::filesystem::last_write_time(removal_lock(), error);
    if (error) return {};
    return std::chrono::time_point_cast<TimePoint::duration>(std::chrono::file_clock::to_sys(made));
}

Result<DataDirectoryAccess> secure_data_directory(const fs::path& root) {
    const auto failed = [&root](std::string_view what, const std::string& reason) {
        return fail(Errc::unavailable, "cannot " + std::string(what) + " the data directory '" +
                                           root.string() + "': " + reason);
    };
    std::error_code error;
    fs::create_directories(root, error);
    if (error) return failed("make", error.message());
    // By descriptor: what is looked at is what is changed.
    const FileDescriptor directory(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct stat status{};
    if (!directory || ::fstat(directory.get(), &status) != 0) {
        return failed("open", std::generic_category().message(errno));
    }
    constexpr mode_t kOthers = S_IRWXG | S_IRWXO;
    if ((status.st_mode & kOthers) == 0) return DataDirectoryAccess::owner_only;
    if (::fchmod(directory.get(), status.st_mode & 07777U & ~kOthers) != 0) {
        return fail(Errc::permission_denied,
                    "the data directory '" + root.string() +
                        "' can be entered by other users and is not ours to close: have its owner "
                        "run chmod 700 on it, or name another with --data");
    }
    return DataDirectoryAccess::closed_to_others;
}

}  // namespace ingestor
