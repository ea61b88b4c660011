#include "objects/indexed_objects.hpp"

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "async/for_each_concurrent.hpp"
#include "base/memory_file.hpp"
#include "objects/object_files.hpp"
#include "objects/small_object.hpp"

namespace ingestor::objects {

namespace asio = boost::asio;
using ports::ObjectIndex;

namespace {

/// A file may have gone since its row was read, when the object was replaced. So often a reader
/// looks again.
constexpr int kLooksMax = 4;
constexpr std::size_t kFilesAtOnceMax = 8;

std::unexpected<Error> no_object(const domain::ObjectKey& key) {
    return fail(Errc::not_found, fmt::format("no object {}", key.value()));
}

std::unexpected<Error> no_file(const domain::ObjectKey& key) {
    return fail(Errc::corrupt,
                fmt::format("object {}: its file is missing: upload it again", key.value()));
}

/// What the files say of a file, said of the object.
std::unexpected<Error> failure_of(const domain::ObjectKey& key, Error error) {
    if (error.code == Errc::corrupt) {
        error.message = fmt::format(
            "object {}: its bytes on the disk are not those that were "
            "stored: upload it again ({})",
            key.value(), error.message);
    }
    return std::unexpected(std::move(error));
}

Result<ports::OpenObject> open_bytes(ports::ObjectInfo info, std::string_view bytes) {
    auto file = memory_file(bytes);
    if (!file) return std::unexpected(file.error());
    return ports::OpenObject{.info = std::move(info), .file = std::move(*file), .verified = true};
}

ports::ObjectCondition condition_of(const ports::PutOptions& options) {
    return {.mode = options.mode, .if_match = options.if_match};
}

/// Of the file; conditions are the index's to check.
ports::PutOptions file_options(const domain::ObjectKey& key, ports::PutOptions options) {
    options.mode = ports::PutMode::overwrite;
    options.if_match.reset();
    options.attributes.system_headers.emplace(kKeyHeader, key.value());
    return options;
}

}  // namespace

/// Holds what comes until it is too much for the index, and then writes a file.
class IndexedObjects::Writer final : public ports::ObjectWriter {
public:
    Writer(IndexedObjects& store, domain::ObjectKey key, ports::PutOptions options,
           std::optional<ports::ObjectOrigin> origin = {})
        : store_(store),
          key_(std::move(key)),
          options_(std::move(options)),
          origin_(std::move(origin)) {}

    asio::awaitable<Result<std::monostate>> write(std::string_view bytes) override {
        if (!large_ && small_.bytes().size() + bytes.size() <= store_.options_.small_bytes_max) {
            small_.append(bytes);
            co_return std::monostate{};
        }
        if (!large_) {
            auto begun = co_await begin_file();
            if (!begun) co_return begun;
        }
        size_bytes_ += bytes.size();
        if (size_bytes_ > store_.options_.object_bytes_max) {
            co_return fail(Errc::too_large, fmt::format("an object is over {} bytes",
                                                        store_.options_.object_bytes_max));
        }
        co_return co_await large_->write(bytes);
    }

    asio::awaitable<Result<std::monostate>> flush() override {
        if (large_) co_return co_await large_->flush();
        co_return std::monostate{};
    }

    std::string digest(std::string_view algorithm) override {
        if (large_) return large_->digest(algorithm);
        return small_.digest(algorithm).value_or("");
    }

