#include "sqlite/database_files.hpp"

#include <cerrno>

#include <sys/stat.h>

#include "base/system_error.hpp"

namespace ingestor::sqlite {

Result<DatabaseFiles> DatabaseFiles::of(const std::filesystem::path& database) {
    DatabaseFiles files;
    for (const auto* suffix : {"", "-wal"}) {
        File file{.path = database.string() + suffix};
        struct stat status{};
        if (::stat(file.path.c_str(), &status) != 0) {
            return std::unexpected(system_error("stat " + file.path, errno));
        }
        file.device = status.st_dev;
        file.inode = status.st_ino;
        files.files_.push_back(std::move(file));
    }
    return files;
}

Result<std::monostate> DatabaseFiles::check() const {
    for (const auto& file : files_) {
        struct stat status{};
        const bool there = ::stat(file.path.c_str(), &status) == 0;
        if (there && status.st_dev == file.device && status.st_ino == file.inode) continue;
        return fail(Errc::unavailable,
                    "the database was removed or replaced under the service: put the files back, "
                    "or restart the service on what is there now");
    }
    return std::monostate{};
}

}  // namespace ingestor::sqlite
