#include "sqlite/backup.hpp"

#include "sqlite/connection.hpp"
#include "sqlite/queries.hpp"
#include "sqlite/row_codec.hpp"

namespace ingestor::sqlite {

Result<std::monostate> copy_database(const std::filesystem::path& file,
                                     const std::filesystem::path& copy) {
    auto opened = Connection::open(file, Access::checkpoint);
    if (!opened) return std::unexpected(opened.error());
    try {
        opened->run(kCopyDatabase, copy.string());
        return std::monostate{};
    } catch (const StorageFailure& failure) {
        return std::unexpected(failure.error);
    }
}

Result<std::monostate> walk_database(const std::filesystem::path& file, const BackupWalk& walk) {
    auto opened = Connection::open(file, Access::scan);
    if (!opened) return std::unexpected(opened.error());
    try {
        auto jobs = opened->query(kAllJobs);
        while (jobs.next()) {
            if (auto told = walk.job(job_id_of(jobs.blob(0))); !told) return told;
        }
        auto objects = opened->query(kAllIndexed);
        while (objects.next()) {
            const auto name = objects.text_or_none(1);
            const auto size = static_cast<std::uint64_t>(objects.integer(0));
            if (auto told = walk.object(size, name ? &*name : nullptr); !told) return told;
        }
        if (auto adopted = opened->query(kAdopted); adopted.next() && adopted.integer(0) != 0) {
            return std::monostate{};
        }
        auto files = opened->query(kAllObjects);
        while (files.next()) {
            for (const int column : {0, 1, 2, 3}) {
                if (files.is_null(column)) continue;
                if (auto told = walk.older_object(object_key_at(files, column)); !told) return told;
            }
        }
        return std::monostate{};
    } catch (const StorageFailure& failure) {
        return std::unexpected(failure.error);
    }
}

}  // namespace ingestor::sqlite