    asio::awaitable<Result<ports::ObjectInfo>> commit() override {
        const auto ready = co_await store_.adopt(key_);
        if (!ready) co_return std::unexpected(ready.error());
        std::vector<ObjectIndex::Put> puts;
        if (large_) {
            auto stored = co_await large_->commit();
            if (!stored) co_return std::unexpected(stored.error());
            puts.push_back(store_.file_put(*file_, key_, options_, std::move(*stored)));
        } else {
            auto object = small_.indexed(key_, options_, store_.dependencies_.clock.now());
            if (!object) co_return std::unexpected(object.error());
            puts.push_back({.object = std::move(*object), .condition = condition_of(options_)});
        }
        auto info = puts.front().object.info;
        puts.front().event = store_.created_event(info, std::move(origin_));
        const auto recorded = co_await store_.record(std::move(puts));
        if (!recorded) co_return std::unexpected(recorded.error());
        co_return info;
    }

private:
    asio::awaitable<Result<std::monostate>> begin_file() {
        file_.emplace(new_object_file());
        auto begun =
            co_await store_.dependencies_.files.begin_put(*file_, file_options(key_, options_));
        if (!begun) co_return std::unexpected(begun.error());
        auto written = co_await (*begun)->write(small_.bytes());
        if (!written) co_return written;
        size_bytes_ = small_.bytes().size();
        small_ = SmallObject();
        large_ = std::move(*begun);
        co_return std::monostate{};
    }

    IndexedObjects& store_;
    domain::ObjectKey key_;
    ports::PutOptions options_;
    std::optional<ports::ObjectOrigin> origin_;
    SmallObject small_;
    std::optional<domain::ObjectKey> file_;
    std::unique_ptr<ports::ObjectWriter> large_;
    std::uint64_t size_bytes_ = 0;  ///< Of the file.
};

class IndexedObjects::Walk final : public ports::ObjectWalk {
public:
    explicit Walk(ObjectIndex& index) : index_(index) {}

