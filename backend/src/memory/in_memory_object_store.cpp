#include "memory/in_memory_object_store.hpp"

#include <optional>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/memory_file.hpp"
#include "domain/job.hpp"

namespace ingestor::memory {

namespace asio = boost::asio;

namespace {

std::string digest_of(DigestKind kind, std::string_view bytes) {
    Digest digest(kind);
    digest.update(bytes);
    return digest.finish();
}

}  // namespace

class InMemoryObjectStore::Writer final : public ports::ObjectWriter {
public:
    Writer(InMemoryObjectStore& store, domain::ObjectKey key, ports::PutOptions options)
        : store_(store), key_(std::move(key)), options_(std::move(options)) {}

    asio::awaitable<Result<std::monostate>> write(std::string_view bytes) override {
        if (bytes_.size() + bytes.size() > store_.object_bytes_max_) {
            co_return fail(Errc::too_large, fmt::format("object {} is over {} bytes", key_.value(),
                                                        store_.object_bytes_max_));
        }
        bytes_.append(bytes);
        co_return std::monostate{};
    }

    std::string digest(std::string_view algorithm) override {
        const auto kind = digest_kind(algorithm);
        return kind ? digest_of(*kind, bytes_) : std::string{};
    }

    asio::awaitable<Result<ports::ObjectInfo>> commit() override {
        co_await asio::post(asio::use_awaitable);
        if (options_.mode == ports::PutMode::create_only && store_.objects_.contains(key_)) {
            co_return fail(Errc::conflict, fmt::format("object {} exists", key_.value()));
        }
        if (options_.if_match) {
            const auto old = store_.find(key_);
            if (!old) co_return std::unexpected(old.error());
            if ((*old)->info.etag != *options_.if_match) {
                co_return fail(Errc::conflict,
                               fmt::format("object {} is another one by now", key_.value()));
            }
        }
        ports::ObjectInfo info{.key = key_,
                               .size_bytes = bytes_.size(),
                               .etag = domain::ETag{to_hex(digest_of(DigestKind::md5, bytes_))},
                               .last_modified = store_.clock_.now(),
                               .attributes = options_.attributes};
        store_.objects_.insert_or_assign(key_, Object{info, std::move(bytes_)});
        bytes_.clear();
        co_return info;
    }

private:
    InMemoryObjectStore& store_;
    domain::ObjectKey key_;
    ports::PutOptions options_;
    std::string bytes_;
};

InMemoryObjectStore::InMemoryObjectStore(const ports::Clock& clock, std::uint64_t object_bytes_max)
    : clock_(clock), object_bytes_max_(object_bytes_max) {}

auto InMemoryObjectStore::find(const domain::ObjectKey& key) const -> Result<const Object*> {
    const auto place = objects_.find(key);
    if (place == objects_.end()) {
        return fail(Errc::not_found, fmt::format("no object {}", key.value()));
    }
    return &place->second;
}

auto InMemoryObjectStore::head(domain::ObjectKey key) -> Answer<ports::ObjectInfo> {
    co_await asio::post(asio::use_awaitable);
    const auto object = find(key);
    if (!object) co_return std::unexpected(object.error());
    co_return (*object)->info;
}

auto InMemoryObjectStore::open(domain::ObjectKey key) -> Answer<ports::OpenObject> {
    co_await asio::post(asio::use_awaitable);
    const auto object = find(key);
    if (!object) co_return std::unexpected(object.error());
    auto file = memory_file((*object)->bytes);
    if (!file) co_return std::unexpected(file.error());
    ports::OpenObject opened{.info = (*object)->info, .file = std::move(*file)};
    co_return opened;
}

auto InMemoryObjectStore::get(domain::ObjectKey key, std::uint64_t bytes_max)
    -> Answer<std::string> {
    co_await asio::post(asio::use_awaitable);
    const auto object = find(key);
    if (!object) co_return std::unexpected(object.error());
    if ((*object)->bytes.size() > bytes_max) {
        co_return fail(Errc::too_large,
                       fmt::format("object {} is over {} bytes", key.value(), bytes_max));
    }
    co_return (*object)->bytes;
}

auto InMemoryObjectStore::begin_put(domain::ObjectKey key, ports::PutOptions options)
    -> Answer<std::unique_ptr<ports::ObjectWriter>> {
    co_await asio::post(asio::use_awaitable);
    for (const auto& algorithm : options.digests) {
        if (!digest_kind(algorithm)) {
            co_return fail(Errc::invalid_argument, fmt::format("no digest '{}'", algorithm),
                           "digests");
        }
    }
    std::unique_ptr<ports::ObjectWriter> writer =
        std::make_unique<Writer>(*this, std::move(key), std::move(options));
    co_return writer;
}

auto InMemoryObjectStore::put(domain::ObjectKey key, std::string bytes, ports::PutOptions options)
    -> Answer<ports::ObjectInfo> {
    auto writer = co_await begin_put(std::move(key), std::move(options));
    if (!writer) co_return std::unexpected(writer.error());
    const auto written = co_await (*writer)->write(bytes);
    if (!written) co_return std::unexpected(written.error());
    co_return co_await (*writer)->commit();
}

auto InMemoryObjectStore::put_all(std::vector<ports::NewObject> objects) -> Answer<std::monostate> {
    for (auto& object : objects) {
        const auto stored =
            co_await put(std::move(object.key), std::move(object.bytes), std::move(object.options));
        if (!stored) co_return std::unexpected(stored.error());
    }
    co_return std::monostate{};
}

auto InMemoryObjectStore::remove(domain::ObjectKey key) -> Answer<std::monostate> {
    co_await asio::post(asio::use_awaitable);
    objects_.erase(key);
    co_return std::monostate{};
}

class InMemoryObjectStore::Walk final : public ports::ObjectWalk {
public:
    explicit Walk(const InMemoryObjectStore& store) : store_(store) {}

    asio::awaitable<Result<std::vector<ports::WalkedObject>>> next(std::size_t count) override {
        co_await asio::post(asio::use_awaitable);
        std::vector<ports::WalkedObject> found;
        auto place = after_ ? store_.objects_.upper_bound(*after_) : store_.objects_.begin();
        for (; place != store_.objects_.end() && found.size() < count; ++place) {
            found.push_back({.key = place->first,
                             .stored_bytes = place->second.info.size_bytes,
                             .stored_at = place->second.info.last_modified});
            after_ = place->first;
        }
        co_return found;
    }

private:
    const InMemoryObjectStore& store_;
    std::optional<domain::ObjectKey> after_;
};

std::unique_ptr<ports::ObjectWalk> InMemoryObjectStore::walk() {
    return std::make_unique<Walk>(*this);
}

std::vector<domain::ObjectKey> InMemoryObjectStore::keys() const {
    std::vector<domain::ObjectKey> found;
    found.reserve(objects_.size());
    for (const auto& [key, object] : objects_) found.push_back(key);
    return found;
}

}  // namespace ingestor::memory
