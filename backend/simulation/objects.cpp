#include "simulation/objects.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include "async/notifier.hpp"
#include "base/digest.hpp"
#include "base/encoding.hpp"

namespace ingestor::simulation {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

/// How often a call that hangs looks whether the disk answers again.
constexpr std::chrono::milliseconds kHangStep{250};
constexpr std::chrono::milliseconds kTurnMax{20};

FileDescriptor descriptor_of(std::string_view bytes) {
    FileDescriptor file(::memfd_create("object", MFD_CLOEXEC));
    if (::pwrite(file.get(), bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
        file.reset();
    }
    return file;
}

std::unexpected<Error> io_error() {
    return fail(Errc::unavailable, "objects: Input/output error");
}

}  // namespace

void ObjectDisk::restart(sqlite::testing::Crash crash) {
    for (auto& object : committing_) {
        if (dice_.percent(50)) continue;
        auto key = object.info.key;
        objects_.insert_or_assign(std::move(key), std::move(object));
    }
    committing_.clear();
    if (crash == sqlite::testing::Crash::power) {
        for (auto& [key, object] : removed_) {
            if (dice_.percent(50)) objects_.emplace(key, std::move(object));
        }
        removed_.clear();
    }
}

const domain::ObjectKey* ObjectDisk::damage_one() {
    if (objects_.empty()) return nullptr;
    auto place = objects_.begin();
    std::advance(place, static_cast<std::ptrdiff_t>(dice_.below(objects_.size())));
    auto& [key, object] = *place;
    if (object.bytes.empty()) return nullptr;
    auto& byte = object.bytes[dice_.below(object.bytes.size())];
    byte = static_cast<char>(byte ^ (1 << dice_.below(8)));
    object.damaged = true;
    return &key;
}

class SimulatedObjects::Writer final : public ports::ObjectWriter {
public:
    Writer(SimulatedObjects& store, domain::ObjectKey key, ports::PutOptions options)
        : store_(store), key_(std::move(key)), options_(std::move(options)) {}

    asio::awaitable<Result<std::monostate>> write(std::string_view bytes) override {
        auto turn = co_await store_.turn(store_.disk_.faults.write_errors_percent);
        if (!turn) co_return turn;
        if (store_.disk_.faults.full) {
            co_return fail(Errc::out_of_space, "objects: No space left on device");
        }
        bytes_.append(bytes);
        co_return std::monostate{};
    }

    std::string digest(std::string_view algorithm) override {
        const auto kind = digest_kind(algorithm);
        return kind ? digest_of(*kind) : std::string{};
    }

    asio::awaitable<Result<ports::ObjectInfo>> commit() override {
        auto& disk = store_.disk_;
        ObjectDisk::Object object{.info = {.key = key_,
                                           .size_bytes = bytes_.size(),
                                           .etag = domain::ETag{to_hex(digest_of(DigestKind::md5))},
                                           .last_modified = store_.clock_.now(),
                                           .attributes = options_.attributes},
                                  .bytes = bytes_};
        const auto place = disk.committing_.insert(disk.committing_.end(), std::move(object));
        const auto turn = co_await store_.turn(disk.faults.write_errors_percent);
        // What was under way when the process ended is the disk's to decide.
        if (store_.cut_off_) co_return io_error();
        auto committed = std::move(*place);
        disk.committing_.erase(place);
        auto info = committed.info;
        if (options_.mode == ports::PutMode::create_only && disk.objects_.contains(key_)) {
            co_return fail(Errc::conflict, fmt::format("object {} exists", key_.value()));
        }
        if (turn || disk.dice_.percent(50)) {
            disk.objects_.insert_or_assign(key_, std::move(committed));
        }
        if (!turn) co_return std::unexpected(turn.error());
        co_return info;
    }

private:
    [[nodiscard]] std::string digest_of(DigestKind kind) const {
        Digest digest(kind);
        digest.update(bytes_);
        return digest.finish();
    }

    SimulatedObjects& store_;
    domain::ObjectKey key_;
    ports::PutOptions options_;
    std::string bytes_;
};

auto SimulatedObjects::turn(std::uint64_t errors_percent) -> Answer<std::monostate> {
    const auto executor = co_await asio::this_coro::executor;
    const auto wait = disk_.dice_.percent(25) ? disk_.dice_.upto(kTurnMax) : 0ms;
    const bool fails = disk_.dice_.percent(errors_percent);
    if (wait > 0ms) {
        async::Notifier wake(executor);
        co_await monotonic_.wait(wake, monotonic_.now() + wait);
    } else {
        co_await asio::post(asio::use_awaitable);
    }
    while (disk_.faults.hangs && !cut_off_) {
        async::Notifier wake(executor);
        co_await monotonic_.wait(wake, monotonic_.now() + kHangStep);
    }
    if (cut_off_ || fails) co_return io_error();
    co_return std::monostate{};
}

auto SimulatedObjects::find(const domain::ObjectKey& key) const
    -> Result<const ObjectDisk::Object*> {
    const auto place = disk_.objects_.find(key);
    if (place == disk_.objects_.end()) {
        return fail(Errc::not_found, fmt::format("no object {}", key.value()));
    }
    return &place->second;
}

auto SimulatedObjects::head(domain::ObjectKey key) -> Answer<ports::ObjectInfo> {
    const auto turn_taken = co_await turn(disk_.faults.read_errors_percent);
    if (!turn_taken) co_return std::unexpected(turn_taken.error());
    const auto object = find(key);
    if (!object) co_return std::unexpected(object.error());
    co_return (*object)->info;
}

auto SimulatedObjects::open(domain::ObjectKey key) -> Answer<ports::OpenObject> {
    const auto turn_taken = co_await turn(disk_.faults.read_errors_percent);
    if (!turn_taken) co_return std::unexpected(turn_taken.error());
    const auto object = find(key);
    if (!object) co_return std::unexpected(object.error());
    ports::OpenObject opened{.info = (*object)->info, .file = descriptor_of((*object)->bytes)};
    if (!opened.file) co_return io_error();
    co_return opened;
}

auto SimulatedObjects::verify(const ports::OpenObject& object) -> Answer<std::monostate> {
    // What was opened, and not what stands there by now.
    std::string bytes(object.info.size_bytes, '\0');
    const auto read = ::pread(object.file.get(), bytes.data(), bytes.size(), 0);
    bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(read, 0)));
    Digest digest(DigestKind::md5);
    digest.update(bytes);
    const bool sound = to_hex(digest.finish()) == object.info.etag.value();
    auto turn_taken = co_await turn(disk_.faults.read_errors_percent);
    if (!turn_taken) co_return turn_taken;
    if (!sound) co_return fail(Errc::corrupt, "the stored bytes are not those that were uploaded");
    co_return std::monostate{};
}