    asio::awaitable<Result<std::vector<ports::WalkedObject>>> next(std::size_t count) override {
        std::vector<ports::WalkedObject> found;
        if (!from_) co_return found;
        ports::ListQuery query;
        query.from = *from_;
        query.count = count;
        auto page = co_await index_.list(std::move(query));
        if (!page) co_return std::unexpected(page.error());
        for (auto& object : page->objects) {
            found.push_back({.key = std::move(object.key),
                             .stored_bytes = object.size_bytes,
                             .stored_at = object.last_modified});
        }
        from_ = std::move(page->next);
        co_return found;
    }

private:
    ObjectIndex& index_;
    std::optional<std::string> from_ = std::string();
};

IndexedObjects::IndexedObjects(Dependencies dependencies, Options options)
    : dependencies_(dependencies), options_(options) {}

auto IndexedObjects::is_adopted() -> Answer<bool> {
    if (!adopted_) {
        const auto told = co_await dependencies_.index.adopted();
        if (!told) co_return told;
        adopted_ = *told;
    }
    co_return adopted_;
}

auto IndexedObjects::find_older(domain::ObjectKey key) -> Answer<ports::IndexedObject> {
    if (is_object_file(key.value())) co_return no_object(key);
    std::vector<std::string> files{key.value()};
    // Not one whose removal is under way.
    const auto unknown = co_await dependencies_.index.unknown_files(std::move(files));
    if (!unknown) co_return std::unexpected(unknown.error());
    if (unknown->empty()) co_return no_object(key);
    auto info = co_await dependencies_.files.head(key);
    if (!info) co_return std::unexpected(info.error());
    ports::IndexedObject older{.info = std::move(*info), .file = key.value()};
    co_return older;
}

auto IndexedObjects::find(domain::ObjectKey key, ObjectIndex::With with)
    -> Answer<ports::IndexedObject> {
    auto found = co_await dependencies_.index.find(key, with);
    if (!found) co_return std::unexpected(found.error());
    if (*found) co_return std::move(**found);
    const auto adopted = co_await is_adopted();
    if (!adopted) co_return std::unexpected(adopted.error());
    if (*adopted) co_return no_object(key);
    auto older = co_await find_older(key);
    if (older || older.error().code != Errc::not_found) co_return older;
    // It may have been taken in between the two looks.
    found = co_await dependencies_.index.find(key, with);
    if (!found) co_return std::unexpected(found.error());
    if (!*found) co_return no_object(key);
    co_return std::move(**found);
}

auto IndexedObjects::adopt(domain::ObjectKey key) -> Answer<std::monostate> {
    const auto adopted = co_await is_adopted();
    if (!adopted) co_return std::unexpected(adopted.error());
    if (*adopted) co_return std::monostate{};
    auto older = co_await find_older(key);
    if (!older && older.error().code == Errc::not_found) co_return std::monostate{};
    if (!older) co_return std::unexpected(older.error());
    std::vector<ports::IndexedObject> objects;
    objects.push_back(std::move(*older));
    co_return co_await dependencies_.index.adopt(std::move(objects));
}

auto IndexedObjects::head(domain::ObjectKey key) -> Answer<ports::ObjectInfo> {
    if (const auto* recent = recent_.find(key)) co_return recent->info;
    auto object = co_await find(std::move(key), ObjectIndex::With::info);
    if (!object) co_return std::unexpected(object.error());
    co_return std::move(object->info);
}

auto IndexedObjects::open(domain::ObjectKey key) -> Answer<ports::OpenObject> {
    if (const auto* recent = recent_.find(key); recent != nullptr && recent->bytes) {
        co_return open_bytes(recent->info, *recent->bytes);
    }
    for (int look = 0; look < kLooksMax; ++look) {
        auto object = co_await find(key, ObjectIndex::With::bytes);
        if (!object) co_return std::unexpected(object.error());
        if (object->bytes) {
            if (const auto sound = check_bytes(*object); !sound) {
                co_return std::unexpected(sound.error());
            }
            co_return open_bytes(std::move(object->info), *object->bytes);
        }
        auto file = co_await dependencies_.files.open(domain::ObjectKey(object->file));
        if (file) {
            file->info = std::move(object->info);
            co_return std::move(*file);
        }
        if (file.error().code != Errc::not_found) co_return failure_of(key, file.error());
    }
    co_return no_file(key);
}

auto IndexedObjects::verify(const ports::OpenObject& object) -> Answer<std::monostate> {
    if (object.verified) co_return std::monostate{};
    const auto key = object.info.key;
    auto sound = co_await dependencies_.files.verify(object);
    if (!sound) co_return failure_of(key, sound.error());
    co_return sound;
}

auto IndexedObjects::get(domain::ObjectKey key, std::uint64_t bytes_max) -> Answer<std::string> {
    if (const auto* recent = recent_.find(key);
        recent != nullptr && recent->bytes && recent->bytes->size() <= bytes_max) {
        co_return *recent->bytes;
    }
    for (int look = 0; look < kLooksMax; ++look) {
        auto object = co_await find(key, ObjectIndex::With::bytes);
        if (!object) co_return std::unexpected(object.error());
        if (object->info.size_bytes > bytes_max) {
            co_return fail(Errc::too_large,
                           fmt::format("object {} has {} bytes, over {}", key.value(),
                                       object->info.size_bytes, bytes_max));
        }
        if (object->bytes) {
            if (const auto sound = check_bytes(*object); !sound) {
                co_return std::unexpected(sound.error());
            }
            co_return std::move(*object->bytes);
        }
        auto bytes = co_await dependencies_.files.get(domain::ObjectKey(object->file), bytes_max);
        if (bytes) co_return bytes;
        if (bytes.error().code != Errc::not_found) co_return failure_of(key, bytes.error());
    }
    co_return no_file(key);
}

ObjectIndex::Put IndexedObjects::file_put(const domain::ObjectKey& file, domain::ObjectKey key,
                                          const ports::PutOptions& options,
                                          ports::ObjectInfo stored) const {
    stored.key = std::move(key);
    stored.last_modified = dependencies_.clock.now();
    stored.attributes.system_headers = options.attributes.system_headers;
    return {.object = {.info = std::move(stored), .file = file.value()},
            .condition = condition_of(options)};
}

auto IndexedObjects::record(std::vector<ObjectIndex::Put> puts) -> Answer<std::monostate> {
    std::vector<domain::ObjectKey> files;
    std::vector<RecentObjects::Object> objects;
    std::vector<RecentObjects::Change> changes;
    for (const auto& put : puts) {
        if (!put.object.file.empty()) files.emplace_back(put.object.file);
        auto& object = objects.emplace_back(put.object.info, nullptr);
        if (const auto& bytes = put.object.bytes) {
            object.bytes = std::make_shared<const std::string>(*bytes);
        }
        changes.push_back(begin_change(put.object.info.key));
    }
    auto recorded = co_await dependencies_.index.put(std::move(puts));
    for (std::size_t i = 0; recorded && i < objects.size(); ++i) {
        changes[i].became(std::move(objects[i]));
    }
    // Only what was refused for certain: of any other failure nobody knows what it has left.
    if (!recorded && !is_retryable(recorded.error().code) && !files.empty()) {
        // What stays behind is swept later.
        static_cast<void>(co_await dependencies_.files.remove_all(std::move(files)));
    }
    co_return recorded;
}

auto IndexedObjects::begin_put(domain::ObjectKey key, ports::PutOptions options)
    -> Answer<std::unique_ptr<ports::ObjectWriter>> {
    co_return std::make_unique<Writer>(*this, std::move(key), std::move(options));
}

std::unique_ptr<ports::ObjectWriter> IndexedObjects::begin_put_of(domain::ObjectKey key,
                                                                  ports::PutOptions options,
                                                                  ports::ObjectOrigin origin) {
    return std::make_unique<Writer>(*this, std::move(key), std::move(options), std::move(origin));
}

auto IndexedObjects::prepare(ports::NewObject object) -> Answer<ObjectIndex::Put> {
    if (object.bytes.size() <= options_.small_bytes_max) {
        auto small = SmallObject(std::move(object.bytes))
                         .indexed(std::move(object.key), object.options, dependencies_.clock.now());
        if (!small) co_return std::unexpected(small.error());
        ObjectIndex::Put put{.object = std::move(*small),
                             .condition = condition_of(object.options)};
        co_return put;
    }
    const auto file = new_object_file();
    auto options = file_options(object.key, object.options);
    auto stored =
        co_await dependencies_.files.put(file, std::move(object.bytes), std::move(options));
    if (!stored) co_return std::unexpected(stored.error());
    co_return file_put(file, std::move(object.key), object.options, std::move(*stored));
}

auto IndexedObjects::put(domain::ObjectKey key, std::string bytes, ports::PutOptions options)
    -> Answer<ports::ObjectInfo> {
    const auto ready = co_await adopt(key);
    if (!ready) co_return std::unexpected(ready.error());
    ports::NewObject object{
        .key = std::move(key), .bytes = std::move(bytes), .options = std::move(options)};
    auto prepared = co_await prepare(std::move(object));
    if (!prepared) co_return std::unexpected(prepared.error());
    auto info = prepared->object.info;
    prepared->event = created_event(info, std::nullopt);
    std::vector<ObjectIndex::Put> puts;
    puts.push_back(std::move(*prepared));
    const auto recorded = co_await record(std::move(puts));
    if (!recorded) co_return std::unexpected(recorded.error());
    co_return info;
}

asio::awaitable<void> IndexedObjects::prepare_large(ports::NewObject object,
                                                    std::vector<ObjectIndex::Put>& puts,
                                                    std::optional<Error>& failure) {
    auto prepared = co_await prepare(std::move(object));
    if (prepared) {
        puts.push_back(std::move(*prepared));
    } else {
        failure = prepared.error();
    }
}

auto IndexedObjects::put_all(std::vector<ports::NewObject> objects) -> Answer<std::monostate> {
    if (objects.empty()) co_return std::monostate{};
    std::vector<ObjectIndex::Put> puts;
    std::vector<ports::NewObject> large;
    for (auto& object : objects) {
        auto ready = co_await adopt(object.key);
        if (!ready) co_return ready;
        if (object.bytes.size() > options_.small_bytes_max) {
            large.push_back(std::move(object));
            continue;
        }
        auto prepared = co_await prepare(std::move(object));
        if (!prepared) co_return std::unexpected(prepared.error());
        puts.push_back(std::move(*prepared));
    }
    std::optional<Error> failure;
    auto one = [&](std::size_t place) {
        return prepare_large(std::move(large[place]), puts, failure);
    };
    if (!large.empty()) {
        co_await async::for_each_concurrent(large.size(), kFilesAtOnceMax, one);
    }
    if (failure) co_return std::unexpected(std::move(*failure));
    for (auto& put : puts) put.event = created_event(put.object.info, std::nullopt);
    co_return co_await record(std::move(puts));
}

auto IndexedObjects::remove(domain::ObjectKey key) -> Answer<std::monostate> {
    std::vector<domain::ObjectKey> keys;
    keys.push_back(std::move(key));
    co_return co_await remove_all(std::move(keys));
}

auto IndexedObjects::remove_all(std::vector<domain::ObjectKey> keys) -> Answer<std::monostate> {
    std::vector<ObjectIndex::Remove> removals;
    removals.reserve(keys.size());
    std::vector<RecentObjects::Change> changes;
    for (auto& key : keys) {
        auto ready = co_await adopt(key);
        if (!ready) co_return ready;
        changes.push_back(begin_change(key));
        removals.push_back({.key = std::move(key)});
    }
    co_return co_await dependencies_.index.remove(std::move(removals));
}

auto IndexedObjects::remove_if(domain::ObjectKey key, domain::ETag etag) -> Answer<std::monostate> {
    auto ready = co_await adopt(key);
    if (!ready) co_return ready;
    const auto change = begin_change(key);
    std::vector<ObjectIndex::Remove> removals;
    removals.push_back({.key = std::move(key), .if_match = std::move(etag)});
    co_return co_await dependencies_.index.remove(std::move(removals));
}

auto IndexedObjects::copy(ports::ObjectCopy copy) -> Answer<ports::ObjectInfo> {
    for (const auto* key : {&copy.source, &copy.target}) {
        const auto ready = co_await adopt(*key);
        if (!ready) co_return std::unexpected(ready.error());
    }
    if (dependencies_.events != nullptr && dependencies_.events->is_heard()) {
        auto source = co_await find(copy.source, ObjectIndex::With::info);
        if (!source) {
            source.error().field = "source";
            co_return std::unexpected(source.error());
        }
        source->info.key = copy.target;
        source->info.etag = copy.source_etag;
        copy.event = created_event(source->info, std::move(copy.origin));
    }
    copy.now = dependencies_.clock.now();
    const auto change = begin_change(copy.target);
    co_return co_await dependencies_.index.copy(std::move(copy));
}

auto IndexedObjects::set_tags(domain::ObjectKey key, std::map<std::string, std::string> tags)
    -> Answer<std::monostate> {
    const auto ready = co_await adopt(key);
    if (!ready) co_return std::unexpected(ready.error());
    const auto change = begin_change(key);
    auto found = co_await find(key, ObjectIndex::With::info);
    if (!found) co_return std::unexpected(found.error());
    auto& info = found->info;
    info.attributes.tags = std::move(tags);
    ports::ObjectCopy copy{.source = key,
                           .source_etag = info.etag,
                           .target = key,
                           .now = info.last_modified,
                           .attributes = std::move(info.attributes)};
    const auto changed = co_await dependencies_.index.copy(std::move(copy));
    if (!changed) co_return std::unexpected(changed.error());
    co_return std::monostate{};
}

std::optional<eventbridge::Event> IndexedObjects::created_event(
    const ports::ObjectInfo& object, std::optional<ports::ObjectOrigin> origin) {
    auto* events = dependencies_.events;
    if (events == nullptr || !events->is_heard()) return std::nullopt;
    return events->created(object, std::move(origin));
}

std::unique_ptr<ports::ObjectWalk> IndexedObjects::walk() {
    return std::make_unique<Walk>(dependencies_.index);
}

auto IndexedObjects::list(ports::ListQuery query) -> Answer<ports::ListPage> {
    const auto adopted = co_await is_adopted();
    if (!adopted) co_return std::unexpected(adopted.error());
    if (!*adopted) {
        co_return fail(Errc::unavailable,
                       "the objects of an older version are still being put into the index: lists "
                       "are complete once that is done; retry later");
    }
    co_return co_await dependencies_.index.list(std::move(query));
}

}  // namespace ingestor::objects
