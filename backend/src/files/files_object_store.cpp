#include "files/files_object_store.hpp"

#include <cerrno>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>

#include <boost/asio/post.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/encoding.hpp"
#include "base/system_error.hpp"
#include "domain/job.hpp"
#include "files/files_walk.hpp"
#include "files/object_path.hpp"

namespace ingestor::files {

namespace asio = boost::asio;
namespace {

/// Longer than any sync of a disk that works; while all of the pool waits so long, it does not.
constexpr std::chrono::seconds kStallMax{10};

struct OpenFile {
    ObjectTail tail;
    FileDescriptor file;
};

/// Nullopt: it cannot be had without waiting, and `access` is cached_only.
Result<std::optional<OpenFile>> open_file(const ObjectDirectory& directory,
                                          const domain::ObjectKey& key, Access access) {
    auto file = directory.open(object_path(key.value()), access);
    if (!file) {
        if (file.error() == ENOENT || file.error() == ENOTDIR) {
            return fail(Errc::not_found, fmt::format("no object {}", key.value()));
        }
        if (file.error() == EAGAIN && access == Access::cached_only) return std::nullopt;
        auto error = system_error(fmt::format("open {}", key.value()), file.error());
        // A link where a file should be was put there by somebody else.
        if (file.error() == ELOOP) error.code = Errc::corrupt;
        return std::unexpected(std::move(error));
    }
    auto tail = read_object_tail(file->get(), access);
    if (!tail) {
        return fail(tail.error().code,
                    fmt::format("object {}: {}", key.value(), tail.error().message));
    }
    if (!*tail) return std::nullopt;
    if ((*tail)->info.key != key) {
        return fail(Errc::corrupt, fmt::format("object {}: the file is that of {}", key.value(),
                                               (*tail)->info.key.value()));
    }
    return OpenFile{.tail = std::move(**tail), .file = std::move(*file)};
}

Result<OpenFile> open_blocking(const ObjectDirectory& directory, const domain::ObjectKey& key) {
    auto object = open_file(directory, key, Access::may_block);
    if (!object) return std::unexpected(object.error());
    return std::move(**object);
}

ports::OpenObject opened(OpenFile file) {
    return {.info = std::move(file.tail.info), .file = std::move(file.file)};
}

}  // namespace

/// The upload is shared with the pool, where work on it may outlive a writer that was dropped.
class FilesObjectStore::Writer final : public ports::ObjectWriter {
public:
    Writer(FilesObjectStore& store, ObjectUpload upload)
        : store_(store), upload_(std::make_shared<ObjectUpload>(std::move(upload))) {}

    // Removing the file of an upload that was given up waits for the disk.
    ~Writer() override {
        try {
            asio::post(store_.pool_, [upload = std::move(upload_)]() mutable { upload.reset(); });
        } catch (const std::exception&) {
            // There is no memory for that: then here and now.
            upload_.reset();
        }
    }

    asio::awaitable<Result<std::monostate>> write(std::string_view bytes) override {
        const auto bytes_max = store_.limits_.object_bytes_max;
        if (upload_->size_bytes() + bytes.size() > bytes_max) {
            co_return fail(Errc::too_large, fmt::format("an object is over {} bytes", bytes_max));
        }
        while (!bytes.empty()) {
            upload_->accept(bytes);
            if (!upload_->piece_is_full()) break;
            auto work = [upload = upload_] { return upload->write_piece(); };
            auto written = co_await store_.run(std::move(work));
            if (!written) co_return written;
        }
        co_return std::monostate{};
    }

    asio::awaitable<Result<std::monostate>> flush() override {
        auto work = [upload = upload_]() -> Result<std::monostate> {
            upload->hash_piece();
            return std::monostate{};
        };
        co_return co_await store_.run(std::move(work));
    }

    std::string digest(std::string_view algorithm) override { return upload_->digest(algorithm); }

