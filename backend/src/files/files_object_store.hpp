#pragma once

#include <cstdint>
#include <filesystem>
#include <new>
#include <type_traits>

#include <boost/asio/thread_pool.hpp>

#include "async/admission.hpp"
#include "async/offload.hpp"
#include "files/object_directory.hpp"
#include "files/object_upload.hpp"
#include "ports/clock.hpp"
#include "ports/file_join.hpp"
#include "ports/object_store.hpp"
#include "ports/object_walk.hpp"

namespace ingestor::files {

/// ObjectStore on a directory of a local file system, one file an object (see object_file.hpp for
/// its bytes and object_path.hpp for its name).
///
/// How it works. An upload is written to a file in `incoming/`, synced, renamed to its place, and
/// then the directory is synced; so an object is there as a whole or not at all, before and after a
/// crash. Everything that may wait for the disk, and all hashing, runs on the pool. head() and
/// open() first try without waiting: names and tails of objects in use are in the kernel's caches.
/// Several processes may share a directory.
class FilesObjectStore final : public ports::ObjectStore,
                               public ports::WalkableObjects,
                               public ports::FileJoin {
public:
    struct Limits {
        std::uint64_t object_bytes_max = std::uint64_t{5} << 30;  ///< As a single PUT of S3.
        std::size_t pool_threads = 16;                            ///< That the pool has.
        /// So many calls may be served or wait; more are refused as unavailable.
        std::size_t calls_max = 4'096;
    };

    /// Creates the directory if need be. Throws std::system_error if it cannot be used. `pool` and
    /// `clock` outlive the store, and the store its writers.
    FilesObjectStore(const std::filesystem::path& root, boost::asio::thread_pool& pool,
                     const ports::Clock& clock);
    FilesObjectStore(const std::filesystem::path& root, boost::asio::thread_pool& pool,
                     const ports::Clock& clock, Limits limits);

    Answer<ports::ObjectInfo> head(domain::ObjectKey key) override;
    /// Errors beside the port's: corrupt.
    Answer<ports::OpenObject> open(domain::ObjectKey key) override;
    Answer<std::monostate> verify(const ports::OpenObject& object) override;
    Answer<std::string> get(domain::ObjectKey key, std::uint64_t bytes_max) override;
    Answer<std::unique_ptr<ports::ObjectWriter>> begin_put(domain::ObjectKey key,
                                                           ports::PutOptions options) override;
    Answer<ports::ObjectInfo> put(domain::ObjectKey key, std::string bytes,
                                  ports::PutOptions options) override;
    Answer<std::monostate> put_all(std::vector<ports::NewObject> objects) override;
    Answer<std::monostate> remove(domain::ObjectKey key) override;
    Answer<std::monostate> remove_all(std::vector<domain::ObjectKey> keys) override;
    [[nodiscard]] std::unique_ptr<ports::ObjectWalk> walk() override;
    Answer<ports::ObjectInfo> join(domain::ObjectKey target, std::vector<ports::FilePiece> pieces,
                                   ports::PutOptions options) override;

    /// Whether the disk answers. Does not wait for it.
    [[nodiscard]] bool stalled() const { return admission_.stalled(); }
    /// Whether the directory is still in place; may wait for the disk. Safe from any thread.
    /// Errors: unavailable.
    [[nodiscard]] Result<std::monostate> check_files() const { return directory_.check_in_place(); }

private:
    class Writer;

    /// Runs `work`, which returns a Result, on the pool, unless too much waits there already.
    template <class Work>
    boost::asio::awaitable<std::invoke_result_t<Work&>> run(Work work) {
        auto admitted = admission_.enter();
        if (!admitted) co_return std::unexpected(admitted.error());
        auto job = [ticket = std::move(*admitted),
                    work = std::move(work)]() mutable -> std::invoke_result_t<Work&> {
            try {
                return work();
            } catch (const std::bad_alloc&) {
                return fail(Errc::unavailable, "out of memory: retry later");
            }
        };
        co_return co_await async::offload(pool_, std::move(job));
    }

    [[nodiscard]] Result<std::monostate> check(const ports::NewObject& object) const;
    /// Writes all but gives it no place yet. Blocks.
    [[nodiscard]] Result<ObjectUpload> write(ports::NewObject object);
    [[nodiscard]] Result<std::monostate> append(const ports::FilePiece& piece,
                                                ObjectUpload& upload) const;

    ObjectDirectory directory_;
    boost::asio::thread_pool& pool_;
    const ports::Clock& clock_;
    Limits limits_;
    async::Admission admission_;
};

}  // namespace ingestor::files
