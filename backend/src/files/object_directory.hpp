#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "files/object_file.hpp"
#include "ports/object_store.hpp"

namespace ingestor::files {

class ObjectDirectory;

/// A file being written, under a name that no reader looks at; removed unless it is published.
class StagedFile {
public:
    StagedFile(const ObjectDirectory& directory, std::string name, FileDescriptor file);
    StagedFile(StagedFile&& other) noexcept;
    StagedFile& operator=(StagedFile&&) = delete;
    ~StagedFile();

    [[nodiscard]] int fd() const { return file_.get(); }

private:
    friend class ObjectDirectory;

    const ObjectDirectory* directory_;
    std::string name_;  ///< Empty once it is published.
    FileDescriptor file_;
};

/// A file that is to have its place.
struct Publication {
    StagedFile* file = nullptr;
    std::string path;
    ports::PutMode mode = ports::PutMode::overwrite;
};

/// The directory that holds the objects' files: `objects/` for them, `incoming/` for those being
/// written. Everything blocks, save open() with cached_only. Paths are those of object_path(), and
/// no lookup follows a symbolic link or leaves the root. Safe from any thread.
class ObjectDirectory {
public:
    /// Creates what is missing, and removes what a crashed run left in `incoming/` (unless another
    /// process uses it). Throws std::system_error.
    explicit ObjectDirectory(const std::filesystem::path& root);

    /// Fails with an errno value; EAGAIN: the lookup would have to wait for the disk.
    [[nodiscard]] std::expected<FileDescriptor, int> open(const std::string& path,
                                                          Access access) const;

    /// Whether the directory still stands where it was opened: what is stored in one that was moved
    /// away or replaced is lost to the next start. Errors: unavailable.
    [[nodiscard]] Result<std::monostate> check_in_place() const;

    /// Errors: unavailable, out_of_space.
    [[nodiscard]] Result<StagedFile> stage();
    /// Gives files that are written in full their places, and waits for the disk once for all of
    /// them. On return bytes and names are durable; on an error some of them may have their places.
    /// Errors: conflict (create_only and the path exists), unavailable.
    [[nodiscard]] Result<std::monostate> publish(std::span<const Publication> publications);
    /// Removes files, and directories that are empty then, and waits for the disk once for those of
    /// a directory that stand together. What is not there is no error. Durable on return. Errors:
    /// unavailable; some may be gone.
    [[nodiscard]] Result<std::monostate> remove(std::span<const std::string> paths);

    /// A descriptor of the directory below which the objects stand, for a walk.
    [[nodiscard]] std::expected<FileDescriptor, int> open_root() const {
        return open_directory({});
    }

private:
    friend class StagedFile;

    [[nodiscard]] std::expected<FileDescriptor, int> open_directory(const std::string& path) const;
    [[nodiscard]] std::expected<FileDescriptor, int> make_directories(const std::string& path);
    [[nodiscard]] Result<FileDescriptor> open_or_make_directory(const std::string& path);
    /// An errno value; 0: done.
    [[nodiscard]] int rename(StagedFile& file, int parent, const std::string& path,
                             ports::PutMode mode) const;
    void clear_incoming() const;
    [[nodiscard]] Result<std::monostate> remove_some(std::span<const std::string> paths) const;
    void remove_empty_directories(std::string path) const;
    /// Waits until no directory on the way to `path` is waiting to become durable.
    void wait_until_settled(const std::string& path);
    [[nodiscard]] bool is_settled_locked(const std::string& path) const;

    const std::filesystem::path objects_path_;
    FileDescriptor objects_;
    FileDescriptor incoming_;
    bool resolves_beneath_ = false;  ///< The kernel has openat2 and lets us call it.
    std::atomic<std::uint64_t> next_name_{0};

    std::mutex mutex_;
    std::condition_variable settled_;
    /// Directories that exist but whose entries are not on disk yet. An object below one of them
    /// must not be reported as stored, or a crash could take it away with its directory.
    std::multiset<std::string> unsettled_;
};

}  // namespace ingestor::files
