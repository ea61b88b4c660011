#pragma once

#include <memory>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>
#include <dirent.h>

#include "files/object_directory.hpp"
#include "ports/object_walk.hpp"

namespace ingestor::files {

/// A way through the files of an ObjectDirectory, a directory at a time. Files that are no object's
/// are passed over, and links are not followed.
class FilesWalk final : public ports::ObjectWalk {
public:
    /// Both outlive the walk.
    FilesWalk(const ObjectDirectory& directory, boost::asio::thread_pool& pool)
        : directory_(directory), pool_(pool) {}

    boost::asio::awaitable<Result<std::vector<ports::WalkedObject>>> next(
        std::size_t count) override;

private:
    struct CloseDirectory {
        void operator()(DIR* directory) const { ::closedir(directory); }
    };
    struct Level {
        std::unique_ptr<DIR, CloseDirectory> directory;
        std::string path;  ///< With a slash at its end; empty: the root.
    };

    Result<std::vector<ports::WalkedObject>> next_blocking(std::size_t count);
    /// False: it is gone, or no directory.
    bool descend(FileDescriptor directory, std::string path);

    const ObjectDirectory& directory_;
    boost::asio::thread_pool& pool_;
    bool begun_ = false;
    std::vector<Level> levels_;
};

}  // namespace ingestor::files
