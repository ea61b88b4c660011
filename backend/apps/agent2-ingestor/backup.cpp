#include "sqlite/backup.hpp"

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>
#include <variant>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_descriptor.hpp"
#include "commands.hpp"
#include "data_directory.hpp"
#include "exit_codes.hpp"
#include "files/object_path.hpp"
#include "jobs/file_keys.hpp"
#include "removal_lock.hpp"

namespace ingestor::cli {

namespace fs = std::filesystem;

namespace {

Result<std::monostate> failed(std::string_view what, const fs::path& path,
                              const std::error_code& error) {
    const auto code =
        error == std::errc::no_space_on_device ? Errc::out_of_space : Errc::unavailable;
    return fail(code, fmt::format("{} {}: {}", what, path.string(), error.message()));
}

/// One copy under way, in a directory beside its place until it is whole.
class Backup {
public:
    Backup(DataDirectory from, const fs::path& place)
        : from_(std::move(from)), unfinished_{place.string() + ".unfinished"}, place_(place) {}
    ~Backup() {
        std::error_code ignored;
        fs::remove_all(unfinished_.root, ignored);
    }
    Backup(const Backup&) = delete;
    Backup& operator=(const Backup&) = delete;

    Result<std::monostate> make();

    std::uint64_t jobs = 0;
    std::uint64_t objects = 0;
    std::uint64_t bytes = 0;
    /// Objects whose files are not there.
    std::uint64_t missing = 0;

private:
    Result<std::monostate> copy_secrets();
    /// False: it is not there.
    Result<bool> copy_file(const std::string& name);
    /// The file of an object that is not on the index, if there is one.
    Result<std::monostate> copy_older(const domain::ObjectKey& key);
    Result<std::monostate> finish();

    DataDirectory from_;
    DataDirectory unfinished_;
    fs::path place_;
};

Result<std::monostate> Backup::make() {
    std::error_code error;
    fs::create_directories(unfinished_.root, error);
    if (error) return failed("cannot make", unfinished_.root, error);
    // Objects that the copy of the database names stay from here on, until this ends.
    auto lock = RemovalLock::open(from_.removal_lock());
    if (!lock) return std::unexpected(lock.error());
    const auto held = lock->hold_alone();
    if (!held) return std::unexpected(held.error());

    if (auto copied = sqlite::copy_database(from_.database(), unfinished_.database()); !copied) {
        return copied;
    }
    fs::permissions(unfinished_.database(), fs::perms::owner_read | fs::perms::owner_write, error);
    const sqlite::BackupWalk walk{
        .job = [this](const domain::JobId& job_id) -> Result<std::monostate> {
            ++jobs;
            return copy_older(jobs::manifest_key(job_id));
        },
        .object = [this](std::uint64_t size, const std::string* file) -> Result<std::monostate> {
            ++objects;
            bytes += size;
            if (file == nullptr) return std::monostate{};
            const auto copied = copy_file(*file);
            if (!copied) return std::unexpected(copied.error());
            if (!*copied) ++missing;
            return std::monostate{};
        },
        .older_object = [this](const domain::ObjectKey& key) { return copy_older(key); }};
    auto copied = sqlite::walk_database(unfinished_.database(), walk);
    if (!copied) return copied;
    if (auto secrets = copy_secrets(); !secrets) return secrets;
    return finish();
}

Result<std::monostate> Backup::copy_secrets() {
    std::error_code error;
    for (const auto& path : {from_.issuer_keys(), from_.access_keys(), from_.revoked_tokens()}) {
        if (!fs::exists(path, error)) continue;
        // Modes go along with the files.
        fs::copy(path, unfinished_.root / path.filename(), fs::copy_options::recursive, error);
        if (error) return failed("cannot copy", path, error);
    }
    return std::monostate{};
}

Result<bool> Backup::copy_file(const std::string& name) {
    const auto path = fs::path("objects") / files::object_path(name);
    const auto source = from_.objects() / path;
    const auto copy = unfinished_.objects() / path;
    std::error_code error;
    if (fs::exists(copy, error)) return true;
    if (!fs::exists(source, error)) return false;
    fs::create_directories(copy.parent_path(), error);
    // An object is never changed in place, so what is copied is whole.
    if (!error) fs::copy_file(source, copy, error);
    if (error) return std::unexpected(failed("cannot copy", source, error).error());
    return true;
}

Result<std::monostate> Backup::copy_older(const domain::ObjectKey& key) {
    const auto path = fs::path("objects") / files::object_path(key.value());
    std::error_code error;
    if (fs::exists(unfinished_.objects() / path, error)) return std::monostate{};
    const auto copied = copy_file(key.value());
    if (!copied) return std::unexpected(copied.error());
    if (!*copied) return std::monostate{};
    ++objects;
    bytes += fs::file_size(unfinished_.objects() / path, error);
    return std::monostate{};
}

Result<std::monostate> Backup::finish() {
    const auto sync = [](const fs::path& path) {
        const FileDescriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        return directory && ::syncfs(directory.get()) == 0;
    };
    std::error_code error;
    if (!sync(unfinished_.root)) {
        return failed("cannot sync", unfinished_.root, {errno, std::generic_category()});
    }
    fs::rename(unfinished_.root, place_, error);
    if (error) return failed("cannot rename", unfinished_.root, error);
    if (!sync(place_)) return failed("cannot sync", place_, {errno, std::generic_category()});
    return std::monostate{};
}

Result<std::monostate> check(const DataDirectory& from, const fs::path& place) {
    std::error_code error;
    if (!fs::exists(from.database(), error)) {
        return fail(Errc::not_found, fmt::format("{} is no data directory of a service: name it "
                                                 "with --data",
                                                 from.root.string()));
    }
    if (fs::exists(place, error)) {
        return fail(Errc::conflict, fmt::format("{} is there already: name a directory that is not",
                                                place.string()));
    }
    return std::monostate{};
}

}  // namespace

int backup(const BackupOptions& options) {
    // It holds keys and documents: for its owner alone.
    ::umask(S_IRWXG | S_IRWXO);
    const DataDirectory from{options.data};
    auto place = fs::path(options.destination).lexically_normal();
    if (!place.has_filename()) place = place.parent_path();
    if (auto sound = check(from, place); !sound) return report(sound.error());
    Backup copy(from, place);
    if (const auto made = copy.make(); !made) return report(made.error());
    fmt::print("{}: {} jobs, {} objects, {} bytes\n", place.string(), copy.jobs, copy.objects,
               copy.bytes);
    if (copy.missing > 0) {
        fmt::print("the files of {} objects are missing\n", copy.missing);
    }
    return kDone;
}

}  // namespace ingestor::cli