    asio::awaitable<Result<ports::ObjectInfo>> commit() override {
        auto work = [upload = upload_] { return upload->commit(); };
        co_return co_await store_.run(std::move(work));
    }

private:
    FilesObjectStore& store_;
    std::shared_ptr<ObjectUpload> upload_;
};

FilesObjectStore::FilesObjectStore(const std::filesystem::path& root, asio::thread_pool& pool,
                                   const ports::Clock& clock)
    : FilesObjectStore(root, pool, clock, Limits{}) {}

FilesObjectStore::FilesObjectStore(const std::filesystem::path& root, asio::thread_pool& pool,
                                   const ports::Clock& clock, Limits limits)
    : directory_(root),
      pool_(pool),
      clock_(clock),
      limits_(limits),
      admission_({.what = "the disk of the objects",
                  .threads = limits.pool_threads,
                  .calls_max = limits.calls_max,
                  .stall = kStallMax}) {}

auto FilesObjectStore::head(domain::ObjectKey key) -> Answer<ports::ObjectInfo> {
    auto object = co_await open(std::move(key));
    if (!object) co_return std::unexpected(object.error());
    co_return std::move(object->info);
}

auto FilesObjectStore::open(domain::ObjectKey key) -> Answer<ports::OpenObject> {
    auto cached = open_file(directory_, key, Access::cached_only);
    if (!cached) co_return std::unexpected(cached.error());
    if (*cached) co_return opened(std::move(**cached));
    auto work = [this, key = std::move(key)]() -> Result<ports::OpenObject> {
        auto file = open_blocking(directory_, key);
        if (!file) return std::unexpected(file.error());
        return opened(std::move(*file));
    };
    co_return co_await run(std::move(work));
}

auto FilesObjectStore::verify(const ports::OpenObject& object) -> Answer<std::monostate> {
    // Of its own: the caller may be cancelled, and close the other, while the pool reads.
    FileDescriptor file(::fcntl(object.file.get(), F_DUPFD_CLOEXEC, 0));
    if (!file) {
        co_return std::unexpected(
            system_error(fmt::format("verify {}", object.info.key.value()), errno));
    }
    auto work = [file = std::move(file)]() -> Result<std::monostate> {
        const auto tail = read_object_tail(file.get(), Access::may_block);
        if (!tail) return std::unexpected(tail.error());
        return read_verified(file.get(), **tail);
    };
    co_return co_await run(std::move(work));
}

auto FilesObjectStore::get(domain::ObjectKey key, std::uint64_t bytes_max) -> Answer<std::string> {
    auto work = [this, key = std::move(key), bytes_max]() -> Result<std::string> {
        const auto object = open_blocking(directory_, key);
        if (!object) return std::unexpected(object.error());
        const auto size = object->tail.info.size_bytes;
        if (size > bytes_max) {
            return fail(Errc::too_large, fmt::format("object {} has {} bytes, over {}", key.value(),
                                                     size, bytes_max));
        }
        std::string bytes;
        bytes.reserve(size);
        const auto read = read_verified(object->file.get(), object->tail,
                                        [&bytes](std::string_view piece) { bytes += piece; });
        if (!read) return std::unexpected(read.error());
        return bytes;
    };
    co_return co_await run(std::move(work));
}

auto FilesObjectStore::begin_put(domain::ObjectKey key, ports::PutOptions options)
    -> Answer<std::unique_ptr<ports::ObjectWriter>> {
    auto upload = ObjectUpload::begin(directory_, clock_, std::move(key), std::move(options));
    if (!upload) co_return std::unexpected(upload.error());
    co_return std::make_unique<Writer>(*this, std::move(*upload));
}

auto FilesObjectStore::put(domain::ObjectKey key, std::string bytes, ports::PutOptions options)
    -> Answer<ports::ObjectInfo> {
    ports::NewObject object{
        .key = std::move(key), .bytes = std::move(bytes), .options = std::move(options)};
    if (const auto valid = check(object); !valid) co_return std::unexpected(valid.error());
    auto work = [this, object = std::move(object)]() mutable -> Result<ports::ObjectInfo> {
        auto upload = write(std::move(object));
        if (!upload) return std::unexpected(upload.error());
        return upload->commit();
    };
    co_return co_await run(std::move(work));
}

auto FilesObjectStore::put_all(std::vector<ports::NewObject> objects) -> Answer<std::monostate> {
    for (const auto& object : objects) {
        if (auto valid = check(object); !valid) co_return valid;
    }
    auto work = [this, objects = std::move(objects)]() mutable -> Result<std::monostate> {
        std::vector<ObjectUpload> uploads;
        uploads.reserve(objects.size());
        for (auto& object : objects) {
            auto upload = write(std::move(object));
            if (!upload) return std::unexpected(upload.error());
            uploads.push_back(std::move(*upload));
        }
        return ObjectUpload::commit_all(uploads);
    };
    co_return co_await run(std::move(work));
}

Result<std::monostate> FilesObjectStore::check(const ports::NewObject& object) const {
    if (object.bytes.size() > limits_.object_bytes_max) {
        return fail(Errc::too_large,
                    fmt::format("an object is over {} bytes", limits_.object_bytes_max));
    }
    return std::monostate{};
}

Result<ObjectUpload> FilesObjectStore::write(ports::NewObject object) {
    auto upload =
        ObjectUpload::begin(directory_, clock_, std::move(object.key), std::move(object.options));
    if (!upload) return upload;
    for (std::string_view rest = object.bytes; !rest.empty();) {
        upload->accept(rest);
        if (!upload->piece_is_full()) break;
        if (auto written = upload->write_piece(); !written) {
            return std::unexpected(written.error());
        }
    }
    return upload;
}

Result<std::monostate> FilesObjectStore::append(const ports::FilePiece& piece,
                                                ObjectUpload& upload) const {
    const auto object = open_blocking(directory_, piece.file);
    if (!object) return std::unexpected(object.error());
    Result<std::monostate> written = std::monostate{};
    const auto take = [&](std::string_view bytes) {
        while (!bytes.empty() && written) {
            upload.accept(bytes);
            if (upload.piece_is_full()) written = upload.write_piece();
        }
    };
    const auto size = object->tail.info.size_bytes;
    const auto range = piece.range.value_or(ports::FilePiece::Range{.first = 0, .length = size});
    if (range.first > size || range.length > size - range.first) {
        return fail(Errc::invalid_argument,
                    fmt::format("{} has {} bytes", piece.file.value(), size), "range");
    }
    const bool whole = range.length == size;
    auto read = whole ? read_verified(object->file.get(), object->tail, take)
                      : read_part(object->file.get(), range.first, range.length, take);
    return read ? written : read;
}

auto FilesObjectStore::join(domain::ObjectKey target, std::vector<ports::FilePiece> pieces,
                            ports::PutOptions options) -> Answer<ports::ObjectInfo> {
    auto work = [this, target = std::move(target), pieces = std::move(pieces),
                 options = std::move(options)]() mutable -> Result<ports::ObjectInfo> {
        auto upload =
            ObjectUpload::begin(directory_, clock_, std::move(target), std::move(options));
        if (!upload) return std::unexpected(upload.error());
        for (const auto& piece : pieces) {
            const auto appended = append(piece, *upload);
            if (!appended) return std::unexpected(appended.error());
        }
        return upload->commit();
    };
    co_return co_await run(std::move(work));
}

auto FilesObjectStore::remove(domain::ObjectKey key) -> Answer<std::monostate> {
    std::vector<domain::ObjectKey> keys;
    keys.push_back(std::move(key));
    return remove_all(std::move(keys));
}

auto FilesObjectStore::remove_all(std::vector<domain::ObjectKey> keys) -> Answer<std::monostate> {
    std::vector<std::string> paths;
    paths.reserve(keys.size());
    for (const auto& key : keys) {
        paths.push_back(object_path(key.value()));
    }
    auto work = [this, paths = std::move(paths)] { return directory_.remove(paths); };
    co_return co_await run(std::move(work));
}

std::unique_ptr<ports::ObjectWalk> FilesObjectStore::walk() {
    return std::make_unique<FilesWalk>(directory_, pool_);
}

}  // namespace ingestor::files