auto SimulatedObjects::get(domain::ObjectKey key, std::uint64_t bytes_max) -> Answer<std::string> {
    const auto turn_taken = co_await turn(disk_.faults.read_errors_percent);
    if (!turn_taken) co_return std::unexpected(turn_taken.error());
    const auto object = find(key);
    if (!object) co_return std::unexpected(object.error());
    if ((*object)->bytes.size() > bytes_max) co_return fail(Errc::too_large, key.value());
    if ((*object)->damaged) co_return fail(Errc::corrupt, key.value());
    co_return (*object)->bytes;
}

auto SimulatedObjects::begin_put(domain::ObjectKey key, ports::PutOptions options)
    -> Answer<std::unique_ptr<ports::ObjectWriter>> {
    const auto turn_taken = co_await turn(disk_.faults.write_errors_percent);
    if (!turn_taken) co_return std::unexpected(turn_taken.error());
    std::unique_ptr<ports::ObjectWriter> writer =
        std::make_unique<Writer>(*this, std::move(key), std::move(options));
    co_return writer;
}

auto SimulatedObjects::put(domain::ObjectKey key, std::string bytes, ports::PutOptions options)
    -> Answer<ports::ObjectInfo> {
    const auto writer = co_await begin_put(std::move(key), std::move(options));
    if (!writer) co_return std::unexpected(writer.error());
    const auto written = co_await (*writer)->write(bytes);
    if (!written) co_return std::unexpected(written.error());
    co_return co_await (*writer)->commit();
}

auto SimulatedObjects::put_all(std::vector<ports::NewObject> objects) -> Answer<std::monostate> {
    for (auto& object : objects) {
        const auto stored =
            co_await put(std::move(object.key), std::move(object.bytes), std::move(object.options));
        if (!stored) co_return std::unexpected(stored.error());
    }
    co_return std::monostate{};
}

auto SimulatedObjects::remove(domain::ObjectKey key) -> Answer<std::monostate> {
    auto turn_taken = co_await turn(disk_.faults.write_errors_percent);
    if (cut_off_ || (!turn_taken && disk_.dice_.percent(50))) co_return turn_taken;
    if (const auto place = disk_.objects_.find(key); place != disk_.objects_.end()) {
        disk_.removed_.insert_or_assign(key, std::move(place->second));
        disk_.objects_.erase(place);
    }
    co_return turn_taken;
}

class SimulatedObjects::Walk final : public ports::ObjectWalk {
public:
    explicit Walk(SimulatedObjects& store) : store_(store) {}

    asio::awaitable<Result<std::vector<ports::WalkedObject>>> next(std::size_t count) override {
        const auto turn = co_await store_.turn(store_.disk_.faults.read_errors_percent);
        if (!turn) co_return std::unexpected(turn.error());
        const auto& objects = store_.disk_.objects_;
        std::vector<ports::WalkedObject> found;
        auto place = after_ ? objects.upper_bound(*after_) : objects.begin();
        for (; place != objects.end() && found.size() < count; ++place) {
            const auto& [key, object] = *place;
            found.push_back({.key = key,
                             .stored_bytes = object.bytes.size(),
                             .stored_at = object.info.last_modified});
            after_ = key;
        }
        co_return found;
    }

private:
    SimulatedObjects& store_;
    std::optional<domain::ObjectKey> after_;
};

std::unique_ptr<ports::ObjectWalk> SimulatedObjects::walk() {
    return std::make_unique<Walk>(*this);
}

auto SimulatedObjects::join(domain::ObjectKey target, std::vector<ports::FilePiece> pieces,
                            ports::PutOptions options) -> Answer<ports::ObjectInfo> {
    std::string joined;
    for (auto& piece : pieces) {
        const auto bytes = co_await get(std::move(piece.file), UINT64_MAX);
        if (!bytes) co_return std::unexpected(bytes.error());
        const auto range =
            piece.range.value_or(ports::FilePiece::Range{.first = 0, .length = bytes->size()});
        if (range.first > bytes->size() || range.length > bytes->size() - range.first) {
            co_return fail(Errc::invalid_argument, "the range is beyond the file", "range");
        }
        joined.append(*bytes, range.first, range.length);
    }
    co_return co_await put(std::move(target), std::move(joined), std::move(options));
}

}  // namespace ingestor::simulation
