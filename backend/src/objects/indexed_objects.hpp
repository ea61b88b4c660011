#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "objects/file_sweep.hpp"
#include "objects/object_events.hpp"
#include "objects/recent_objects.hpp"
#include "ports/clock.hpp"
#include "ports/object_index.hpp"
#include "ports/object_store.hpp"
#include "ports/object_walk.hpp"

namespace ingestor::objects {

/// The bucket of the embedded engine: an index that says what is there, and files for what is
/// large.
///
/// How it works. The index is the truth: an object is there once its row is. Small ones have their
/// bytes in the index too, so that one commit of its database stores many. The bytes of a large one
/// go into a file with a name that no object had before, which is durable before the row that leads
/// to it; so a change is seen as a whole, whatever was there, and a crash leaves at most a file to
/// which nothing leads. Files that are not needed any more are on a list in the index; FileSweep
/// removes them, and those that crashes left. Objects of before there was an index are taken in by
/// it; until then they are found by their files, and lists are refused.
class IndexedObjects final : public ports::ObjectStore,
                             public ports::WalkableObjects,
                             public ports::ObjectListing {
public:
    struct Options {
        /// Objects up to this size stand in the index (docs/adr/0034).
        std::uint64_t small_bytes_max = std::uint64_t{64} << 10;
        std::uint64_t object_bytes_max = std::uint64_t{5} << 30;  ///< As a single PUT of S3.
    };
    /// All of it outlives the store.
    struct Dependencies {
        ports::ObjectIndex& index;
        ports::ObjectStore& files;
        const ports::Clock& clock;
        ObjectEvents* events = nullptr;  ///< nullptr: nobody is told of what is put.
    };
    explicit IndexedObjects(Dependencies dependencies) : IndexedObjects(dependencies, Options{}) {}
    IndexedObjects(Dependencies dependencies, Options options);

    Answer<ports::ObjectInfo> head(domain::ObjectKey key) override;
    Answer<ports::OpenObject> open(domain::ObjectKey key) override;
    Answer<std::monostate> verify(const ports::OpenObject& object) override;
    Answer<std::string> get(domain::ObjectKey key, std::uint64_t bytes_max) override;
    Answer<std::unique_ptr<ports::ObjectWriter>> begin_put(domain::ObjectKey key,
                                                           ports::PutOptions options) override;
    /// As begin_put(), for a request; objects without an origin are the service's own.
    [[nodiscard]] std::unique_ptr<ports::ObjectWriter> begin_put_of(domain::ObjectKey key,
                                                                    ports::PutOptions options,
                                                                    ports::ObjectOrigin origin);
    Answer<ports::ObjectInfo> put(domain::ObjectKey key, std::string bytes,
                                  ports::PutOptions options) override;
    Answer<std::monostate> put_all(std::vector<ports::NewObject> objects) override;
    Answer<std::monostate> remove(domain::ObjectKey key) override;
    Answer<std::monostate> remove_all(std::vector<domain::ObjectKey> keys) override;
    /// Only if it is that object. Errors: conflict, not_found.
    Answer<std::monostate> remove_if(domain::ObjectKey key, domain::ETag etag);
    /// Errors: not_found, conflict; with field `source` for the source.
    Answer<ports::ObjectInfo> copy(ports::ObjectCopy copy);
    /// Changes nothing else of it. Errors: not_found, conflict (it was changed meanwhile).
    Answer<std::monostate> set_tags(domain::ObjectKey key, std::map<std::string, std::string> tags);
    /// With where its bytes are. Errors: not_found.
    Answer<ports::IndexedObject> find(domain::ObjectKey key, ports::ObjectIndex::With with);
    /// Takes an object of before there was an index into it, if there is one of that key: before
    /// whatever changes the key in the index.
    Answer<std::monostate> adopt(domain::ObjectKey key);
    /// Who changes an object past this class holds one of these meanwhile.
    [[nodiscard]] RecentObjects::Change begin_change(const domain::ObjectKey& key) {
        return {recent_, key};
    }
    /// What tells of an object that is put; nullopt: nobody listens. Right before the change.
    [[nodiscard]] std::optional<eventbridge::Event> created_event(
        const ports::ObjectInfo& object, std::optional<ports::ObjectOrigin> origin);
    [[nodiscard]] std::unique_ptr<ports::ObjectWalk> walk() override;
    Answer<ports::ListPage> list(ports::ListQuery query) override;

private:
    class Writer;
    class Walk;

    /// An object of before there was an index, by its file. Errors: not_found.
    Answer<ports::IndexedObject> find_older(domain::ObjectKey key);
    Answer<bool> is_adopted();
    /// Makes the bytes of a large one durable.
    Answer<ports::ObjectIndex::Put> prepare(ports::NewObject object);
    /// One of several, which go on beside each other.
    boost::asio::awaitable<void> prepare_large(ports::NewObject object,
                                               std::vector<ports::ObjectIndex::Put>& puts,
                                               std::optional<Error>& failure);
    /// Puts what is ready on record. Where that is refused, removes the file.
    Answer<std::monostate> record(std::vector<ports::ObjectIndex::Put> puts);
    [[nodiscard]] ports::ObjectIndex::Put file_put(const domain::ObjectKey& file,
                                                   domain::ObjectKey key,
                                                   const ports::PutOptions& options,
                                                   ports::ObjectInfo stored) const;

    Dependencies dependencies_;
    Options options_;
    bool adopted_ = false;
    RecentObjects recent_;
};

}  // namespace ingestor::objects
