#include "aws/s3_object_store.hpp"

#include <array>
#include <cerrno>
#include <exception>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "async/for_each_concurrent.hpp"
#include "async/offload.hpp"
#include "aws/s3_object_writer.hpp"
#include "aws/scratch_file.hpp"
#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "domain/job.hpp"

namespace ingestor::aws {

namespace asio = boost::asio;
namespace {

/// Reads all of it: blocks. Errors: unavailable.
Result<std::string> digest_of(int fd, std::uint64_t size_bytes, DigestKind kind) {
    Digest digest(kind);
    std::vector<char> buffer(std::size_t{256} * 1024);
    for (std::uint64_t done = 0; done < size_bytes;) {
        const auto wanted = std::min<std::uint64_t>(buffer.size(), size_bytes - done);
        const auto count = ::pread(fd, buffer.data(), wanted, static_cast<off_t>(done));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return fail(Errc::unavailable, "its copy cannot be read");
        digest.update({buffer.data(), static_cast<std::size_t>(count)});
        done += static_cast<std::uint64_t>(count);
    }
    return digest.finish();
}

/// Errors: unavailable (what has arrived is not what S3 keeps).
Result<std::monostate> compare_checksum(const ports::OpenObject& object) {
    const auto& checksum = object.info.attributes.checksum;
    if (!checksum) return std::monostate{};
    const auto kind = digest_kind(checksum->first);
    if (!kind) return std::monostate{};
    const auto digest = digest_of(object.file.get(), object.info.size_bytes, *kind);
    if (!digest) return std::unexpected(digest.error());
    if (to_base64(*digest) != checksum->second) {
        return fail(Errc::unavailable,
                    fmt::format("object {} was damaged on its way", object.info.key.value()));
    }
    return std::monostate{};
}

}  // namespace

/// Objects that are put together. Shared by those who put them, some of whom may outlive the call.
struct S3ObjectStore::Batch {
    std::vector<ports::NewObject> objects;
    std::size_t next = 0;
    std::size_t at_work = 0;
    std::optional<Error> error = {};
    asio::steady_timer ended;  ///< Cancelled when nobody is at work any more.
};

S3ObjectStore::S3ObjectStore(Dependencies dependencies, Options options)
    : dependencies_(std::move(dependencies)),
      options_(std::move(options)),
      bucket_(dependencies_.client, options_.bucket),
      tasks_(dependencies_.executor, [this](const std::exception_ptr& thrown) {
          try {
              std::rethrow_exception(thrown);
          } catch (const std::exception& error) {
              dependencies_.log.error("a request to S3 failed", {{"error", error.what()}});
          }
      }) {}

auto S3ObjectStore::head(domain::ObjectKey key) -> Answer<ports::ObjectInfo> {
    co_return co_await bucket_.head(std::move(key));
}

auto S3ObjectStore::open(domain::ObjectKey key) -> Answer<ports::OpenObject> {
    auto file = open_scratch_file(options_.scratch_directory);
    if (!file) co_return std::unexpected(file.error());
    auto info = co_await bucket_.download(std::move(key), file->get());
    if (!info) co_return std::unexpected(info.error());

    ports::OpenObject opened{.info = std::move(*info), .file = std::move(*file)};
    auto object = std::make_shared<ports::OpenObject>(std::move(opened));
    auto work = [object] { return compare_checksum(*object); };
    const auto whole = co_await async::offload(dependencies_.pool, std::move(work));
    if (!whole) co_return std::unexpected(whole.error());
    co_return std::move(*object);
}

auto S3ObjectStore::get(domain::ObjectKey key, std::uint64_t bytes_max) -> Answer<std::string> {
    co_return co_await bucket_.get(std::move(key), bytes_max);
}

auto S3ObjectStore::begin_put(domain::ObjectKey key, ports::PutOptions options)
    -> Answer<std::unique_ptr<ports::ObjectWriter>> {
    if (options.if_match) {
        co_return fail(Errc::unsupported, "this store replaces objects whatever they are");
    }
    const S3ObjectWriter::Dependencies dependencies{
        .bucket = bucket_, .pool = dependencies_.pool, .tasks = tasks_, .log = dependencies_.log};
    const S3ObjectWriter::Limits limits{.part_bytes = options_.part_bytes,
                                        .object_bytes_max = options_.object_bytes_max};
    co_return S3ObjectWriter::begin(dependencies, limits, std::move(key), std::move(options));
}

auto S3ObjectStore::put(domain::ObjectKey key, std::string bytes, ports::PutOptions options)
    -> Answer<ports::ObjectInfo> {
    auto writer = co_await begin_put(std::move(key), std::move(options));
    if (!writer) co_return std::unexpected(writer.error());
    const auto written = co_await (*writer)->write(bytes);
    if (!written) co_return std::unexpected(written.error());
    co_return co_await (*writer)->commit();
}

auto S3ObjectStore::put_all(std::vector<ports::NewObject> objects) -> Answer<std::monostate> {
    auto batch = std::make_shared<Batch>(Batch{
        .objects = std::move(objects),
        .ended =
            asio::steady_timer(dependencies_.executor, asio::steady_timer::time_point::max())});
    batch->at_work = std::min(batch->objects.size(), options_.puts_at_once_max);
    for (auto count = batch->at_work; count > 0; --count) tasks_.spawn(put_next(batch));
    while (batch->at_work > 0) {
        co_await batch->ended.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    if (batch->error) co_return std::unexpected(*batch->error);
    co_return std::monostate{};
}

asio::awaitable<void> S3ObjectStore::put_next(std::shared_ptr<Batch> batch) {
    while (batch->next < batch->objects.size() && !batch->error) {
        auto& object = batch->objects[batch->next++];
        const auto stored =
            co_await put(std::move(object.key), std::move(object.bytes), std::move(object.options));
        if (!stored) batch->error = stored.error();
    }
    if (--batch->at_work == 0) batch->ended.cancel();
}

auto S3ObjectStore::remove(domain::ObjectKey key) -> Answer<std::monostate> {
    co_return co_await bucket_.remove(std::move(key));
}

asio::awaitable<void> S3ObjectStore::stop() {
    co_await tasks_.join(Deadline::max());
}

auto S3ObjectStore::remove_all(std::vector<domain::ObjectKey> keys) -> Answer<std::monostate> {
    std::optional<Error> failure;
    auto one = [&](std::size_t index) -> asio::awaitable<void> {
        if (failure) co_return;
        const auto removed = co_await remove(keys[index]);
        if (!removed) failure = removed.error();
    };
    co_await async::for_each_concurrent(keys.size(), options_.puts_at_once_max, one);
    if (failure) co_return std::unexpected(std::move(*failure));
    co_return std::monostate{};
}

}  // namespace ingestor::aws
